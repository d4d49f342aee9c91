use std::marker::PhantomData;
use std::time::{Duration, SystemTime};

use bytes::{Buf, BytesMut};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::file::RemoteFile;
use super::namespace::Namespace;
use super::watch::Watch;
use crate::error::{Error, Result};
use crate::tree::OpenFlags;

/// Events that may wait for a slow follower before reading stops.
const QUEUE: usize = 64;
/// One read of an event file.
const READ: u32 = 32 << 10;
/// How long to wait for a sign of a service that the folder of sockets cannot give.
const SLOW_RETRY: Duration = Duration::from_secs(30);

/// Where following begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// At the oldest event that is kept.
    Oldest,
    /// At the end: only what happens from now on.
    Now,
    /// At an offset that was reached before.
    At(u64),
}

/// What a follower is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Followed<T> {
    /// The service answers. Who reads its status now and applies the events that follow misses nothing.
    Up,
    /// An event.
    Event(T),
    /// Events were missed that are no longer kept: the status is to be read again.
    Lost,
    /// The service is out of reach. It is tried again as soon as its socket appears; [`Followed::Up`] tells.
    Down {
        /// Why.
        why: Error,
        /// Since when.
        since: SystemTime,
    },
}

/// Follows one `event` file for ever; made by [`Namespace::follow`]. Dropping it ends the work.
#[derive(Debug)]
pub struct Follow<T> {
    told: mpsc::Receiver<Followed<Value>>,
    task: AbortHandle,
    kind: PhantomData<fn() -> T>,
}

impl<T> Drop for Follow<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<T: DeserializeOwned + Send + 'static> Follow<T> {
    pub(super) fn start(ns: Namespace, path: String, from: From) -> Self {
        let (tell, told) = mpsc::channel(QUEUE);
        let follower = Follower {
            ns,
            path,
            place: from,
            tell,
        };
        let task = tokio::spawn(follower.run()).abort_handle();
        Self {
            told,
            task,
            kind: PhantomData,
        }
    }

    /// What comes next. Only none when the runtime is shutting down. An event that is not a `T` is skipped, and told to the
    /// log: a newer service may have events that an older follower does not know.
    pub async fn next(&mut self) -> Option<Followed<T>> {
        loop {
            return Some(match self.told.recv().await? {
                Followed::Up => Followed::Up,
                Followed::Lost => Followed::Lost,
                Followed::Down { why, since } => Followed::Down { why, since },
                Followed::Event(value) => match serde_json::from_value(value) {
                    Ok(event) => Followed::Event(event),
                    Err(error) => {
                        tracing::debug!("an event that is not understood: {error}");
                        continue;
                    }
                },
            });
        }
    }
}

/// The line that stands for events no longer kept.
#[derive(Deserialize)]
struct LostLine {
    lost: u64,
    resume: u64,
}

struct Follower {
    ns: Namespace,
    path: String,
    place: From,
    tell: mpsc::Sender<Followed<Value>>,
}

impl Follower {
    async fn run(mut self) {
        let service = self
            .path
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        let mut down = false;
        while !self.tell.is_closed() {
            // Watched before the try: a service that appears in between is not slept over.
            let watch = Watch::new(self.ns.dir());
            let why = match self.open().await {
                Ok(file) => {
                    down = false;
                    if self.tell.send(Followed::Up).await.is_err() {
                        return;
                    }
                    self.read(&file).await
                }
                Err(error) => error,
            };
            if !down {
                down = true;
                let since = SystemTime::now();
                if self.tell.send(Followed::Down { why, since }).await.is_err() {
                    return;
                }
            }
            let retry = tokio::time::sleep(SLOW_RETRY);
            match watch {
                Ok(mut watch) => tokio::select! {
                    _ = watch.appeared(&service) => {}
                    () = retry => {}
                    () = self.tell.closed() => return,
                },
                Err(_) => tokio::select! {
                    () = retry => {}
                    () = self.tell.closed() => return,
                },
            }
        }
    }

    async fn open(&mut self) -> Result<RemoteFile> {
        let path = match self.place {
            From::Oldest => self.path.clone(),
            From::Now => format!("{}@end", self.path),
            From::At(offset) => format!("{}@{offset}", self.path),
        };
        let fid = self.ns.fid(&path).await?;
        if self.place == From::Now {
            self.place = From::At(fid.getattr().await?.data_version);
        }
        fid.open(OpenFlags::RDONLY).await
    }

    /// Reads until the connection ends; gives why.
    async fn read(&mut self, file: &RemoteFile) -> Error {
        let mut offset = 0;
        let mut text = BytesMut::new();
        loop {
            let data = match file.read_at(offset, READ).await {
                Ok(data) => data,
                Err(error) => return error,
            };
            offset += data.len() as u64;
            text.extend_from_slice(&data);
            while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
                let line = text.split_to(end);
                text.advance(1);
                if self.line(&line).await.is_err() {
                    return Error::from(crate::Errno::CANCELED);
                }
            }
        }
    }

    async fn line(&mut self, line: &[u8]) -> Result<(), ()> {
        let told = match serde_json::from_slice::<LostLine>(line) {
            Ok(LostLine { lost, resume }) => {
                let first = self.place == From::Oldest;
                self.place = From::At(resume);
                if first || lost == 0 {
                    return Ok(());
                }
                Followed::Lost
            }
            Err(_) => {
                if let From::At(place) = &mut self.place {
                    *place += line.len() as u64 + 1;
                }
                match serde_json::from_slice(line) {
                    Ok(value) => Followed::Event(value),
                    Err(error) => {
                        tracing::warn!("{}: a line that is not JSON: {error}", self.path);
                        return Ok(());
                    }
                }
            }
        };
        self.tell.send(told).await.map_err(|_| ())
    }
}
