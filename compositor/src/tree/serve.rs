//! The thread that answers 9P. It sleeps unless somebody asks.

use std::io;
use std::sync::{Arc, mpsc};
use std::thread;

use ninep::tree::Dir;
use tokio::sync::oneshot;
use trees::srv;

/// The name is ours; nobody is answered yet.
pub(crate) struct Posted {
    /// For the feed.
    pub(crate) epoch: u64,
    root: oneshot::Sender<Arc<Dir>>,
}

impl Posted {
    /// Answers from now on.
    pub(crate) fn serve(self, root: Arc<Dir>) {
        // The thread waits for this and for nothing else.
        drop(self.root.send(root));
    }
}

/// Takes the service's name, on a thread that will answer for it until the process ends.
///
/// # Errors
/// When the name is taken or its folder is not ours: each names the path and what to do.
pub(crate) fn post(name: &'static str) -> anyhow::Result<Posted> {
    let (tell, told) = mpsc::channel::<Result<u64, String>>();
    let (give, given) = oneshot::channel::<Arc<Dir>>();
    let run = move || {
        let runtime = match tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
        {
            Ok(runtime) => runtime,
            Err(error) => return drop(tell.send(Err(error.to_string()))),
        };
        runtime.block_on(async move {
            match srv::post(name) {
                Ok(post) => {
                    drop(tell.send(Ok(post.epoch())));
                    if let Ok(root) = given.await {
                        post.serve(root).await;
                    }
                }
                Err(error) => drop(tell.send(Err(error.to_string()))),
            }
        });
    };
    thread::Builder::new().name("9p".to_owned()).spawn(run)?;
    let epoch = told
        .recv()
        .map_err(|_| io::Error::other("the 9P thread ended at once"))?
        .map_err(anyhow::Error::msg)?;
    Ok(Posted { epoch, root: give })
}
