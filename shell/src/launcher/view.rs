//! How the launcher looks.

use iced_core::Length;
use iced_core::widget::Id;
use iced_widget::{column, scrollable};
use ui::Element;
use ui::components::{empty, field, list_row, popup};
use ui::icons::Icon;
use ui::semantics::{Role, semantic};
use ui::tokens::{control, icon as icon_size, space};

use super::{Catalogue, Launcher, Message, Target, panel_icon, panel_name, panel_note};
use crate::fl;
use crate::picture;

/// The search field.
pub const FIELD: Id = Id::new("launcher search");

/// The list.
pub const LIST: Id = Id::new("launcher list");

/// The launcher.
pub fn view<'a>(state: &'a Launcher, catalogue: &'a Catalogue) -> Element<'a, Message> {
    let field = field(
        FIELD,
        &fl!("search-hint"),
        &state.query,
        Message::Search,
        Message::Start,
    );
    let list: Element<'a, Message> = if state.found.is_empty() {
        let words = fl!("nothing-found", text = state.query.as_str());
        empty(Icon::Search, words, fl!("nothing-found-hint"), None)
    } else {
        let rows = state.found.iter().enumerate();
        let rows = rows
            .filter_map(|(place, target)| entry(catalogue, place, target, place == state.chosen));
        let reading = (!catalogue.is_read()).then(|| ui::components::caption(fl!("reading-apps")));
        let rows = column(rows).push(reading).width(Length::Fill);
        let bar = scrollable::Scrollbar::new()
            .width(control::SCROLLER)
            .scroller_width(control::SCROLLER)
            .spacing(control::SCROLLER);
        let list = scrollable(rows)
            .id(LIST)
            .direction(scrollable::Direction::Vertical(bar))
            .width(Length::Fill)
            .height(Length::Fill);
        semantic(Role::List, list).label(fl!("launcher")).into()
    };
    popup(column![field, list].spacing(space::S))
        .padding(space::M)
        .into()
}

fn entry<'a>(
    catalogue: &'a Catalogue,
    place: usize,
    target: &Target,
    chosen: bool,
) -> Option<Element<'a, Message>> {
    let row = match target {
        Target::Panel(panel) => list_row(panel_name(panel))
            .note(panel_note(panel))
            .icon(panel_icon(panel))
            .id(Id::from(format!("panel:{panel}"))),
        Target::App(app) => {
            let shown = catalogue.get(*app)?;
            let row = list_row(shown.name.as_str()).id(Id::from(shown.app.id.clone()));
            let row = match &shown.picture {
                Some(icon) => row.head(picture::view(icon, icon_size::L)),
                None => row.icon(Icon::AppWindow),
            };
            if shown.app.kind.is_empty() {
                row
            } else {
                row.note(shown.app.kind.as_str())
            }
        }
    };
    Some(row.selected(chosen).on_press(Message::Choose(place)).into())
}
