//! Any bytes are a message or an error, and a message has one form.

use bytes::Bytes;
use ninep::wire::compound::{self, EntryAttr};
use ninep::wire::legacy::{self, Stat};
use ninep::wire::{DirEntry, HEADER, Rmsg, Tmsg};

/// Takes `data` as the type byte and the body of a message, in each dialect and direction.
pub fn check(data: &[u8]) {
    let Some((kind, body)) = data.split_first() else {
        return;
    };
    let (kind, body) = (*kind, Bytes::copy_from_slice(body));
    macro_rules! canonical {
        ($($message:ty),*) => {$(
            if let Ok(message) = <$message>::decode(kind, body.clone()) {
                let encoded = message.encode(0x1234);
                let frame = encoded.to_vec();
                assert_eq!(frame.len(), encoded.len());
                assert_eq!(frame[..4], u32::try_from(frame.len()).unwrap_or(0).to_le_bytes());
                assert_eq!(frame[HEADER..], body[..], "{message:?} has two forms");
                let again = <$message>::decode_frame(frame.into());
                assert_eq!(again, Ok((0x1234, message)));
            }
        )*};
    }
    canonical!(Tmsg, Rmsg, compound::Tmsg, compound::Rmsg);
    // What a stat says of a Plan 9 kernel is dropped, so its bytes may differ; what it says to us may not.
    macro_rules! stable {
        ($($message:ty),*) => {$(
            if let Ok(message) = <$message>::decode(kind, body.clone()) {
                assert_eq!(message.kind(), kind);
                let again = <$message>::decode_frame(message.encode(7).to_vec().into());
                assert_eq!(again, Ok((7, message)));
            }
        )*};
    }
    stable!(legacy::Tmsg, legacy::Rmsg);

    if let Ok(entries) = DirEntry::decode_all(body.clone()) {
        let again = DirEntry::decode_all(DirEntry::encode_all(&entries, u32::MAX));
        assert_eq!(again.as_ref(), Ok(&entries));
    }
    if let Ok(entries) = EntryAttr::decode_all(body.clone()) {
        assert_eq!(EntryAttr::encode_all(&entries, u32::MAX), body);
    }
    if let Ok(stats) = Stat::decode_all(body) {
        let bytes: Vec<u8> = stats.iter().flat_map(Stat::to_bytes).collect();
        assert_eq!(Stat::decode_all(bytes.into()), Ok(stats));
    }
}

/// What kind of message `data` is in which dialect, and how long: what a run without coverage can steer by.
pub fn seen(data: &[u8]) -> std::collections::BTreeSet<u32> {
    let Some((kind, body)) = data.split_first() else {
        return std::collections::BTreeSet::new();
    };
    let body = Bytes::copy_from_slice(body);
    let length = u32::try_from(body.len()).unwrap_or(0);
    let tried = [
        Tmsg::decode(*kind, body.clone()).map(drop),
        Rmsg::decode(*kind, body.clone()).map(drop),
        compound::Tmsg::decode(*kind, body.clone()).map(drop),
        compound::Rmsg::decode(*kind, body.clone()).map(drop),
        legacy::Tmsg::decode(*kind, body.clone()).map(drop),
        legacy::Rmsg::decode(*kind, body.clone()).map(drop),
        DirEntry::decode_all(body.clone()).map(drop),
        EntryAttr::decode_all(body.clone()).map(drop),
        Stat::decode_all(body).map(drop),
    ];
    let saw = |(at, tried): (usize, &Result<(), ninep::wire::DecodeError>)| {
        let how = match tried {
            Ok(()) => 0,
            Err(ninep::wire::DecodeError::Short { .. }) => 1,
            Err(ninep::wire::DecodeError::Long { .. }) => 2,
            Err(ninep::wire::DecodeError::Text { .. }) => 3,
            Err(_) => return None,
        };
        let at = u32::try_from(at).unwrap_or(0);
        Some(((length.min(200) * 16 + at) * 4 + how) * 256 + u32::from(*kind))
    };
    tried.iter().enumerate().filter_map(saw).collect()
}
