//! The folders of an output and of a window.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ninep::tree::ctl::add_ctl;
use ninep::tree::{Dir, status_later};
use ninep::{Errno, Error};

use super::{Port, picture};
use crate::control::Command;
use crate::layout::WindowId;

pub(super) fn output(folder: &Dir, name: &str, port: &Port, rev: Arc<AtomicU64>) {
    let (asked, of) = (port.clone(), name.to_owned());
    let status = status_later(move || {
        let of = of.clone();
        let missing = format!("output {of} is gone");
        let status = asked.ask(|reply| Command::OutputStatus(of, reply));
        async move {
            status
                .await?
                .ok_or_else(|| Error::new(Errno::NOENT, missing))
        }
    });
    folder.add("status", status);
    let (told, of) = (port.clone(), name.to_owned());
    let count = move || rev.load(Ordering::Relaxed);
    add_ctl(folder, count, move |_, verbs| {
        let of = of.clone();
        told.tell(|reply| Command::Output(of, verbs, reply))
    });
    let of = name.to_owned();
    let taken = picture(port, move |reply| Command::OutputPicture(of.clone(), reply));
    folder.add("picture.png", taken);
}

pub(super) fn window(folder: &Dir, id: WindowId, port: &Port, rev: Arc<AtomicU64>) {
    let asked = port.clone();
    let status = status_later(move || {
        let status = asked.ask(|reply| Command::WindowStatus(id, reply));
        let missing = format!("window {id} is gone");
        async move {
            status
                .await?
                .ok_or_else(|| Error::new(Errno::NOENT, missing))
        }
    });
    folder.add("status", status);
    let told = port.clone();
    let count = move || rev.load(Ordering::Relaxed);
    add_ctl(folder, count, move |_, verbs| {
        told.tell(|reply| Command::Window(id, verbs, reply))
    });
    folder.add(
        "picture.png",
        picture(port, move |reply| Command::WindowPicture(id, reply)),
    );
}
