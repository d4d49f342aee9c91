//! Transports: what carries a 9P connection.
//!
//! [`server::serve_connection`](crate::server::serve_connection) and [`client::Client::over`](crate::client::Client::over) take any pair of
//! byte streams; this module has those that need more than that.

pub mod unix;
