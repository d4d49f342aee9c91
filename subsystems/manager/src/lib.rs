//! The fusion manager: the root of a session.
//!
//! | module | what it is |
//! |---|---|
//! | [`lifecycle`] | the life of one subsystem: a pure model |
//! | [`fleet`] | many lives together, who needs whom: pure |
//! | [`supervisor`] | the thin edge: real processes, their output, orders |
//! | [`board`] | what a board's session consists of |
//! | [`machine`] | what the kernel says of the machine |
//! | [`tree`] | all of it as `/subsystems` and `/machine` |
//! | [`exec`] | the step between the manager and a program it starts |
//! | [`session`] | all of them together |

pub mod board;
pub mod exec;
pub mod fleet;
pub mod lifecycle;
pub mod machine;
pub mod options;
pub mod session;
pub mod supervisor;
pub mod tree;
