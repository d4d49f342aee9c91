//! What is heavy to install: a browser, a film, fcitx5 with its pinyin.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use trees::desktop::{Verb, WindowStatus};

use super::Day;
use crate::Pixels;
use crate::client::said_in;

/// The page's title tells what a person has done on it.
const PAGE: &str = "<!doctype html><meta charset=utf-8><title>A page</title>\
<style>*{box-sizing:border-box;font-size:24px}input,select,button{display:block;width:100%;height:100px}\
main{height:3000px;background:linear-gradient(#fff,#48f)}</style>\
<input autofocus placeholder=\"What is on your mind?\" oninput=\"document.title='typed '+value\">\
<select onchange=\"document.title='chose '+value\"><option>tea<option>coffee<option>water</select>\
<button onclick=\"document.title='clicked'\">Send</button>\
<main>A long page</main><script>onscroll=()=>document.title='scrolled'</script>";

/// No first run, no questions, no calls home.
const PREFERENCES: &str = "user_pref(\"browser.shell.checkDefaultBrowser\", false);\n\
user_pref(\"browser.aboutwelcome.enabled\", false);\n\
user_pref(\"browser.preonboarding.enabled\", false);\n\
user_pref(\"browser.startup.homepage_override.mstone\", \"ignore\");\n\
user_pref(\"datareporting.policy.dataSubmissionEnabled\", false);\n\
user_pref(\"termsofuse.acceptedVersion\", 999);\n\
user_pref(\"app.normandy.enabled\", false);\n\
user_pref(\"app.update.enabled\", false);\n";

const PINYIN: &str = "[Groups/0]\nName=Default\nDefault Layout=us\nDefaultIM=pinyin\n\n\
[Groups/0/Items/0]\nName=keyboard-us\nLayout=\n\n[Groups/0/Items/1]\nName=pinyin\nLayout=\n\n\
[GroupOrder]\n0=Default\n";

impl Day {
    /// Firefox: a field, a list, a menu, the wheel, the whole screen, a half of it.
    pub(super) async fn browser(&self) -> Result<()> {
        let session = &self.session;
        let page = session.home().file("page.html");
        self.write(&page, PAGE)?;
        let profile = session.home().file("profile");
        self.write(&profile.join("user.js"), PREFERENCES)?;
        let (profile, url) = (
            profile.display().to_string(),
            format!("file://{}", page.display()),
        );
        let argv = ["firefox-esr", "--no-remote", "--profile", &profile, &url];
        let client = session.launch("firefox", &argv).await?;
        let window = self.titled(&client.window, "A page").await?;
        client.rests().await?;
        self.station("browser").await?;
        session.type_text("goblins").await?;
        self.titled(&window, "typed goblins").await?;
        self.station("browser-typed").await?;
        // Below its tabs and its address.
        let place = |y: i32| {
            let origin = window.geometry;
            (
                f64::from(origin.x + origin.width / 2),
                f64::from(origin.y + 94 + y),
            )
        };
        session.click_at(place(150)).await?;
        self.station("browser-list").await?;
        session.tap("Down").await?;
        session.tap("Return").await?;
        self.titled(&window, "chose coffee").await?;
        session.click_at(place(250)).await?;
        self.titled(&window, "clicked").await?;
        session.click_with("right", place(500)).await?;
        self.station("browser-menu").await?;
        let said = client.said()?;
        session.tap("Escape").await?;
        // Until it is gone it has the wheel.
        client.popup_goes(said).await?;
        session
            .order(
                "/desktop/input/ctl",
                &trees::desktop::InputVerb::Scroll { dx: 0.0, dy: 10.0 },
            )
            .await?;
        self.titled(&window, "scrolled").await?;
        session.tap("F11").await?;
        self.becomes("the page to fill the screen", &window, |window| {
            window.fullscreen
        })
        .await?;
        self.station("browser-fullscreen").await?;
        session.tap("F11").await?;
        self.becomes("the browser to be a window", &window, |window| {
            !window.fullscreen
        })
        .await?;
        session.tap("super+left").await?;
        self.becomes("the browser to fill the left half", &window, |window| {
            window.place.snapped.as_deref() == Some("left") && window.frame.width == 960
        })
        .await?;
        self.station("browser-half").await?;
        self.programs.borrow_mut().push(client);
        Ok(())
    }

    /// The browser's window once its title begins so.
    async fn titled(&self, window: &WindowStatus, title: &str) -> Result<WindowStatus> {
        let what = format!("the page to be {title:?}");
        self.becomes(&what, window, |window| window.title.starts_with(title))
            .await
    }

    /// A film beside the browser and on the whole screen, each picture of it another.
    pub(super) async fn film(&self) -> Result<()> {
        let session = &self.session;
        let argv = [
            "mpv",
            "--no-config",
            "--vo=wlshm",
            "--no-audio",
            "--really-quiet",
            "--loop",
            "av://lavfi:testsrc2=size=1280x720:rate=30",
        ];
        let client = session.launch("mpv", &argv).await?;
        let window = client.window.clone();
        self.programs.borrow_mut().push(client);
        session.tap("super+right").await?;
        self.becomes("the film to fill the right half", &window, |window| {
            window.place.snapped.as_deref() == Some("right")
        })
        .await?;
        self.moves(&window).await?;
        self.station("film").await?;
        session.tap("f").await?;
        self.becomes("the film to fill the screen", &window, |window| {
            window.fullscreen
        })
        .await?;
        self.moves(&window).await?;
        self.station("film-fullscreen").await?;
        session.tap("q").await?;
        session.gone(window.id).await
    }

    /// Waits until a window's picture is another.
    async fn moves(&self, window: &WindowStatus) -> Result<()> {
        let path = format!("/desktop/windows/{}/picture.png", window.id);
        let first = self.session.namespace().read(&path).await?;
        let begun = std::time::Instant::now();
        while begun.elapsed() < crate::LIMIT {
            tokio::time::sleep(std::time::Duration::from_millis(40)).await;
            if self.session.namespace().read(&path).await? != first {
                let colours = Pixels::decode(&first)?.colours();
                ensure!(colours > 100, "a film of {colours} colours");
                return Ok(());
            }
        }
        anyhow::bail!("the film stands still")
    }

    /// The same Chinese with the input method that people have.
    pub(super) async fn pinyin(&self) -> Result<()> {
        let session = &self.session;
        let profile = session.home().config().join("fcitx5/profile");
        self.write(&profile, PINYIN)?;
        let log = session.artifact("fcitx5.log");
        let log = log.to_str().context("its path is no text")?.to_owned();
        let words = ["sh", "-c", "exec env WAYLAND_DEBUG=1 fcitx5 2>\"$0\"", &log];
        let argv = words.map(str::to_owned).to_vec();
        session.order("/desktop/ctl", &Verb::Spawn { argv }).await?;
        let file = session.home().file("pinyin.txt");
        self.write(&file, "")?;
        let path = file.to_str().context("its path is no text")?;
        let client = session
            .launch("pinyin", &["gnome-text-editor", "--standalone", path])
            .await?;
        client.says(0, &["zwp_text_input_v3", ".enter("]).await?;
        // It takes the keys once it is active in the field.
        let grabbed = ["zwp_input_method_keyboard_grab_v2", ".keymap("];
        said_in(Path::new(&log), 0, &grabbed).await?;
        let said = client.said()?;
        session.tap("ctrl+space").await?;
        session.type_text("nihao").await?;
        client
            .says(said, &["zwp_text_input_v3", ".preedit_string(\"ni hao\""])
            .await?;
        self.station("pinyin").await?;
        let said = client.said()?;
        session.tap("space").await?;
        client
            .says(said, &["zwp_text_input_v3", ".commit_string(\"你好\")"])
            .await?;
        self.station("pinyin-committed").await?;
        let saved = crate::Watched::new(&session.home().home())?;
        session.tap("ctrl+s").await?;
        saved.until(|| {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            ensure!(text.trim_end() == "你好", "it holds {text:?}");
            Ok(())
        })?;
        self.programs.borrow_mut().push(client);
        // It would outlive the session.
        let argv = ["fcitx5-remote", "-e"].map(str::to_owned).to_vec();
        session.order("/desktop/ctl", &Verb::Spawn { argv }).await?;
        self.no_input_method().await
    }
}
