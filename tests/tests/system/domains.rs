//! What is copied in one domain and pasted in another: a person is asked, and nobody hangs.

use std::future::Future;
use std::pin::Pin;

use anyhow::{Context, Result, bail, ensure};
use goblin_tests::{Home, LIMIT, Options, Said, Sandbox, Session, processes};
use trees::desktop::{SelectionAnswer, SelectionQuestion, Status, Verb};

const CARDS: &str = "/shell/notifications/screen";
const PASTE: &[&str] = &["wl-paste", "--no-newline"];

/// A session whose rule says that a person is asked, and a subsystem's place in it.
async fn session(test: &str, language: &'static str) -> Result<(Session, Sandbox)> {
    let home = Home::new()?;
    let file = home.config().join("goblin/compositor.toml");
    let folder = file.parent().context("no folder")?;
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&file, "[[selections]]\nto = \"*\"\nthen = \"ask\"\n"))
        .context("a configuration of the test's own")?;
    let options = Options {
        language,
        wait_for: &["desktop", "shell"],
        ..Options::default()
    };
    let session = Session::start_in(home, test, options).await?;
    let place = Sandbox::new(&session, "debian").await?;
    Ok((session, place))
}

/// A program that is pasting.
type Pasting<'a> = Pin<Box<dyn Future<Output = Result<Said>> + 'a>>;

/// Pastes in a subsystem's place.
fn paste(place: &Sandbox) -> Pasting<'_> {
    Box::pin(place.run(PASTE))
}

/// The question that a paste leads to, once the shell shows its card. The paste gets nothing before.
async fn asked(session: &Session, pasting: &mut Pasting<'_>) -> Result<SelectionQuestion> {
    let asking = async {
        let question = session
            .until("a question", "/desktop/event", async || {
                Ok(questions(session).await?.into_iter().next())
            })
            .await?;
        let light = session.item(CARDS, "light", "").await?;
        ensure!(light.state == ["asking"], "{light:?}");
        Ok(question)
    };
    tokio::select! {
        said = pasting => bail!("nobody was asked, and it got {said:?}"),
        question = asking => question,
    }
}

async fn questions(session: &Session) -> Result<Vec<SelectionQuestion>> {
    let status: Status = session.namespace().read_json("/desktop/status").await?;
    Ok(status.questions)
}

async fn answer(session: &Session, id: u64, answer: SelectionAnswer) -> Result<()> {
    let verb = Verb::Selection { id, answer };
    session.order("/desktop/ctl", &verb).await
}

/// Waits until nothing is asked and no card is shown.
async fn settled(session: &Session) -> Result<()> {
    session
        .until("no question", "/desktop/event", async || {
            Ok(questions(session).await?.is_empty().then_some(()))
        })
        .await?;
    session
        .until("no card", "/shell/event", async || {
            Ok(session.screens(CARDS).await?.is_empty().then_some(()))
        })
        .await
}

/// The process that serves what wl-copy copied.
fn source() -> Result<i32> {
    let ours = i32::try_from(std::process::id()).context("our own number")?;
    let mut all = processes::descendants(ours).into_iter();
    let serves = all.find(|pid| {
        processes::is_running(*pid) && processes::name(*pid).is_some_and(|name| name == "wl-copy")
    });
    serves.context("nobody serves what was copied")
}

#[tokio::test]
async fn a_person_lets_it_go_by_a_click() -> Result<()> {
    let (session, place) = session("domains-click", "C.UTF-8").await?;
    session.copy(&["for the guest"]).await?;
    // Once is once: the second is asked for again.
    for picture in ["card.png", "card-again.png"] {
        let mut pasting = paste(&place);
        let question = asked(&session, &mut pasting).await?;
        ensure!(
            question.from == "board" && question.to == "debian" && question.kind == "clipboard",
            "{question:?}"
        );
        session
            .item(
                CARDS,
                "heading",
                "“debian” wants to paste from this computer",
            )
            .await?;
        session.picture(picture).await?;
        let (clicked, said) = tokio::join!(session.click(CARDS, "button", "Once"), pasting);
        clicked?;
        let said = said?;
        ensure!(said.success && said.out == "for the guest", "{said:?}");
        settled(&session).await?;
    }
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn a_person_refuses_it_by_a_click_in_chinese() -> Result<()> {
    let (session, place) = session("domains-click-zh", "zh_CN.UTF-8").await?;
    session.copy(&["给客人"]).await?;
    let mut pasting = paste(&place);
    asked(&session, &mut pasting).await?;
    session
        .item(CARDS, "heading", "“debian”请求粘贴本机的内容")
        .await?;
    session.picture("card.png").await?;
    let (clicked, said) = tokio::join!(session.click(CARDS, "button", "拒绝"), pasting);
    clicked?;
    ensure!(said?.out.is_empty(), "it got what was refused");
    settled(&session).await?;
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn the_verb_answers_as_the_card_does() -> Result<()> {
    let (session, place) = session("domains-verb", "C.UTF-8").await?;
    session.copy(&["first"]).await?;
    let mut pasting = paste(&place);
    let question = asked(&session, &mut pasting).await?;
    let line = format!("selection {} once", question.id);
    session.namespace().ctl("/desktop/ctl", &line).await?;
    ensure!(pasting.await?.out == "first");
    settled(&session).await?;

    let mut pasting = paste(&place);
    let question = asked(&session, &mut pasting).await?;
    answer(&session, question.id, SelectionAnswer::Deny).await?;
    ensure!(pasting.await?.out.is_empty(), "it got what was refused");
    settled(&session).await?;
    // The same thing is not asked for twice after a no.
    ensure!(paste(&place).await?.out.is_empty());
    ensure!(questions(&session).await?.is_empty());
    ensure!(
        answer(&session, question.id, SelectionAnswer::Once)
            .await
            .is_err(),
        "an answer to no question is taken"
    );

    // What is copied next is another thing; always is until the session ends.
    session.copy(&["second"]).await?;
    let mut pasting = paste(&place);
    let question = asked(&session, &mut pasting).await?;
    answer(&session, question.id, SelectionAnswer::Allow).await?;
    ensure!(pasting.await?.out == "second");
    settled(&session).await?;
    session.copy(&["third"]).await?;
    ensure!(paste(&place).await?.out == "third");
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn what_a_subsystem_copied_is_asked_for_too() -> Result<()> {
    let (session, place) = session("domains-out", "C.UTF-8").await?;
    let copied = place
        .run(&["sh", "-c", "exec wl-copy 'from the guest' 2>/dev/null"])
        .await?;
    ensure!(copied.success, "{copied:?}");
    let environment = session.board_environment().await?;
    let [program, words @ ..] = PASTE else {
        bail!("no words")
    };
    let run = goblin_tests::run(std::path::Path::new(program), words, &environment);
    let mut pasting: Pasting<'_> = Box::pin(run);
    let question = asked(&session, &mut pasting).await?;
    ensure!(
        question.from == "debian" && question.to == "board",
        "{question:?}"
    );
    session
        .item(
            CARDS,
            "heading",
            "This computer wants to paste from “debian”",
        )
        .await?;
    session.picture("card.png").await?;
    let (clicked, said) = tokio::join!(session.click(CARDS, "button", "Once"), pasting);
    clicked?;
    ensure!(said?.out == "from the guest");
    // Within the subsystem nobody is asked.
    ensure!(paste(&place).await?.out == "from the guest");
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn a_source_that_dies_or_is_silent_hangs_nobody() -> Result<()> {
    let (session, place) = session("domains-dead", "C.UTF-8").await?;
    // It dies while a person thinks.
    session.copy(&["never read"]).await?;
    let mut pasting = paste(&place);
    let question = asked(&session, &mut pasting).await?;
    let dead = source()?;
    processes::kill_now(dead)?;
    ensure!(processes::ended(dead, LIMIT).await?);
    // The question may have gone with it; a late yes gives nothing.
    let _ = answer(&session, question.id, SelectionAnswer::Once).await;
    ensure!(pasting.await?.out.is_empty(), "the dead speak");
    settled(&session).await?;

    // It lives and says nothing: the pipe is closed after a while.
    session.copy(&["never said"]).await?;
    let silent = source()?;
    let mut pasting = paste(&place);
    let question = asked(&session, &mut pasting).await?;
    processes::pause(silent)?;
    answer(&session, question.id, SelectionAnswer::Once).await?;
    ensure!(pasting.await?.out.is_empty(), "a silent one speaks");
    settled(&session).await?;
    ensure!(
        session.subsystem("desktop").await?.restarts == 0,
        "the compositor died of it"
    );
    session.quit().await?;
    Ok(())
}
