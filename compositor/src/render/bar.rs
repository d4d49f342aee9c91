//! The picture of a title bar.

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform,
};

use super::frame::FrameLook;
use super::glyph;
use super::palette::Palette;
use super::pixels::Pixels;
use super::title::{Title, Titles};
use crate::domain::Mark;
use crate::layout::FramePart;

/// Radius of the upper corners of a floating window, in logical pixels.
const CORNER: f32 = 9.0;
/// Height of a title's em, in logical pixels.
const TITLE: f32 = 13.5;

/// What a bar's picture is made from: a look, and the sizes that follow from it.
pub(super) struct BarLook<'a> {
    look: &'a FrameLook,
    width: i32,
    height: i32,
    scale: f32,
}

impl<'a> BarLook<'a> {
    pub(super) fn of(look: &'a FrameLook) -> Self {
        let width = (look.content.w + 2 * look.border()).max(1);
        let height = look.px(look.metrics.title_bar).max(1);
        Self {
            look,
            width,
            height,
            scale: look.scale as f32,
        }
    }
}

/// Paints the bar: its ground, the line around it, the title and the buttons.
pub(super) fn paint(bar: &BarLook<'_>, palette: &Palette, titles: &mut Titles) -> Pixels {
    let (width, height) = (bar.width.unsigned_abs(), bar.height.unsigned_abs());
    let Some(mut pixmap) = Pixmap::new(width, height) else {
        return Pixels {
            data: vec![0; 4],
            size: (1, 1).into(),
            opaque: false,
        };
    };
    let floating = bar.look.floating;
    let (w, h) = (width as f32, height as f32);
    if floating {
        // The outer shape in the line's colour, the inner one a line's width smaller on top of it.
        let line = bar.look.border() as f32;
        let radius = CORNER * bar.scale;
        fill(
            &mut pixmap,
            rounded_top(0.0, 0.0, w, h, radius),
            palette.border,
        );
        let inner = rounded_top(
            line,
            line,
            w - 2.0 * line,
            h - line,
            (radius - line).max(0.0),
        );
        fill(&mut pixmap, inner, palette.bar);
    } else {
        pixmap.fill(palette.bar);
    }
    let line = bar.scale.round().max(1.0);
    let inset = bar.look.border() as f32;
    if let Some(rect) = Rect::from_xywh(inset, h - line, (w - 2.0 * inset).max(1.0), line) {
        fill(
            &mut pixmap,
            Some(PathBuilder::from_rect(rect)),
            palette.divider,
        );
    }
    let buttons = FramePart::BUTTONS
        .iter()
        .filter_map(|part| bar.button(*part));
    let free = buttons.map(|rect| rect.x()).fold(w, f32::min);
    let mut margin = 14.0 * bar.scale;
    if bar.look.tabs.0.is_empty() {
        if let Some(mark) = bar.look.domain.mark() {
            margin = bar.paint_mark(&mut pixmap, mark, palette, titles, (free, h - line));
        }
        titles.draw(
            &mut pixmap,
            &Title {
                text: &bar.look.title,
                size: TITLE * bar.scale,
                colour: palette.ink,
                width: w,
                height: h - line,
                margin_left: margin,
                margin_right: w - free + 7.0 * bar.scale,
                centred: true,
            },
        );
    } else {
        bar.paint_tabs(&mut pixmap, palette, titles, h - line);
    }
    for part in FramePart::BUTTONS {
        bar.paint_button(&mut pixmap, part, palette);
    }
    let mut pixels = Pixels::from(pixmap);
    pixels.opaque = !floating;
    pixels
}

impl BarLook<'_> {
    /// The square of a button, in physical pixels.
    fn button(&self, part: FramePart) -> Option<Rect> {
        let logical_width = (f64::from(self.width) / self.look.scale).round() as i32;
        let rect = self.look.metrics.button_rect(part, logical_width)?;
        let right = logical_width - rect.loc.x;
        Rect::from_xywh(
            self.width as f32 - right as f32 * self.scale,
            rect.loc.y as f32 * self.scale,
            rect.size.w as f32 * self.scale,
            rect.size.h as f32 * self.scale,
        )
    }

    /// The domain's glyph and name at the left of the bar, before anything that the client says.
    /// Gives where they end. `free` is the width up to the buttons.
    fn paint_mark(
        &self,
        pixmap: &mut Pixmap,
        mark: Mark<'_>,
        palette: &Palette,
        titles: &mut Titles,
        (free, height): (f32, f32),
    ) -> f32 {
        let (half, margin) = (6.0 * self.scale, 12.0 * self.scale);
        if free < 2.0 * margin {
            return free;
        }
        let middle = (margin + half, height / 2.0);
        glyph::paint(pixmap, mark.glyph, middle, half, palette.mark);
        let name = Title {
            text: mark.name,
            size: TITLE * self.scale,
            colour: palette.ink,
            // The client's title comes second: it has what the name leaves.
            width: free,
            height,
            margin_left: margin + 2.0 * half + 7.0 * self.scale,
            margin_right: 0.0,
            centred: false,
        };
        titles.draw(pixmap, &name);
        titles.end_of(&name) + margin
    }

    /// The titles of the tabs side by side: the one shown is underlined, the others are faint.
    fn paint_tabs(&self, pixmap: &mut Pixmap, palette: &Palette, titles: &mut Titles, height: f32) {
        let (tabs, shown) = &self.look.tabs;
        let logical_width = (f64::from(self.width) / self.look.scale).round() as i32;
        let margin = 10.0 * self.scale;
        let divider = self.scale.round().max(1.0);
        for (index, tab) in tabs.iter().enumerate() {
            let (start, width) = self.look.metrics.tab_span(index, tabs.len(), logical_width);
            let (x, w) = (start as f32 * self.scale, width as f32 * self.scale);
            let mut colour = palette.ink;
            if index != *shown {
                colour = between(palette.ink, palette.bar);
            } else if let Some(rect) = Rect::from_xywh(
                x + margin,
                height - 2.0 * divider,
                (w - 2.0 * margin).max(1.0),
                2.0 * divider,
            ) {
                fill(pixmap, Some(PathBuilder::from_rect(rect)), palette.ink);
            }
            // Centred in a strip that reaches as far to the left of the tab as to its right.
            let mut margin_left = x + margin;
            let mut text = tab.title.clone();
            if let Some(mark) = tab.domain.mark() {
                let half = 5.0 * self.scale;
                let middle = (margin_left + half, height / 2.0);
                if w > 2.0 * margin + 2.0 * half {
                    glyph::paint(pixmap, mark.glyph, middle, half, palette.mark);
                }
                margin_left += 2.0 * half + margin / 2.0;
                // The domain's name comes first: what is too long is cut off at the end.
                text = format!("{} · {text}", mark.name);
            }
            titles.draw(
                pixmap,
                &Title {
                    text: &text,
                    size: TITLE * self.scale,
                    colour,
                    width: 2.0 * x + w,
                    height,
                    margin_left,
                    margin_right: x + margin,
                    centred: true,
                },
            );
            if index > 0
                && let Some(rect) = Rect::from_xywh(x, height * 0.25, divider, height * 0.5)
            {
                fill(pixmap, Some(PathBuilder::from_rect(rect)), palette.divider);
            }
        }
    }

    fn paint_button(&self, pixmap: &mut Pixmap, part: FramePart, palette: &Palette) {
        let Some(rect) = self.button(part) else {
            return;
        };
        let (x, y) = (
            rect.x() + rect.width() / 2.0,
            rect.y() + rect.height() / 2.0,
        );
        let hovered = self.look.hovered == Some(part);
        let mut ink = palette.ink;
        if hovered {
            let disc = match part {
                FramePart::Close => {
                    ink = palette.on_danger;
                    palette.danger
                }
                _ if self.look.pressed => palette.pressed,
                _ => palette.hover,
            };
            fill(
                pixmap,
                PathBuilder::from_circle(x, y, 12.0 * self.scale),
                disc,
            );
        }
        let arm = 4.0 * self.scale;
        let mut path = PathBuilder::new();
        match part {
            FramePart::Close => {
                path.move_to(x - arm, y - arm);
                path.line_to(x + arm, y + arm);
                path.move_to(x + arm, y - arm);
                path.line_to(x - arm, y + arm);
            }
            FramePart::Maximise if self.look.maximised => {
                let step = 1.25 * self.scale;
                let side = arm - step;
                push_square(&mut path, x - step, y + step, side);
                // The window behind shows only its upper right.
                path.move_to(x - side + step, y - arm);
                path.line_to(x + arm, y - arm);
                path.line_to(x + arm, y + side - step);
            }
            FramePart::Maximise => push_square(&mut path, x, y, arm),
            FramePart::Minimise => {
                path.move_to(x - arm, y + 0.5 * self.scale);
                path.line_to(x + arm, y + 0.5 * self.scale);
            }
            FramePart::TitleBar | FramePart::Tab(_) | FramePart::Edge(_) => return,
        }
        let stroke = Stroke {
            width: 1.4 * self.scale,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        if let Some(path) = path.finish() {
            pixmap.stroke_path(&path, &paint_of(ink), &stroke, Transform::identity(), None);
        }
    }
}

fn push_square(path: &mut PathBuilder, x: f32, y: f32, half: f32) {
    if let Some(rect) = Rect::from_ltrb(x - half, y - half, x + half, y + half) {
        path.push_rect(rect);
    }
}

/// The colour in the middle of two.
fn between(one: Color, other: Color) -> Color {
    let mean = |one: f32, other: f32| f32::midpoint(one, other);
    Color::from_rgba(
        mean(one.red(), other.red()),
        mean(one.green(), other.green()),
        mean(one.blue(), other.blue()),
        1.0,
    )
    .unwrap_or(one)
}

pub(super) fn paint_of(colour: Color) -> Paint<'static> {
    let mut paint = Paint {
        anti_alias: true,
        ..Paint::default()
    };
    paint.set_color(colour);
    paint
}

pub(super) fn fill(pixmap: &mut Pixmap, path: Option<Path>, colour: Color) {
    if let Some(path) = path {
        let rule = FillRule::Winding;
        pixmap.fill_path(&path, &paint_of(colour), rule, Transform::identity(), None);
    }
}

/// A rectangle whose upper corners are rounded.
fn rounded_top(x: f32, y: f32, w: f32, h: f32, radius: f32) -> Option<Path> {
    let r = radius.min(w / 2.0).min(h);
    // The control point's distance for a quarter of a circle.
    let k = r * 0.552_284_8;
    let mut path = PathBuilder::new();
    path.move_to(x, y + h);
    path.line_to(x, y + r);
    path.cubic_to(x, y + r - k, x + r - k, y, x + r, y);
    path.line_to(x + w - r, y);
    path.cubic_to(x + w - r + k, y, x + w, y + r - k, x + w, y + r);
    path.line_to(x + w, y + h);
    path.close();
    path.finish()
}
