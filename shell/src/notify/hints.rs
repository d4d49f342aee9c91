//! The hints of a `Notify` call (`a{sv}`), read without trust: a hint of the wrong type or of no interest is
//! passed over byte by byte, never built up in memory.

use std::collections::HashMap;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use zbus::wire::{Signature, Type};

use super::Urgency;
use crate::picture::Pixels;

/// The hints we act on.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// `urgency`.
    pub urgency: Urgency,
    /// `resident`.
    pub resident: bool,
    /// `image-path`: a name of an icon, a path, or a `file://` address.
    pub image_path: Option<String>,
    /// `image-data`.
    pub image_data: Option<Pixels>,
    /// `desktop-entry`: the name of the sender's desktop entry, for its icon.
    pub desktop_entry: Option<String>,
}

impl Type for Hints {
    const SIGNATURE: &'static Signature =
        <HashMap<&str, zbus::wire::Variant<'_>> as Type>::SIGNATURE;
}

impl<'de> Deserialize<'de> for Hints {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HintsVisitor)
    }
}

struct HintsVisitor;

impl<'de> Visitor<'de> for HintsVisitor {
    type Value = Hints;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the hints of a notification")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Hints, A::Error> {
        let mut hints = Hints::default();
        // The older names of `image-data`; the specification orders them.
        let mut older: [Option<Pixels>; 2] = [None, None];
        while let Some(name) = map.next_key::<&str>()? {
            match (name, map.next_value::<Hint>()?) {
                ("urgency", Hint::Number(0)) => hints.urgency = Urgency::Low,
                ("urgency", Hint::Number(1)) => hints.urgency = Urgency::Normal,
                ("urgency", Hint::Number(2)) => hints.urgency = Urgency::Critical,
                ("resident", Hint::Flag(flag)) => hints.resident = flag,
                ("image-path" | "image_path", Hint::Text(path)) => hints.image_path = Some(path),
                ("desktop-entry", Hint::Text(name)) => hints.desktop_entry = Some(name),
                ("image-data", Hint::Pixels(pixels)) => hints.image_data = Some(pixels),
                ("image_data", Hint::Pixels(pixels)) => older[0] = Some(pixels),
                ("icon_data", Hint::Pixels(pixels)) => older[1] = Some(pixels),
                _ => {}
            }
        }
        hints.image_data = hints
            .image_data
            .or_else(|| older.into_iter().flatten().next());
        Ok(hints)
    }
}

/// The value of one hint.
enum Hint {
    Number(i64),
    Flag(bool),
    Text(String),
    Pixels(Pixels),
    Other,
}

impl<'de> Deserialize<'de> for Hint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(HintVisitor)
    }
}

struct HintVisitor;

impl<'de> Visitor<'de> for HintVisitor {
    type Value = Hint;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a variant")
    }

    /// zbus hands a variant over as its signature and its value.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Hint, A::Error> {
        fn value<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(seq: &mut A) -> Result<T, A::Error> {
            seq.next_element()?
                .ok_or_else(|| A::Error::custom("a variant without a value"))
        }
        let signature: &str = value(&mut seq)?;
        Ok(match signature {
            "y" => Hint::Number(value::<u8, A>(&mut seq)?.into()),
            "i" => Hint::Number(value::<i32, A>(&mut seq)?.into()),
            "u" => Hint::Number(value::<u32, A>(&mut seq)?.into()),
            "b" => Hint::Flag(value(&mut seq)?),
            "s" => Hint::Text(value(&mut seq)?),
            "(iiibiiay)" => {
                let (width, height, stride, alpha, bits, channels, Bytes(data)) = value(&mut seq)?;
                Hint::Pixels(Pixels {
                    width,
                    height,
                    stride,
                    alpha,
                    bits,
                    channels,
                    data,
                })
            }
            _ => {
                value::<IgnoredAny, A>(&mut seq)?;
                Hint::Other
            }
        })
    }
}

/// An array of bytes taken over in one piece.
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BytesVisitor;
        impl Visitor<'_> for BytesVisitor {
            type Value = Bytes;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
                Ok(Bytes(bytes))
            }
        }
        deserializer.deserialize_byte_buf(BytesVisitor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use zbus::wire::{LE, Variant, serialized::Context, to_bytes};

    use super::Hints;
    use crate::notify::Urgency;

    fn read<const N: usize>(hints: [(&str, Variant<'_>); N]) -> Hints {
        let hints = HashMap::from(hints);
        let bytes = to_bytes(Context::new(LE, 0), &hints).expect("hints to the wire");
        bytes.deserialize().expect("hints from the wire").0
    }

    #[test]
    fn what_we_act_on_is_read() {
        let hints = read([
            ("urgency", Variant::from(2_u8)),
            ("resident", Variant::from(true)),
            ("image-path", Variant::from("face-smile")),
            ("desktop-entry", Variant::from("org.example.App")),
            (
                "image-data",
                Variant::from((1_i32, 1, 4, true, 8, 4, vec![1_u8, 2, 3, 4])),
            ),
        ]);
        assert_eq!(hints.urgency, Urgency::Critical);
        assert!(hints.resident);
        assert_eq!(hints.image_path.as_deref(), Some("face-smile"));
        assert_eq!(hints.desktop_entry.as_deref(), Some("org.example.App"));
        assert_eq!(hints.image_data.expect("pixels").data, [1, 2, 3, 4]);
    }

    #[test]
    fn what_is_of_the_wrong_type_or_unknown_is_passed_over() {
        let hints = read([
            ("urgency", Variant::from("very")),
            ("resident", Variant::from(vec![1_u32, 2])),
            ("image-data", Variant::from(vec![0_u8; 100])),
            (
                "x-unknown",
                Variant::from(HashMap::from([("a", vec![("b", 1_u64)])])),
            ),
            ("x-deep", Variant::Variant(Box::new(Variant::from(1.5_f64)))),
            ("desktop-entry", Variant::from("still.read")),
        ]);
        let expected = Hints {
            desktop_entry: Some("still.read".to_owned()),
            ..Hints::default()
        };
        assert_eq!(hints, expected);
    }

    #[test]
    fn the_newest_name_of_pixels_wins() {
        let pixels = |byte: u8| Variant::from((1_i32, 1, 3, false, 8, 3, vec![byte; 3]));
        let hints = read([("icon_data", pixels(1)), ("image_data", pixels(2))]);
        assert_eq!(hints.image_data.expect("pixels").data, [2, 2, 2]);
        let hints = read([("image_data", pixels(2)), ("image-data", pixels(3))]);
        assert_eq!(hints.image_data.expect("pixels").data, [3, 3, 3]);
    }
}
