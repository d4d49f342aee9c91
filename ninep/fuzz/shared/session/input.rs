//! Steps from bytes.

/// What is left of the bytes; at their end everything is 0.
pub struct Input<'a>(pub &'a [u8]);

impl Input<'_> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u8) -> u8 {
        self.byte() % end
    }

    /// A fid: one of a few, so that they meet.
    pub fn fid(&mut self) -> u32 {
        match self.below(16) {
            15 => u32::MAX,
            few => u32::from(few),
        }
    }

    /// A tag: one of a few.
    pub fn tag(&mut self) -> u16 {
        match self.below(40) {
            39 => u16::MAX,
            few => u16::from(few),
        }
    }

    /// A name, mostly one that is there.
    pub fn name(&mut self) -> &'static str {
        const NAMES: [&str; 20] = [
            "now", "slow", "wait", "dir", "slowdir", "dir", "slowdir", "now", "slow", "wait", "..",
            "..", "dir", "none", "made", "", ".", "a/b", "n\0l", "now",
        ];
        NAMES[usize::from(self.below(20))]
    }

    pub fn names(&mut self) -> Vec<&'static str> {
        let count = match self.below(24) {
            23 => 17,
            22 => 16,
            few => few % 5,
        };
        (0..count).map(|_| self.name()).collect()
    }
}
