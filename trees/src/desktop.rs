//! `/desktop`: outputs, windows, seat; served by the compositor.
//!
//! ```text
//! /desktop/{status,ctl,event,log,perf,config}
//! /desktop/outputs/ctl
//! /desktop/outputs/NAME/{status,ctl,picture.png}
//! /desktop/windows/ID/{status,ctl,picture.png}
//! /desktop/input/{status,ctl}
//! ```
//!
//! `picture.png` and `input/ctl` work in a session started for testing, and never while the screen is locked.

mod setup;
mod words;

use ninep::verbs;
use serde::{Deserialize, Serialize};

use crate::time::Millis;

pub use setup::{Configuration, KeyboardSetup, Rule, SelectionRule};
pub use words::{Axis, Direction, SelectionAnswer, Snap, SwitchTo, WorkspaceTarget};

/// Name of the tree.
pub const NAME: &str = "desktop";

/// A window's number: unique while the compositor runs, never used twice.
pub type WindowId = u64;

/// A rectangle in logical pixels of the space that all outputs share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a rectangle needs no words")]
pub struct Rect {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

/// `/desktop/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Counts decisions and changes of life cycle.
    pub rev: u64,
    /// `headless`, `nested` or `tty`.
    pub backend: String,
    /// Value of `WAYLAND_DISPLAY` for clients.
    pub wayland_display: String,
    /// Value of `DISPLAY` for clients; none where X11 programs cannot run.
    #[serde(default)]
    pub x11_display: Option<String>,
    /// Whether an X server runs: the first client starts one, and it ends with the last.
    #[serde(default)]
    pub x11_running: bool,
    /// The window with the keyboard, if one has it.
    pub focus: Option<WindowId>,
    /// Names of the outputs.
    pub outputs: Vec<String>,
    /// Names of outputs that are out of use: `enable` in `outputs/ctl` brings one back.
    #[serde(default)]
    pub disabled: Vec<String>,
    /// Windows from front to back.
    pub windows: Vec<WindowId>,
    /// What a person is choosing a window with, while they are.
    #[serde(default)]
    pub choosing: Option<Choosing>,
    /// Whether the screen is locked.
    pub locked: bool,
    /// Whether pictures and injected input are allowed.
    pub testing: bool,
    /// `light` or `dark`: the frames, and what programs of the session follow.
    pub theme: String,
    /// The configuration in force.
    pub config: Config,
    /// What a person is asked about selections that would go from one domain to another.
    #[serde(default)]
    pub questions: Vec<SelectionQuestion>,
    /// Since when the compositor runs.
    pub since: Millis,
}

/// The switcher or the overview while it is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choosing {
    /// `switcher` or `overview`.
    pub view: String,
    /// The windows that are pictured, in their order: in the switcher the one that had the focus last
    /// comes first.
    pub windows: Vec<WindowId>,
    /// The one that has been chosen so far, if one has.
    pub chosen: Option<WindowId>,
}

/// `/desktop/perf`: what the compositor has cost so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Perf {
    /// How often its event loop was woken. Reading this wakes it once.
    pub wakeups: u64,
    /// Processor time of all its threads, in milliseconds.
    pub cpu_ms: u64,
    /// Since when it runs.
    pub since: Millis,
    /// Requests that ended in a fault of the compositor's own, which it survived.
    #[serde(default)]
    pub faults: u64,
    /// The outputs that are on.
    pub outputs: Vec<OutputPerf>,
}

/// What one output has cost so far. Times are of its last 256 frames.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputPerf {
    /// Its name.
    pub name: String,
    /// Frames drawn.
    pub frames: u64,
    /// Frames that came to nothing, because no pixel had changed.
    pub empty: u64,
    /// Pixels drawn anew.
    pub damage: u64,
    /// How long the last frame took to draw, in microseconds.
    pub last_us: u64,
    /// Half of the frames took less, in microseconds.
    pub median_us: u64,
    /// The longest of them, in microseconds.
    pub worst_us: u64,
}

/// A program of one domain wants what a program of another has copied, marked or dragged, and a person
/// is to say. `selection ID ANSWER` in `/desktop/ctl` answers; after a while it is denied by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionQuestion {
    /// Unique while the compositor runs, never used twice.
    pub id: u64,
    /// The domain that has it: `board`, or a subsystem's name.
    pub from: String,
    /// The domain that wants it.
    pub to: String,
    /// `clipboard`, `primary` or `drag`.
    pub kind: String,
    /// The MIME types that are wanted; of a drag, all that it offers.
    pub types: Vec<String>,
    /// Since when it is asked.
    pub since: Millis,
}

/// Which configuration is in force.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Config {
    /// The file; it need not exist.
    pub path: String,
    /// Why the file as it is now was not taken: file, line and reason. The last good one stays in force.
    pub error: Option<String>,
}

/// `/desktop/outputs/NAME/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputStatus {
    /// Counts decisions.
    pub rev: u64,
    /// Name, such as `headless-1`.
    pub name: String,
    /// Place and logical size.
    pub geometry: Rect,
    /// Pixels of the mode.
    pub mode: (i32, i32),
    /// Refresh rate in millihertz.
    pub refresh: i32,
    /// Scale.
    pub scale: f64,
    /// How it is turned: `normal`, `90`, `180`, `270`, or one of these after `flipped`.
    #[serde(default)]
    pub transform: String,
    /// Whether it gives light; nothing is drawn on a dark one.
    #[serde(default)]
    pub powered: bool,
    /// Frames drawn so far.
    pub frames: u64,
    /// When the last one was drawn.
    pub last_frame: Option<Millis>,
    /// Layer surfaces from bottom to top.
    pub layers: Vec<Layer>,
    /// Its workspaces in order; the last one is empty.
    #[serde(default)]
    pub workspaces: Vec<Workspace>,
}

/// A workspace of an output. Its number is its place in the list, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    /// Unique while the compositor runs, never used twice.
    pub id: u64,
    /// What the person calls it.
    #[serde(default)]
    pub name: Option<String>,
    /// The output shows it.
    pub active: bool,
    /// Its windows are tiles.
    pub tiling: bool,
    /// Its windows.
    pub windows: Vec<WindowId>,
    /// Its tiles: columns from left to right, in each the splits from top to bottom, in each the tabs.
    pub columns: Vec<Vec<Vec<WindowId>>>,
}

/// Where a window is among workspaces and tiles.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WindowPlace {
    /// The id of its workspace; none where it is sticky or on the scratch workspace.
    pub workspace: Option<u64>,
    /// It can be seen: not minimised, and its workspace and tab are shown.
    pub visible: bool,
    /// It is a tile of its workspace.
    pub tiled: bool,
    /// The part of the work area it fills, such as `left` or `top-right`.
    pub snapped: Option<String>,
    /// It is on all workspaces of its output.
    pub sticky: bool,
    /// It lies above all that do not.
    pub on_top: bool,
    /// It is on the scratch workspace.
    pub scratch: bool,
    /// The window it is a dialog of.
    pub parent: Option<WindowId>,
}

/// A layer surface (wlr-layer-shell) on an output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Its namespace, such as `goblin-bar`.
    pub namespace: String,
    /// `background`, `bottom`, `top` or `overlay`.
    pub layer: String,
    /// Place in the space of all outputs.
    pub geometry: Rect,
}

/// `/desktop/input/status`: keyboard, pointer and the devices that they come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputStatus {
    /// Counts decisions.
    pub rev: u64,
    /// The keyboard of the seat, whichever devices it comes from.
    pub keyboard: Keyboard,
    /// Where the pointer is in the space of all outputs; none until it first moves.
    pub pointer: Option<(f64, f64)>,
    /// Whether an input method, such as fcitx5, makes text of the keys.
    pub input_method: bool,
    /// The devices of the machine. A session without a screen has none.
    pub devices: Vec<Device>,
}

/// The keyboard of the seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyboard {
    /// Its layouts, as xkb describes them: `English (US)`.
    pub layouts: Vec<String>,
    /// The one in use: `next-layout` in `/desktop/ctl` switches on the next one.
    pub layout: String,
    /// Caps Lock is on.
    pub caps_lock: bool,
    /// Num Lock is on.
    pub num_lock: bool,
    /// Milliseconds until a held key repeats.
    pub repeat_delay: i32,
    /// Repeats in a second; 0 never repeats.
    pub repeat_rate: i32,
}

/// A device of the machine that gives input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The name that it gives itself.
    pub name: String,
    /// What it is: `keyboard`, `pointer`, `touch`, `tablet-tool`, `tablet-pad`, `gesture`, `switch`.
    pub kinds: Vec<String>,
}

/// `/desktop/windows/ID/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WindowStatus {
    /// Counts changes of life cycle: state, title, place.
    pub rev: u64,
    /// Its number.
    pub id: WindowId,
    /// Title as the client gives it.
    pub title: String,
    /// `app_id` as the client gives it.
    pub app_id: String,
    /// The domain that the client belongs to: `board`, or a subsystem's name.
    pub domain: String,
    /// The client's process.
    pub pid: Option<i32>,
    /// The client's area, without the frame. Where a minimised window will be again.
    pub geometry: Rect,
    /// The same with the frame.
    pub frame: Rect,
    /// The output that shows most of it.
    pub output: Option<String>,
    /// It has the keyboard.
    pub focused: bool,
    /// It fills the work area.
    pub maximized: bool,
    /// It fills the output.
    pub fullscreen: bool,
    /// It is not shown.
    pub minimized: bool,
    /// What its client says of it beside that.
    #[serde(default)]
    pub hints: Hints,
    /// Where it is among workspaces and tiles.
    #[serde(default)]
    pub place: WindowPlace,
}

/// What a client says of its window beside title and `app_id`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hints {
    /// The name of its icon in the icon theme (`xdg_toplevel_icon_v1`).
    pub icon: Option<String>,
    /// What the client calls it among its own windows, the same each time (`xdg_toplevel_tag_v1`).
    pub tag: Option<String>,
    /// What that is in a person's words.
    pub description: Option<String>,
    /// A dialog that must be answered before its parent goes on (`xdg_dialog_v1`).
    pub modal: bool,
    /// What its pixels are: `photo`, `video` or `game` (`wp_content_type_v1`).
    pub content: Option<String>,
    /// It is better torn than late (`wp_tearing_control_v1`).
    pub tearing: bool,
    /// It rang (`xdg_system_bell_v1`) and has not had the keyboard since.
    pub rang: bool,
}

/// A line of `/desktop/event`; `seq` and `time` come with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// A window got its first content.
    WindowOpened {
        /// The window.
        window: WindowStatus,
    },
    /// Title, state, place or focus of a window changed.
    WindowChanged {
        /// The window as it is now.
        window: WindowStatus,
    },
    /// A window is gone.
    WindowClosed {
        /// Its number.
        id: WindowId,
    },
    /// The keyboard went elsewhere.
    Focus {
        /// The window that has it, if one has.
        id: Option<WindowId>,
    },
    /// An output came.
    OutputAdded {
        /// Its name.
        name: String,
    },
    /// Mode, scale or place of an output changed, the layer surfaces that it shows, or its workspaces.
    OutputChanged {
        /// Its name.
        name: String,
    },
    /// An output went.
    OutputRemoved {
        /// Its name.
        name: String,
    },
    /// A key binding that is not the compositor's own business was pressed, such as `launcher`.
    Binding {
        /// The name from the configuration.
        name: String,
    },
    /// A program asks for the person's attention (`xdg_system_bell_v1`).
    Bell {
        /// The window it is about, if it is about one.
        id: Option<WindowId>,
    },
    /// The switcher or the overview opened, another window was chosen in it, or it was left.
    Choosing {
        /// What is open, if anything is.
        choosing: Option<Choosing>,
    },
    /// The desktop became light or dark.
    Theme {
        /// `light` or `dark`.
        name: String,
    },
    /// A person is asked about a selection, or more of it is wanted than was asked for so far.
    SelectionAsked {
        /// The question as it is now.
        question: SelectionQuestion,
    },
    /// It is asked no longer.
    SelectionSettled {
        /// The question.
        id: u64,
        /// `once`, `allow` or `deny` as a person said, `time-out` where nobody did, `gone` where what
        /// was asked for is no more.
        answer: String,
    },
    /// The configuration was read again, or refused.
    Config {
        /// Why it was refused; the last good one stays in force.
        error: Option<String>,
    },
}

verbs! {
    /// `/desktop/ctl`.
    pub enum Verb {
        /// Start a program in the session: its arguments, the program first.
        "spawn" => Spawn { argv: Vec<String> },
        /// Light or dark: the frames, and what programs of the session follow.
        "theme" => Theme { name: String },
        /// Read the configuration again.
        "reload" => Reload {},
        /// End the compositor.
        "quit" => Quit {},
        /// Tell followers of `/desktop/event` of a binding of this name, as a key does.
        "event" => Event { name: String },
        /// Show another workspace of the current output.
        "workspace" => Workspace { to: WorkspaceTarget },
        /// Call the workspace shown by a name, for as long as it is there; without a word by its number.
        "name-workspace" => NameWorkspace { name: Option<String> },
        /// Switch the workspace shown between tiles and floating windows, or to one of them.
        "tiling" => Tiling { on: Option<bool> },
        /// Move the workspace shown to the output that lies in a direction.
        "send-workspace" => SendWorkspace { to: Direction },
        /// Focus the window that lies next in a direction.
        "focus-towards" => FocusTowards { direction: Direction },
        /// Go to the output that lies in a direction.
        "focus-output" => FocusOutput { direction: Direction },
        /// Choose a window by its picture: the next or previous one in the order they had the focus; done
        /// goes to the chosen one, cancel leaves all as it was.
        "switch" => Switch { to: SwitchTo },
        /// Show all windows and workspaces side by side or no longer; without a word the other way.
        "overview" => Overview { on: Option<bool> },
        /// Focus the window that had the focus before, at once.
        "next-window" => NextWindow {},
        /// Focus the window that had the focus longest ago, at once.
        "previous-window" => PreviousWindow {},
        /// Show the next tab of the focused tile.
        "next-tab" => NextTab {},
        /// The other way round.
        "previous-tab" => PreviousTab {},
        /// Show the window that was minimised last.
        "restore-last" => RestoreLast {},
        /// Answer a question about a selection: this once, for the session between these two domains, or not.
        "selection" => Selection { id: u64, answer: SelectionAnswer },
        /// Show the scratch workspace over the current output, or hide it.
        "scratch" => Scratch {},
        /// Switch on the next layout of the keyboard.
        "next-layout" => NextLayout {},
        /// The other way round.
        "previous-layout" => PreviousLayout {},
    }
}

verbs! {
    /// `/desktop/windows/ID/ctl`.
    pub enum WindowVerb {
        /// Ask the client to close the window.
        "close" => Close {},
        /// Show it, bring it to the front and give it the keyboard.
        "focus" => Focus {},
        /// Put the top left corner of its client area there.
        "move" => Move { x: i32, y: i32 },
        /// Ask for this size of its client area.
        "resize" => Resize { width: i32, height: i32 },
        /// Fill the work area.
        "maximize" => Maximize {},
        /// Fill the output.
        "fullscreen" => Fullscreen {},
        /// Stop showing it.
        "minimize" => Minimize {},
        /// Undo maximize, fullscreen, snap or minimize.
        "restore" => Restore {},
        /// Fill the work area, or undo that.
        "toggle-maximize" => ToggleMaximize {},
        /// Fill the output, or undo that.
        "toggle-fullscreen" => ToggleFullscreen {},
        /// What fills something floats or is a tile again; anything else is minimised.
        "restore-or-minimize" => RestoreOrMinimize {},
        /// Fill a half or a quarter of the work area, or undo that; a tile moves that way instead.
        "snap" => Snap { part: self::Snap },
        /// Make it a tile, on a tiling workspace.
        "tile" => Tile {},
        /// Float it above the tiles.
        "float" => Float {},
        /// A tile floats, what floats becomes a tile.
        "toggle-floating" => ToggleFloating {},
        /// Keep it on all workspaces of its output or no longer; without a word the other way.
        "sticky" => Sticky { on: Option<bool> },
        /// Keep it above all others or no longer; without a word the other way.
        "on-top" => OnTop { on: Option<bool> },
        /// Send it to the scratch workspace or take it from there; without a word the other way.
        "send-to-scratch" => SendToScratch { on: Option<bool> },
        /// Move it to another workspace of its output.
        "send-to-workspace" => SendToWorkspace { to: WorkspaceTarget },
        /// Move it to the output that lies in a direction, or has this name.
        "send-to-output" => SendToOutput { to: String },
        /// Move it in a direction: a tile among the tiles, a floating window by 64 pixels.
        "shift" => Shift { direction: Direction },
        /// A tile joins the column beside it, below what is there.
        "join" => Join { direction: Direction },
        /// The tiles of its column become tabs, or its tabs become tiles.
        "toggle-tabs" => ToggleTabs {},
        /// Make it larger by so many pixels, or smaller: a tile at the cost of its neighbour.
        "grow" => Grow { axis: Axis, by: i32 },
    }
}

verbs! {
    /// `/desktop/outputs/ctl`: outputs of a session without a screen.
    pub enum OutputsVerb {
        /// Plug in a virtual output: WIDTHxHEIGHT@SCALE, and a name.
        "add" => Add { size: String, name: Option<String> },
        /// Unplug one; windows that were on it return when one of its name is plugged in.
        "remove" => Remove { name: String },
        /// Take one out of use; what it is set to is kept.
        "disable" => Disable { name: String },
        /// Take one that was disabled into use again.
        "enable" => Enable { name: String },
    }
}

verbs! {
    /// `/desktop/outputs/NAME/ctl`.
    pub enum OutputVerb {
        /// Set the scale, 0.5 to 4.
        "scale" => Scale { factor: f64 },
        /// Set its size in pixels, and its refresh rate in millihertz.
        "mode" => Mode { width: i32, height: i32, refresh: Option<i32> },
        /// Put its top left corner there, in the space of all outputs.
        "move" => Move { x: i32, y: i32 },
        /// Turn it: normal, 90, 180, 270, flipped, flipped-90, flipped-180, flipped-270.
        "turn" => Turn { to: String },
        /// Make it dark or light: off, on.
        "power" => Power { to: String },
        /// Show another of its workspaces.
        "workspace" => Workspace { to: WorkspaceTarget },
    }
}

verbs! {
    /// `/desktop/input/ctl`: what a person's hands would do.
    pub enum InputVerb {
        /// Move the pointer to a place in the space of all outputs, in logical pixels.
        "pointer" => Pointer { x: f64, y: f64 },
        /// Press, release or click (both) a button: left, right, middle.
        "button" => Button { button: String, action: Option<String> },
        /// Turn the wheel: lines right and down.
        "scroll" => Scroll { dx: f64, dy: f64 },
        /// Press, release or tap (both) a key by its xkb keysym name, with modifiers held: ctrl+shift+Return.
        "key" => Key { key: String, action: Option<String> },
        /// Type a text, with the current layout.
        "type" => Type { text: String },
    }
}
