//! The wrapper that gives a widget a role.

use iced_core::widget::{Operation, Tree, tree};
use iced_core::{
    Clipboard, Event, Layout, Length, Rectangle, Shell, Size, Vector, Widget, layout, mouse,
    overlay, renderer,
};

use super::{Role, Semantics};
use crate::{Element, Renderer, Theme};

/// Gives `content` a role; see [`Semantic`] for name and state.
pub fn semantic<'a, Message>(
    role: Role,
    content: impl Into<Element<'a, Message>>,
) -> Semantic<'a, Message> {
    let open = matches!(role, Role::Row | Role::List | Role::Group | Role::Alert);
    Semantic {
        content: content.into(),
        semantics: Semantics {
            role,
            label: None,
            state: Vec::new(),
            open,
        },
    }
}

/// A widget with a role: it draws and behaves as its content, and reports itself to operations.
///
/// A thing that holds others (row, list, group, alert) reports them too; any other folds the texts
/// inside into its own.
pub struct Semantic<'a, Message> {
    content: Element<'a, Message>,
    semantics: Semantics,
}

impl<Message> Semantic<'_, Message> {
    /// Names the thing; without it, the texts drawn inside are the name.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.semantics.label = Some(label.into());
        self
    }

    /// Adds a fact, such as `selected` or `value=0.42`.
    #[must_use]
    pub fn state(mut self, fact: impl Into<String>) -> Self {
        self.semantics.state.push(fact.into());
        self
    }

    /// Adds a fact if it holds.
    #[must_use]
    pub fn state_if(self, holds: bool, fact: &str) -> Self {
        if holds { self.state(fact) } else { self }
    }

    /// Whether the things inside are reported one by one, too.
    #[must_use]
    pub fn open(mut self, open: bool) -> Self {
        self.semantics.open = open;
        self
    }
}

impl<Message> Widget<Message, Theme, Renderer> for Semantic<'_, Message> {
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
        operation.custom(None, layout.bounds(), &mut self.semantics);
        operation.traverse(&mut |operation| {
            self.content
                .as_widget_mut()
                .operate(tree, layout, renderer, operation);
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
            tree, event, layout, cursor, renderer, clipboard, shell, viewport,
        );
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

impl<'a, Message: 'a> From<Semantic<'a, Message>> for Element<'a, Message> {
    fn from(semantic: Semantic<'a, Message>) -> Self {
        Element::new(semantic)
    }
}
