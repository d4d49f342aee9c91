//! `goblin mount`: the trees as files of the kernel, through FUSE.
//!
//! Every inode is a fid, walked when the kernel looks a name up, so that a file stays the same file when it is renamed; after
//! a lost connection it is walked again by its path. Synthetic files (qid version 0) are never cached, and a
//! read of one never parks: at the end of an `event` file it answers `EAGAIN`, and *poll(2)* tells when there is more.

mod answer;
mod attr;
mod filesystem;
mod handles;
mod inodes;
mod ops;

use std::path::Path;

use anyhow::{Context, Result, bail};
use fuser::{Config, MountOption, Session};
use ninep::client::Namespace;
use tokio::signal::unix::{SignalKind, signal};

use crate::path::TreePath;
use filesystem::Trees;

/// Mounts `root` at `dir`, and stays until it is unmounted or this process is told to end.
pub(crate) async fn mount(ns: &Namespace, root: &TreePath, dir: &Path) -> Result<()> {
    if !dir.is_dir() {
        bail!(
            "{} is not a folder to mount at; make it first: mkdir -p {}",
            dir.display(),
            dir.display()
        );
    }
    // Fails here and not at the first look when there is nothing to be seen.
    ns.list(root.as_str()).await?;

    let mut config = Config::default();
    config.mount_options = vec![
        MountOption::FSName("goblin".to_owned()),
        MountOption::Subtype("goblin".to_owned()),
        MountOption::DefaultPermissions,
        MountOption::NoDev,
        MountOption::NoSuid,
    ];
    let trees = Trees::new(ns.clone(), root.as_str(), tokio::runtime::Handle::current());
    let mut session = Session::new(trees, dir, &config).with_context(|| {
        format!(
            "{} cannot be mounted at; it needs /dev/fuse, and fusermount3 where you are not root",
            dir.display()
        )
    })?;
    let mut unmounter = session.unmount_callable();
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("fuse".to_owned())
        .spawn(move || {
            // Nobody listens any more when this process is ending.
            let _ = tell.send(session.run());
        })
        .context("the thread that answers the kernel cannot be started")?;
    println!(
        "{root} is mounted at {}; Ctrl-C or umount ends it",
        dir.display()
    );

    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let mut told = std::pin::pin!(told);
    let ended = tokio::select! {
        ended = &mut told => ended,
        _ = interrupt.recv() => unmount(&mut unmounter, told.as_mut(), dir).await?,
        _ = terminate.recv() => unmount(&mut unmounter, told.as_mut(), dir).await?,
    };
    ended
        .context("the thread that answers the kernel died")?
        .with_context(|| format!("the mount at {} broke", dir.display()))
}

type Ended = std::result::Result<std::io::Result<()>, tokio::sync::oneshot::error::RecvError>;

async fn unmount(
    unmounter: &mut fuser::SessionUnmounter,
    told: std::pin::Pin<&mut tokio::sync::oneshot::Receiver<std::io::Result<()>>>,
    dir: &Path,
) -> Result<Ended> {
    unmounter.unmount().with_context(|| {
        format!(
            "{} cannot be unmounted; what uses it shows: fuser -vm {}",
            dir.display(),
            dir.display()
        )
    })?;
    Ok(told.await)
}
