//! Reading the configuration again when its file changes: inotify on its folder, so that editors
//! that write a new file over the old one are seen too. Nothing runs while nothing changes.

use std::ffi::OsStr;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;

use calloop::generic::Generic;
use calloop::{Interest, LoopHandle, Mode, PostAction};
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use tracing::{error, info};
use trees::desktop::Event;

use crate::goblin::Goblin;

/// Follows the configuration file. Its folder is made if it is not there: without a folder there
/// is nothing to follow.
///
/// # Errors
/// What could not be done, on which folder.
pub(crate) fn watch(handle: &LoopHandle<'static, Goblin>, goblin: &Goblin) -> Result<(), String> {
    let path = goblin.config_file.path.clone();
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(format!("{} names no file", path.display()));
    };
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        format!(
            "changes of {} are not followed: {what}: {error}",
            path.display()
        )
    };
    std::fs::create_dir_all(folder).map_err(|error| failed("making its folder", &error))?;
    let fd = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)
        .map_err(|error| failed("inotify", &error))?;
    let flags = WatchFlags::CLOSE_WRITE | WatchFlags::MOVED_TO | WatchFlags::DELETE;
    inotify::add_watch(&fd, folder, flags).map_err(|error| failed("its folder", &error))?;
    let name = name.to_owned();
    let source = Generic::new(fd, Interest::READ, Mode::Level);
    handle
        .insert_source(source, move |_, fd, goblin| {
            if concerns(fd.as_ref(), &name) {
                // A refusal is logged, published and in the status.
                drop(goblin.reload_config());
            }
            Ok(PostAction::Continue)
        })
        .map_err(|error| failed("the event loop", &error.error))?;
    Ok(())
}

/// Reads all events; whether any was about the file.
fn concerns(fd: &OwnedFd, name: &OsStr) -> bool {
    let mut space = [MaybeUninit::uninit(); 4096];
    let mut reader = inotify::Reader::new(fd, &mut space);
    let mut found = false;
    // Ends with EAGAIN, when all are read.
    while let Ok(event) = reader.next() {
        found |= event
            .file_name()
            .is_some_and(|file| file.to_bytes() == name.as_bytes());
    }
    found
}

impl Goblin {
    /// Reads the configuration again. A faulty one changes nothing.
    ///
    /// # Errors
    /// File, line and reason.
    pub(crate) fn reload_config(&mut self) -> Result<(), String> {
        let path = self.config_file.path.clone();
        let read = super::read(&path).map_err(|error| error.to_string());
        let result = read.and_then(|config| {
            if config.keyboard != self.config.keyboard {
                self.apply_keyboard(&config.keyboard)?;
            }
            let theme = config.theme;
            self.config = super::Config {
                theme: self.config.theme,
                ..config
            };
            self.set_theme(theme);
            Ok(())
        });
        match &result {
            Ok(()) => {
                self.layout.set_options(self.config.layout);
                self.selection_rules_changed();
                info!("the configuration {} is in force", path.display());
                self.apply_scales();
                self.layout_changed();
            }
            Err(reason) => error!("the configuration in force stays: {reason}"),
        }
        self.config_file.error = result.clone().err();
        self.publish(&Event::Config {
            error: self.config_file.error.clone(),
        });
        result
    }

    fn apply_scales(&mut self) {
        let wanted: Vec<_> = self
            .outputs
            .iter()
            .filter_map(|output| {
                let scale = self.config.scale_of(&output.output.name())?;
                ((scale - output.scale()).abs() > 0.004).then_some((output.id, scale))
            })
            .collect();
        for (id, scale) in wanted {
            self.change_output(id, None, Some(scale));
        }
    }
}
