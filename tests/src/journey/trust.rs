//! A program of a subsystem: it wears the subsystem's colour and name, and is not told of what it has no business with.

use anyhow::{Result, ensure};
use trees::desktop::{SelectionAnswer, Status, Verb, WindowStatus};

use super::Day;
use crate::Sandbox;

impl Day {
    /// A restricted program is shown its place.
    pub(super) async fn stranger(&self) -> Result<()> {
        let session = &self.session;
        let place = Sandbox::new(session, "debian").await?;
        let _guest = place.spawn(&["foot", "--title=a guest"])?;
        let window = session
            .window("a window of the subsystem", |window| {
                window.domain == "debian"
            })
            .await?;
        ensure!(window.title == "a guest", "{window:?}");
        self.station("a-guest").await?;
        let told = place.run(&["wayland-info"]).await?;
        ensure!(told.success && told.out.contains("xdg_wm_base"), "{told:?}");
        for hidden in [
            "zwlr_screencopy_manager_v1",
            "zwlr_data_control_manager_v1",
            "zwp_virtual_keyboard_manager_v1",
            "zwp_input_method_manager_v2",
            "ext_session_lock_manager_v1",
        ] {
            ensure!(!told.out.contains(hidden), "a guest is told of {hidden}");
        }
        let file = session.artifact("stolen.png");
        let stolen = place.run(&["grim", &file.display().to_string()]).await?;
        ensure!(!stolen.success && !file.exists(), "{stolen:?}");
        self.question(&window).await?;
        session.tap("super+f").await?;
        session
            .becomes("the guest to fill the screen", window.id, |window| {
                window.fullscreen
            })
            .await?;
        self.station("a-guest-fullscreen").await?;
        session.tap("super+f").await?;
        session
            .becomes("the guest to be small again", window.id, |window| {
                !window.fullscreen
            })
            .await?;
        session.tap("alt+f4").await?;
        session.gone(window.id).await
    }

    /// The guest wants what the board has copied: the person is asked, and says yes this once.
    async fn question(&self, guest: &WindowStatus) -> Result<()> {
        let session = &self.session;
        session.copy(&["for the guest"]).await?;
        session
            .becomes("the guest to have the keyboard", guest.id, |window| {
                window.focused
            })
            .await?;
        session.tap("ctrl+shift+v").await?;
        let question = session
            .until("a question", "/desktop/event", async || {
                let status: Status = session.namespace().read_json("/desktop/status").await?;
                Ok(status.questions.into_iter().next())
            })
            .await?;
        ensure!(
            question.from == "board" && question.to == "debian" && question.kind == "clipboard",
            "{question:?}"
        );
        self.station("a-guest-asks").await?;
        let answer = Verb::Selection {
            id: question.id,
            answer: SelectionAnswer::Once,
        };
        session.order("/desktop/ctl", &answer).await?;
        session
            .until("no question", "/desktop/event", async || {
                let status: Status = session.namespace().read_json("/desktop/status").await?;
                Ok(status.questions.is_empty().then_some(()))
            })
            .await?;
        self.station("a-guest-was-given").await
    }
}
