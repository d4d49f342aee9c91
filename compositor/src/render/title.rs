//! Text of title bars: shaped by cosmic-text with the system's fonts.
//!
//! Reading the font list takes memory and time, so it happens at the first title.

use cosmic_text::{
    Attrs, Buffer, Color as TextColor, Family, FontSystem, Metrics, Shaping, SwashCache, Weight,
    Wrap,
};
use tiny_skia::{Color, Pixmap, PremultipliedColorU8};

/// The fonts and the shaped glyphs. Empty until the first title.
#[derive(Default)]
pub(crate) struct Titles {
    engine: Option<(FontSystem, SwashCache)>,
}

/// A title and where it goes in a pixmap, in physical pixels.
pub(crate) struct Title<'a> {
    pub(crate) text: &'a str,
    /// Height of a glyph's em.
    pub(crate) size: f32,
    pub(crate) colour: Color,
    /// The strip that the title is centred in, as far as the limits allow.
    pub(crate) width: f32,
    pub(crate) height: f32,
    /// What the title must keep free on the left and on the right.
    pub(crate) margin_left: f32,
    pub(crate) margin_right: f32,
    /// In the middle of the strip, else at its left.
    pub(crate) centred: bool,
}

impl Title<'_> {
    /// The width between the margins.
    fn room(&self) -> f32 {
        self.width - self.margin_left - self.margin_right
    }

    /// Whether there is anything to draw and a place for it.
    fn fits(&self) -> bool {
        !self.text.trim().is_empty() && self.room() >= self.size * 2.0
    }
}

impl Titles {
    /// Where the text of a title that is not centred ends, counted from the strip's left.
    pub(crate) fn end_of(&mut self, title: &Title<'_>) -> f32 {
        if !title.fits() {
            return title.margin_left;
        }
        let (fonts, _) = self.engine();
        let buffer = shaped(fonts, title);
        title.margin_left + line_width(&buffer).min(title.room())
    }

    fn engine(&mut self) -> &mut (FontSystem, SwashCache) {
        self.engine
            .get_or_insert_with(|| (fonts(), SwashCache::new()))
    }

    /// Draws a title in one line; what does not fit ends in an ellipsis.
    pub(crate) fn draw(&mut self, pixmap: &mut Pixmap, title: &Title<'_>) {
        if !title.fits() {
            return;
        }
        let room = title.room();
        let (fonts, cache) = self.engine();
        let buffer = shaped(fonts, title);
        let line_height = buffer.metrics().line_height;
        let line_width = line_width(&buffer).min(room);
        // In the middle of the bar, unless the buttons are in the way.
        let middle = ((title.width - line_width) / 2.0)
            .min(title.width - title.margin_right - line_width)
            .max(title.margin_left);
        let x = if title.centred {
            middle.round()
        } else {
            title.margin_left.round()
        };
        let y = ((title.height - line_height) / 2.0).round();
        let [r, g, b] = [
            title.colour.red(),
            title.colour.green(),
            title.colour.blue(),
        ]
        .map(|value| (value * 255.0).round() as u8);
        let (left, top) = (x as i32, y as i32);
        let end = (x + room) as i32;
        buffer.draw(
            fonts,
            cache,
            TextColor::rgb(r, g, b),
            |gx, gy, w, h, colour| {
                for dy in 0..h as i32 {
                    for dx in 0..w as i32 {
                        let (px, py) = (left + gx + dx, top + gy + dy);
                        if px < end {
                            blend(pixmap, px, py, colour);
                        }
                    }
                }
            },
        );
    }
}

/// The text in one line, as long as there is room for it.
fn shaped(fonts: &mut FontSystem, title: &Title<'_>) -> Buffer {
    let metrics = Metrics::new(title.size, (title.size * 1.3).round());
    let mut buffer = Buffer::new(fonts, metrics);
    // A client may send a whole book: what cannot be shown is not shaped.
    let text: String = title
        .text
        .chars()
        .filter(|c| !c.is_control())
        .take(400)
        .collect();
    // cosmic-text takes another face for what a font lacks only in exactly this weight, and Chinese
    // faces come in regular and bold.
    let attrs = Attrs::new()
        .family(Family::SansSerif)
        .weight(Weight::NORMAL);
    buffer.set_wrap(fonts, Wrap::None);
    buffer.set_size(fonts, None, Some(metrics.line_height));
    buffer.set_text(fonts, &text, &attrs, Shaping::Advanced, None);
    buffer.shape_until_scroll(fonts, false);
    if let Some(end) = overflow(&buffer, title.room() - title.size) {
        let shortened = format!("{}…", text.get(..end).unwrap_or_default().trim_end());
        buffer.set_text(fonts, &shortened, &attrs, Shaping::Advanced, None);
        buffer.shape_until_scroll(fonts, false);
    }
    buffer
}

/// The system's fonts. cosmic-text's own choice of a sans-serif family is one that few systems
/// have: the first of these that is installed takes its place. What a font lacks, such as Chinese,
/// comes from another.
fn fonts() -> FontSystem {
    const SANS: [&str; 5] = [
        "Inter",
        "Noto Sans",
        "DejaVu Sans",
        "Liberation Sans",
        "Cantarell",
    ];
    let mut system = FontSystem::new();
    let installed = |name: &str| {
        system
            .db()
            .faces()
            .any(|face| face.families.iter().any(|(family, _)| family == name))
    };
    if let Some(family) = SANS.into_iter().find(|name| installed(name)) {
        system.db_mut().set_sans_serif_family(family);
    }
    system
}

fn line_width(buffer: &Buffer) -> f32 {
    buffer
        .layout_runs()
        .map(|run| run.line_w)
        .fold(0.0, f32::max)
}

/// Where the text must end to fit into `room` with an ellipsis behind it; `None` if all of it fits.
fn overflow(buffer: &Buffer, room: f32) -> Option<usize> {
    if line_width(buffer) <= room {
        return None;
    }
    let run = buffer.layout_runs().next()?;
    run.glyphs
        .iter()
        .filter(|glyph| glyph.x + glyph.w > room)
        .map(|glyph| glyph.start)
        .min()
}

/// Puts one pixel of a glyph over what is there.
fn blend(pixmap: &mut Pixmap, x: i32, y: i32, colour: TextColor) {
    let (width, height) = (pixmap.width(), pixmap.height());
    let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
        return;
    };
    if x >= width || y >= height || colour.a() == 0 {
        return;
    }
    let index = (y * width + x) as usize;
    let Some(pixel) = pixmap.pixels_mut().get_mut(index) else {
        return;
    };
    let alpha = u32::from(colour.a());
    let over = |new: u8, old: u8| {
        let sum = u32::from(new) * alpha + u32::from(old) * (255 - alpha);
        ((sum + 127) / 255) as u8
    };
    let mixed = PremultipliedColorU8::from_rgba(
        over(colour.r(), pixel.red()),
        over(colour.g(), pixel.green()),
        over(colour.b(), pixel.blue()),
        over(255, pixel.alpha()),
    );
    // The parts never exceed alpha: both operands are premultiplied.
    if let Some(mixed) = mixed {
        *pixel = mixed;
    }
}
