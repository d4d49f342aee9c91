//! Requests, and how bytes choose them.

use super::input::Input;

/// A request, whatever the dialect.
#[derive(Debug, Clone)]
pub enum Op {
    Attach {
        fid: u32,
        afid: bool,
    },
    Walk {
        fid: u32,
        newfid: u32,
        names: Vec<&'static str>,
    },
    Open {
        fid: u32,
        mode: u8,
    },
    Create {
        fid: u32,
        name: &'static str,
        mode: u8,
    },
    Read {
        fid: u32,
    },
    Write {
        fid: u32,
    },
    Clunk {
        fid: u32,
    },
    Remove {
        fid: u32,
    },
    Attr {
        fid: u32,
    },
    SetAttr {
        fid: u32,
    },
    Mkdir {
        fid: u32,
        name: &'static str,
    },
    Unlink {
        fid: u32,
        name: &'static str,
    },
    Rename {
        from: u32,
        to: u32,
        name: &'static str,
    },
    List {
        fid: u32,
    },
    Sync {
        fid: u32,
    },
    Disk {
        fid: u32,
    },
    Xattr {
        fid: u32,
        newfid: u32,
    },
    WalkAttr {
        fid: u32,
        newfid: u32,
        names: Vec<&'static str>,
    },
    Get {
        fid: u32,
        names: Vec<&'static str>,
    },
    Put {
        fid: u32,
        names: Vec<&'static str>,
        sync: bool,
        data: &'static [u8],
    },
    /// A part of a folder: stats in 9P2000, entries with their attributes in the compound dialect.
    Folder {
        fid: u32,
        /// In 9P2000 [`Model::aim`](super::model::Model::aim) makes an offset of it that is right, or is not.
        offset: u64,
        room: u32,
    },
    Once {
        number: u8,
        op: Box<Op>,
    },
    /// A request that no dialect has.
    Unknown,
}

/// A request that `choice`, below 40, and what follows in `input` stand for.
pub fn choose(choice: u8, input: &mut Input<'_>) -> Op {
    let mode = |input: &mut Input<'_>| [0, 0, 2, 1][usize::from(input.below(4))];
    match choice {
        0..=7 => Op::Walk {
            fid: input.fid(),
            newfid: input.fid(),
            names: input.names(),
        },
        8 => put(input),
        9 => once(input),
        10..=14 => Op::Open {
            fid: input.fid(),
            mode: mode(input),
        },
        15..=17 => Op::Read { fid: input.fid() },
        18 | 19 => Op::Folder {
            fid: input.fid(),
            offset: [0, 2, 2, 5, 99, 2][usize::from(input.below(6))],
            room: [4000, 4000, 200, 120][usize::from(input.below(4))],
        },
        20 => Op::Attach {
            fid: input.fid(),
            afid: input.below(8) == 7,
        },
        21 | 22 => Op::Create {
            fid: input.fid(),
            name: input.name(),
            mode: mode(input),
        },
        23 | 24 => Op::Write { fid: input.fid() },
        25..=27 => Op::Clunk { fid: input.fid() },
        28 => Op::Remove { fid: input.fid() },
        29 => Op::Attr { fid: input.fid() },
        30 => Op::SetAttr { fid: input.fid() },
        31 => Op::Mkdir {
            fid: input.fid(),
            name: input.name(),
        },
        32 => Op::Unlink {
            fid: input.fid(),
            name: input.name(),
        },
        33 => Op::Rename {
            from: input.fid(),
            to: input.fid(),
            name: input.name(),
        },
        34 => Op::List { fid: input.fid() },
        35 => Op::Sync { fid: input.fid() },
        36 => Op::Disk { fid: input.fid() },
        37 => Op::Xattr {
            fid: input.fid(),
            newfid: input.fid(),
        },
        38 => Op::WalkAttr {
            fid: input.fid(),
            newfid: input.fid(),
            names: input.names(),
        },
        39 => Op::Get {
            fid: input.fid(),
            names: input.names(),
        },
        _ => Op::Unknown,
    }
}

fn put(input: &mut Input<'_>) -> Op {
    Op::Put {
        fid: input.fid(),
        names: input.names(),
        sync: input.below(2) == 1,
        data: [&b"data"[..], b""][usize::from(input.below(4) / 3)],
    }
}

fn once(input: &mut Input<'_>) -> Op {
    let number = input.below(6);
    let fid = input.fid();
    let op = match input.below(10) {
        0 | 1 => Op::Write { fid },
        2 => Op::SetAttr { fid },
        3 | 4 => Op::Mkdir {
            fid,
            name: input.name(),
        },
        5 => Op::Unlink {
            fid,
            name: input.name(),
        },
        6 => Op::Rename {
            from: fid,
            to: input.fid(),
            name: input.name(),
        },
        7 | 8 => put(input),
        _ => [Op::Clunk { fid }, Op::Attach { fid, afid: false }][usize::from(input.below(2))]
            .clone(),
    };
    Op::Once {
        number,
        op: Box::new(op),
    }
}

impl Op {
    /// Whether it is one that can be done once.
    pub fn fits_once(&self) -> bool {
        matches!(
            self,
            Self::Write { .. }
                | Self::SetAttr { .. }
                | Self::Mkdir { .. }
                | Self::Unlink { .. }
                | Self::Rename { .. }
                | Self::Put { .. }
        )
    }
}
