//! The way to a folder.

use iced_core::alignment::Vertical;
use iced_core::widget::Id;
use iced_widget::{row, text};

use super::press::{Kind, press};
use super::words::{body, strong};
use crate::Element;
use crate::icons::{Icon, icon};
use crate::semantics::Role;
use crate::tokens::{Meaning, control, icon as icon_size, space};

/// Places from the root to here; the last is where one is, the others lead back.
pub fn crumbs<'a, Message: Clone + 'a>(
    places: impl IntoIterator<Item = (String, Message)>,
) -> Element<'a, Message> {
    let mut places = places.into_iter().peekable();
    let mut line = row![].spacing(space::XS / 2.0).align_y(Vertical::Center);
    while let Some((name, message)) = places.next() {
        let last = places.peek().is_none();
        let words = if last {
            strong(name.clone())
        } else {
            body(name.clone())
        };
        let crumb = press(Kind::Bare(Meaning::Neutral), words)
            .height(control::COMPACT)
            .padding([0.0, space::S])
            .role(Role::Crumb, false)
            .id(Id::from(format!("crumb {name}")))
            .on_press(message);
        line = line.push(if last { crumb.fact("here") } else { crumb });
        if !last {
            line = line.push(icon(Icon::ChevronRight, icon_size::S).style(
                |theme: &crate::Theme| text::Style {
                    color: Some(theme.palette().muted),
                },
            ));
        }
    }
    line.wrap().into()
}
