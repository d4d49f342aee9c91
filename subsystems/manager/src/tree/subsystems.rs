use std::sync::Arc;

use ninep::Errno;
use ninep::tree::ctl::{Refusal, add_ctl};
use ninep::tree::{Dir, status_later};
use serde_json::Value;
use trees::subsystems::{SubsystemVerb, Verb};

use crate::lifecycle::Order;
use crate::supervisor::{Handle, Journal};

/// `/subsystems`: the supervisor behind `handle` as a tree.
pub fn subsystems(handle: &Handle) -> Arc<Dir> {
    let root = Dir::new();
    let shown = handle.clone();
    root.add("status", ninep::tree::status(move || shown.status()));
    root.add("event", handle.feed().node());
    root.add("log", handle.log().node());
    let (rev, asked) = (handle.clone(), handle.clone());
    add_ctl(
        &root,
        move || rev.rev(),
        move |_, verbs: Vec<Verb>| {
            let handle = asked.clone();
            async move {
                for Verb::Quit {} in verbs {
                    handle.quit().await;
                }
                Ok(Value::Null)
            }
        },
    );
    for (place, subsystem) in handle.status().subsystems.into_iter().enumerate() {
        if let Some(journal) = handle.journal(place) {
            root.add(subsystem.name, one(handle, place, &journal));
        }
    }
    root
}

/// The folder of one subsystem.
fn one(handle: &Handle, place: usize, journal: &Journal) -> Arc<Dir> {
    let folder = Dir::new();
    let shown = handle.clone();
    folder.add(
        "status",
        status_later(move || {
            let gone = || ninep::Error::new(Errno::NOENT, "the subsystem is gone");
            std::future::ready(shown.subsystem(place).ok_or_else(gone))
        }),
    );
    folder.add("event", journal.feed().node());
    folder.add("log", journal.log().node());
    let (rev, asked) = (handle.clone(), handle.clone());
    let rev = move || rev.subsystem(place).map_or(0, |shown| shown.rev);
    add_ctl(&folder, rev, move |_, verbs: Vec<SubsystemVerb>| {
        let handle = asked.clone();
        async move {
            let orders = verbs.iter().map(Order::from).collect();
            handle
                .orders(place, orders)
                .await
                .map_err(|refusal: Refusal| refusal)
        }
    });
    folder
}
