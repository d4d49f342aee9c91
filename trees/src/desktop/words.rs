//! Arguments of the verbs of `/desktop` that are one word out of a few.

use ninep::tree::ctl::Argument;

/// Makes an enum of words that can stand as an argument of a verb.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$of])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// As it is written.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl Argument for $name {
            fn describe(name: &str) -> String {
                format!("{name}:{}", [$($word),*].join("|"))
            }
            fn take(name: &str, words: &mut &[String]) -> Result<Self, String> {
                let Some((first, rest)) = words.split_first() else {
                    return Err(format!("{name} is missing"));
                };
                let found = Self::ALL.iter().copied().find(|one| one.word() == first);
                let Some(found) = found else {
                    let known = [$($word),*].join(", ");
                    return Err(format!("{name} is {first:?}, not one of {known}"));
                };
                *words = rest;
                Ok(found)
            }
            fn put(&self, line: &mut String) {
                line.push(' ');
                line.push_str(self.word());
            }
        }
    };
}

words! {
    /// A direction on the screen.
    Direction {
        /// To the left.
        Left = "left",
        /// To the right.
        Right = "right",
        /// Upwards.
        Up = "up",
        /// Downwards.
        Down = "down",
    }
}

words! {
    /// A half or a quarter of a work area.
    Snap {
        /// The left half.
        Left = "left",
        /// The right half.
        Right = "right",
        /// The upper half.
        Top = "top",
        /// The lower half.
        Bottom = "bottom",
        /// The upper left quarter.
        TopLeft = "top-left",
        /// The upper right quarter.
        TopRight = "top-right",
        /// The lower left quarter.
        BottomLeft = "bottom-left",
        /// The lower right quarter.
        BottomRight = "bottom-right",
    }
}

words! {
    /// A side of a size.
    Axis {
        /// From left to right.
        Width = "width",
        /// From top to bottom.
        Height = "height",
    }
}

words! {
    /// What a person says to a selection that would go from one domain to another.
    SelectionAnswer {
        /// What is asked for now, and no more.
        Once = "once",
        /// From now on until the session ends, between these two domains.
        Allow = "allow",
        /// Not this.
        Deny = "deny",
    }
}

words! {
    /// A step on the way to a window that is being chosen.
    SwitchTo {
        /// The one that had the focus before.
        Next = "next",
        /// The other way round.
        Previous = "previous",
        /// Go to the chosen one.
        Done = "done",
        /// Leave all as it was.
        Cancel = "cancel",
    }
}

/// One of the workspaces of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkspaceTarget {
    /// The one with this number, from 1; past the end, the last one, which is empty.
    Number(u32),
    /// The one after the one shown.
    Next,
    /// The one before the one shown.
    Previous,
}

impl Argument for WorkspaceTarget {
    fn describe(name: &str) -> String {
        format!("{name}:NUMBER|next|previous")
    }

    fn take(name: &str, words: &mut &[String]) -> Result<Self, String> {
        let Some((first, rest)) = words.split_first() else {
            return Err(format!("{name} is missing"));
        };
        let target = match first.as_str() {
            "next" => Self::Next,
            "previous" => Self::Previous,
            number => match number.parse() {
                Ok(number) if number > 0 => Self::Number(number),
                _ => {
                    return Err(format!(
                        "{name} is {first:?}, not a number from 1, next or previous"
                    ));
                }
            },
        };
        *words = rest;
        Ok(target)
    }

    fn put(&self, line: &mut String) {
        line.push(' ');
        match self {
            Self::Number(number) => line.push_str(&number.to_string()),
            Self::Next => line.push_str("next"),
            Self::Previous => line.push_str("previous"),
        }
    }
}
