//! Seeing that applications were installed or removed, without looking again and again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::StreamExt;
use inotify::{Inotify, WatchDescriptor, WatchMask, Watches};
use tokio::sync::mpsc::UnboundedSender;

use super::apps::{App, Scan};

/// Package managers write many entries in a row: time without a change before the folders are read again.
const SETTLES: Duration = Duration::from_millis(300);

/// Folders below one another that are looked into.
const DEPTH: usize = 4;

/// Scans once, and again whenever something changes in the folders of the scan, until nobody listens.
/// Without inotify (no descriptors left) the first scan stands, with a word in the log.
pub async fn follow(scan: Scan, sender: UnboundedSender<Vec<App>>) {
    let inotify = match Inotify::init() {
        Ok(inotify) => Some(inotify),
        Err(error) => {
            tracing::warn!("applications installed later will not be seen: inotify: {error}");
            None
        }
    };
    let mut watches = inotify.as_ref().map(Inotify::watches);
    let mut buffer = [0; 4_096];
    let mut events = inotify.and_then(|inotify| inotify.into_event_stream(&mut buffer).ok());
    let mut watched = Vec::new();
    loop {
        // Before the scan, so that what changes during it is seen after it.
        if let Some(watches) = &mut watches {
            watched = watch(watches, &scan.folders, &watched);
        }
        let job = scan.clone();
        let Ok(apps) = tokio::task::spawn_blocking(move || job.run()).await else {
            return;
        };
        if sender.send(apps).is_err() {
            return;
        }
        let Some(events) = &mut events else { return };
        tokio::select! {
            event = events.next() => if event.is_none() { return },
            () = sender.closed() => return,
        }
        while let Ok(Some(_)) = tokio::time::timeout(SETTLES, events.next()).await {}
    }
}

/// Watches the folders and those below them; of one that is not there the nearest above it, to see it come.
fn watch(
    watches: &mut Watches,
    folders: &[PathBuf],
    before: &[WatchDescriptor],
) -> Vec<WatchDescriptor> {
    let mut places = Vec::new();
    for folder in folders {
        if folder.is_dir() {
            below(folder, DEPTH, &mut places);
        } else if let Some(above) = folder.ancestors().skip(1).find(|path| path.is_dir()) {
            places.push((above.to_path_buf(), WatchMask::CREATE | WatchMask::MOVED_TO));
        }
    }
    let changes = WatchMask::CLOSE_WRITE
        | WatchMask::CREATE
        | WatchMask::DELETE
        | WatchMask::MOVE
        | WatchMask::DELETE_SELF
        | WatchMask::MOVE_SELF;
    let now: Vec<WatchDescriptor> = places
        .into_iter()
        .filter_map(|(path, mask)| {
            let mask = if mask.is_empty() { changes } else { mask };
            watches.add(path, mask | WatchMask::ONLYDIR).ok()
        })
        .collect();
    for old in before.iter().filter(|old| !now.contains(old)) {
        // Gone with its folder: the kernel has dropped it already.
        let _ = watches.remove(old.clone());
    }
    now
}

fn below(folder: &Path, depth: usize, places: &mut Vec<(PathBuf, WatchMask)>) {
    places.push((folder.to_path_buf(), WatchMask::empty()));
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            below(&entry.path(), depth, places);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::{App, Scan, follow};

    async fn next(apps: &mut UnboundedReceiver<Vec<App>>) -> Vec<String> {
        let scan = tokio::time::timeout(Duration::from_secs(20), apps.recv()).await;
        let mut names: Vec<String> = scan
            .expect("a scan in time")
            .expect("a scan")
            .into_iter()
            .map(|app| app.name)
            .collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn an_application_that_comes_and_goes_is_seen() {
        let root = tempfile::tempdir().expect("a folder for the test");
        let folder = root.path().join("share/applications");
        let scan = Scan {
            folders: vec![folder.clone()],
            languages: vec![],
            path: vec![],
        };
        let (sender, mut apps) = unbounded_channel();
        let following = tokio::spawn(follow(scan, sender));
        assert_eq!(next(&mut apps).await, Vec::<String>::new());

        fs::create_dir_all(&folder).expect("the folder comes");
        while next(&mut apps).await.is_empty() {
            // The folder may be seen before the entry in it; each change brings one more scan.
            let entry = "[Desktop Entry]\nType=Application\nName=One\nExec=one\n";
            fs::write(folder.join("one.desktop"), entry).expect("an entry");
        }
        fs::remove_file(folder.join("one.desktop")).expect("it goes");
        while !next(&mut apps).await.is_empty() {}

        drop(apps);
        following
            .await
            .expect("the follower ends when nobody listens");
    }
}
