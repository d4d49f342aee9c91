//! The surfaces on the screens: which window of the loop is what, and what it shows.

use std::sync::{Arc, Mutex, PoisonError};

use iced_core::window;
use iced_exwlshell::actions::ExWlShellCustomAction;
use iced_exwlshell::reexport::{
    Anchor, Extent, KeyboardInteractivity, Layer, LayerSize, Margin, NewLayerShellSettings,
    OutputOption,
};
use trees::screen::Screen;
use trees::shell::{BAR_SURFACE, LAUNCHER_SURFACE, NOTIFICATION_SURFACE};
use ui::semantics::ScreenSlot;
use ui::tokens::surface;

/// An output, as the Wayland registry numbers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Number of the global.
    pub global: u32,
    /// Name, such as `HEADLESS-1`.
    pub name: Option<String>,
    /// Height in logical pixels, where the compositor tells it.
    pub height: Option<u32>,
}

/// What a surface is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The bar of an output.
    Bar(Output),
    /// The launcher, so high.
    Launcher {
        /// Height in logical pixels.
        height: u32,
    },
    /// The popup of a notification, so far below the top edge, so high.
    Notification {
        /// Its number.
        id: u32,
        /// Distance from the edge, in logical pixels.
        top: u32,
        /// Height in logical pixels.
        height: u32,
    },
}

impl What {
    /// The name of its folder in `/shell`.
    pub fn folder(&self) -> &'static str {
        match self {
            Self::Bar(_) => "bar",
            Self::Launcher { .. } => "launcher",
            Self::Notification { .. } => "notifications",
        }
    }

    /// Its namespace on the compositor.
    fn namespace(&self) -> &'static str {
        match self {
            Self::Bar(_) => BAR_SURFACE,
            Self::Launcher { .. } => LAUNCHER_SURFACE,
            Self::Notification { .. } => NOTIFICATION_SURFACE,
        }
    }

    fn settings(&self) -> NewLayerShellSettings {
        let gap = surface::GAP.cast_signed();
        let base = NewLayerShellSettings {
            layer: Layer::Top,
            namespace: Some(self.namespace().to_owned()),
            ..NewLayerShellSettings::default()
        };
        match self {
            Self::Bar(output) => NewLayerShellSettings {
                size: size(None, surface::BAR),
                anchor: Anchor::Top | Anchor::Left | Anchor::Right,
                exclusive_zone: Some(surface::BAR.cast_signed()),
                keyboard_interactivity: KeyboardInteractivity::None,
                output_option: OutputOption::GlobalName(output.global),
                ..base
            },
            Self::Launcher { height } => NewLayerShellSettings {
                size: size(Some(surface::LAUNCHER_WIDTH), *height),
                anchor: Anchor::Top | Anchor::Left,
                margin: Some(Margin {
                    top: gap,
                    left: gap,
                    ..Margin::default()
                }),
                keyboard_interactivity: KeyboardInteractivity::Exclusive,
                ..base
            },
            Self::Notification { top, height, .. } => NewLayerShellSettings {
                size: size(Some(surface::NOTIFICATION_WIDTH), *height),
                layer: Layer::Overlay,
                anchor: Anchor::Top | Anchor::Right,
                margin: Some(notification_margin(*top)),
                keyboard_interactivity: KeyboardInteractivity::None,
                ..base
            },
        }
    }
}

fn size(width: Option<u32>, height: u32) -> LayerSize {
    let extent = |pixels: u32| Extent::try_px(pixels).unwrap_or(Extent::Fill);
    LayerSize {
        width: width.map_or(Extent::Fill, extent),
        height: extent(height),
    }
}

fn notification_margin(top: u32) -> Margin {
    let gap = surface::GAP.cast_signed();
    Margin {
        top: top.cast_signed(),
        right: gap,
        ..Margin::default()
    }
}

/// One surface.
#[derive(Debug, Clone)]
pub struct Surface {
    /// Its window in the loop.
    pub window: window::Id,
    /// What it is.
    pub what: What,
    /// What was drawn on it last.
    pub slot: Arc<ScreenSlot>,
}

/// What follows a change of the surfaces: the window it is for, and what the loop is to do.
pub type Change = (Option<window::Id>, ExWlShellCustomAction);

/// Told at each redraw that shows something new: the folder in `/shell` and the screen's `rev`.
pub type Drawn = Arc<dyn Fn(&'static str, u64) + Send + Sync>;

/// All surfaces. Clones share what they hold: the tree reads what the loop draws.
#[derive(Clone)]
pub struct Surfaces {
    all: Arc<Mutex<Vec<Surface>>>,
    drawn: Drawn,
}

impl std::fmt::Debug for Surfaces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.lock().iter()).finish()
    }
}

impl Surfaces {
    /// No surfaces yet.
    pub fn new(drawn: Drawn) -> Self {
        Self {
            all: Arc::default(),
            drawn,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Surface>> {
        // A surface is added or taken out whole, so a panic elsewhere cannot have spoiled the list.
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a surface.
    pub fn open(&self, what: What) -> Change {
        let (drawn, folder) = (Arc::clone(&self.drawn), what.folder());
        let slot = ScreenSlot::new(what.namespace(), move |screen: &Arc<Screen>| {
            drawn(folder, screen.rev);
        });
        let window = window::Id::unique();
        let settings = what.settings();
        self.lock().push(Surface { window, what, slot });
        (
            None,
            ExWlShellCustomAction::NewLayerShell {
                settings,
                id: window,
            },
        )
    }

    /// Ends those that `which` names.
    pub fn close(&self, which: impl Fn(&What) -> bool) -> Vec<Change> {
        let close = |surface: &mut Surface| which(&surface.what);
        let gone: Vec<Surface> = self.lock().extract_if(.., close).collect();
        gone.into_iter()
            .map(|surface| (Some(surface.window), ExWlShellCustomAction::RemoveWindow))
            .collect()
    }

    /// Forgets a window that the compositor closed; says what it was.
    pub fn closed(&self, window: window::Id) -> Option<What> {
        let mut all = self.lock();
        let place = all.iter().position(|surface| surface.window == window)?;
        Some(all.remove(place).what)
    }

    /// What a window is, and where its drawing is filed.
    pub fn get(&self, window: window::Id) -> Option<Surface> {
        self.lock()
            .iter()
            .find(|surface| surface.window == window)
            .cloned()
    }

    /// The window of the launcher, if it is open.
    pub fn launcher(&self) -> Option<window::Id> {
        let all = self.lock();
        all.iter()
            .find(|surface| matches!(surface.what, What::Launcher { .. }))
            .map(|surface| surface.window)
    }

    /// Takes what is new of an output; says whether it has a bar at all.
    pub fn update_output(&self, output: &Output) -> bool {
        let mut all = self.lock();
        let bars = all.iter_mut().find_map(|surface| match &mut surface.what {
            What::Bar(known) if known.global == output.global => Some(known),
            _ => None,
        });
        bars.map(|known| known.clone_from(output)).is_some()
    }

    /// A launcher that fits below the bar of every output: the compositor chooses on which it stands.
    pub fn new_launcher(&self) -> What {
        let lowest = self
            .outputs()
            .into_iter()
            .filter_map(|output| output.height)
            .min();
        let room = lowest.map(|height| height.saturating_sub(surface::BAR + 2 * surface::GAP));
        let height = room
            .filter(|room| *room > 0)
            .unwrap_or(surface::LAUNCHER_HEIGHT);
        What::Launcher {
            height: height.min(surface::LAUNCHER_HEIGHT),
        }
    }

    /// The outputs that have a bar.
    pub fn outputs(&self) -> Vec<Output> {
        let output = |surface: &Surface| match &surface.what {
            What::Bar(output) => Some(output.clone()),
            _ => None,
        };
        self.lock().iter().filter_map(output).collect()
    }

    /// Makes the popups those of `shown`, from the top down: number and height of each. Popups that stay
    /// keep their surface and only move.
    pub fn stack(&self, shown: &[(u32, u32)]) -> Vec<Change> {
        let mut changes = self.close(|what| match what {
            What::Notification { id, .. } => !shown.iter().any(|(wanted, _)| wanted == id),
            _ => false,
        });
        let mut top = surface::GAP;
        for &(id, height) in shown {
            changes.extend(self.place(id, top, height));
            top += height + surface::GAP;
        }
        changes
    }

    fn place(&self, id: u32, top: u32, height: u32) -> Vec<Change> {
        let now = What::Notification { id, top, height };
        let mut changes = Vec::new();
        for surface in self.lock().iter_mut() {
            let What::Notification {
                id: its,
                top: was_at,
                height: was_high,
            } = surface.what
            else {
                continue;
            };
            if its != id {
                continue;
            }
            if was_at != top {
                let action = ExWlShellCustomAction::MarginChange(notification_margin(top));
                changes.push((Some(surface.window), action));
            }
            if was_high != height {
                let action = ExWlShellCustomAction::LayoutChange {
                    anchor: Anchor::Top | Anchor::Right,
                    size: size(Some(surface::NOTIFICATION_WIDTH), height),
                };
                changes.push((Some(surface.window), action));
            }
            surface.what = now;
            return changes;
        }
        vec![self.open(now)]
    }

    /// What is drawn on the surfaces of a folder of `/shell`, those that were drawn at all.
    pub fn screens(&self, folder: &str) -> Vec<Screen> {
        let all = self.lock();
        let of_folder = all.iter().filter(|surface| surface.what.folder() == folder);
        of_folder
            .map(|surface| {
                let mut screen = Screen::clone(&surface.slot.latest());
                if let What::Bar(output) = &surface.what {
                    screen.output.clone_from(&output.name);
                }
                screen
            })
            .filter(|screen| screen.rev > 0)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use iced_exwlshell::actions::ExWlShellCustomAction as Action;

    use super::{Change, Output, Surfaces, What};

    fn surfaces() -> Surfaces {
        Surfaces::new(Arc::new(|_, _| {}))
    }

    fn named(changes: &[Change]) -> Vec<String> {
        let name = |(_, action): &Change| match action {
            Action::NewLayerShell { settings, .. } => {
                format!("open at {}", settings.margin.map_or(0, |margin| margin.top))
            }
            Action::MarginChange(margin) => format!("move to {}", margin.top),
            Action::LayoutChange { size, .. } => format!("resize to {}", size.to_set().1),
            Action::RemoveWindow => "close".to_owned(),
            other => format!("{other:?}"),
        };
        changes.iter().map(name).collect()
    }

    #[test]
    fn popups_stack_from_the_top_and_move_up_when_one_goes() {
        let surfaces = surfaces();
        assert_eq!(named(&surfaces.stack(&[(1, 80)])), ["open at 12"]);
        assert_eq!(named(&surfaces.stack(&[(1, 80), (2, 60)])), ["open at 104"]);
        assert_eq!(
            named(&surfaces.stack(&[(1, 80), (2, 60)])),
            Vec::<String>::new()
        );
        assert_eq!(
            named(&surfaces.stack(&[(1, 120), (2, 60)])),
            ["resize to 120", "move to 144"]
        );
        assert_eq!(named(&surfaces.stack(&[(2, 60)])), ["close", "move to 12"]);
        assert_eq!(named(&surfaces.stack(&[])), ["close"]);
    }

    #[test]
    fn a_window_is_known_until_it_is_closed() {
        let surfaces = surfaces();
        let output = Output {
            global: 7,
            name: Some("HEADLESS-1".to_owned()),
            height: Some(480),
        };
        let (_, action) = surfaces.open(What::Bar(output.clone()));
        let Action::NewLayerShell { id, settings } = action else {
            panic!("no new surface")
        };
        assert_eq!(settings.namespace.as_deref(), Some("goblin-bar"));
        assert_eq!(surfaces.outputs(), std::slice::from_ref(&output));
        let fits = What::Launcher { height: 416 };
        assert_eq!(surfaces.new_launcher(), fits, "the output is low");
        assert_eq!(
            surfaces.get(id).map(|surface| surface.what),
            Some(What::Bar(output.clone()))
        );
        assert_eq!(surfaces.closed(id), Some(What::Bar(output)));
        assert_eq!(surfaces.closed(id), None);
        assert_eq!(surfaces.outputs(), []);
    }

    #[test]
    fn what_was_not_drawn_yet_has_no_screen() {
        let surfaces = surfaces();
        surfaces.open(surfaces.new_launcher());
        assert_eq!(surfaces.screens("launcher"), []);
        assert!(surfaces.launcher().is_some());
    }
}
