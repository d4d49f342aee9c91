//! Where a client comes from. Every client belongs to one domain, and the frames of its windows
//! say which.

/// The origin of a client.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Domain {
    /// The machine the person sits at.
    #[default]
    Board,
    /// A subsystem: a root file system run as a service.
    Subsystem {
        /// Its name, shown on each of its frames.
        name: String,
        /// Its colour: red, green, blue.
        colour: [u8; 3],
    },
}

impl Domain {
    /// The name by which `/desktop` and the person know it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Domain::Board => "board",
            Domain::Subsystem { name, .. } => name,
        }
    }

    /// The colour that marks its frames. The board's own windows carry none.
    #[must_use]
    pub fn colour(&self) -> Option<[u8; 3]> {
        match self {
            Domain::Board => None,
            Domain::Subsystem { colour, .. } => Some(*colour),
        }
    }
}
