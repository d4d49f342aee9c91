//! The bundled faces, and how a program gets them.
//!
//! Two weights only, 400 and 600: cosmic-text takes a fallback face only if its weight is exactly the
//! one asked for, so every weight in use must exist in Chinese too. How the files were made, and
//! under which licences: `assets/fonts/`.

use std::sync::{Arc, Once};

use iced_core::Font;
use iced_core::font::{Family, Stretch, Style, Weight};
use iced_graphics::text::cosmic_text::fontdb::{Database, Source};
use iced_graphics::text::font_system;

const fn face(family: &'static str, weight: Weight) -> Font {
    Font {
        family: Family::Name(family),
        weight,
        stretch: Stretch::Normal,
        style: Style::Normal,
    }
}

/// All running text.
pub const UI: Font = face("Inter", Weight::Normal);
/// Titles, headings, what counts in a row.
pub const STRONG: Font = face("Inter", Weight::Semibold);
/// Figures in columns: digits of equal width.
pub const TABULAR: Font = face("Inter Tabular", Weight::Normal);
/// Large figures: digits of equal width.
pub const TABULAR_STRONG: Font = face("Inter Tabular", Weight::Semibold);
/// Logs and commands.
pub const MONO: Font = face("JetBrains Mono", Weight::Normal);
/// Icons, see [`crate::icons`].
pub const ICONS: Font = face("Lucide", Weight::Normal);

const FACES: [&[u8]; 8] = [
    include_bytes!("../../assets/fonts/Inter-Regular.otf"),
    include_bytes!("../../assets/fonts/Inter-SemiBold.otf"),
    include_bytes!("../../assets/fonts/InterTabular-Regular.otf"),
    include_bytes!("../../assets/fonts/InterTabular-SemiBold.otf"),
    include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf"),
    include_bytes!("../../assets/fonts/NotoSansSC-Regular.otf"),
    include_bytes!("../../assets/fonts/NotoSansSC-SemiBold.otf"),
    include_bytes!("../../assets/icons/lucide.ttf"),
];

fn add(database: &mut Database) {
    for bytes in FACES {
        // Not `FontSystem::load_font`, which copies the face to the heap: these pages stay in the
        // program's file and are read in only where a glyph is drawn.
        let _ids = database.load_font_source(Source::Binary(Arc::new(bytes)));
    }
}

/// Makes the bundled faces known. Call it once, before the first window; more calls do nothing.
///
/// The machine's own fonts stay known too and serve what the bundled ones lack.
pub fn load() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Ok(mut system) = font_system().write() {
            add(system.raw().db_mut());
        }
    });
}

/// Forgets the machine's fonts and keeps the bundled ones alone, so that a snapshot has the same
/// pixels on every machine. For tests.
pub fn load_hermetic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Ok(mut system) = font_system().write() {
            let database = system.raw().db_mut();
            let ids: Vec<_> = database.faces().map(|face| face.id).collect();
            for id in ids {
                database.remove_face(id);
            }
            add(database);
        }
    });
}
