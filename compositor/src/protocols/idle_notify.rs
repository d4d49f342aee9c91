//! `ext_idle_notifier_v1`: telling programs such as a locker that nobody has touched anything for a
//! while. Ours, and not smithay's, whose timers outlive the objects they were for and start anew with
//! every move of the mouse: here one timer serves all, and only while somebody waits for it.

use std::sync::Mutex;
use std::time::Duration;

use smithay::reexports::wayland_protocols::ext::idle_notify::v1::server::{
    ext_idle_notification_v1::{self, ExtIdleNotificationV1},
    ext_idle_notifier_v1::{self, ExtIdleNotifierV1},
};
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId};
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource,
};

use crate::client::sees;
use crate::clock::Due;
use crate::goblin::Goblin;

const VERSION: u32 = 2;

/// The state of the global.
pub(crate) struct IdleNotifier {
    _global: GlobalId,
    notifications: Vec<ExtIdleNotificationV1>,
    /// When a person last touched a device, by our clock.
    last_input: Duration,
    /// Since when nothing keeps the session awake; `None` while something does.
    uninhibited: Option<Duration>,
    /// Some client was told that the person is away.
    someone_idle: bool,
    /// The one timer, and when it is due.
    timer: Option<(Duration, Due)>,
}

/// One client's wish to be told.
#[derive(Debug)]
pub(crate) struct Notification {
    timeout: Duration,
    /// It counts from here at the earliest.
    since: Duration,
    /// It goes by input alone, whatever video plays.
    input_only: bool,
    idle: Mutex<bool>,
}

impl Notification {
    fn is_idle(&self) -> bool {
        self.idle.lock().is_ok_and(|idle| *idle)
    }

    fn set_idle(&self, now: bool) {
        if let Ok(mut idle) = self.idle.lock() {
            *idle = now;
        }
    }
}

impl IdleNotifier {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            _global: display.create_global::<Goblin, ExtIdleNotifierV1, _>(VERSION, ()),
            notifications: Vec::new(),
            last_input: Duration::ZERO,
            uninhibited: Some(Duration::ZERO),
            someone_idle: false,
            timer: None,
        }
    }

    /// When a notification is due; `None` while something keeps it from being.
    fn due(&self, wish: &Notification) -> Option<Duration> {
        let awake = if wish.input_only {
            Duration::ZERO
        } else {
            self.uninhibited?
        };
        let since = wish.since.max(self.last_input).max(awake);
        Some(since.saturating_add(wish.timeout))
    }

    /// Tells those that were told of the person's absence, and that `which` picks, of the return.
    fn resume(&mut self, which: impl Fn(&Notification) -> bool) {
        for object in &self.notifications {
            if let Some(wish) = object.data::<Notification>()
                && wish.is_idle()
                && which(wish)
            {
                wish.set_idle(false);
                object.resumed();
            }
        }
        let someone_idle = self.wishes().any(Notification::is_idle);
        self.someone_idle = someone_idle;
    }

    fn wishes(&self) -> impl Iterator<Item = &Notification> {
        self.notifications
            .iter()
            .filter_map(|object| object.data::<Notification>())
    }
}

impl Goblin {
    /// A person touched a device. Costs nothing where nobody was told that they were away.
    pub(crate) fn person_acted(&mut self) {
        self.globals.idle_notifier.last_input = self.clock.now().into();
        if self.globals.idle_notifier.someone_idle {
            self.globals.idle_notifier.resume(|_| true);
            self.arm_idle_timer();
        }
    }

    /// From now on something keeps the session awake, or nothing does any more.
    pub(crate) fn set_idle_inhibited(&mut self, inhibited: bool) {
        let now: Duration = self.clock.now().into();
        let notifier = &mut self.globals.idle_notifier;
        if notifier.uninhibited.is_none() == inhibited {
            return;
        }
        notifier.uninhibited = (!inhibited).then_some(now);
        if inhibited {
            notifier.resume(|wish| !wish.input_only);
        }
        self.arm_idle_timer();
    }

    /// Makes sure that the timer is not due later than the first notification.
    fn arm_idle_timer(&mut self) {
        let notifier = &self.globals.idle_notifier;
        let waiting = notifier.wishes().filter(|wish| !wish.is_idle());
        let first = waiting.filter_map(|wish| notifier.due(wish)).min();
        let armed = notifier.timer.as_ref().map(|(due, _)| *due);
        // Too early is well: it looks again then. That is how input need not move it.
        if first.is_some_and(|first| armed.is_some_and(|armed| armed <= first)) {
            return;
        }
        if let Some((_, timer)) = self.globals.idle_notifier.timer.take() {
            self.call_off(&timer);
        }
        let Some(first) = first else { return };
        let delay = first.saturating_sub(self.clock.now().into());
        let timer = self.later(delay, Goblin::idle_timer_due);
        self.globals.idle_notifier.timer = timer.map(|timer| (first, timer));
    }

    fn idle_timer_due(&mut self) {
        let now: Duration = self.clock.now().into();
        let notifier = &mut self.globals.idle_notifier;
        notifier.timer = None;
        for object in &notifier.notifications {
            if let Some(wish) = object.data::<Notification>()
                && !wish.is_idle()
                && notifier.due(wish).is_some_and(|due| due <= now)
            {
                wish.set_idle(true);
                object.idled();
                notifier.someone_idle = true;
            }
        }
        self.arm_idle_timer();
    }
}

impl GlobalDispatch<ExtIdleNotifierV1, ()> for Goblin {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &Client,
        notifier: New<ExtIdleNotifierV1>,
        (): &(),
        data_init: &mut DataInit<'_, Self>,
    ) {
        data_init.init(notifier, ());
    }

    fn can_view(client: Client, (): &()) -> bool {
        sees::<ExtIdleNotifierV1>(&client)
    }
}

impl Dispatch<ExtIdleNotifierV1, ()> for Goblin {
    fn request(
        goblin: &mut Self,
        _: &Client,
        _: &ExtIdleNotifierV1,
        request: ext_idle_notifier_v1::Request,
        (): &(),
        _: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        // There is one seat: which is asked for makes no difference.
        let (id, timeout, input_only) = match request {
            ext_idle_notifier_v1::Request::GetIdleNotification { id, timeout, .. } => {
                (id, timeout, false)
            }
            ext_idle_notifier_v1::Request::GetInputIdleNotification { id, timeout, .. } => {
                (id, timeout, true)
            }
            _ => return,
        };
        let wish = Notification {
            timeout: Duration::from_millis(timeout.into()),
            since: goblin.clock.now().into(),
            input_only,
            idle: Mutex::new(false),
        };
        let object = data_init.init(id, wish);
        goblin.globals.idle_notifier.notifications.push(object);
        goblin.arm_idle_timer();
    }
}

impl Dispatch<ExtIdleNotificationV1, Notification> for Goblin {
    fn request(
        _: &mut Self,
        _: &Client,
        _: &ExtIdleNotificationV1,
        _: ext_idle_notification_v1::Request,
        _: &Notification,
        _: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        // It can only be destroyed.
    }

    fn destroyed(goblin: &mut Self, _: ClientId, object: &ExtIdleNotificationV1, _: &Notification) {
        let notifier = &mut goblin.globals.idle_notifier;
        notifier.notifications.retain(|other| other != object);
        goblin.arm_idle_timer();
    }
}
