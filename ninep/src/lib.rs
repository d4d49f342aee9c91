//! 9P, the protocol of files over a connection: to serve a tree of them, and to use one.
//!
//! # What 9P is
//!
//! A server has a tree of files; a client walks it. The client names a file on the server by a number of its own choice, a
//! **fid**: it *attaches* to get a fid for the root, *walks* names from one fid to another, *opens* a fid to read or write,
//! and *clunks* it when it is done. The server names a file by a **qid**, which is the same for the same file for ever. Every
//! request carries a **tag**, and its answer the same one, so that many can be under way; *flush* cancels one. That is
//! nearly all of it: some thirty kinds of messages, described in Plan 9's *intro(5)*, and for the Linux dialect in the
//! kernel's `include/net/9p/9p.h`. To read `notes/today` a client says this, `T` for what it asks and `R` for what is answered:
//!
//! ```text
//! Tversion  msize 65536, 9P2000.L     Rversion  msize 65536, 9P2000.L
//! Tattach   fid 0                     Rattach   qid of the root
//! Twalk     fid 0 → 1, notes, today   Rwalk     two qids
//! Tlopen    fid 1, to read            Rlopen    qid
//! Tread     fid 1, 4096 from 0        Rread     the bytes
//! Tclunk    fid 1                     Rclunk
//! ```
//!
//! A file need not lie on a disk. Its bytes may be made when it is read, what is written to it may be an order, and a read may
//! wait until something has happened: so a service is used with the tools that there are for files.
//!
//! Three dialects are spoken here, agreed on by the first message of a connection:
//!
//! | dialect | for |
//! |---|---|
//! | 9P2000.L | Linux: `mount -t 9p`, diod, and everything here ([`wire`]) |
//! | 9P2000 | Plan 9's tools ([`wire::legacy`]) |
//! | 9P2000.L.goblin1 | 9P2000.L with compound messages: what took several round trips takes one ([`wire::compound`]) |
//!
//! # To serve
//!
//! A tree is made of [`tree::Node`]s. A service that shows its state as files makes its tree from ready-made ones: a `status`,
//! a `ctl` that takes verbs, a feed of events, a log; [`tree`] has the whole of such a service in thirty lines. A real folder is
//! served by [`export`]. [`server::Server`] answers connections from a tree:
//!
//! ```no_run
//! # async fn example() -> ninep::Result<()> {
//! use std::sync::Arc;
//! use ninep::server::Server;
//! use ninep::transport::unix::Listener;
//! use ninep::tree::{Dir, Node, status};
//!
//! let root = Dir::new();
//! root.add("status", status(|| "all is well"));
//! let root: Arc<dyn Node> = root;
//! let listener = Listener::bind("/run/user/1000/example".as_ref())?;
//! Server::new(root).serve(listener).await;
//! # Ok(()) }
//! ```
//!
//! # To dial
//!
//! [`client::Client`] is one connection, [`client::Fid`] a file on it, [`client::RemoteFile`] an open one. Most programs want a
//! [`client::Namespace`]: a folder of sockets seen as one tree, whose connections come back by themselves.
//!
//! ```no_run
//! # async fn example() -> ninep::Result<()> {
//! use ninep::client::{Client, Namespace};
//!
//! let ns = Namespace::new("/run/user/1000".into());
//! println!("{}", ns.read_json::<String>("/example/status").await?);
//!
//! let client = Client::dial(&"tcp!localhost!5640".parse()?).await?;
//! let root = client.attach("ann", "").await?;
//! for entry in root.list("Pictures").await? {
//!     println!("{} {}", entry.name, entry.attr.size);
//! }
//! # Ok(()) }
//! ```
//!
//! # What is guaranteed
//!
//! **On errors.** Every [`Error`] has the errno that travels and, on this side, what was tried and on what. A refused request
//! has done nothing, but for a write, which may have been taken in part. A refusal leaves the connection and every fid as
//! they were, with the exceptions of the protocol: *clunk* and *remove* forget their fid whatever becomes of them. What a
//! [`ctl`](tree::ctl) refuses it explains in `ctl.last`, and to a client of 9P2000 in the answer itself.
//!
//! **On order.** Requests of one connection are begun in the order they came in, and end in any order: who needs the effect of one
//! waits for its answer. What cannot wait (attributes, names and bytes that are in memory) is done where it is read, the rest
//! beside, so that no slow file holds up another. What two requests do to one fid is settled by which is answered first; the
//! other is refused with `EBUSY`.
//!
//! **On cancellation.** Dropping the future of a call flushes it: the server drops the work, and a fid that the call would
//! have made is clunked. What a `ctl` has begun it finishes: a transaction is not torn. After the answer to a flush there is no
//! other to the flushed request; if one came before it, what it says has happened. A read of a folder that was flushed has not
//! moved its reader.
//!
//! **On disconnect.** Every call under way fails with an error for which [`Error::is_disconnect`] is true; the server clunks
//! what was open, and with it go its locks. A [`client::Namespace`] does reads again over a new connection, and changes where
//! the server keeps a ledger of what was done (9P2000.L.goblin1): then nothing is done twice. A [`client::Resumable`] is
//! opened again by its path, and says so when that is another file by now. A [`client::Follow`] goes on at its place in the
//! feed, and tells if events were lost.
//!
//! **On silence.** A side that takes no byte of what it is sent for 30 seconds is given up. Over TCP the kernel asks a silent
//! other side whether it is there. Nothing else is asked while nothing is said: a connection at rest and a read that waits for
//! an event wake nobody. A process on this machine that hangs, its socket open, is therefore noticed by whoever asks it
//! something, and not by whoever only waits.
//!
//! **To the server, from its clients.** Bad input costs its sender the connection and nobody else anything. Fids, requests,
//! parked reads and unread answers are bounded ([`server::Limits`]); nothing is allocated for a length that only the wire
//! claims; a name from the wire never is a path.
//!
//! # Where to read on
//!
//! | module | for whom |
//! |---|---|
//! | [`tree`] | who writes a service: the blocks, and [`tree::Node`] for files of one's own |
//! | [`export`] | who serves a real folder |
//! | [`server`] | who accepts connections: limits, several trees by name |
//! | [`client`] | who uses a service |
//! | [`transport`] | who has an address: unix sockets, TCP, dial strings |
//! | [`wire`] | who writes another server or client: the messages alone |
//!
//! This crate knows nothing of goblin, the desktop it was made for.

pub mod client;
mod error;
pub mod export;
mod outbox;
mod pages;
pub mod server;
pub mod transport;
pub mod tree;
pub mod wire;

pub use error::{Errno, Error, Result};
