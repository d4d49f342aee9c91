//! `/mirror`, as [`trees::mirror`] describes it.

use std::sync::Arc;

use ninep::tree::ctl::add_ctl;
use ninep::tree::{Dir, Log, Node, Peer, status_later};
use trees::mirror::Verb;

use crate::mirror::Mirror;

/// The root of the tree.
pub(crate) fn root(mirror: &Arc<Mirror>, log: &Log) -> Arc<dyn Node> {
    let root = Dir::new();
    let shown = Arc::clone(mirror);
    root.add(
        "status",
        status_later(move || {
            let mirror = Arc::clone(&shown);
            async move { mirror.status().await }
        }),
    );
    let (counting, applying) = (Arc::clone(mirror), Arc::clone(mirror));
    add_ctl(
        &root,
        move || counting.rev(),
        move |peer: Peer, verbs: Vec<Verb>| Arc::clone(&applying).apply(peer, verbs),
    );
    root.add("event", mirror.feed().node());
    root.add("log", log.node());
    root.add("spaces", mirror.folder());
    root
}
