//! What a hostile client sends: requests with arguments of the right kinds and of the wrong, in an
//! order that sometimes makes sense.

use std::collections::HashMap;
use std::os::fd::OwnedFd;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};
use smithay::reexports::wayland_server::backend::protocol::{
    ANONYMOUS_INTERFACE, AllowNull, ArgumentType, Interface, MessageDesc,
};

use super::random::Random;
use super::wire::{Object, WireClient, put_bytes};

/// Numbers at which sums, sizes and enums break.
const EDGES: &[u32] = &[
    0,
    1,
    2,
    3,
    4,
    7,
    8,
    15,
    16,
    31,
    32,
    63,
    64,
    100,
    255,
    256,
    1_000,
    1_080,
    1_920,
    4_096,
    32_767,
    32_768,
    65_535,
    65_536,
    1 << 20,
    1 << 24,
    0x10c,
    0x110,
    0x111,
    0x3432_5241,
    0x7fff_fffe,
    0x7fff_ffff,
    0x8000_0000,
    0x8000_0001,
    0xffff_fff0,
    0xffff_fffe,
    0xffff_ffff,
];

/// Files larger than this would only test the machine's memory.
const FILE: u64 = 1 << 16;

/// How a request's arguments are chosen.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Manner {
    /// As a program would: the newest objects, small numbers.
    Sane,
    /// Anything of the right kind.
    Wild,
}

/// Steps that lead somewhere: interface, request, and the numbers among its arguments.
pub(super) const STEPS: &[&[(&str, &str, &[u32])]] = &[
    &[
        ("wl_compositor", "create_surface", &[]),
        ("xdg_wm_base", "get_xdg_surface", &[]),
        ("xdg_surface", "get_toplevel", &[]),
        ("wl_surface", "commit", &[]),
        ("wl_shm", "create_pool", &[4096]),
        ("wl_shm_pool", "create_buffer", &[0, 16, 16, 64, 0]),
        ("wl_surface", "attach", &[0, 0]),
        ("wl_surface", "damage_buffer", &[0, 0, 16, 16]),
        ("wl_surface", "commit", &[]),
    ],
    &[
        ("xdg_wm_base", "create_positioner", &[]),
        ("xdg_positioner", "set_size", &[30, 20]),
        ("xdg_positioner", "set_anchor_rect", &[0, 0, 5, 5]),
        ("wl_compositor", "create_surface", &[]),
        ("xdg_wm_base", "get_xdg_surface", &[]),
        ("xdg_surface", "get_popup", &[]),
        ("wl_surface", "commit", &[]),
        ("wl_shm", "create_pool", &[4096]),
        ("wl_shm_pool", "create_buffer", &[0, 16, 16, 64, 1]),
        ("wl_surface", "attach", &[0, 0]),
        ("wl_surface", "commit", &[]),
    ],
    &[
        ("wl_compositor", "create_surface", &[]),
        ("zwlr_layer_shell_v1", "get_layer_surface", &[2]),
        ("zwlr_layer_surface_v1", "set_size", &[40, 30]),
        ("wl_surface", "commit", &[]),
        ("wl_shm", "create_pool", &[4096]),
        ("wl_shm_pool", "create_buffer", &[0, 16, 16, 64, 0]),
        ("wl_surface", "attach", &[0, 0]),
        ("wl_surface", "commit", &[]),
    ],
    &[
        ("wl_seat", "get_pointer", &[]),
        ("wl_seat", "get_keyboard", &[]),
        ("wl_seat", "get_touch", &[]),
        ("wl_data_device_manager", "get_data_device", &[]),
        ("wl_data_device_manager", "create_data_source", &[]),
        ("wl_data_source", "offer", &[]),
        ("wl_data_device", "set_selection", &[1]),
    ],
    &[
        ("wl_compositor", "create_surface", &[]),
        ("wl_subcompositor", "get_subsurface", &[]),
        ("wl_subsurface", "set_position", &[5, 5]),
        ("wl_surface", "commit", &[]),
    ],
];

/// What clients were cut off for, by interface and number of the request: one that heeds it lives longer, and gets further.
#[derive(Default)]
pub(super) struct Lessons(HashMap<(&'static str, usize), u32>);

impl Lessons {
    /// A client died.
    pub(super) fn learn(&mut self, of: &WireClient) {
        let object = of.error.as_ref().map(|(object, ..)| object);
        if let Some(request) = object.and_then(|object| of.said.get(object)) {
            *self.0.entry(*request).or_default() += 1;
        }
    }

    /// Whether to leave a request out: the more often it was deadly.
    fn warn_of(&self, request: (&'static str, usize), random: &mut Random) -> bool {
        let deaths = self.0.get(&request).copied().unwrap_or_default();
        deaths > 0 && !random.one_in(4 * deaths as usize)
    }
}

impl WireClient {
    /// Sends a request of any object that it has. With `lessons` it takes care to live: it is a program with faults, not an
    /// attacker.
    pub(super) fn anything(&mut self, lessons: Option<&Lessons>, random: &mut Random) {
        if self.objects.is_empty() || lessons.is_none() && random.one_in(60) {
            return self.nonsense(random);
        }
        // Newer objects have more to say.
        let count = self.objects.len();
        let newest = random.one_in(2) && count > 8;
        let index = if newest {
            count - 1 - random.below(8)
        } else {
            random.below(count)
        };
        let object = self.objects[index];
        let requests = object.interface.requests;
        if requests.is_empty() {
            return;
        }
        let opcode = random.below(requests.len());
        // Objects must live for a while to see anything.
        if requests[opcode].is_destructor && !random.one_in(6) {
            return;
        }
        if requests[opcode].since > object.version && (lessons.is_some() || !random.one_in(50)) {
            return;
        }
        if let Some(lessons) = lessons
            && (lessons.warn_of((object.interface.name, opcode), random)
                || self.lacks_an_argument(&requests[opcode]))
        {
            return;
        }
        let manner = if random.one_in(if lessons.is_some() { 30 } else { 3 }) {
            Manner::Wild
        } else {
            Manner::Sane
        };
        self.request(object, opcode, &[], manner, random);
    }

    /// Whether there is no object for an argument that must be one.
    fn lacks_an_argument(&self, request: &MessageDesc) -> bool {
        let objects = request
            .signature
            .iter()
            .filter_map(|argument| match argument {
                ArgumentType::Object(null) => Some(null),
                _ => None,
            });
        objects
            .zip(request.arg_interfaces)
            .any(|(null, interface)| {
                *null == AllowNull::No
                    && !self
                        .objects
                        .iter()
                        .any(|object| object.interface.name == interface.name)
            })
    }

    /// Sends a request by its name, on the newest object of the interface, if there is one.
    pub(in crate::tests) fn step(&mut self, step: &(&str, &str, &[u32]), random: &mut Random) {
        let (interface, name, numbers) = *step;
        let newest = self.objects.iter().rev();
        let object = newest
            .copied()
            .find(|object| object.interface.name == interface);
        let Some(object) = object else { return };
        let requests = object.interface.requests;
        if let Some(opcode) = requests.iter().position(|request| request.name == name) {
            self.request(object, opcode, numbers, Manner::Sane, random);
        }
    }

    fn request(
        &mut self,
        object: Object,
        opcode: usize,
        numbers: &[u32],
        manner: Manner,
        random: &mut Random,
    ) {
        let request = &object.interface.requests[opcode];
        let mut numbers = numbers.iter().copied();
        let mut interfaces = request.arg_interfaces.iter();
        let (mut body, mut fds, mut born) = (Vec::new(), Vec::new(), Vec::new());
        for argument in request.signature {
            match argument {
                ArgumentType::Int | ArgumentType::Uint | ArgumentType::Fixed => {
                    let number = numbers.next();
                    let number = number.unwrap_or_else(|| self.number(manner, random));
                    body.extend(number.to_ne_bytes());
                }
                ArgumentType::Str(_) => put_text(&mut body, manner, random),
                ArgumentType::Array => {
                    let length = random.below(80);
                    let bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
                    put_bytes(&mut body, &bytes);
                }
                ArgumentType::Object(_) => {
                    let interface = interfaces.next().copied();
                    let id = self.an_object(interface, manner, random);
                    body.extend(id.to_ne_bytes());
                }
                ArgumentType::NewId => {
                    let id = self.new_id();
                    if let Some(interface) = request.child_interface {
                        let version = object.version;
                        born.push(Object {
                            id,
                            interface,
                            version,
                        });
                    }
                    body.extend(id.to_ne_bytes());
                }
                ArgumentType::Fd => fds.push(descriptor(manner, random)),
            }
        }
        self.said.insert(object.id, (object.interface.name, opcode));
        self.send(object.id, u16::try_from(opcode).unwrap(), &body, &fds);
        if request.is_destructor {
            self.objects.retain(|other| other.id != object.id);
        }
        self.objects.extend(born);
    }

    fn number(&self, manner: Manner, random: &mut Random) -> u32 {
        if !self.heard.is_empty() && random.one_in(3) {
            return *random.pick(&self.heard);
        }
        match manner {
            Manner::Sane => u32::try_from(random.below(40)).unwrap(),
            Manner::Wild if random.one_in(8) => random.next() as u32,
            Manner::Wild => *random.pick(EDGES),
        }
    }

    fn an_object(
        &self,
        interface: Option<&'static Interface>,
        manner: Manner,
        random: &mut Random,
    ) -> u32 {
        if manner == Manner::Wild && random.one_in(12) {
            return *random.pick(EDGES);
        }
        let fits = |object: &&Object| {
            interface.is_none_or(|interface| {
                interface.name == object.interface.name
                    || interface.name == ANONYMOUS_INTERFACE.name
            })
        };
        let fitting: Vec<u32> = self.objects.iter().filter(fits).map(|o| o.id).collect();
        match (fitting.last(), manner) {
            (Some(newest), Manner::Sane) if !random.one_in(4) => *newest,
            (Some(_), _) => *random.pick(&fitting),
            // Null, allowed or not.
            (None, _) => 0,
        }
    }

    /// Bytes that are no request: a wrong size, opcode or object, or noise.
    fn nonsense(&mut self, random: &mut Random) {
        let object = match self.objects.last() {
            Some(object) if random.one_in(2) => object.id,
            _ => *random.pick(EDGES),
        };
        let length = random.below(6) * 4;
        let body: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        if random.one_in(3) {
            self.send_raw(&[&object.to_ne_bytes()[..], &body].concat(), &[]);
        } else {
            let opcode = random.below(40) as u16;
            let fds = (0..random.below(3)).map(|_| descriptor(Manner::Wild, random));
            let fds: Vec<OwnedFd> = fds.collect();
            self.send(object, opcode, &body, &fds);
        }
    }
}

fn put_text(body: &mut Vec<u8>, manner: Manner, random: &mut Random) {
    let text: &[u8] = match (manner, random.below(8)) {
        (Manner::Wild, 0) => return body.extend(0u32.to_ne_bytes()),
        (Manner::Wild, 1) => b"\xff\xfe\x80\0",
        (Manner::Wild, 2) => b"no end",
        (Manner::Wild, 3) => &[&[b'x'; 3000][..], b"\0"].concat(),
        (_, 4) => b"\0",
        (_, 5) => "\u{202e}\u{10ffff}窗口\0".as_bytes(),
        _ => b"text/plain\0",
    };
    put_bytes(body, text);
}

/// A file to map or a pipe to write to; in the wild anything.
fn descriptor(manner: Manner, random: &mut Random) -> OwnedFd {
    if manner == Manner::Wild && random.one_in(4) {
        return match random.below(3) {
            0 => std::fs::File::open("/dev/null").unwrap().into(),
            1 => std::io::pipe().unwrap().0.into(),
            _ => std::io::pipe().unwrap().1.into(),
        };
    }
    let file = memfd_create("fuzz", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).unwrap();
    let size = match manner {
        Manner::Sane => 4096,
        Manner::Wild => random.next() % FILE,
    };
    ftruncate(&file, size).unwrap();
    if random.one_in(3) {
        fcntl_add_seals(&file, SealFlags::SHRINK).unwrap();
    } else if manner == Manner::Wild && random.one_in(3) {
        // Smaller than it will be said to be.
        ftruncate(&file, size / 2).unwrap();
    }
    file
}
