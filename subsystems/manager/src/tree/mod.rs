//! The manager's two trees.

mod machine;
mod subsystems;

pub use machine::Machine;
pub use subsystems::subsystems;
