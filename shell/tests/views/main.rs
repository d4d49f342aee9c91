//! What the shell shows, and what it does when a person uses it.

#![cfg(test)]

mod actions;
mod common;
mod pictures;
