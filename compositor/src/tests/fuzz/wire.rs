//! A client that writes bytes: it knows its objects and their interfaces, and keeps to no rule.

use std::collections::HashMap;
use std::io::{ErrorKind, IoSlice, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use smithay::reexports::wayland_server::Client;
use smithay::reexports::wayland_server::backend::protocol::{ArgumentType, Interface, MessageDesc};

use super::super::Fixture;
use crate::domain::Domain;

/// An object of the client's.
#[derive(Clone, Copy)]
pub(in crate::tests) struct Object {
    pub(in crate::tests) id: u32,
    pub(in crate::tests) interface: &'static Interface,
    pub(in crate::tests) version: u32,
}

pub(in crate::tests) struct WireClient {
    stream: UnixStream,
    client: Client,
    pub(in crate::tests) objects: Vec<Object>,
    /// Numbers that events carried: serials, names.
    pub(in crate::tests) heard: Vec<u32>,
    /// Number, interface and version of each global.
    pub(in crate::tests) globals: Vec<(u32, String, u32)>,
    inbox: Vec<u8>,
    next_id: u32,
    pub(in crate::tests) dead: bool,
    /// The last request of each object.
    pub(super) said: HashMap<u32, (&'static str, usize)>,
    /// What it was cut off for: object, number, text.
    pub(in crate::tests) error: Option<(u32, u32, String)>,
}

const DISPLAY: u32 = 1;
const REGISTRY: u32 = 2;

impl WireClient {
    /// Connects and learns of the globals.
    pub(in crate::tests) fn new(fixture: &mut Fixture) -> Self {
        let (ours, theirs) = UnixStream::pair().unwrap();
        theirs.set_nonblocking(true).unwrap();
        let client = fixture.goblin.accept(ours, Domain::Board).unwrap();
        let mut new = Self {
            stream: theirs,
            client,
            objects: Vec::new(),
            heard: Vec::new(),
            globals: Vec::new(),
            inbox: Vec::new(),
            next_id: 3,
            dead: false,
            said: HashMap::new(),
            error: None,
        };
        new.send(DISPLAY, 1, &REGISTRY.to_ne_bytes(), &[]);
        fixture.turn();
        new.hear();
        new
    }

    /// What the server has for it.
    pub(in crate::tests) fn server_side(&self) -> &Client {
        &self.client
    }

    /// A new object's number. They must follow each other.
    pub(in crate::tests) fn new_id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id - 1
    }

    /// Binds a global, and learns its interface from the server: so a new global comes in by itself.
    pub(in crate::tests) fn bind(
        &mut self,
        fixture: &mut Fixture,
        index: usize,
        known: &mut Known,
    ) {
        let (number, name, version) = self.globals[index].clone();
        let id = self.new_id();
        let mut body = number.to_ne_bytes().to_vec();
        put_bytes(&mut body, &[name.as_bytes(), b"\0"].concat());
        body.extend(version.to_ne_bytes());
        body.extend(id.to_ne_bytes());
        self.send(REGISTRY, 0, &body, &[]);
        fixture.turn();
        if let Some(interface) = known.interface(fixture, &self.client, &name, id) {
            self.objects.push(Object {
                id,
                interface,
                version,
            });
        }
        self.hear();
    }

    /// Writes one message, whatever it says.
    pub(in crate::tests) fn send(
        &mut self,
        object: u32,
        opcode: u16,
        body: &[u8],
        fds: &[OwnedFd],
    ) {
        let size = u32::try_from(body.len() + 8).unwrap();
        let mut bytes = object.to_ne_bytes().to_vec();
        bytes.extend(((size << 16) | u32::from(opcode)).to_ne_bytes());
        bytes.extend(body);
        self.send_raw(&bytes, fds);
    }

    pub(in crate::tests) fn send_raw(&mut self, bytes: &[u8], fds: &[OwnedFd]) {
        let borrowed: Vec<_> = fds.iter().map(AsFd::as_fd).collect();
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(8))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        if !borrowed.is_empty() {
            assert!(ancillary.push(SendAncillaryMessage::ScmRights(&borrowed)));
        }
        let sent = sendmsg(
            &self.stream,
            &[IoSlice::new(bytes)],
            &mut ancillary,
            SendFlags::NOSIGNAL,
        );
        // Cut off, or so fast that the socket is full: this client is done.
        if sent.ok() != Some(bytes.len()) {
            self.dead = true;
        }
    }

    /// Reads what the server says: which objects there are now, and which numbers.
    pub(in crate::tests) fn hear(&mut self) {
        let mut bytes = [0; 4096];
        loop {
            match self.stream.read(&mut bytes) {
                Ok(0) => {
                    self.dead = true;
                    break;
                }
                Ok(count) => self.inbox.extend(&bytes[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => {
                    self.dead = true;
                    break;
                }
            }
        }
        while let Some(size) = word(&self.inbox, 4).map(|word| (word >> 16) as usize)
            && size >= 8
            && self.inbox.len() >= size
        {
            let message: Vec<u8> = self.inbox.drain(..size).collect();
            self.event(&message);
        }
    }

    fn event(&mut self, message: &[u8]) {
        let (Some(object), Some(head)) = (word(message, 0), word(message, 4)) else {
            return;
        };
        let (opcode, body) = ((head & 0xffff) as usize, &message[8..]);
        match (object, opcode) {
            (DISPLAY, 0) => {
                self.dead = true;
                let length = word(body, 8).unwrap_or(1) as usize;
                let text = body.get(12..11 + length).unwrap_or_default();
                let text = String::from_utf8_lossy(text).into_owned();
                let (of, code) = (word(body, 0), word(body, 4));
                self.error = of.zip(code).map(|(of, code)| (of, code, text));
            }
            (REGISTRY, 0) => {
                let number = word(body, 0).unwrap();
                let length = word(body, 4).unwrap() as usize;
                let name = String::from_utf8_lossy(&body[8..8 + length - 1]).into_owned();
                let version = word(body, 8 + length.next_multiple_of(4)).unwrap();
                self.globals.push((number, name, version));
            }
            _ => {
                let known = self.objects.iter().find(|known| known.id == object);
                if let Some(known) = known.copied()
                    && let Some(event) = known.interface.events.get(opcode)
                {
                    self.learn(known, event, body);
                }
            }
        }
    }

    fn learn(&mut self, from: Object, event: &MessageDesc, body: &[u8]) {
        let mut at = 0;
        for argument in event.signature {
            let Some(value) = word(body, at) else { return };
            match argument {
                ArgumentType::Fd => continue,
                ArgumentType::Str(_) | ArgumentType::Array => {
                    at += (value as usize).next_multiple_of(4);
                }
                ArgumentType::Uint => self.heard.push(value),
                ArgumentType::NewId => {
                    if let Some(interface) = event.child_interface {
                        let version = from.version;
                        self.objects.push(Object {
                            id: value,
                            interface,
                            version,
                        });
                    }
                }
                ArgumentType::Int | ArgumentType::Fixed | ArgumentType::Object(_) => {}
            }
            at += 4;
        }
        let old = self.heard.len().saturating_sub(32);
        self.heard.drain(..old);
    }
}

/// Interfaces by name, as the server has them.
#[derive(Default)]
pub(in crate::tests) struct Known(HashMap<String, &'static Interface>);

impl Known {
    fn interface(
        &mut self,
        fixture: &Fixture,
        client: &Client,
        name: &str,
        id: u32,
    ) -> Option<&'static Interface> {
        if let Some(known) = self.0.get(name) {
            return Some(known);
        }
        // The server compares names; what it gives back has the tables too.
        let question: &'static Interface = Box::leak(Box::new(Interface {
            name: name.to_owned().leak(),
            version: 0,
            requests: &[],
            events: &[],
            c_ptr: None,
        }));
        let handle = fixture.goblin.display.backend_handle();
        let object = handle
            .object_for_protocol_id(client.id(), question, id)
            .ok()?;
        self.0.insert(name.to_owned(), object.interface());
        Some(object.interface())
    }
}

/// Appends a string or an array as the wire has it: length, bytes, padding.
pub(in crate::tests) fn put_bytes(body: &mut Vec<u8>, bytes: &[u8]) {
    body.extend(u32::try_from(bytes.len()).unwrap().to_ne_bytes());
    body.extend(bytes);
    body.resize(body.len().next_multiple_of(4), 0);
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_ne_bytes(bytes.try_into().ok()?))
}
