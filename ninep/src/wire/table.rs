//! The table form of a dialect: number, name and fields of each message on one line make the type, its encoder and its
//! decoder, so that none of the three can disagree with the others.

macro_rules! messages {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$vdoc:meta])* $number:literal $variant:ident { $($field:ident: $ty:ty),* },)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the fields have the names and meanings of intro(5) and 9p.h")]
        pub enum $name { $($(#[$vdoc])* $variant { $($field: $ty),* },)* }

        impl $name {
            /// The number of the message on the wire.
            pub fn kind(&self) -> u8 {
                match self { $(Self::$variant { .. } => $number,)* }
            }

            /// The message as it goes out, with `tag` in its header.
            pub fn encode(&self, tag: u16) -> $crate::wire::Encoded {
                let mut out = $crate::wire::Encoder::new(self.kind(), tag);
                self.put_fields(&mut out);
                out.finish()
            }

            /// Encodes behind the messages that `head` holds; gives the payload that is to follow it.
            #[allow(dead_code, reason = "what one side sends, the other only decodes")]
            pub(crate) fn encode_behind(&self, tag: u16, head: &mut ::bytes::BytesMut) -> ::bytes::Bytes {
                let mut out = $crate::wire::Encoder::behind(std::mem::take(head), self.kind(), tag);
                self.put_fields(&mut out);
                let (all, payload) = out.finish_behind();
                *head = all;
                payload
            }

            fn put_fields(&self, out: &mut $crate::wire::Encoder) {
                match self { $(Self::$variant { $($field),* } => { $($crate::wire::Field::put($field, out);)* })* }
            }

            /// Decodes the body of a message of number `kind`.
            ///
            /// # Errors
            /// Any [`DecodeError`](crate::wire::DecodeError); the frame is then not to be trusted, and neither is its sender.
            pub fn decode(kind: u8, body: ::bytes::Bytes) -> Result<Self, $crate::wire::DecodeError> {
                let mut from = $crate::wire::Decoder::new(kind, body);
                let message = match kind {
                    $($number => Self::$variant { $($field: <$ty as $crate::wire::Field>::get(&mut from)?),* },)*
                    _ => return Err($crate::wire::DecodeError::Kind { kind }),
                };
                from.finish()?;
                Ok(message)
            }

            /// Decodes a whole frame, header included.
            ///
            /// # Errors
            /// As [`Self::decode`]; also when the frame is shorter than its header.
            pub fn decode_frame(mut frame: ::bytes::Bytes) -> Result<(u16, Self), $crate::wire::DecodeError> {
                let Some(head) = frame.first_chunk::<{ $crate::wire::HEADER }>() else {
                    return Err($crate::wire::DecodeError::Short { kind: 0 });
                };
                let header = $crate::wire::Header::parse(*head);
                let body = frame.split_off($crate::wire::HEADER);
                Ok((header.tag, Self::decode(header.kind, body)?))
            }
        }
    };
}

pub(super) use messages;
