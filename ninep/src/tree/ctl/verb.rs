use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::words::quote;
use crate::error::Errno;

/// One verb of a `ctl`, for the list that an untouched `ctl` reads as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerbSpec {
    /// The first word of the line.
    pub verb: String,
    /// Its arguments in order, as `NAME:kind`; optional ones in brackets.
    pub args: Vec<String>,
    /// What it does.
    pub help: String,
}

/// A set of verbs: one Rust enum that can be read from a line and written as one. Made with [`verbs!`](crate::verbs).
pub trait Verb: Sized + Send + 'static {
    /// Every verb with its arguments and meaning.
    fn specs() -> Vec<VerbSpec>;

    /// Reads the words of one line, the verb first.
    ///
    /// # Errors
    /// A [`Refusal`] with `EINVAL` that names the verb or the argument and says what would work.
    fn parse(words: &[String]) -> Result<Self, Refusal>;

    /// The line that [`Verb::parse`] reads back.
    fn line(&self) -> String;
}

/// Why a write to a `ctl` was refused, and what would work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The errno that the write fails with.
    pub errno: Errno,
    /// The reason, for people.
    pub why: String,
    /// What to write instead, or to do first; empty if nothing would help.
    pub would_work: String,
}

impl Refusal {
    /// A refusal with its reason.
    pub fn new(errno: Errno, why: impl Into<String>) -> Self {
        Self {
            errno,
            why: why.into(),
            would_work: String::new(),
        }
    }

    /// Adds what would work.
    #[must_use]
    pub fn would_work(mut self, hint: impl Into<String>) -> Self {
        self.would_work = hint.into();
        self
    }
}

impl From<crate::Error> for Refusal {
    fn from(error: crate::Error) -> Self {
        Self::new(error.errno(), error.to_string())
    }
}

/// A type that can stand as an argument of a verb.
pub trait Argument: Sized {
    /// What the list of verbs calls it: `NAME:kind`.
    fn describe(name: &str) -> String;
    /// Takes as many words as it wants off the front.
    ///
    /// # Errors
    /// What is wrong, for people.
    fn take(name: &str, words: &mut &[String]) -> Result<Self, String>;
    /// Appends a blank and the words that [`Argument::take`] reads back.
    fn put(&self, line: &mut String);
}

fn next<'a>(name: &str, words: &mut &'a [String]) -> Result<&'a str, String> {
    let Some((first, rest)) = words.split_first() else {
        return Err(format!("{name} is missing"));
    };
    *words = rest;
    Ok(first)
}

macro_rules! parsed_argument {
    ($($ty:ty => $kind:literal),*) => {$(
        impl Argument for $ty {
            fn describe(name: &str) -> String {
                format!(concat!("{}:", $kind), name)
            }
            fn take(name: &str, words: &mut &[String]) -> Result<Self, String> {
                let word = next(name, words)?;
                word.parse().map_err(|_| format!(concat!("{} is {:?}, not ", $kind), name, word))
            }
            fn put(&self, line: &mut String) {
                let _ = write!(line, " {self}");
            }
        }
    )*};
}
parsed_argument!(u16 => "number", u32 => "number", u64 => "number", i32 => "integer", i64 => "integer", f64 => "decimal");

/// Said `on` or `off`, as people say it of a switch; `true` and `false` are understood.
impl Argument for bool {
    fn describe(name: &str) -> String {
        format!("{name}:on|off")
    }
    fn take(name: &str, words: &mut &[String]) -> Result<Self, String> {
        match next(name, words)? {
            "on" | "true" => Ok(true),
            "off" | "false" => Ok(false),
            word => Err(format!("{name} is {word:?}, not on|off")),
        }
    }
    fn put(&self, line: &mut String) {
        line.push_str(if *self { " on" } else { " off" });
    }
}

impl Argument for String {
    fn describe(name: &str) -> String {
        format!("{name}:text")
    }
    fn take(name: &str, words: &mut &[String]) -> Result<Self, String> {
        next(name, words).map(str::to_owned)
    }
    fn put(&self, line: &mut String) {
        line.push(' ');
        line.push_str(&quote(self));
    }
}

/// An argument that may be left out; only the last ones may be.
impl<T: Argument> Argument for Option<T> {
    fn describe(name: &str) -> String {
        format!("[{}]", T::describe(name))
    }
    fn take(name: &str, words: &mut &[String]) -> Result<Self, String> {
        if words.is_empty() {
            Ok(None)
        } else {
            T::take(name, words).map(Some)
        }
    }
    fn put(&self, line: &mut String) {
        if let Some(value) = self {
            value.put(line);
        }
    }
}

/// All the words that are left; at least one.
impl Argument for Vec<String> {
    fn describe(name: &str) -> String {
        format!("{name}:words...")
    }
    fn take(name: &str, words: &mut &[String]) -> Result<Self, String> {
        let mut taken = vec![next(name, words)?.to_owned()];
        taken.extend(std::mem::take(words).iter().cloned());
        Ok(taken)
    }
    fn put(&self, line: &mut String) {
        for word in self {
            word.put(line);
        }
    }
}

/// Makes an enum of verbs, readable from and writable as lines of a `ctl`.
///
/// ```
/// use ninep::tree::ctl::Verb;
/// ninep::verbs! {
///     /// What a lamp can be told.
///     pub enum LampVerb {
///         /// Light it.
///         "on" => On {},
///         /// Set its brightness.
///         "dim" => Dim { percent: u32, seconds: Option<u32> },
///     }
/// }
/// let words: Vec<String> = ninep::tree::ctl::split("dim 40").unwrap();
/// assert_eq!(LampVerb::parse(&words).unwrap(), LampVerb::Dim { percent: 40, seconds: None });
/// assert_eq!(LampVerb::Dim { percent: 40, seconds: Some(2) }.line(), "dim 40 2");
/// ```
#[macro_export]
macro_rules! verbs {
    (
        $(#[$doc:meta])*
        $vis:vis enum $name:ident {
            $($(#[doc = $help:literal])+ $word:literal => $variant:ident { $($(#[doc = $adoc:literal])* $arg:ident: $ty:ty),* $(,)? },)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        $vis enum $name {
            $($(#[doc = $help])+ $variant {
                $(
                    $(#[doc = $adoc])*
                    #[allow(missing_docs, reason = "the verb's own words say what its arguments mean")]
                    $arg: $ty
                ),*
            },)*
        }

        impl $crate::tree::ctl::Verb for $name {
            fn specs() -> Vec<$crate::tree::ctl::VerbSpec> {
                vec![$($crate::tree::ctl::VerbSpec {
                    verb: $word.to_owned(),
                    args: vec![$(<$ty as $crate::tree::ctl::Argument>::describe(stringify!($arg))),*],
                    help: concat!($($help),+).trim().to_owned(),
                }),*]
            }

            fn parse(words: &[String]) -> Result<Self, $crate::tree::ctl::Refusal> {
                let Some((verb, rest)) = words.split_first() else {
                    return Err($crate::tree::ctl::unknown_verb::<Self>(""));
                };
                #[allow(unused_mut, reason = "a verb without arguments takes nothing")]
                let mut rest = rest;
                match verb.as_str() {
                    $($word => {
                        $(let $arg = <$ty as $crate::tree::ctl::Argument>::take(stringify!($arg), &mut rest)
                            .map_err(|why| $crate::tree::ctl::bad_argument::<Self>($word, &why))?;)*
                        $crate::tree::ctl::no_more::<Self>($word, rest)?;
                        Ok(Self::$variant { $($arg),* })
                    })*
                    other => Err($crate::tree::ctl::unknown_verb::<Self>(other)),
                }
            }

            fn line(&self) -> String {
                match self {
                    $(Self::$variant { $($arg),* } => {
                        #[allow(unused_mut, reason = "a verb without arguments adds nothing")]
                        let mut line = String::from($word);
                        $($crate::tree::ctl::Argument::put($arg, &mut line);)*
                        line
                    })*
                }
            }
        }
    };
}

fn usage(spec: &VerbSpec) -> String {
    let mut usage = spec.verb.clone();
    for arg in &spec.args {
        usage.push(' ');
        usage.push_str(arg);
    }
    usage
}

/// The refusal of a verb that is not in the set; for the code of [`verbs!`](crate::verbs).
#[doc(hidden)]
pub fn unknown_verb<V: Verb>(verb: &str) -> Refusal {
    let known: Vec<String> = V::specs().iter().map(usage).collect();
    Refusal::new(Errno::INVAL, format!("there is no verb {verb:?} here"))
        .would_work(known.join("; "))
}

/// The refusal of an argument; for the code of [`verbs!`](crate::verbs).
#[doc(hidden)]
pub fn bad_argument<V: Verb>(verb: &str, why: &str) -> Refusal {
    let usage = V::specs()
        .iter()
        .find(|spec| spec.verb == verb)
        .map(usage)
        .unwrap_or_default();
    Refusal::new(Errno::INVAL, format!("{verb}: {why}")).would_work(usage)
}

/// Checks that all words were used; for the code of [`verbs!`](crate::verbs).
#[doc(hidden)]
pub fn no_more<V: Verb>(verb: &str, rest: &[String]) -> Result<(), Refusal> {
    match rest.first() {
        None => Ok(()),
        Some(word) => Err(bad_argument::<V>(
            verb,
            &format!("{word:?} is one word too many"),
        )),
    }
}
