//! The one widget that can be pressed: by pointer, by touch, and by Enter or Space when focused.
//!
//! iced's own button cannot hold the focus, so this one stands under every button, row, tab and crumb.

mod look;

use iced_core::keyboard::{self, key};
use iced_core::widget::operation::Focusable;
use iced_core::widget::{Id, Operation, Tree, tree};
use iced_core::{
    Background, Clipboard, Color, Event, Layout, Length, Padding, Rectangle, Shell, Size, Vector,
    Widget, layout, mouse, overlay, renderer, touch, window,
};

use crate::semantics::{Role, Semantics};
use crate::{Element, Renderer, Theme};

pub use look::Kind;

/// Makes `content` something to press.
pub fn press<'a, Message>(
    kind: Kind,
    content: impl Into<Element<'a, Message>>,
) -> Press<'a, Message> {
    Press {
        content: content.into(),
        kind,
        on_press: None,
        id: None,
        padding: Padding::ZERO,
        width: Length::Shrink,
        height: Length::Shrink,
        selected: false,
        semantics: Semantics {
            role: Role::Button,
            label: None,
            state: Vec::new(),
            open: false,
        },
        drawn: None,
    }
}

/// See [`press`]. Without a message it is drawn as disabled.
pub struct Press<'a, Message> {
    content: Element<'a, Message>,
    kind: Kind,
    on_press: Option<Message>,
    id: Option<Id>,
    padding: Padding,
    width: Length,
    height: Length,
    selected: bool,
    semantics: Semantics,
    /// How it looked when it was drawn last, to ask for a redraw only on a difference.
    drawn: Option<look::Status>,
}

impl<Message> Press<'_, Message> {
    /// What a press says.
    #[must_use]
    pub fn on_press(self, message: Message) -> Self {
        self.on_press_maybe(Some(message))
    }

    /// What a press says, if it may be pressed now.
    #[must_use]
    pub fn on_press_maybe(mut self, message: Option<Message>) -> Self {
        self.on_press = message;
        self
    }

    /// The name for operations and tests.
    #[must_use]
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The distance from edge to content.
    #[must_use]
    pub fn padding(mut self, padding: impl Into<Padding>) -> Self {
        self.padding = padding.into();
        self
    }

    /// The width.
    #[must_use]
    pub fn width(mut self, width: impl Into<Length>) -> Self {
        self.width = width.into();
        self
    }

    /// The height.
    #[must_use]
    pub fn height(mut self, height: impl Into<Length>) -> Self {
        self.height = height.into();
        self
    }

    /// Whether it is the chosen one of its kind.
    #[must_use]
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// Its role on screen, if not a button; `open` reports the things inside, too.
    #[must_use]
    pub fn role(mut self, role: Role, open: bool) -> Self {
        self.semantics.role = role;
        self.semantics.open = open;
        self
    }

    /// Its name, where the words inside are not enough.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.semantics.label = Some(label.into());
        self
    }

    /// Adds a fact about it, see [`Semantics::state`].
    #[must_use]
    pub fn fact(mut self, fact: impl Into<String>) -> Self {
        self.semantics.state.push(fact.into());
        self
    }

    fn status(&self, state: &State, over: bool) -> look::Status {
        look::Status {
            enabled: self.on_press.is_some(),
            hovered: over && self.on_press.is_some(),
            pressed: over && state.pressed,
            ring: state.focused && state.by_keyboard,
            selected: self.selected,
        }
    }
}

#[derive(Debug, Default)]
struct State {
    pressed: bool,
    focused: bool,
    /// The ring is shown only where the focus came by keyboard.
    by_keyboard: bool,
}

impl Focusable for State {
    fn is_focused(&self) -> bool {
        self.focused
    }

    fn focus(&mut self) {
        self.focused = true;
        self.by_keyboard = true;
    }

    fn unfocus(&mut self) {
        self.focused = false;
        self.by_keyboard = false;
    }
}

impl<Message: Clone> Widget<Message, Theme, Renderer> for Press<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        let content = self.content.as_widget().size_hint();
        Size {
            width: self.width.enclose(content.width),
            height: self.height.enclose(content.height),
        }
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        let content = &mut self.content;
        layout::positioned(
            limits,
            self.width,
            self.height,
            self.padding,
            |limits| {
                content
                    .as_widget_mut()
                    .layout(&mut tree.children[0], renderer, &limits.loose())
            },
            // Controls are often taller than their words: these stand in the middle of the height.
            |node, size| {
                let spare = (size.height - node.size().height).max(0.0);
                node.translate(Vector::new(0.0, (spare / 2.0).round()))
            },
        )
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        let state = tree.state.downcast_mut::<State>();
        let mut semantics = self.semantics.clone();
        for (holds, fact) in [
            (self.on_press.is_none(), "disabled"),
            (self.selected, "selected"),
            (state.focused, "focused"),
        ] {
            if holds {
                semantics.state.push(fact.to_owned());
            }
        }
        operation.container(self.id.as_ref(), layout.bounds());
        if self.on_press.is_some() {
            operation.focusable(self.id.as_ref(), layout.bounds(), state);
        }
        operation.custom(self.id.as_ref(), layout.bounds(), &mut semantics);
        operation.traverse(&mut |operation| {
            self.content.as_widget_mut().operate(
                &mut tree.children[0],
                layout.child(0),
                renderer,
                operation,
            );
        });
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
            &mut tree.children[0],
            event,
            layout.child(0),
            cursor,
            renderer,
            clipboard,
            shell,
            viewport,
        );
        let state = tree.state.downcast_mut::<State>();
        // A row scrolled out of its list is not under the pointer, wherever the pointer is.
        let over = cursor.is_over(layout.bounds()) && cursor.is_over(*viewport);
        if !shell.is_event_captured() {
            match event {
                Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
                | Event::Touch(touch::Event::FingerPressed { .. }) => {
                    state.unfocus();
                    if over && self.on_press.is_some() {
                        state.pressed = true;
                        state.focused = true;
                        shell.capture_event();
                    }
                }
                Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))
                | Event::Touch(touch::Event::FingerLifted { .. })
                    if std::mem::take(&mut state.pressed) =>
                {
                    if over && let Some(message) = &self.on_press {
                        shell.publish(message.clone());
                    }
                    shell.capture_event();
                }
                Event::Touch(touch::Event::FingerLost { .. }) => state.pressed = false,
                Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. })
                    if state.focused && modifiers.is_empty() =>
                {
                    if matches!(
                        key,
                        keyboard::Key::Named(key::Named::Enter | key::Named::Space)
                    ) && let Some(message) = &self.on_press
                    {
                        state.by_keyboard = true;
                        shell.publish(message.clone());
                        shell.capture_event();
                    }
                }
                _ => {}
            }
        }
        if self.on_press.is_none() {
            state.unfocus();
            state.pressed = false;
        }
        let status = self.status(state, over);
        if matches!(event, Event::Window(window::Event::RedrawRequested(_))) {
            self.drawn = Some(status);
        } else if self.drawn.is_some_and(|drawn| drawn != status) {
            shell.request_redraw();
        }
    }

    fn mouse_interaction(
        &self,
        _tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _viewport: &Rectangle,
        _renderer: &Renderer,
    ) -> mouse::Interaction {
        if cursor.is_over(layout.bounds()) && self.on_press.is_some() {
            mouse::Interaction::Pointer
        } else {
            mouse::Interaction::None
        }
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
        use iced_core::Renderer as _;

        let state = tree.state.downcast_ref::<State>();
        let status = self.drawn.unwrap_or_else(|| self.status(state, false));
        let look = self.kind.look(theme, status);
        let bounds = layout.bounds();
        // A quad even where it cannot be seen: iced's tiny-skia renderer takes the damage of a text from
        // its measured box, and where a text moved away the edges of its glyphs would stay. That of a
        // quad it takes whole.
        if bounds.intersects(viewport) {
            renderer.fill_quad(
                renderer::Quad {
                    bounds,
                    border: look.border,
                    snap: true,
                    ..Default::default()
                },
                look.background
                    .unwrap_or(Background::Color(Color::TRANSPARENT)),
            );
        }
        self.content.as_widget().draw(
            &tree.children[0],
            renderer,
            theme,
            &renderer::Style {
                text_color: look.text.unwrap_or(style.text_color),
            },
            layout.child(0),
            cursor,
            viewport,
        );
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        self.content.as_widget_mut().overlay(
            &mut tree.children[0],
            layout.child(0),
            renderer,
            viewport,
            translation,
        )
    }
}

impl<'a, Message: Clone + 'a> From<Press<'a, Message>> for Element<'a, Message> {
    fn from(press: Press<'a, Message>) -> Self {
        Element::new(press)
    }
}
