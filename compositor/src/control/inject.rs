//! Input as a person's hands would give it, for tests: the same way as a device's from here on.

use ninep::Errno;
use ninep::tree::ctl::Refusal;
use serde_json::Value;
use smithay::backend::input::{Axis, AxisSource, ButtonState, KeyState};
use smithay::input::pointer::AxisFrame;
use trees::desktop::InputVerb;

use super::Outcome;
use crate::goblin::Goblin;
use crate::input::{Chord, KeyTable, LEFT, MIDDLE, RIGHT};

/// Logical pixels of one line of the wheel.
const LINE: f64 = 15.0;
/// A text longer than this must be sent in parts: a client must have room for its keys.
const MAX_TEXT: usize = 1_000;

/// What a verb comes down to.
enum Step {
    Pointer { x: f64, y: f64 },
    Button(u32, Stroke),
    Scroll { dx: f64, dy: f64 },
    Key(Chord, Stroke),
}

/// Down, up or both.
#[derive(Clone, Copy, PartialEq)]
enum Stroke {
    Press,
    Release,
    Both,
}

impl Stroke {
    fn parse(action: Option<&str>, both: &str) -> Result<Self, Refusal> {
        match action {
            None => Ok(Stroke::Both),
            Some("press") => Ok(Stroke::Press),
            Some("release") => Ok(Stroke::Release),
            Some(word) if word == both => Ok(Stroke::Both),
            Some(other) => Err(
                Refusal::new(Errno::INVAL, format!("there is no action {other:?}"))
                    .would_work(format!("press, release or {both}")),
            ),
        }
    }
}

impl Goblin {
    pub(super) fn input_verbs(&mut self, verbs: Vec<InputVerb>) -> Outcome {
        self.check_testing("injected input")?;
        let layout = self.active_layout();
        let mut table = None;
        let mut steps = Vec::new();
        for verb in verbs {
            self.read_verb(verb, layout, &mut table, &mut steps)?;
        }
        for step in steps {
            self.take_step(step);
        }
        Ok(Value::Null)
    }

    fn read_verb(
        &self,
        verb: InputVerb,
        layout: u32,
        table: &mut Option<KeyTable>,
        steps: &mut Vec<Step>,
    ) -> Result<(), Refusal> {
        let invalid = |why: String| Refusal::new(Errno::INVAL, why);
        let mut keys = |steps: &mut Vec<Step>, find: &dyn Fn(&KeyTable) -> Found| {
            let table = match table.take() {
                Some(known) => table.insert(known),
                None => table.insert(
                    KeyTable::new(&self.config.keyboard.xkb())
                        .map_err(|error| invalid(error.to_string()))?,
                ),
            };
            steps.extend(find(table).map_err(|error| invalid(error.to_string()))?);
            Ok(())
        };
        match verb {
            InputVerb::Pointer { x, y } if x.is_finite() && y.is_finite() => {
                steps.push(Step::Pointer { x, y });
                Ok(())
            }
            InputVerb::Pointer { .. } => Err(invalid("the place is not a number".to_owned())),
            InputVerb::Button { button, action } => {
                let code = match button.as_str() {
                    "left" => LEFT,
                    "right" => RIGHT,
                    "middle" => MIDDLE,
                    other => {
                        let why = format!("there is no button {other:?}");
                        return Err(invalid(why).would_work("left, right or middle"));
                    }
                };
                steps.push(Step::Button(
                    code,
                    Stroke::parse(action.as_deref(), "click")?,
                ));
                Ok(())
            }
            InputVerb::Scroll { dx, dy } => {
                steps.push(Step::Scroll { dx, dy });
                Ok(())
            }
            InputVerb::Key { key, action } => {
                let stroke = Stroke::parse(action.as_deref(), "tap")?;
                keys(steps, &|table| {
                    Ok(vec![Step::Key(table.named(&key, layout)?, stroke)])
                })
            }
            InputVerb::Type { text } => {
                if text.chars().count() > MAX_TEXT {
                    return Err(
                        invalid(format!("the text is longer than {MAX_TEXT} characters"))
                            .would_work("type it in parts"),
                    );
                }
                keys(steps, &|table| {
                    let chord = |c| Ok(Step::Key(table.character(c, layout)?, Stroke::Both));
                    text.chars().map(chord).collect()
                })
            }
        }
    }

    fn take_step(&mut self, step: Step) {
        let time = self.now_ms();
        match step {
            Step::Pointer { x, y } => self.pointer_moved((x, y).into(), time),
            Step::Button(button, stroke) => {
                if stroke != Stroke::Release {
                    self.pointer_button(button, ButtonState::Pressed, time);
                }
                if stroke != Stroke::Press {
                    self.pointer_button(button, ButtonState::Released, time);
                }
            }
            Step::Scroll { dx, dy } => {
                let mut frame = AxisFrame::new(time).source(AxisSource::Wheel);
                for (axis, lines) in [(Axis::Horizontal, dx), (Axis::Vertical, dy)] {
                    if lines != 0.0 && lines.is_finite() {
                        frame = frame
                            .value(axis, lines * LINE)
                            .v120(axis, (lines * 120.0) as i32);
                    }
                }
                self.pointer_axis(frame);
            }
            Step::Key(chord, stroke) => {
                if stroke != Stroke::Release {
                    for code in chord.hold.iter().chain([&chord.key]) {
                        self.key(*code, KeyState::Pressed, time);
                    }
                }
                if stroke != Stroke::Press {
                    for code in [&chord.key].into_iter().chain(chord.hold.iter().rev()) {
                        self.key(*code, KeyState::Released, time);
                    }
                }
            }
        }
    }

    /// The number of the layout that is switched on.
    fn active_layout(&mut self) -> u32 {
        let Some(keyboard) = self.seat.get_keyboard() else {
            return 0;
        };
        keyboard.with_xkb_state(self, |context| {
            context.xkb().lock().map_or(0, |xkb| xkb.active_layout().0)
        })
    }
}

type Found = Result<Vec<Step>, crate::input::KeymapError>;
