//! Drawing: what is on an output and in what order, our own pictures, and when a frame is due.

mod bar;
mod caption;
mod capture;
mod choosing;
mod cursor;
mod elements;
mod frame;
mod gamma;
mod glyph;
mod marks;
mod palette;
mod perf;
mod pixels;
mod plate;
mod pointer;
mod present;
mod preview;
mod redraw;
mod reduce;
mod scaled;
mod scene;
mod shadow;
mod shot;
mod surfaces;
mod title;
mod unmanaged;
mod wallpaper;

pub(crate) use capture::{Capture, CaptureError, Watch, encode_png};
pub(crate) use elements::OutputElement;
pub(crate) use frame::Tab;
pub(crate) use gamma::{Gamma, RAMP};
pub(crate) use perf::Costs;
pub(crate) use pointer::CursorLook;
pub(crate) use redraw::RedrawState;
pub(crate) use scene::{BACKGROUND, Painter};
pub(crate) use shot::{Shot, Subject, Taken};
