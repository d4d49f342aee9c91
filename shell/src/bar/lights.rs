//! The state lights: one for the mirror, one for all subsystems. A light says what is known and since when.

use jiff::Timestamp;
use trees::subsystems::{State, Subsystem};
use trees::time::Millis;
use ui::components::Light;

use crate::fl;
use crate::reach::Reach;

/// A light with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lamp {
    /// Its shape and colour.
    pub light: Light,
    /// What it says.
    pub words: String,
}

impl Lamp {
    fn new(light: Light, words: String) -> Self {
        Self { light, words }
    }
}

/// The mirror: whether its tree answers, and if not, what the manager knows of it.
pub fn mirror(reach: &Reach, part: Option<&Subsystem>, now: Timestamp) -> Lamp {
    let state = part.map(|part| part.state);
    match (reach, state) {
        (Reach::Up, _) => Lamp::new(Light::Good, fl!("mirror")),
        (_, Some(State::Starting | State::Waiting | State::Backoff)) => {
            Lamp::new(Light::Working, fl!("mirror-starting"))
        }
        (_, Some(State::Stopped | State::Stopping)) => Lamp::new(Light::Off, fl!("mirror-stopped")),
        (Reach::Down { since }, _) => {
            Lamp::new(Light::Bad, fl!("mirror-down", since = when(*since, now)))
        }
        (Reach::Unknown, _) => Lamp::new(Light::Unknown, fl!("mirror-unknown")),
    }
}

/// All subsystems: the worst of them speaks.
pub fn subsystems(reach: &Reach, parts: &[Subsystem], now: Timestamp) -> Lamp {
    match reach {
        Reach::Unknown => return Lamp::new(Light::Unknown, fl!("subsystems-unknown")),
        Reach::Down { since } => {
            return Lamp::new(
                Light::Bad,
                fl!("subsystems-down", since = when(*since, now)),
            );
        }
        Reach::Up => {}
    }
    let first = |states: &[State]| parts.iter().find(|part| states.contains(&part.state));
    if let Some(part) = first(&[State::Failed]) {
        return Lamp::new(
            Light::Bad,
            fl!("subsystems-failed", name = part_name(&part.name)),
        );
    }
    match first(&[State::Backoff, State::Starting, State::Waiting]) {
        Some(part) => Lamp::new(
            Light::Working,
            fl!("subsystems-starting", name = part_name(&part.name)),
        ),
        None => Lamp::new(Light::Good, fl!("subsystems")),
    }
}

/// What people call a part; one that is not goblin's own keeps its name.
pub fn part_name(part: &str) -> String {
    match part {
        "mirror" => fl!("mirror"),
        "desktop" => fl!("part-desktop"),
        "shell" => fl!("part-shell"),
        "panels" => fl!("part-panels"),
        "bus" => fl!("part-bus"),
        other => other.to_owned(),
    }
}

/// A time as it is said now.
pub fn when(time: Millis, now: Timestamp) -> String {
    let time = i64::try_from(time.0)
        .ok()
        .and_then(|time| Timestamp::from_millisecond(time).ok());
    ui::text::moment(time.unwrap_or(now), now)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use trees::subsystems::State;
    use trees::time::Millis;
    use ui::components::Light;
    use ui::text::{Language, with_language};

    use super::{mirror, subsystems};
    use crate::reach::Reach;
    use crate::testing::part;

    fn down() -> Reach {
        Reach::Down {
            since: Millis(1_795_356_187_000),
        }
    }

    fn now() -> Timestamp {
        Timestamp::from_millisecond(1_795_356_200_000).expect("a time")
    }

    #[test]
    fn the_mirror_says_since_when_it_is_silent() {
        ui::testing::prepare();
        let lamp = with_language(Language::English, || mirror(&down(), None, now()));
        assert_eq!(lamp.light, Light::Bad);
        assert_eq!(lamp.words, "Mirror silent since 14:03:07");
        let lamp = with_language(Language::Chinese, || mirror(&down(), None, now()));
        assert_eq!(lamp.words, "镜像自 14:03:07 起无响应");
    }

    #[test]
    fn what_the_manager_knows_explains_a_silent_mirror() {
        let light = |reach: &Reach, state| mirror(reach, Some(&part("mirror", state)), now()).light;
        assert_eq!(light(&down(), State::Backoff), Light::Working);
        assert_eq!(light(&down(), State::Stopped), Light::Off);
        assert_eq!(light(&down(), State::Running), Light::Bad);
        assert_eq!(light(&down(), State::Failed), Light::Bad);
        assert_eq!(light(&Reach::Unknown, State::Starting), Light::Working);
        assert_eq!(light(&Reach::Up, State::Starting), Light::Good);
        assert_eq!(mirror(&Reach::Unknown, None, now()).light, Light::Unknown);
    }

    #[test]
    fn the_worst_subsystem_speaks() {
        let lamp = |states: &[(&str, State)]| {
            let parts: Vec<_> = states
                .iter()
                .map(|&(name, state)| part(name, state))
                .collect();
            with_language(Language::English, || subsystems(&Reach::Up, &parts, now()))
        };
        assert_eq!(
            lamp(&[("a", State::Running), ("b", State::Stopped)]).light,
            Light::Good
        );
        assert_eq!(
            lamp(&[("a", State::Running), ("b", State::Backoff)]).words,
            "Subsystems: b starting"
        );
        let failed = lamp(&[("a", State::Starting), ("b", State::Failed)]);
        assert_eq!(
            (failed.light, failed.words.as_str()),
            (Light::Bad, "Subsystems: b failed")
        );
        assert_eq!(subsystems(&down(), &[], now()).light, Light::Bad);
        assert_eq!(
            subsystems(&Reach::Unknown, &[], now()).light,
            Light::Unknown
        );
    }
}
