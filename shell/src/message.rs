//! Everything that can happen to the shell.

use iced_core::window;
use iced_exwlshell::actions::{ExWlShellCustomAction, ExWlShellCustomActionWithId};
use jiff::Timestamp;
use trees::desktop;
use trees::shell::{LauncherVerb, NotificationVerb, Status};
use trees::subsystems::{self, Subsystem};

use crate::effect::Purpose;
use crate::launcher::apps::App;
use crate::notify::server::Request;
use crate::reach::{Desktop, Told};
use crate::reply::Reply;
use crate::surfaces::Output;
use crate::{bar, launcher, notify};

/// Why an order to `/shell` was refused: nothing of that name is there.
pub type Refused = String;

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Message {
    /// An output came, or something of it changed.
    Output(Output),
    /// An output went.
    OutputRemoved(u32),
    /// A surface is about to be drawn for the first time.
    Opened(window::Id),
    /// The compositor closed a surface.
    Closed(window::Id),
    /// The keyboard left a surface.
    Unfocused(window::Id),

    /// `/desktop` tells.
    Desktop(Told<Desktop, desktop::Event>),
    /// `/mirror` tells.
    Mirror(Told<(), ()>),
    /// `/subsystems` tells.
    Subsystems(Told<Vec<Subsystem>, subsystems::Event>),
    /// The applications were read.
    Apps(Vec<App>),
    /// The minute turned, or the clock was set.
    Minute(Timestamp),
    /// A notification's time is up.
    Expire,
    /// A program asks something of the notification server.
    Program(Request),
    /// There is a notification server, or why there is none.
    Server(Result<(), String>),
    /// An order to another tree failed.
    Failed(Purpose, String),

    /// `/shell/status` is read.
    Status(Reply<Box<Status>>),
    /// Lines were written to `/shell/launcher/ctl`.
    LauncherCtl(Vec<LauncherVerb>, Reply<Result<(), Refused>>),
    /// Lines were written to `/shell/notifications/ctl`.
    NotificationCtl(Vec<NotificationVerb>, Reply<Result<(), Refused>>),
    /// The shell is to end.
    Quit,

    /// A person used the bar.
    Bar(bar::Message),
    /// A person used the launcher.
    Launcher(launcher::Message),
    /// A person used the popup of this notification.
    Popup(u32, notify::view::Message),

    /// For the window loop: it never comes back as a message.
    ToLoop(Option<window::Id>, Box<ExWlShellCustomAction>),
}

impl TryFrom<Message> for ExWlShellCustomActionWithId {
    type Error = Message;

    fn try_from(message: Message) -> Result<Self, Message> {
        match message {
            Message::ToLoop(window, action) => Ok(Self::new(window, *action)),
            other => Err(other),
        }
    }
}
