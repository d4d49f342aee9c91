//! The root of a surface: files what was drawn, at each redraw.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use iced_core::renderer::Headless as _;
use iced_core::widget::{Operation, Tree, tree};
use iced_core::{
    Clipboard, Event, Layout, Length, Rectangle, Shell, Size, Vector, Widget, layout, mouse,
    overlay, renderer, window,
};

use super::{Collect, Item, Screen};
use crate::{Element, Renderer, Theme};

type Notify = Box<dyn Fn(&Arc<Screen>) + Send + Sync>;

/// Where the latest [`Screen`] of one surface lies, for whoever serves it.
pub struct ScreenSlot {
    screen: Mutex<Arc<Screen>>,
    renderer: OnceLock<String>,
    notify: Notify,
}

impl std::fmt::Debug for ScreenSlot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScreenSlot")
            .field("screen", &self.latest())
            .finish_non_exhaustive()
    }
}

impl ScreenSlot {
    /// A slot for the surface of this name, empty until the first redraw.
    ///
    /// `notify` is called on the drawing thread after each redraw that shows something else than the
    /// one before; it must not block.
    pub fn new(
        surface: impl Into<String>,
        notify: impl Fn(&Arc<Screen>) + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            screen: Mutex::new(Arc::new(Screen {
                rev: 0,
                surface: surface.into(),
                output: None,
                width: 0.0,
                height: 0.0,
                items: Vec::new(),
            })),
            renderer: OnceLock::new(),
            notify: Box::new(notify),
        })
    }

    /// The surface as it was drawn last; `rev` 0 if it has not been drawn yet.
    pub fn latest(&self) -> Arc<Screen> {
        Arc::clone(&self.screen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What draws the surface, `wgpu` or `tiny-skia`; none before it was drawn.
    pub fn renderer(&self) -> Option<&str> {
        self.renderer.get().map(String::as_str)
    }

    fn file(&self, size: Size, items: Vec<Item>) {
        let mut latest = self.screen.lock().unwrap_or_else(PoisonError::into_inner);
        let same = latest.items == items
            && latest.width.to_bits() == size.width.to_bits()
            && latest.height.to_bits() == size.height.to_bits();
        if same && latest.rev > 0 {
            return;
        }
        let screen = Arc::new(Screen {
            rev: latest.rev + 1,
            surface: latest.surface.clone(),
            output: latest.output.clone(),
            width: size.width,
            height: size.height,
            items,
        });
        *latest = Arc::clone(&screen);
        drop(latest);
        (self.notify)(&screen);
    }
}

/// Watches `content`, the whole view of a surface, and files each redraw in `slot`.
pub fn observe<'a, Message>(
    slot: Arc<ScreenSlot>,
    content: impl Into<Element<'a, Message>>,
) -> Observed<'a, Message> {
    Observed {
        content: content.into(),
        slot,
    }
}

/// See [`observe`].
pub struct Observed<'a, Message> {
    content: Element<'a, Message>,
    slot: Arc<ScreenSlot>,
}

impl<Message> Observed<'_, Message> {
    fn look(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, view: Rectangle) {
        let _name = self.slot.renderer.get_or_init(|| renderer.name());
        let mut collect = Collect::new(view);
        self.content
            .as_widget_mut()
            .operate(tree, layout, renderer, &mut collect);
        let overlay =
            self.content
                .as_widget_mut()
                .overlay(tree, layout, renderer, &view, Vector::ZERO);
        if let Some(mut overlay) = overlay {
            let overlay = overlay.as_overlay_mut();
            let node = overlay.layout(renderer, view.size());
            overlay.operate(Layout::new(&node), renderer, &mut collect);
        }
        self.slot.file(view.size(), collect.into_items());
    }
}

impl<Message> Widget<Message, Theme, Renderer> for Observed<'_, Message> {
    fn tag(&self) -> tree::Tag {
        self.content.as_widget().tag()
    }

    fn state(&self) -> tree::State {
        self.content.as_widget().state()
    }

    fn children(&self) -> Vec<Tree> {
        self.content.as_widget().children()
    }

    fn diff(&self, tree: &mut Tree) {
        self.content.as_widget().diff(tree);
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn size_hint(&self) -> Size<Length> {
        self.content.as_widget().size_hint()
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        self.content.as_widget_mut().layout(tree, renderer, limits)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        self.content
            .as_widget_mut()
            .operate(tree, layout, renderer, operation);
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        self.content.as_widget_mut().update(
            tree, event, layout, cursor, renderer, clipboard, shell, viewport,
        );
        if matches!(event, Event::Window(window::Event::RedrawRequested(_))) {
            self.look(tree, layout, renderer, *viewport);
        }
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        self.content
            .as_widget()
            .mouse_interaction(tree, layout, cursor, viewport, renderer)
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        self.content
            .as_widget()
            .draw(tree, renderer, theme, style, layout, cursor, viewport);
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        self.content
            .as_widget_mut()
            .overlay(tree, layout, renderer, viewport, translation)
    }
}

impl<'a, Message: 'a> From<Observed<'a, Message>> for Element<'a, Message> {
    fn from(observed: Observed<'a, Message>) -> Self {
        Element::new(observed)
    }
}
