//! What a write to `/mirror/ctl` does: all of it or none.

use std::collections::BTreeMap;
use std::sync::Arc;

use ninep::Errno;
use ninep::tree::ctl::Refusal;
use trees::mirror::Verb;

use crate::counts::Counts;
use crate::name;
use crate::space::Space;

/// The spaces by name.
pub(crate) type Spaces = BTreeMap<String, Arc<Space>>;

/// What was done on disk.
#[derive(Debug)]
pub(crate) enum Step {
    /// A space was made.
    Created(Arc<Space>),
    /// An empty space was ended.
    Removed(Arc<Space>),
    /// A space was counted: before and now.
    Recounted {
        space: Arc<Space>,
        before: Option<Counts>,
        now: Counts,
    },
}

/// How the disk is changed; blocks.
pub(crate) trait Disk {
    /// Makes the empty space `name`.
    ///
    /// # Errors
    /// Why it cannot be made.
    fn create(&self, name: &str) -> ninep::Result<Arc<Space>>;

    /// Ends the empty space `name`.
    ///
    /// # Errors
    /// `ENOTEMPTY`, or why it cannot be ended.
    fn remove(&self, name: &str) -> ninep::Result<()>;
}

/// Carries out `verbs` in order on `disk`. Gives the spaces that there are then and the steps done.
///
/// # Errors
/// Why a verb was refused. What the earlier ones did is taken back; the spaces that there are then, and are not as they were because
/// they had to be made anew, come with it.
pub(crate) fn carry_out(
    disk: &impl Disk,
    spaces: &Spaces,
    verbs: &[Verb],
) -> Result<(Spaces, Vec<Step>), (Refusal, Spaces)> {
    let mut now = spaces.clone();
    let mut steps = Vec::new();
    for verb in verbs {
        match one(disk, &mut now, verb) {
            Ok(done) => steps.extend(done),
            Err(refusal) => return Err((refusal, take_back(disk, spaces, steps))),
        }
    }
    Ok((now, steps))
}

fn one(disk: &impl Disk, spaces: &mut Spaces, verb: &Verb) -> Result<Vec<Step>, Refusal> {
    match verb {
        Verb::Create { name } => {
            name::check(name).map_err(|why| {
                Refusal::new(Errno::INVAL, format!("create {name:?}: {why}"))
                    .would_work("a plain name such as photos")
            })?;
            if spaces.contains_key(name) {
                return Err(Refusal::new(
                    Errno::EXIST,
                    format!("create {name}: there is such a space"),
                ));
            }
            let space = disk.create(name)?;
            spaces.insert(name.clone(), Arc::clone(&space));
            Ok(vec![Step::Created(space)])
        }
        Verb::Remove { name } => {
            let Some(space) = spaces.get(name).cloned() else {
                let known: Vec<_> = spaces.keys().map(String::as_str).collect();
                return Err(Refusal::new(
                    Errno::NOENT,
                    format!("remove {name:?}: there is no such space"),
                )
                .would_work(format!("one of: {}", known.join(", "))));
            };
            disk.remove(name).map_err(|error| {
                let refusal = Refusal::from(error);
                if refusal.errno == Errno::NOTEMPTY {
                    refusal.would_work(format!("remove what is in spaces/{name}/data first"))
                } else {
                    refusal
                }
            })?;
            spaces.remove(name);
            Ok(vec![Step::Removed(space)])
        }
        Verb::Recount {} => Ok(spaces
            .values()
            .map(|space| {
                let (before, now) = space.count();
                Step::Recounted {
                    space: Arc::clone(space),
                    before,
                    now,
                }
            })
            .collect()),
    }
}

/// Undoes `steps`, the last first. Gives the spaces that there are then: those of before, but for the ones made anew.
fn take_back(disk: &impl Disk, spaces: &Spaces, steps: Vec<Step>) -> Spaces {
    let mut now = spaces.clone();
    for step in steps.into_iter().rev() {
        let undone = match step {
            Step::Created(space) => disk.remove(space.name()),
            Step::Removed(space) => disk.create(space.name()).map(|anew| {
                // A space that the same write had made is about to be ended again, and was never shown.
                if let Some(shown) = now.get_mut(anew.name()) {
                    *shown = anew;
                }
            }),
            Step::Recounted { .. } => Ok(()),
        };
        if let Err(error) = undone {
            tracing::error!("a refused write to ctl could not be taken back whole: {error}");
        }
    }
    now
}
