//! Notifications within the shell: what comes, what goes, and where each popup stands.

use std::time::Instant;

use trees::desktop::{SelectionAnswer, SelectionQuestion};
use trees::shell::{Event, NotificationVerb};
use trees::time::Millis;

use super::Shell;
use crate::bar::SUBSYSTEMS_PANEL;
use crate::effect::{Effect, Purpose};
use crate::fl;
use crate::launcher::panel_name;
use crate::message::Refused;
use crate::notify::own::{self, Word};
use crate::notify::queue::{Closed, Reason};
use crate::notify::server::{Request, Signal};
use crate::notify::view::{self, Message};
use crate::notify::{DEFAULT_ACTION, Notification, selection};
use crate::reply::Reply;

impl Shell {
    /// A program asks something of the notification server.
    pub(super) fn program(&mut self, request: Request, now: Instant) -> Vec<Effect> {
        match request {
            Request::Notify {
                notification,
                replaces,
                reply,
            } => {
                let (id, effects) = self.show(*notification, replaces, now);
                reply.send(id);
                effects
            }
            Request::Close { id, reply } => {
                let gone = self.queue.close(id, Reason::Withdrawn, now);
                reply.send(gone.is_some());
                self.gone(gone)
            }
        }
    }

    /// Says what goblin's own services have to say; the next word on a part takes the place of the last.
    pub(super) fn say(&mut self, word: Option<Word>, now: Instant) -> Vec<Effect> {
        let Some(Word { part, notification }) = word else {
            return Vec::new();
        };
        let last = self
            .of_part
            .get(&part)
            .copied()
            .filter(|id| self.queue.get(*id).is_some());
        let (id, effects) = self.show(notification, last.unwrap_or(0), now);
        self.of_part.insert(part, id);
        effects
    }

    /// The desktop's configuration file has a fault, or has none any more: then what was said of it goes.
    pub(super) fn configuration(&mut self, fault: Option<&str>, now: Instant) -> Vec<Effect> {
        if let Some(fault) = fault {
            return self.say(Some(own::configuration(fault)), now);
        }
        let said = self.of_part.get(own::CONFIGURATION).copied();
        let gone = said.and_then(|id| self.queue.close(id, Reason::Withdrawn, now));
        gone.map(|gone| self.gone([gone])).unwrap_or_default()
    }

    /// The compositor asks something, or asks for more than it did.
    pub(super) fn asked(&mut self, question: &SelectionQuestion, now: Instant) -> Vec<Effect> {
        let last = self.asked.get(&question.id).copied();
        let (id, effects) = self.show(selection::card(question), last.unwrap_or(0), now);
        self.asked.insert(question.id, id);
        effects
    }

    /// The compositor no longer asks something.
    pub(super) fn settled(&mut self, question: u64, now: Instant) -> Vec<Effect> {
        let card = self.asked.remove(&question);
        let gone = card.and_then(|id| self.queue.close(id, Reason::Withdrawn, now));
        self.gone(gone)
    }

    /// What the compositor asks is this, and no more.
    pub(super) fn all_asked(
        &mut self,
        questions: &[SelectionQuestion],
        now: Instant,
    ) -> Vec<Effect> {
        let open = |id: &u64| questions.iter().any(|question| question.id == *id);
        let settled: Vec<u64> = self.asked.keys().copied().filter(|id| !open(id)).collect();
        let mut effects = Vec::new();
        for id in settled {
            effects.extend(self.settled(id, now));
        }
        for question in questions {
            effects.extend(self.asked(question, now));
        }
        effects
    }

    /// The question that a notification asks.
    fn question_of(&self, notification: u32) -> Option<u64> {
        let mut asked = self.asked.iter();
        asked
            .find(|(_, id)| **id == notification)
            .map(|(question, _)| *question)
    }

    /// Says that something the person asked for did not work.
    pub(super) fn failed(&mut self, purpose: &Purpose, cause: &str, now: Instant) -> Vec<Effect> {
        let body = match purpose {
            Purpose::Start(name) => fl!("cannot-start", name = name.as_str(), cause = cause),
            Purpose::Window => fl!("cannot-window", cause = cause),
            Purpose::Answer => fl!("cannot-answer", cause = cause),
            Purpose::Panel(name) => fl!("cannot-panel", name = panel_name(name), cause = cause),
        };
        self.show(own::failed(&body), 0, now).1
    }

    fn show(&mut self, shown: Notification, replaces: u32, now: Instant) -> (u32, Vec<Effect>) {
        let (id, gone) = self.queue.post(shown, replaces, now);
        self.came.insert(id, Millis::now());
        let mut effects = self.gone(gone);
        if let Some(shown) = self.queue.get(id) {
            let notification = self.told(id, shown);
            effects.push(Effect::Post(Event::Notified { notification }));
        }
        (id, effects)
    }

    /// What follows when notifications went: programs are told, the rest moves up.
    pub(super) fn gone(&mut self, gone: impl IntoIterator<Item = Closed>) -> Vec<Effect> {
        self.rev += 1;
        let mut effects = self.restack();
        for closed in gone {
            self.came.remove(&closed.id);
            self.of_part.retain(|_, id| *id != closed.id);
            self.asked.retain(|_, id| *id != closed.id);
            effects.push(Effect::Signal(Signal::Closed(closed)));
            effects.push(Effect::Post(Event::Dismissed { id: closed.id }));
        }
        effects
    }

    /// Puts the popups where they belong now.
    pub(super) fn restack(&self) -> Vec<Effect> {
        let shown: Vec<(u32, u32)> = self
            .queue
            .shown()
            .map(|(id, shown)| (id, view::height(shown)))
            .collect();
        let changes = self.surfaces.stack(&shown).into_iter();
        changes
            .map(|(window, action)| Effect::Surface(window, action))
            .collect()
    }

    /// A person used a popup.
    pub(super) fn popup(&mut self, id: u32, message: &Message, now: Instant) -> Vec<Effect> {
        match message {
            Message::Dismiss => self.dismiss(id, now),
            Message::Invoke(key) => self.invoke(id, key, now).unwrap_or_default(),
        }
    }

    /// A person closed a notification. Of a question that is a no.
    fn dismiss(&mut self, id: u32, now: Instant) -> Vec<Effect> {
        let no = self.question_of(id);
        let mut effects: Vec<Effect> = no
            .map(|question| selection::answer(question, SelectionAnswer::Deny.word()))
            .into_iter()
            .collect();
        let gone = self.queue.close(id, Reason::Dismissed, now);
        effects.extend(self.gone(gone));
        effects
    }

    /// Chooses an action; `None` if it is not offered.
    fn invoke(&mut self, id: u32, key: &str, now: Instant) -> Option<Vec<Effect>> {
        let own = self.of_part.values().any(|of_part| *of_part == id);
        let question = self.question_of(id);
        let closed = self.queue.invoke(id, key, now)?;
        let mut effects = vec![if let Some(question) = question {
            selection::answer(question, key)
        } else if own {
            Effect::OpenPanel(SUBSYSTEMS_PANEL)
        } else {
            Effect::Signal(Signal::Invoked {
                id,
                key: key.to_owned(),
            })
        }];
        effects.extend(self.gone(closed));
        Some(effects)
    }

    /// Carries out the lines of one write to `/shell/notifications/ctl`: all of them or none.
    pub(super) fn notification_ctl(
        &mut self,
        verbs: Vec<NotificationVerb>,
        reply: &Reply<Result<(), Refused>>,
        now: Instant,
    ) -> Vec<Effect> {
        let refused = verbs.iter().find_map(|verb| match verb {
            NotificationVerb::Clear {} => None,
            NotificationVerb::Dismiss { id } => self.refuses(*id, None),
            NotificationVerb::Invoke { id, action } => {
                self.refuses(*id, Some(action.as_deref().unwrap_or(DEFAULT_ACTION)))
            }
        });
        if let Some(refused) = refused {
            reply.send(Err(refused));
            return Vec::new();
        }
        let mut effects = Vec::new();
        for verb in verbs {
            effects.extend(match verb {
                NotificationVerb::Clear {} => {
                    let mut effects = Vec::new();
                    // One that goes makes room for one that waits.
                    loop {
                        let next = self.queue.shown().next().map(|(id, _)| id);
                        let Some(id) = next else { break };
                        effects.extend(self.dismiss(id, now));
                    }
                    effects
                }
                NotificationVerb::Dismiss { id } => self.popup(id, &Message::Dismiss, now),
                NotificationVerb::Invoke { id, action } => {
                    let key = action.as_deref().unwrap_or(DEFAULT_ACTION);
                    self.invoke(id, key, now).unwrap_or_default()
                }
            });
        }
        reply.send(Ok(()));
        effects
    }

    fn refuses(&self, id: u32, action: Option<&str>) -> Option<Refused> {
        let Some(notification) = self.queue.get(id) else {
            return Some(format!(
                "there is no notification {id}; status names those there are"
            ));
        };
        let keys: Vec<&str> = notification
            .actions
            .iter()
            .map(|action| action.key.as_str())
            .collect();
        match action {
            Some(key) if !keys.contains(&key) => Some(format!(
                "notification {id} has no action {key:?}; it has [{}]",
                keys.join(", ")
            )),
            _ => None,
        }
    }

    /// A notification as `/shell` tells it.
    pub(super) fn told(&self, id: u32, shown: &Notification) -> trees::shell::Notification {
        trees::shell::Notification {
            id,
            app: shown.app.clone(),
            summary: shown.summary.clone(),
            body: shown.body.clone(),
            at: self.came.get(&id).copied().unwrap_or(self.since),
        }
    }
}
