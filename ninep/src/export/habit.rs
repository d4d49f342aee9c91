use std::sync::atomic::{AtomicU8, Ordering};

/// So many files in a row that were opened for reading make it likely that the next one will be.
const SURE: u8 = 4;

/// What becomes of the files of a folder that are walked to: whether, as far as the last ones tell, they are opened for reading
/// or only looked at. One that was not opened weighs more than any number that were, so that a client that looks at
/// everything and reads some of it is not foreseen.
#[derive(Debug, Default)]
pub(super) struct Habit(AtomicU8);

impl Habit {
    /// Whether the next one is likely to be opened for reading.
    pub(super) fn foresees(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= SURE
    }

    /// One was opened for reading.
    pub(super) fn read(&self) {
        let row = self.0.load(Ordering::Relaxed);
        // What is lost between the two when others count as well does not matter: it is a guess.
        self.0.store((row + 1).min(SURE), Ordering::Relaxed);
    }

    /// One was let go of unopened.
    pub(super) fn left(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_foresees_after_a_row_of_reads_and_never_after_a_miss(reads in prop::collection::vec(any::<bool>(), 0..300)) {
            let habit = Habit::default();
            for read in &reads {
                if *read { habit.read() } else { habit.left() }
            }
            let row = reads.iter().rev().take_while(|read| **read).count();
            prop_assert_eq!(habit.foresees(), row >= usize::from(SURE));
        }
    }
}
