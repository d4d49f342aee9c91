//! A working day without what is heavy to install; `cargo xtask journey` is the whole one.

#[tokio::test]
async fn a_working_day() -> anyhow::Result<()> {
    goblin_tests::journey::light().await
}
