use std::sync::Arc;

use super::effect::{Effect, check_name};
use super::fids::{Fid, Fids, Way};
use super::reply::Reply;
use crate::error::{Errno, Error, Result};
use crate::tree::Answer;
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
    let mut fid = from.elsewhere();
    Ok(Answer::start(async move {
        let mut qids = Vec::with_capacity(names.len());
        for name in &names {
            match step(&mut fid, name).await {
                Ok(qid) => qids.push(qid),
                // A walk that fails at its first name is an error; later, it tells how far it came (walk(5)).
                Err(error) if qids.is_empty() => return Err(error),
                Err(_) => return Ok(Effect::Say(Rmsg::Walk { qids }.into())),
            }
        }
        let say = Reply::Linux(Rmsg::Walk { qids });
        Ok(if onto_itself {
            Effect::Moved { number, fid, say }
        } else {
            Effect::New {
                number: newfid,
                fid,
                say,
            }
        })
    }))
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
        // At the root this is where it was.
        if let Some(way) = fid.way.take() {
            fid.node = Arc::clone(&way.folder);
            fid.way.clone_from(&way.up);
        }
        return Ok(fid.node.qid());
    }
    let node = fid.node.walk(&fid.peer, name).get().await?;
    let folder = std::mem::replace(&mut fid.node, node);
    fid.way = Some(Way::new(folder, name, fid.way.take()));
    Ok(fid.node.qid())
}
