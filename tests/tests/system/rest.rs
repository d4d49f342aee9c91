//! At rest nothing wakes.

use anyhow::{Result, ensure};
use goblin_tests::{Options, Session, rest};

/// The one test that waits on the clock: that nothing happens has no event to wait for.
#[tokio::test]
async fn a_session_at_rest_draws_nothing_and_hardly_wakes() -> Result<()> {
    let options = Options {
        language: "zh_CN.UTF-8",
        ..Options::default()
    };
    let session = Session::start("rest", options).await?;
    session.goblin(["panel", "storage"]).await?;
    let report = rest::measure(&session).await?;
    println!("{report}");
    ensure!(report.frames == 0, "{report}");
    // The budget of DESIGN.md section 8: one in ten seconds.
    let most = (rest::TO - rest::FROM) / 10;
    for row in &report.processes {
        ensure!(
            row.wakeups <= most,
            "{} woke {} times\n{report}",
            row.name,
            row.wakeups
        );
    }
    session.quit().await?;
    Ok(())
}
