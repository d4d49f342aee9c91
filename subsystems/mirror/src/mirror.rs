//! The mirror: its spaces, how they come and go, and its state.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use ninep::export::Budget;
use ninep::tree::ctl::Refusal;
use ninep::tree::{Dir, Feed, Peer};
use ninep::{Errno, Error};
use serde_json::{Value, json};
use trees::mirror::{Event, Status, Verb};
use trees::time::Millis;

use crate::changes::{self, Disk, Spaces, Step};
use crate::space::Space;
use crate::store::Store;
use crate::tally::who;

/// A mirror that serves one store.
#[derive(Debug)]
pub(crate) struct Mirror {
    store: Store,
    feed: Feed,
    budget: Budget,
    since: Millis,
    state: Mutex<State>,
    /// `/mirror/spaces`.
    folder: Arc<Dir>,
    /// Held by whoever makes or ends spaces.
    changing: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct State {
    rev: u64,
    spaces: Spaces,
}

impl Mirror {
    /// Opens every space of `store`.
    ///
    /// # Errors
    /// Why the store or a space cannot be opened; names the folder.
    pub(crate) fn open(store: Store, feed: Feed) -> anyhow::Result<Arc<Self>> {
        let budget = Budget::of_process();
        let names = store.names()?;
        let mut mirror = Self {
            store,
            feed,
            budget,
            since: Millis::now(),
            state: Mutex::new(State {
                rev: 1,
                spaces: Spaces::new(),
            }),
            folder: Dir::new(),
            changing: tokio::sync::Mutex::default(),
        };
        let mut spaces = Spaces::new();
        for name in names {
            spaces.insert(name.clone(), mirror.space(&name)?);
        }
        Ok(Arc::new_cyclic(|weak| {
            mirror.folder = folder(weak);
            for (name, space) in &spaces {
                mirror.folder.add(name, space.node());
            }
            mirror.lock().spaces = spaces;
            mirror
        }))
    }

    /// Counts all spaces from the disk, beside the serving.
    pub(crate) fn count(self: &Arc<Self>) {
        let mirror = Arc::clone(self);
        let _detached = tokio::task::spawn_blocking(move || {
            for space in mirror.spaces().values() {
                let (_, now) = space.count();
                tracing::info!(
                    "{}: files {}, folders {}, bytes {}",
                    space.name(),
                    now.files,
                    now.folders,
                    now.bytes
                );
            }
        });
    }

    /// One line about the store.
    pub(crate) fn describe(&self) -> String {
        let names: Vec<_> = self.spaces().into_keys().collect();
        format!(
            "the store {}: {}",
            self.store.dir().display(),
            names.join(", ")
        )
    }

    /// `/mirror/spaces`.
    pub(crate) fn folder(&self) -> Arc<Dir> {
        Arc::clone(&self.folder)
    }

    /// The feed behind `/mirror/event`.
    pub(crate) fn feed(&self) -> &Feed {
        &self.feed
    }

    /// Counts decisions: spaces that came and went.
    pub(crate) fn rev(&self) -> u64 {
        self.lock().rev
    }

    /// The whole state; waits until every space was counted once.
    ///
    /// # Errors
    /// When the kernel does not say how full the disk is.
    pub(crate) async fn status(&self) -> ninep::Result<Status> {
        let (rev, spaces) = {
            let state = self.lock();
            (state.rev, state.spaces.clone())
        };
        let mut told = Vec::with_capacity(spaces.len());
        for space in spaces.values() {
            told.push(space.status().await);
        }
        let disk = self
            .store
            .disk()
            .map_err(|errno| Error::new(errno, "the store's disk"))?;
        Ok(Status {
            rev,
            since: self.since,
            spaces: told,
            disk,
        })
    }

    /// Does all of `verbs` or none of them.
    ///
    /// # Errors
    /// Why one of them was refused.
    pub(crate) async fn apply(
        self: Arc<Self>,
        peer: Peer,
        verbs: Vec<Verb>,
    ) -> Result<Value, Refusal> {
        let _one_at_a_time = self.changing.lock().await;
        let spaces = self.spaces();
        let on_disk = Arc::clone(&self);
        let done =
            tokio::task::spawn_blocking(move || changes::carry_out(&*on_disk, &spaces, &verbs))
                .await
                .map_err(|_| Refusal::new(Errno::IO, "the mirror is shutting down"))?;
        match done {
            Ok((spaces, steps)) => {
                self.show(
                    spaces,
                    steps
                        .iter()
                        .any(|step| !matches!(step, Step::Recounted { .. })),
                );
                Ok(steps
                    .iter()
                    .filter_map(|step| self.tell(&peer, step))
                    .collect())
            }
            Err((refusal, spaces)) => {
                self.show(spaces, false);
                Err(refusal)
            }
        }
    }

    /// Makes `spaces` what clients see.
    fn show(&self, spaces: Spaces, decided: bool) {
        for name in self.folder.names() {
            if !spaces.contains_key(&name) {
                self.folder.remove(&name);
            }
        }
        let mut state = self.lock();
        for (name, space) in &spaces {
            let shown = state
                .spaces
                .get(name)
                .is_some_and(|shown| Arc::ptr_eq(shown, space));
            if !shown {
                self.folder.add(name, space.node());
            }
        }
        state.spaces = spaces;
        state.rev += u64::from(decided);
    }

    /// Announces a step, and gives what the answer to the write says of it.
    fn tell(&self, peer: &Peer, step: &Step) -> Option<Value> {
        let (event, told) = match step {
            Step::Created(space) => {
                let state = crate::counts::Counts::default().status(space.name());
                tracing::info!("space {} made", space.name());
                (
                    Some(Event::SpaceCreated {
                        space: state,
                        who: who(peer),
                    }),
                    None,
                )
            }
            Step::Removed(space) => {
                tracing::info!("space {} ended", space.name());
                (
                    Some(Event::SpaceRemoved {
                        name: space.name().to_owned(),
                        who: who(peer),
                    }),
                    None,
                )
            }
            Step::Recounted { space, before, now } => {
                let right = before.is_none_or(|before| before == *now);
                if !right {
                    tracing::warn!("{} was counted wrong: {before:?} is {now:?}", space.name());
                }
                let told = json!({"counted": now.status(space.name()), "was-right": right});
                (None, Some(told))
            }
        };
        if let Some(event) = event
            && let Err(error) = self.feed.push(&event)
        {
            tracing::warn!("an event is lost: {error}");
        }
        told
    }

    fn space(&self, name: &str) -> ninep::Result<Arc<Space>> {
        let tell = |error: Error| {
            error.context(format!(
                "the space {name} in {}",
                self.store.dir().display()
            ))
        };
        let folder = self.store.space(name).map_err(|errno| tell(errno.into()))?;
        let space =
            Space::new(name, folder, self.feed.clone(), self.budget.clone()).map_err(tell)?;
        Ok(Arc::new(space))
    }

    fn spaces(&self) -> Spaces {
        self.lock().spaces.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The spaces are replaced whole, so a panic elsewhere cannot have spoiled them.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk for Mirror {
    fn create(&self, name: &str) -> ninep::Result<Arc<Space>> {
        self.store
            .make(name)
            .map_err(|errno| Error::new(errno, format!("create {name}")))?;
        let space = self.space(name)?;
        space.count();
        Ok(space)
    }

    fn remove(&self, name: &str) -> ninep::Result<()> {
        self.store
            .end(name)
            .map_err(|errno| Error::new(errno, format!("remove {name}")))
    }
}

/// `/mirror/spaces`: `mkdir` and `rmdir` in it are the verbs `create` and `remove`.
fn folder(mirror: &Weak<Mirror>) -> Arc<Dir> {
    let ask = |mirror: Weak<Mirror>, verb: fn(String) -> Verb| {
        move |peer: Peer, name: String| {
            let mirror = mirror.clone();
            async move {
                let mirror = mirror
                    .upgrade()
                    .ok_or_else(|| Error::new(Errno::IO, "the mirror is shutting down"))?;
                // A task of its own: what has begun is not torn by a flush or a lost client.
                match tokio::spawn(mirror.apply(peer, vec![verb(name)])).await {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(refusal)) => Err(Error::new(refusal.errno, refusal.why)),
                    Err(_) => Err(Error::new(Errno::IO, "the mirror is shutting down")),
                }
            }
        }
    };
    Dir::with_objects(
        ask(mirror.clone(), |name| Verb::Create { name }),
        ask(mirror.clone(), |name| Verb::Remove { name }),
    )
}
