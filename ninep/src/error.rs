use std::borrow::Cow;

pub use rustix::io::Errno;

/// A failed 9P operation: the errno that travels, and what was tried, which stays on this side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    errno: Errno,
    what: Cow<'static, str>,
    /// The words are for the other side, too.
    told: bool,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.what.is_empty() {
            write!(f, "{}", self.errno)
        } else {
            write!(f, "{}: {}", self.what, self.errno)
        }
    }
}

impl std::error::Error for Error {}

/// The result of a 9P operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with its story: `what` names what was tried and on what.
    pub fn new(errno: Errno, what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            errno,
            what: what.into(),
            told: false,
        }
    }

    /// The same where `why` is for the client, as far as its dialect has words for errors. 9P2000 has; but Linux's client of it knows
    /// an error only by the very words of *strerror(3)*, so those of a file system are better [`Error::new`].
    pub fn told(errno: Errno, why: impl Into<Cow<'static, str>>) -> Self {
        Self {
            told: true,
            ..Self::new(errno, why)
        }
    }

    /// Whether the words are for the client.
    pub(crate) fn is_told(&self) -> bool {
        self.told
    }

    /// The number that travels in `Rlerror`.
    pub fn errno(&self) -> Errno {
        self.errno
    }

    /// What was tried, and on what.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The same failure, told from one step further up: `open notes.txt: walk: No such file…`.
    #[must_use]
    pub fn context(self, tried: impl std::fmt::Display) -> Self {
        let what = if self.what.is_empty() {
            tried.to_string()
        } else {
            format!("{tried}: {}", self.what)
        };
        Self {
            errno: self.errno,
            what: what.into(),
            told: self.told,
        }
    }

    /// Whether the connection is gone, as opposed to an answer that says no.
    pub fn is_disconnect(&self) -> bool {
        matches!(
            self.errno,
            Errno::CONNRESET
                | Errno::PIPE
                | Errno::CONNREFUSED
                | Errno::NOTCONN
                | Errno::CONNABORTED
                | Errno::SHUTDOWN
        )
    }
}

impl From<Errno> for Error {
    fn from(errno: Errno) -> Self {
        Self {
            errno,
            what: Cow::Borrowed(""),
            told: false,
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        let errno = Errno::from_io_error(&error).unwrap_or(match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Errno::CONNRESET,
            std::io::ErrorKind::NotFound => Errno::NOENT,
            std::io::ErrorKind::PermissionDenied => Errno::ACCESS,
            _ => Errno::IO,
        });
        // An error of the kernel's is its errno, which is told anyway.
        let what = if error.raw_os_error().is_some() {
            Cow::Borrowed("")
        } else {
            error.to_string().into()
        };
        Self {
            errno,
            what,
            told: false,
        }
    }
}
