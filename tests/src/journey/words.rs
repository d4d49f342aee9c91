//! Chinese, by an input method.

use anyhow::{Context, Result, ensure};
use trees::desktop::{InputStatus, Rect, WindowStatus, WindowVerb};

use super::Day;
use crate::{InputMethod, Pixels};

impl Day {
    /// Letters are composed in the editor, with the candidates under the caret, and become a word.
    pub(super) async fn chinese(&self, editor: &WindowStatus) -> Result<()> {
        let session = &self.session;
        let method = InputMethod::start(session, &[("nihao", "你好"), ("shijie", "世界")]).await?;
        session
            .order(
                &format!("/desktop/windows/{}/ctl", editor.id),
                &WindowVerb::Focus {},
            )
            .await?;
        let editor = self
            .becomes("the editor to have the keyboard", editor, |window| {
                window.focused && window.place.visible
            })
            .await?;
        let text = editor.geometry;
        session
            .click_at((
                f64::from(text.x + text.width / 2),
                f64::from(text.y + text.height / 2),
            ))
            .await?;
        session.tap("ctrl+End").await?;
        method.until_active()?;
        session.type_text("nihao").await?;
        method.until("nihao")?;
        self.station("composing").await?;
        let caret = self.caret(&editor)?;
        let picture = Pixels::decode(&session.picture("candidates.png").await?)?;
        let shown = picture
            .area_of(InputMethod::COLOUR)
            .context("no candidates are shown")?;
        ensure!(
            (shown.x - caret.x).abs() <= 8
                && (caret.y + caret.height..caret.y + caret.height + 12).contains(&shown.y),
            "the candidates are at {shown:?}, the caret at {caret:?}"
        );
        session.tap("space").await?;
        method.until("你好")?;
        session.type_text("shijie").await?;
        method.until("shijie")?;
        session.tap("space").await?;
        method.until("世界")?;
        self.station("chinese").await?;
        // It takes every key, and hands none on.
        drop(method);
        self.no_input_method().await?;
        let file = session.home().file("letter.txt");
        let saved = crate::Watched::new(&session.home().home())?;
        session.tap("ctrl+s").await?;
        saved.until(|| {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            ensure!(text.contains("你好世界"), "it holds {text:?}");
            Ok(())
        })?;
        Ok(())
    }

    /// Waits until keys are keys again: of that there is no event.
    pub(super) async fn no_input_method(&self) -> Result<()> {
        let begun = std::time::Instant::now();
        while begun.elapsed() < crate::LIMIT {
            let seat: InputStatus = self
                .session
                .namespace()
                .read_json("/desktop/input/status")
                .await?;
            if !seat.input_method {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        anyhow::bail!("the input method does not go")
    }

    /// The caret of a program's text field, as it said it last, in the space of all outputs.
    fn caret(&self, window: &WindowStatus) -> Result<Rect> {
        let programs = self.programs.borrow();
        let program = programs
            .iter()
            .find(|program| program.window.id == window.id)
            .context("no such program")?;
        let log = program.log()?;
        // Both are told from the corner of its surface, which reaches around the window.
        let [x, y, width, height] =
            last_said(&log, ".set_cursor_rectangle(").context("it says no caret")?;
        let [left, top, ..] =
            last_said(&log, ".set_window_geometry(").context("it says no place of its window")?;
        Ok(Rect {
            x: window.geometry.x + x - left,
            y: window.geometry.y + y - top,
            width,
            height,
        })
    }
}

/// The four numbers of a request, as a program said it last.
fn last_said(log: &str, request: &str) -> Option<[i32; 4]> {
    let mut lines = log.lines().rev();
    let (_, words) = lines.find_map(|line| line.split_once(request))?;
    let numbers = words.trim_end_matches(')').split(", ");
    let numbers: Vec<i32> = numbers.filter_map(|number| number.parse().ok()).collect();
    numbers.try_into().ok()
}
