//! placeholder
use crate::exec::Outcome;
pub(crate) fn main(_words: &[String]) -> Outcome {
    Ok(())
}
