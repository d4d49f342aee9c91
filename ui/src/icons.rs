//! Icons: the part of Lucide that goblin uses, as one small font.
//!
//! The code points are Lucide's own. `assets/fonts/make.py` reads them from this file to cut the font.

use crate::Text;
use crate::components::tone;
use crate::fonts;
use crate::tokens::Meaning;

macro_rules! icons {
    ($($(#[$meta:meta])* $name:ident = $code:literal,)+) => {
        /// A pictogram, named as Lucide names it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Icon {
            $(
                #[doc = concat!("Lucide's `", stringify!($name), "`.")]
                $name,
            )+
        }

        impl Icon {
            /// All icons in the font.
            pub const ALL: &'static [Icon] = &[$(Icon::$name),+];

            /// The code point of the icon in the icon font.
            pub const fn code(self) -> char {
                match self {
                    $(Icon::$name => $code,)+
                }
            }
        }
    };
}

icons! {
    HardDrive = '\u{e0ed}',
    RefreshCw = '\u{e145}',
    Layers = '\u{e529}',
    Play = '\u{e13c}',
    Square = '\u{e167}',
    RotateCw = '\u{e149}',
    Folder = '\u{e0d7}',
    File = '\u{e0c0}',
    Copy = '\u{e09e}',
    Check = '\u{e06c}',
    X = '\u{e1b2}',
    ChevronRight = '\u{e06f}',
    ChevronLeft = '\u{e06e}',
    ChevronDown = '\u{e06d}',
    ChevronUp = '\u{e070}',
    Search = '\u{e151}',
    Bell = '\u{e059}',
    BellOff = '\u{e05a}',
    Settings = '\u{e154}',
    Power = '\u{e140}',
    LayoutGrid = '\u{e0ff}',
    TriangleAlert = '\u{e193}',
    CircleAlert = '\u{e077}',
    CircleX = '\u{e084}',
    CircleCheck = '\u{e226}',
    Circle = '\u{e076}',
    CircleDot = '\u{e345}',
    CircleDashed = '\u{e4b0}',
    Info = '\u{e0f9}',
    Terminal = '\u{e181}',
    Clock = '\u{e087}',
    Database = '\u{e0ad}',
    Cpu = '\u{e0a9}',
    MemoryStick = '\u{e445}',
    Unplug = '\u{e45d}',
    Plug = '\u{e37f}',
    WifiOff = '\u{e1af}',
    Wifi = '\u{e1ae}',
    Monitor = '\u{e11d}',
    AppWindow = '\u{e426}',
    Trash2 = '\u{e18e}',
    FilePlus = '\u{e0c9}',
    FilePen = '\u{e31f}',
    FileX = '\u{e0cd}',
    FileSymlink = '\u{e327}',
    Pencil = '\u{e1f9}',
    Plus = '\u{e13d}',
    Minus = '\u{e11c}',
    ArrowUp = '\u{e04a}',
    ArrowDown = '\u{e042}',
    ArrowRight = '\u{e049}',
    ArrowLeft = '\u{e048}',
    House = '\u{e0f5}',
    Inbox = '\u{e0f7}',
    Activity = '\u{e038}',
    User = '\u{e19f}',
    Server = '\u{e153}',
    LoaderCircle = '\u{e10a}',
    Menu = '\u{e115}',
    Ellipsis = '\u{e0b6}',
    ExternalLink = '\u{e0b9}',
    Volume2 = '\u{e1ab}',
    Sun = '\u{e178}',
    Moon = '\u{e11e}',
    Package = '\u{e129}',
    Image = '\u{e0f6}',
    FileText = '\u{e0cc}',
    FileCode = '\u{e0c3}',
    FileArchive = '\u{e30d}',
    Music = '\u{e122}',
    Video = '\u{e1a5}',
    Hourglass = '\u{e296}',
    Link = '\u{e102}',
    Unlink = '\u{e19c}',
    Lock = '\u{e10b}',
    Eye = '\u{e0ba}',
    Download = '\u{e0b2}',
    Upload = '\u{e19e}',
    Maximize2 = '\u{e113}',
    FolderOpen = '\u{e247}',
    FolderPlus = '\u{e0d9}',
    Pause = '\u{e12e}',
    Logs = '\u{e5f4}',
    Box = '\u{e061}',
    Rocket = '\u{e286}',
    PanelsTopLeft = '\u{e12c}',
    History = '\u{e1f5}',
    MessageSquare = '\u{e117}',
    Keyboard = '\u{e284}',
    ScrollText = '\u{e45f}',
    ListTree = '\u{e408}',
    Dot = '\u{e44f}',
    Octagon = '\u{e126}',
    Diamond = '\u{e2d2}',
    CircleQuestionMark = '\u{e082}',
    Triangle = '\u{e192}',
}

/// The icon as a widget, `size` logical pixels high, in the colour of the text around it.
pub fn icon<'a>(icon: Icon, size: f32) -> Text<'a> {
    crate::widget::text(icon.code().to_string())
        .font(fonts::ICONS)
        .size(size)
        .line_height(1.0)
        .shaping(crate::core::text::Shaping::Basic)
}

/// The same in the colour of a meaning; neutral means muted.
pub fn mark<'a>(shape: Icon, size: f32, meaning: Meaning) -> Text<'a> {
    tone(icon(shape, size), meaning)
}
