//! Every component in both languages and themes, and what it says of itself.

#![cfg(test)]

use iced_core::{Length, Padding};
use iced_widget::{column, row};
use jiff::{SignedDuration, Timestamp};
use ui::Element;
use ui::components::{
    Column, Light, badge, banner, body, button, caption, card, copy_command, crumbs, divider,
    empty, figure, heading, icon_button, light, list_row, log, progress, section, status, table,
    tabs, tabular, title, unreachable,
};
use ui::icons::Icon;
use ui::tokens::{Meaning, icon, space};

#[derive(Debug, Clone, PartialEq)]
enum Message {
    Said(String),
}

fn say(words: &str) -> Message {
    Message::Said(words.to_owned())
}

fn now() -> Timestamp {
    "2026-11-22T14:03:07Z".parse().unwrap()
}

fn buttons<'a>() -> Element<'a, Message> {
    column![
        row![
            Element::from(
                button("Open")
                    .main()
                    .icon(Icon::FolderOpen)
                    .on_press(say("open"))
            ),
            Element::from(
                button("Restart")
                    .icon(Icon::RotateCw)
                    .on_press(say("restart"))
            ),
            Element::from(
                button("Stop")
                    .danger()
                    .icon(Icon::Square)
                    .on_press(say("stop"))
            ),
            Element::from(button("更多").quiet().on_press(say("more"))),
            Element::from(button("Start").on_press_or(Err("It runs already.".into()))),
            Element::from(
                button("Start")
                    .main()
                    .on_press_or(Err("It runs already.".into()))
            ),
        ]
        .spacing(space::S),
        row![
            icon_button(Icon::Search, "Search", Some(say("search"))),
            icon_button(Icon::X, "Close", None),
            copy_command("goblin write /subsystems/mirror/ctl restart", Message::Said),
            tabs(
                [(0, "全部 All".to_owned()), (1, "Changes".to_owned())],
                0,
                |n| say(&n.to_string())
            ),
        ]
        .spacing(space::S),
        crumbs([
            ("home".to_owned(), say("/")),
            ("照片".to_owned(), say("/p")),
            ("2026".to_owned(), say("/p/2026")),
        ]),
    ]
    .spacing(space::M)
    .into()
}

fn lights<'a>() -> Element<'a, Message> {
    let all = [
        (Light::Good, "Running"),
        (Light::Working, "Starting"),
        (Light::Waiting, "等待"),
        (Light::Asking, "Asks"),
        (Light::Warning, "Degraded"),
        (Light::Bad, "Failed"),
        (Light::Off, "Stopped"),
        (Light::Unknown, "Unknown"),
    ];
    row(all.map(|(state, words)| status(state, words)))
        .spacing(space::L)
        .into()
}

fn gallery<'a>() -> Element<'a, Message> {
    let long = "A very long name of a file that nobody would ever want to read to its end.txt";
    column![
        title("Storage 存储"),
        unreachable(
            "/mirror",
            Some(now() - SignedDuration::from_secs(90)),
            now(),
            Some("connection refused"),
            Some(button("Restart").on_press(say("restart")).into()),
        ),
        banner(
            Meaning::Warning,
            "The disk is nearly full.",
            Some("12 GB of 512 GB left".into()),
            None
        ),
        banner(Meaning::Good, "Your data is safe.", None, None),
        buttons(),
        lights(),
        row![
            card(
                column![
                    section("Disk", Some("/srv/data".into()), None),
                    figure("124 GB"),
                    caption("free of 512 GB"),
                    progress(0.76, Meaning::Accent, "disk"),
                    progress(0.97, Meaning::Bad, "full disk"),
                ]
                .spacing(space::S)
            ),
            card(column![
                list_row(long)
                    .icon(Icon::FileText)
                    .note("3 h ago")
                    .tail(tabular("1,234 kB"))
                    .on_press(say("row")),
                list_row("照片与录像")
                    .icon(Icon::Folder)
                    .selected(true)
                    .on_press(say("row2")),
                list_row("mirror")
                    .head(light(Light::Good, icon::L, "running"))
                    .tail(badge(Meaning::Good, "Running")),
            ]),
        ]
        .spacing(space::L),
        card(table(
            "spaces",
            &[
                Column::words("Space", Length::Fill),
                Column::figures("Files", 80.0),
                Column::figures("Size", 80.0),
            ],
            [
                vec![
                    body("home").into(),
                    tabular("1,111").into(),
                    tabular("1.1 GB").into()
                ],
                vec![
                    body("应用").into(),
                    tabular("22").into(),
                    tabular("9.8 MB").into()
                ],
            ],
        )),
        divider(),
        row![
            ui::widget::container(log(
                "log",
                "mirror log",
                [
                    "12:01:02 mirror: serving /mirror",
                    "12:01:03 第二行 with words"
                ],
            ))
            .height(100.0),
            empty(
                Icon::Inbox,
                "Nothing yet",
                "What happens is listed here. 空空如也。",
                None
            ),
        ]
        .spacing(space::L),
        heading("Heading 标题"),
    ]
    .spacing(space::L)
    .padding(Padding::new(space::XL))
    .into()
}

const SIZE: (f32, f32) = (960.0, 1180.0);

#[test]
fn the_gallery_looks_as_it_was_seen() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pictures");
    ui::testing::pictures(folder, "gallery", SIZE, gallery).unwrap();
}
