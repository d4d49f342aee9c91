//! Drawing: what is on an output and in what order, our own pictures, and when a frame is due.

mod bar;
mod capture;
mod cursor;
mod elements;
mod frame;
mod palette;
mod pixels;
mod present;
mod redraw;
mod scene;
mod shadow;
mod title;
mod wallpaper;

pub(crate) use capture::{Capture, CaptureError, encode_png, read_back};
pub(crate) use redraw::RedrawState;
pub(crate) use scene::{BACKGROUND, Painter};
