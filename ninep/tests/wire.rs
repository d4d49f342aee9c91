//! The codec: what is encoded is decoded, and no bytes at all make it panic or read beyond its input.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use bytes::Bytes;
use ninep::wire::{Attr, DirEntry, FileLock, Qid, QidKind, Rmsg, SetAttr, Str, Time, Tmsg};
use proptest::collection::vec;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = Str> {
    any::<String>().prop_map(Str::from)
}

fn data() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..300).prop_map(Bytes::from)
}

fn qid() -> impl Strategy<Value = Qid> {
    (any::<u8>(), any::<u32>(), any::<u64>()).prop_map(|(kind, version, path)| Qid {
        kind: QidKind(kind),
        version,
        path,
    })
}

fn time() -> impl Strategy<Value = Time> {
    (any::<u64>(), any::<u64>()).prop_map(|(sec, nsec)| Time { sec, nsec })
}

fn request() -> impl Strategy<Value = Tmsg> {
    let n = any::<u32>;
    prop_oneof![
        (n(), text()).prop_map(|(msize, version)| Tmsg::Version { msize, version }),
        (n(), n(), text(), text(), n()).prop_map(|(fid, afid, uname, aname, n_uname)| {
            Tmsg::Attach {
                fid,
                afid,
                uname,
                aname,
                n_uname,
            }
        }),
        (n(), n(), vec(text(), 0..16)).prop_map(|(fid, newfid, names)| Tmsg::Walk {
            fid,
            newfid,
            names
        }),
        (n(), any::<u64>(), data()).prop_map(|(fid, offset, data)| Tmsg::Write {
            fid,
            offset,
            data
        }),
        (n(), time(), time(), any::<u64>()).prop_map(|(fid, atime, mtime, size)| Tmsg::Setattr {
            fid,
            attr: SetAttr {
                atime,
                mtime,
                size,
                ..SetAttr::none()
            }
        }),
        (n(), text()).prop_map(|(fid, client_id)| Tmsg::Getlock {
            fid,
            lock: FileLock {
                kind: 1,
                start: 2,
                length: 3,
                proc_id: 4,
                client_id
            }
        }),
        (n(), text(), n(), text()).prop_map(|(olddirfid, oldname, newdirfid, newname)| {
            Tmsg::Renameat {
                olddirfid,
                oldname,
                newdirfid,
                newname,
            }
        }),
    ]
}

proptest! {
    #[test]
    fn a_request_survives_the_wire(tag: u16, request in request()) {
        let frame = Bytes::from(request.encode(tag).to_vec());
        prop_assert_eq!(frame.len(), u32::from_le_bytes(frame[..4].try_into().unwrap()) as usize);
        prop_assert_eq!(Tmsg::decode_frame(frame.clone()), Ok((tag, request)));
        // Cut anywhere or with a byte more, it is no message.
        for cut in 0..frame.len() {
            prop_assert!(Tmsg::decode_frame(frame.slice(..cut)).is_err());
        }
        prop_assert!(Tmsg::decode_frame([frame.as_ref(), &[0]].concat().into()).is_err());
        prop_assert!(Rmsg::decode_frame(frame).is_err(), "a client takes no requests");
    }

    #[test]
    fn answers_survive_the_wire(qids in vec(qid(), 0..20), size: u64, mtime in time(), data in data()) {
        let attr = Attr { size, mtime, ..Attr::synthetic(Qid { kind: QidKind::FILE, version: 0, path: 1 }, 0o600) };
        for answer in [Rmsg::Walk { qids }, Rmsg::Getattr { attr }, Rmsg::Read { data }] {
            let frame = Bytes::from(answer.encode(9).to_vec());
            prop_assert_eq!(Rmsg::decode_frame(frame), Ok((9, answer)));
        }
    }

    #[test]
    fn any_bytes_are_a_message_or_an_error(kind: u8, body in vec(any::<u8>(), 0..200)) {
        let body = Bytes::from(body);
        if let Ok(request) = Tmsg::decode(kind, body.clone()) {
            prop_assert_eq!(&request.encode(0).to_vec()[7..], &body[..], "one message has one encoding");
        }
        if let Ok(answer) = Rmsg::decode(kind, body.clone()) {
            prop_assert_eq!(&answer.encode(0).to_vec()[7..], &body[..]);
        }
        let _ = DirEntry::decode_all(body);
    }

    #[test]
    fn entries_survive_the_wire_and_fit(entries in vec((qid(), any::<u64>(), "[^/\0]{1,80}"), 0..30), count in 0_u32..2000) {
        let entries: Vec<DirEntry> = entries
            .into_iter()
            .map(|(qid, offset, name)| DirEntry { qid, offset, name: Str::from(name) })
            .collect();
        let data = DirEntry::encode_all(&entries, count);
        prop_assert!(data.len() <= count as usize);
        let decoded = DirEntry::decode_all(data).unwrap();
        prop_assert_eq!(&decoded[..], &entries[..decoded.len()]);
    }

    #[test]
    fn words_survive_quoting(words in vec(any::<String>(), 0..6)) {
        let line: Vec<String> = words.iter().map(|word| ninep::tree::ctl::quote(word)).collect();
        prop_assert_eq!(ninep::tree::ctl::split(&line.join(" ")), Ok(words));
    }
}
