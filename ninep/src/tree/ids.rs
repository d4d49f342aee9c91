use std::sync::atomic::{AtomicU64, Ordering};

use crate::wire::{Qid, QidKind};

/// The top bit marks what exists only in memory, so that an export may use the rest for inodes.
const SYNTHETIC: u64 = 1 << 63;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A qid for a new synthetic file: unique in this process, version 0, so that no client caches it.
pub fn synthetic_qid(kind: QidKind) -> Qid {
    Qid {
        kind,
        version: 0,
        path: SYNTHETIC | NEXT.fetch_add(1, Ordering::Relaxed),
    }
}
