//! Several views, of which one is shown.

use iced_core::border;
use iced_core::widget::Id;
use iced_widget::{container, row};

use super::press::{Kind, press};
use super::words::body;
use crate::semantics::Role;
use crate::tokens::{control, radius, space};
use crate::{Element, Theme};

/// A strip of tabs; `chosen` is the shown one.
pub fn tabs<'a, Id_, Message>(
    views: impl IntoIterator<Item = (Id_, String)>,
    chosen: Id_,
    on_choose: impl Fn(Id_) -> Message,
) -> Element<'a, Message>
where
    Id_: Copy + PartialEq,
    Message: Clone + 'a,
{
    let strip = views
        .into_iter()
        .fold(row![].spacing(space::XS), |strip, (view, name)| {
            strip.push(
                press(Kind::Tab, body(name.clone()))
                    .height(control::COMPACT)
                    .padding([0.0, space::L])
                    .selected(view == chosen)
                    .role(Role::Tab, false)
                    .id(Id::from(format!("tab {name}")))
                    .on_press(on_choose(view)),
            )
        });
    container(strip)
        .padding(space::XS)
        .style(|theme: &Theme| container::Style {
            background: Some(theme.palette().sunken.into()),
            border: border::rounded(radius::L),
            ..container::Style::default()
        })
        .into()
}
