//! One popup.

use iced_core::Length;
use iced_core::alignment::Vertical;
use iced_widget::{column, container, row, space as gap};
use ui::Element;
use ui::components::{
    Kind, Light, body, button, caption, light, line_height, popup, press, strong, strong_height,
    text_height,
};
use ui::icons::{Icon, icon};
use ui::semantics::{Role, semantic};
use ui::tokens::{Meaning, control, icon as icon_size, space, surface};

use super::{DEFAULT_ACTION, Notification, Urgency};
use crate::fl;
use crate::picture::{self, Picture};

/// What a person does to a popup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Chose an action.
    Invoke(String),
    /// Closed it.
    Dismiss,
}

/// Sides of the picture, in logical pixels.
const PICTURE: f32 = icon_size::XL;

/// Width of the words beside the picture and the cross.
fn words_width(notification: &Notification) -> f32 {
    let picture = if has_mark(notification) {
        PICTURE + space::M
    } else {
        0.0
    };
    surface::NOTIFICATION_WIDTH as f32 - 2.0 * space::M - picture - control::COMPACT - space::M
}

/// Height of the text, cut where it would be longer than a popup should be.
fn body_height(notification: &Notification) -> f32 {
    let whole = text_height(&notification.body, words_width(notification));
    whole.min(surface::NOTIFICATION_LINES * line_height())
}

fn has_mark(notification: &Notification) -> bool {
    notification.picture.is_some() || notification.asks || notification.urgency == Urgency::Critical
}

/// How high the popup is. Its surface is made before it is drawn, so this is told, not found out.
pub fn height(notification: &Notification) -> u32 {
    let mut words = strong_height(&notification.summary, words_width(notification));
    words += ui::tokens::font::CAPTION * ui::tokens::font::LINE;
    if !notification.body.is_empty() {
        words += space::XS + body_height(notification);
    }
    let mut whole = words.max(if has_mark(notification) {
        PICTURE
    } else {
        control::COMPACT
    });
    if notification.buttons().next().is_some() {
        whole += space::S + control::COMPACT;
    }
    (whole + 2.0 * space::M).ceil() as u32
}

/// The popup.
pub fn view(notification: &Notification) -> Element<'_, Message> {
    let mark: Option<Element<'_, Message>> = match &notification.picture {
        Some(Picture::Raster(_) | Picture::Vector(_)) => notification
            .picture
            .as_ref()
            .map(|shown| picture::view(shown, PICTURE)),
        None if notification.asks => Some(light(Light::Asking, PICTURE, fl!("question"))),
        None if notification.urgency == Urgency::Critical => {
            Some(light(Light::Bad, PICTURE, fl!("critical")))
        }
        None => None,
    };
    let text = (!notification.body.is_empty()).then(|| {
        container(body(notification.body.clone()))
            .max_height(body_height(notification))
            .clip(true)
    });
    let words = column![
        semantic(Role::Heading, strong(notification.summary.clone())),
        caption(notification.app.clone()),
    ]
    .push(text.map(|text| column![gap::vertical().height(space::XS), text]))
    .width(Length::Fill);
    let cross = press(Kind::Bare(Meaning::Neutral), icon(Icon::X, icon_size::M))
        .padding([0.0, (control::COMPACT - icon_size::M) / 2.0])
        .height(control::COMPACT)
        .label(fl!("close-notification"))
        .id("dismiss")
        .on_press(Message::Dismiss);
    let top = row![]
        .push(mark)
        .push(words)
        .push(cross)
        .spacing(space::M)
        .align_y(Vertical::Top);
    let buttons = notification.buttons().next().is_some().then(|| {
        let buttons = notification.buttons().map(|action| {
            button(action.label.clone())
                .compact()
                .on_press(Message::Invoke(action.key.clone()))
                .into()
        });
        row![gap::horizontal()].extend(buttons).spacing(space::S)
    });
    let content = column![top].push(buttons).spacing(space::S);
    let on_press = if notification.has_default() {
        Message::Invoke(DEFAULT_ACTION.to_owned())
    } else {
        Message::Dismiss
    };
    let urgency = match notification.urgency {
        Urgency::Low => "low",
        Urgency::Normal => "normal",
        Urgency::Critical => "critical",
    };
    let whole = press(Kind::Row, content)
        .padding(space::M)
        .width(Length::Fill)
        .height(Length::Fill)
        .role(Role::Alert, true)
        .label(notification.summary.clone())
        .fact(urgency)
        .id("popup")
        .on_press(on_press);
    popup(whole).into()
}
