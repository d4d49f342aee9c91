//! A message is decoded where it lies: what it costs in memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use allocation_counter::measure;
use bytes::Bytes;
use ninep::wire::{Attr, FileLock, Qid, QidKind, Rmsg, SetAttr, Tmsg};

/// What is allocated to decode the frame of a message.
macro_rules! allocated {
    ($kind:ty, $message:expr) => {{
        let message: $kind = $message;
        let frame = Bytes::from(message.encode(7).to_vec());
        // Handed out once, so that what the first clone of a buffer costs is not counted as the message's.
        let mut decoded = None;
        let mut kept = Some(frame.clone());
        let count = measure(|| {
            decoded = kept.take().map(<$kind>::decode_frame);
        });
        assert_eq!(decoded, Some(Ok((7, message))));
        count.count_total
    }};
}

fn names(count: usize) -> Vec<ninep::wire::Str> {
    (0..count).map(|_| "name".into()).collect()
}

#[test]
fn a_message_without_a_list_is_decoded_without_an_allocation() {
    let qid = Qid {
        kind: QidKind::FILE,
        version: 1,
        path: 2,
    };
    let lock = FileLock {
        kind: 0,
        start: 0,
        length: 1,
        proc_id: 1,
        client_id: "board".into(),
    };
    let counts = [
        allocated!(Tmsg, Tmsg::Getattr { fid: 1, mask: 2 }),
        allocated!(Tmsg, Tmsg::Clunk { fid: 1 }),
        allocated!(
            Tmsg,
            Tmsg::Read {
                fid: 1,
                offset: 2,
                count: 3
            }
        ),
        allocated!(
            Tmsg,
            Tmsg::Setattr {
                fid: 1,
                attr: SetAttr::size(5)
            }
        ),
        allocated!(Tmsg, Tmsg::Getlock { fid: 1, lock }),
        allocated!(
            Tmsg,
            Tmsg::Lcreate {
                fid: 1,
                name: "name".into(),
                flags: 0,
                mode: 0,
                gid: 0
            }
        ),
        allocated!(Rmsg, Rmsg::Lerror { ecode: 2 }),
        allocated!(Rmsg, Rmsg::Lopen { qid, iounit: 0 }),
        allocated!(
            Rmsg,
            Rmsg::Getattr {
                attr: Attr::synthetic(qid, 0o600)
            }
        ),
    ];
    assert_eq!(counts, [0; 9]);
}

#[test]
fn a_payload_is_not_copied_and_a_walk_costs_its_list() {
    let data = Bytes::from(vec![7; 1 << 20]);
    let write = Tmsg::Write {
        fid: 1,
        offset: 0,
        data: data.clone(),
    };
    assert_eq!(allocated!(Tmsg, write), 0);
    assert_eq!(allocated!(Rmsg, Rmsg::Read { data }), 0);
    let walk = |count| Tmsg::Walk {
        fid: 1,
        newfid: 2,
        names: names(count),
    };
    assert_eq!(allocated!(Tmsg, walk(0)), 0);
    assert_eq!(allocated!(Tmsg, walk(1)), 1);
}
