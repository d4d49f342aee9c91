//! The fusion manager: the root of a session.
//!
//! | module | what it is |
//! |---|---|
//! | [`lifecycle`] | the life of one subsystem: a pure model |
//! | [`fleet`] | many lives together: who needs whom; pure |
pub mod fleet;
pub mod lifecycle;
