//! The curve from the pixels to the light of a screen.

use super::capture::Capture;

/// Entries of a ramp: one for each value of a pixel's part.
pub(crate) const RAMP: usize = 256;

/// A ramp each for red, green and blue.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Gamma(pub(crate) [[u16; RAMP]; 3]);

impl Gamma {
    /// The light that a screen gives for a picture.
    pub(crate) fn apply(&self, picture: &mut Capture) {
        let Self([red, green, blue]) = self;
        for pixel in picture.data.chunks_exact_mut(4) {
            for (part, ramp) in pixel.iter_mut().zip([blue, green, red]) {
                *part = (ramp[usize::from(*part)] >> 8) as u8;
            }
        }
    }
}
