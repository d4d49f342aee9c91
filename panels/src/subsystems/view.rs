//! What the subsystems panel shows.

use iced::Length;
use iced::widget::{column, container, row};
use jiff::Timestamp;
use trees::subsystems::{Failure, State, Subsystem, SubsystemVerb};
use ui::Element;
use ui::components::{
    Light, banner, button, caption, card, copy_command, ellipsis, empty, heading, light, list_row,
    log, scroll_down, status, strong, title,
};
use ui::icons::Icon;
use ui::text::{moment, number};
use ui::tokens::{Meaning, icon as icon_size, space, width};

use super::{Message, Subsystems, order};
use crate::fl;
use crate::reach::instant;

/// The name of the scrolling log.
pub const LOG: &str = "subsystem log";

/// What the log of a subsystem is called on the screen.
pub fn log_name(subsystem: &str) -> String {
    fl!("log-of", name = subsystem.to_owned())
}

/// State as light and word.
fn state(state: State) -> (Light, String) {
    match state {
        State::Stopped => (Light::Off, fl!("state-stopped")),
        State::Waiting => (Light::Waiting, fl!("state-waiting")),
        State::Starting => (Light::Working, fl!("state-starting")),
        State::Running => (Light::Good, fl!("state-running")),
        State::Stopping => (Light::Working, fl!("state-stopping")),
        State::Backoff => (Light::Warning, fl!("state-backoff")),
        State::Failed => (Light::Bad, fl!("state-failed")),
    }
}

impl Subsystems {
    /// The whole panel.
    pub fn view(&self, now: Timestamp) -> Element<'_, Message> {
        let page = column![title(fl!("subsystems"))]
            .push(self.manager.banner("/subsystems", now, None, None))
            .push(self.refused.clone().map(refusal));
        let page = match &self.status {
            Some(status) if status.subsystems.is_empty() => page.push(card(empty(
                Icon::Layers,
                fl!("nothing-runs"),
                fl!("nothing-runs-hint"),
                None,
            ))),
            Some(_) => page.push(
                row![self.side(now)]
                    .push(self.chosen().map(|subsystem| self.detail(subsystem, now)))
                    .spacing(space::L)
                    .height(Length::Fill),
            ),
            None if self.manager == crate::Reach::Trying => page.push(caption(fl!("asking"))),
            None => page,
        };
        page.spacing(space::L)
            .padding(space::XL)
            .width(Length::Fill)
            .height(Length::Fill)
            .into()
    }

    fn side(&self, now: Timestamp) -> Element<'_, Message> {
        let rows = self.list().iter().map(|subsystem| {
            let (lamp, words) = state(subsystem.state);
            let since = moment(instant(subsystem.since), now);
            list_row(subsystem.name.clone())
                .head(light(lamp, icon_size::L, words.clone()))
                .note(fl!("state-since", state = words, since = since))
                .selected(self.chosen.as_deref() == Some(&subsystem.name))
                .on_press(Message::Choose(subsystem.name.clone()))
                .into()
        });
        card(scroll_down(column(rows).spacing(space::XS)))
            .padding(space::S)
            .width(width::SIDEBAR)
            .height(Length::Fill)
            .into()
    }

    fn detail<'a>(&'a self, subsystem: &'a Subsystem, now: Timestamp) -> Element<'a, Message> {
        let (lamp, words) = state(subsystem.state);
        let words = match (&subsystem.waiting_for, subsystem.retry) {
            (Some(what), _) => fl!("waiting-for", state = words, what = what.clone()),
            (None, Some(at)) => {
                fl!("again-at", state = words, at = moment(instant(at), now))
            }
            (None, None) => words,
        };
        let head = row![
            column![heading(subsystem.name.clone()), status(lamp, words)]
                .spacing(space::XS)
                .width(Length::Fill),
            self.orders(subsystem),
        ]
        .align_y(iced::Center)
        .spacing(space::M);
        let failure = subsystem
            .failure
            .as_ref()
            .map(|failure| failed(failure, subsystem, now));
        let name = log_name(&subsystem.name);
        let log_head = row![
            container(heading(fl!("log"))).width(Length::Fill),
            copy_command(
                format!("goblin tail /subsystems/{}/log", subsystem.name),
                Message::Copy
            ),
        ]
        .align_y(iced::Center);
        let lines = self.log.iter().map(String::as_str);
        let content = column![head, facts(subsystem, now)]
            .push(failure)
            .push(log_head)
            .push(log(LOG, name, lines))
            .spacing(space::M)
            .height(Length::Fill);
        card(content).height(Length::Fill).into()
    }

    /// Start, stop, restart: each with its command, and with a reason where it cannot be given.
    fn orders<'a>(&self, subsystem: &'a Subsystem) -> Element<'a, Message> {
        let alive = matches!(
            subsystem.state,
            State::Running | State::Starting | State::Waiting | State::Backoff | State::Stopping
        );
        let may = |verb: &SubsystemVerb, allowed: bool, why_not: String| {
            let order = order(&subsystem.name, verb);
            if self
                .waiting
                .iter()
                .any(|waiting| waiting.path == order.path)
            {
                Err(fl!("order-under-way"))
            } else if allowed {
                Ok(Message::Give(order))
            } else {
                Err(why_not)
            }
        };
        let start = button(fl!("start")).icon(Icon::Play).on_press_or(may(
            &SubsystemVerb::Start {},
            !alive,
            fl!("runs-already"),
        ));
        let stop = button(fl!("stop"))
            .icon(Icon::Square)
            .danger()
            .on_press_or(may(&SubsystemVerb::Stop {}, alive, fl!("runs-not")));
        let restart = button(fl!("restart")).icon(Icon::RotateCw).on_press_or(may(
            &SubsystemVerb::Restart {},
            alive,
            fl!("runs-not"),
        ));
        let command = order(&subsystem.name, &SubsystemVerb::Restart {}).command();
        row![
            Element::from(start),
            Element::from(stop),
            Element::from(restart),
            copy_command(command, Message::Copy),
        ]
        .spacing(space::S)
        .align_y(iced::Center)
        .into()
    }
}

/// Process, since when, restarts.
fn facts<'a>(subsystem: &Subsystem, now: Timestamp) -> Element<'a, Message> {
    let pid = subsystem
        .pid
        .map_or_else(|| fl!("no-process"), |pid| pid.to_string());
    let fact = |name: String, value: String| -> Element<'a, Message> {
        column![caption(name), ellipsis(value).tabular()]
            .width(Length::Fill)
            .into()
    };
    row![
        fact(fl!("process"), pid),
        fact(fl!("since"), moment(instant(subsystem.since), now)),
        fact(fl!("restarts"), number(u64::from(subsystem.restarts))),
        fact(
            fl!("starts"),
            if subsystem.on_demand {
                fl!("on-demand")
            } else {
                fl!("with-session")
            },
        ),
    ]
    .spacing(space::M)
    .into()
}

/// The last failure: a banner while it matters, a quiet line after it has been overcome.
fn failed<'a>(failure: &Failure, subsystem: &Subsystem, now: Timestamp) -> Element<'a, Message> {
    let when = moment(instant(failure.at), now);
    let fact = fl!("failed-at", when = when, cause = failure.cause.clone());
    if subsystem.state == State::Running {
        return column![caption(fl!("last-failure")), strong(fact)]
            .push(failure.last_words.clone().map(caption))
            .into();
    }
    let meaning = if subsystem.state == State::Failed {
        Meaning::Bad
    } else {
        Meaning::Warning
    };
    let words = failure
        .last_words
        .clone()
        .map(|line| fl!("last-words", line = line));
    banner(meaning, fact, words, None)
}

fn refusal<'a>(reason: String) -> Element<'a, Message> {
    let read = button(fl!("understood"))
        .compact()
        .on_press(Message::Understood);
    banner(
        Meaning::Warning,
        fl!("refused"),
        Some(reason),
        Some(read.into()),
    )
}
