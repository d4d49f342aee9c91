//! What a view drew, in words: role, text, state and place of each thing on it.
//!
//! Components report themselves through iced's widget operations, so a screen is read off the very
//! widgets that were laid out and drawn. `/panels/NAME/screen` and `/shell/NAME/screen` are made of it.
//!
//! - [`semantic`] gives a widget a role; every component of this crate has one already.
//! - [`observe`] stands at the root of a surface and files a [`Screen`] at each redraw. Places in it are
//!   those of the visible part of each thing; what is scrolled out of sight is left out.

mod collect;
mod observe;
mod widget;

pub use trees::screen::{Item, Screen};

pub use collect::Collect;
pub use observe::{Observed, ScreenSlot, observe};
pub use widget::{Semantic, semantic};

/// What a thing on screen is to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The name of a screen or section.
    Heading,
    /// Words.
    Text,
    /// Something to press.
    Button,
    /// One of several views of which one is shown.
    Tab,
    /// An entry of a list or table, with its parts inside.
    Row,
    /// A list, table or tree.
    List,
    /// A state shown as a shape with colour.
    Light,
    /// A short mark on a thing.
    Badge,
    /// How much of something is done or used.
    Progress,
    /// Something the person must know now.
    Alert,
    /// Lines of a running program.
    Log,
    /// A place to type.
    Field,
    /// A switch.
    Toggle,
    /// A card or another visible group.
    Group,
    /// A place on the way to a folder.
    Crumb,
}

impl Role {
    /// The word for it in a screen file.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Heading => "heading",
            Role::Text => "text",
            Role::Button => "button",
            Role::Tab => "tab",
            Role::Row => "row",
            Role::List => "list",
            Role::Light => "light",
            Role::Badge => "badge",
            Role::Progress => "progress",
            Role::Alert => "alert",
            Role::Log => "log",
            Role::Field => "field",
            Role::Toggle => "toggle",
            Role::Group => "group",
            Role::Crumb => "crumb",
        }
    }
}

/// What a widget says of itself to an [`Operation`](iced_core::widget::Operation), by its `custom`
/// call just before it lets the operation into its content.
#[derive(Debug, Clone)]
pub struct Semantics {
    /// What it is.
    pub role: Role,
    /// Its name. Without one, the texts inside are its name.
    pub label: Option<String>,
    /// Facts about it: `disabled`, `focused`, `selected`, `good`, `bad`, `value=0.42` …
    pub state: Vec<String>,
    /// Whether the things inside are reported one by one, too.
    pub open: bool,
}
