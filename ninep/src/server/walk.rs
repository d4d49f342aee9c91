use std::sync::Arc;

use super::effect::{Effect, check_name};
use super::fids::{Fid, Fids, Way};
use super::reply::Reply;
use crate::error::{Errno, Error, Result};
use crate::tree::{Answer, Node};
use crate::wire::{MAX_WALK, Qid, Rmsg, Str};

/// `Twalk`: all names or a part of them; only the whole way makes a fid.
pub(super) fn walk(
    fids: &Fids,
    number: u32,
    newfid: u32,
    names: Vec<Str>,
) -> Result<Answer<Effect>> {
    check_names(&names)?;
    let from = fids.get(number)?;
    let onto_itself = number == newfid;
    if onto_itself {
        if from.open.is_some() {
            return Err(Error::new(
                Errno::BUSY,
                format!("fid {number} is open and cannot move"),
            ));
        }
    } else {
        fids.check_free(newfid)?;
    }
    let walking = Walking {
        fid: from.elsewhere(),
        qids: Vec::with_capacity(names.len()),
        names: names.into_iter(),
        number,
        newfid,
    };
    Ok(walking.go_on())
}

/// A `Twalk` under way.
struct Walking {
    fid: Fid,
    names: std::vec::IntoIter<Str>,
    /// Of the names behind.
    qids: Vec<Qid>,
    number: u32,
    newfid: u32,
}

impl Walking {
    /// Takes the steps that are left: at once as long as none has to wait.
    fn go_on(mut self) -> Answer<Effect> {
        while let Some(name) = self.names.next() {
            if name.as_str() == ".." {
                self.qids.push(up(&mut self.fid));
                continue;
            }
            match self.fid.node.walk(&self.fid.peer, &name) {
                Answer::Now(Ok(node)) => self.qids.push(down(&mut self.fid, &name, node)),
                Answer::Now(Err(error)) => return Answer::Now(self.end_before(error)),
                Answer::Later(work) | Answer::Parked(work) => {
                    return Answer::later(async move {
                        match work.await {
                            Ok(node) => self.qids.push(down(&mut self.fid, &name, node)),
                            Err(error) => return self.end_before(error),
                        }
                        self.go_on().get().await
                    });
                }
            }
        }
        Answer::ok(self.arrive())
    }

    /// A walk that fails at its first name is an error; later, it tells how far it came (walk(5)).
    fn end_before(self, error: Error) -> Result<Effect> {
        if self.qids.is_empty() {
            return Err(error);
        }
        Ok(Effect::Say(Rmsg::Walk { qids: self.qids }.into()))
    }

    fn arrive(self) -> Effect {
        let say = Reply::Linux(Rmsg::Walk { qids: self.qids });
        let (number, fid) = (self.number, self.fid);
        if number == self.newfid {
            Effect::Moved { number, fid, say }
        } else {
            Effect::New {
                number: self.newfid,
                fid,
                say,
            }
        }
    }
}

/// Lets through the names of one walk.
pub(super) fn check_names(names: &[Str]) -> Result<()> {
    if names.len() > MAX_WALK {
        return Err(Error::new(
            Errno::INVAL,
            format!("a walk has at most {MAX_WALK} names"),
        ));
    }
    names
        .iter()
        .filter(|name| name.as_str() != "..")
        .try_for_each(|name| check_name(name))
}

/// Walks all of `names`, which were checked, or fails.
pub(super) async fn walk_all(fid: &mut Fid, names: &[Str]) -> Result<()> {
    for name in names {
        step(fid, name).await?;
    }
    Ok(())
}

/// Moves `fid`, which is not open, one name on.
async fn step(fid: &mut Fid, name: &Str) -> Result<Qid> {
    if name.as_str() == ".." {
        return Ok(up(fid));
    }
    let node = fid.node.walk(&fid.peer, name).get().await?;
    Ok(down(fid, name, node))
}

/// Moves `fid` to the folder above; at the root that is where it was.
fn up(fid: &mut Fid) -> Qid {
    if let Some(way) = fid.way.take() {
        fid.node = Arc::clone(&way.folder);
        fid.way.clone_from(&way.up);
    }
    fid.node.qid()
}

/// Moves `fid` to `node`, which its folder has as `name`.
fn down(fid: &mut Fid, name: &Str, node: Arc<dyn Node>) -> Qid {
    let folder = std::mem::replace(&mut fid.node, node);
    fid.way = Some(Way::new(folder, name, fid.way.take()));
    fid.node.qid()
}
