//! What the manager says of the mirror: why it does not answer, and what would help.

use jiff::Timestamp;
use trees::subsystems::{Event, State, Status, Subsystem, SubsystemVerb};
use ui::Element;
use ui::components::{button, copy_command};
use ui::icons::Icon;
use ui::text::moment;
use ui::tokens::space;

use crate::feed::Heard;
use crate::reach::instant;
use crate::{Order, Reach, fl};

/// The mirror's name among the subsystems.
const MIRROR: &str = "mirror";

/// The manager's word on the mirror, while the manager answers.
#[derive(Debug, Default)]
pub struct Keeper(Option<Subsystem>);

/// A panel's own way to say what its banner's buttons say.
pub(crate) trait Says: Clone {
    /// An order shall be given.
    fn give(order: Order) -> Self;
    /// A text shall go to the clipboard.
    fn copy(text: String) -> Self;
}

impl Keeper {
    /// Takes in what the manager said.
    pub fn hear(&mut self, heard: Heard<Status, Event>) {
        match heard {
            Heard::Status(status) => {
                self.0 = status.subsystems.into_iter().find(|it| it.name == MIRROR);
            }
            Heard::Event(line) => {
                if let Event::State { subsystem } = line.event
                    && subsystem.name == MIRROR
                    && self
                        .0
                        .as_ref()
                        .is_none_or(|known| known.rev <= subsystem.rev)
                {
                    self.0 = Some(subsystem);
                }
            }
            Heard::Down { .. } => self.0 = None,
        }
    }

    /// Why the mirror does not answer, if the manager knows.
    fn cause(&self, now: Timestamp) -> Option<String> {
        let mirror = self.0.as_ref()?;
        let cause = mirror.failure.as_ref().map(|failure| failure.cause.clone());
        match (mirror.state, cause) {
            (State::Stopped, _) => Some(fl!("mirror-stopped")),
            (State::Waiting | State::Starting, _) => Some(fl!("mirror-starting")),
            (State::Stopping, _) => Some(fl!("mirror-stopping")),
            (State::Backoff, Some(cause)) => Some(match mirror.retry {
                Some(at) => fl!("mirror-again", cause = cause, at = moment(instant(at), now)),
                None => fl!("mirror-failed", cause = cause),
            }),
            (State::Failed, Some(cause)) => Some(fl!("mirror-failed", cause = cause)),
            (State::Running | State::Backoff | State::Failed, _) => None,
        }
    }

    /// The order that would help.
    fn remedy(&self) -> (String, Order) {
        let state = self.0.as_ref().map(|mirror| mirror.state);
        let (words, verb) = match state {
            Some(State::Stopped | State::Failed) => (fl!("start-mirror"), SubsystemVerb::Start {}),
            _ => (fl!("restart-mirror"), SubsystemVerb::Restart {}),
        };
        (
            words,
            Order::new(format!("/subsystems/{MIRROR}/ctl"), &verb),
        )
    }

    /// The banner of a mirror that is out of reach: since when, why, and what would help.
    pub(crate) fn banner<'a, Message: Says + 'a>(
        &self,
        reach: &Reach,
        now: Timestamp,
    ) -> Option<Element<'a, Message>> {
        let (words, order) = self.remedy();
        let command = order.command();
        let help = iced::widget::row![
            Element::from(
                button(words)
                    .icon(Icon::RotateCw)
                    .on_press(Message::give(order))
            ),
            copy_command(command, Message::copy),
        ]
        .spacing(space::XS)
        .align_y(iced::Center);
        reach.banner(
            "/mirror",
            now,
            self.cause(now).as_deref(),
            Some(help.into()),
        )
    }
}
