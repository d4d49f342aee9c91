//! Whether a subsystem answers: its socket is there, takes a connection, and its status can be read.

use std::path::Path;

use ninep::client::{Followed, From, Namespace};
use serde_json::Value;

/// Waits until the tree `name` below the sockets in `dir` answers, and gives its status. Waiting costs nothing: the folder
/// is watched.
pub(super) async fn answers(dir: &Path, name: &str) -> Value {
    // A namespace of its own: the connection ends with the wait, and none of an earlier process can be in it.
    let namespace = Namespace::new(dir.to_owned());
    let mut follow = namespace.follow::<Value>(&format!("/{name}/event"), From::Now);
    while let Some(followed) = follow.next().await {
        if followed == Followed::Up
            && let Ok(status) = namespace.read_json(&format!("/{name}/status")).await
        {
            return status;
        }
    }
    // Only a runtime that is shutting down ends the following, and this task with it.
    std::future::pending().await
}
