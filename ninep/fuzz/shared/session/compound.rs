//! What must come of compound messages.

use std::collections::BTreeMap;

use super::model::{Change, Must, When, effective, when};
use super::paths::walk;
use super::tree::{LISTED, has, sort};

/// What comes of a file that is put into the folder that `folders` lead to.
pub fn put(
    from: &[&'static str],
    folders: &[&'static str],
    name: &'static str,
    sync: bool,
    length: usize,
) -> (When, Must) {
    let walked = walk(from, folders);
    let here = sort(&walked.end);
    if walked.count < folders.len() || !here.dir {
        return (when(walked.slow), Must::Refuse);
    }
    let late = walked.slow || here.slow;
    let effects = usize::from(length > 0);
    if !has(name) {
        return effective(late, effects);
    }
    let there = sort(&[name]);
    if there.dir || there.broken && (length > 0 || sync) {
        return (when(late), Must::Refuse);
    }
    effective(late || there.slow, effects)
}

/// What comes of a list of entries with their attributes.
pub fn listed(offset: u64, room: u32, slow: bool) -> (When, Must) {
    /// Bytes of an entry beside its name: without its attributes, and with them.
    const BARE: usize = 24;
    const WHOLE: usize = 163;
    let from = usize::try_from(offset)
        .unwrap_or(usize::MAX)
        .min(LISTED.len());
    let fit = |fixed: usize| {
        move |left: &mut usize, name: &&'static str| {
            *left = left.checked_sub(fixed + name.len())?;
            Some(*name)
        }
    };
    let room = room as usize;
    let page: Vec<_> = LISTED[from..].iter().scan(room / 4, fit(BARE)).collect();
    let late = slow || page.iter().any(|name| sort(&[name]).slow);
    let count = page.iter().scan(room, fit(WHOLE)).count();
    if count == 0 && !page.is_empty() {
        return (when(late), Must::Refuse);
    }
    let must = Must::Succeed {
        change: Change::Nothing,
        count: Some(count),
        effects: 0,
    };
    (when(late), must)
}

/// What came of the requests that are done once, by number.
#[derive(Debug, Default)]
pub struct Ledger(BTreeMap<u8, Known>);

/// A request that is not done twice.
#[derive(Debug)]
struct Known {
    must: Must,
    /// It has come to its end, heard by somebody or not.
    done: bool,
    effects: usize,
}

impl Ledger {
    /// What must come of a request whose number was used.
    pub fn find(&self, number: u8) -> Option<(When, Must)> {
        let known = self.0.get(&number)?;
        Some((when(!known.done), known.must.clone()))
    }

    /// Enters the first request under a number. Gives what must come of it, and its effects so far: they count when the work
    /// ends, whether or not anybody hears of it.
    pub fn enter(&mut self, number: u8, when: When, mut must: Must) -> (Must, usize) {
        let effects = match &mut must {
            Must::Succeed { effects, .. } => std::mem::take(effects),
            Must::Refuse => 0,
        };
        let done = when == When::Now;
        let known = Known {
            must: must.clone(),
            done,
            effects,
        };
        self.0.insert(number, known);
        (must, if done { effects } else { 0 })
    }

    /// All that is slow has come to its end; gives its effects.
    pub fn settle(&mut self) -> usize {
        let mut effects = 0;
        for known in self.0.values_mut().filter(|known| !known.done) {
            known.done = true;
            effects += known.effects;
        }
        effects
    }
}
