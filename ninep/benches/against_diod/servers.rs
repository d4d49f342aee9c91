//! The two servers, each a process of its own, and what the kernel says that they used.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ninep::export::{Budget, Export};
use ninep::server::{Roots, Server};
use ninep::transport::{tcp, unix};
use ninep::tree::{Dir, Feed, Node, Peer};

use crate::load::{Connection, Stream};

/// The attach name of the tree with an event file, at ours.
pub(crate) const EVENTS: &str = "events";
/// The frame size asked for.
const MSIZE: u32 = (1 << 20) + crate::frames::IO_HEADER;

/// How a server is reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Net {
    Unix,
    Tcp,
}

/// A server that runs, until it is dropped.
pub(crate) struct Running {
    child: Child,
    pub(crate) name: &'static str,
    socket: PathBuf,
    port: u16,
    aname: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// Debian's diod as its manual sets it up for a trusted machine, serving `dir`.
    pub(crate) fn diod(dir: &Path, sockets: &Path) -> Result<Self> {
        let (socket, log) = (sockets.join("diod"), sockets.join("diod.log"));
        // Free a moment ago; nobody else is asking for ports here.
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))?
            .local_addr()?
            .port();
        let program = ["/usr/sbin/diod", "/usr/local/sbin/diod"]
            .into_iter()
            .find(|path| Path::new(path).exists())
            .unwrap_or("diod");
        let child = Command::new(program)
            .args(["--foreground", "--no-auth", "--no-userdb"])
            .args(["--config-file=/dev/null", "--nwthreads=16"])
            .arg(format!("--logdest={}", log.display()))
            .arg("--export")
            .arg(dir)
            .arg("--listen")
            .arg(&socket)
            .arg(format!("--listen=127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .spawn()
            .context("diod cannot be started; `apt install diod`")?;
        let running = Self {
            child,
            name: "diod",
            socket,
            port,
            aname: dir.display().to_string(),
        };
        let begin = Instant::now();
        while running.dial(Net::Tcp).is_err() || running.dial(Net::Unix).is_err() {
            if begin.elapsed() > Duration::from_secs(5) {
                let said = fs::read_to_string(&log).unwrap_or_default();
                bail!("diod does not answer; it said: {said}");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(running)
    }

    /// Our export, in a process of its own: this program with the word `serve`.
    pub(crate) fn ours(dir: &Path, sockets: &Path) -> Result<Self> {
        let socket = sockets.join("ninep");
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg(dir)
            .arg(&socket)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("no pipe to our server")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let port = line.trim().parse().context("our server did not start")?;
        Ok(Self {
            child,
            name: "ninep",
            socket,
            port,
            aname: String::new(),
        })
    }

    fn dial(&self, net: Net) -> Result<Box<dyn Stream>> {
        Ok(match net {
            Net::Unix => Box::new(UnixStream::connect(&self.socket)?),
            Net::Tcp => {
                let stream = TcpStream::connect(("127.0.0.1", self.port))?;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
        })
    }

    /// A connection attached to the folder.
    pub(crate) fn connect(&self, net: Net) -> Result<Connection> {
        Connection::new(self.dial(net)?, MSIZE, &self.aname)
            .with_context(|| format!("connect to {}", self.name))
    }

    /// A connection attached to the tree with an event file.
    pub(crate) fn connect_events(&self) -> Result<Connection> {
        Connection::new(self.dial(Net::Unix)?, MSIZE, EVENTS)
    }

    /// Processor time used so far by all threads there ever were, in seconds (`utime` and `stime` of *proc(5)*).
    pub(crate) fn cpu(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in parentheses may hold anything; after it, field 3 is the first.
        let (_, fields) = stat.rsplit_once(')').context("/proc/PID/stat")?;
        let ticks: u32 = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(|field| field.parse().unwrap_or(0))
            .sum();
        let per_second = u32::try_from(rustix::param::clock_ticks_per_second())?;
        Ok(f64::from(ticks) / f64::from(per_second))
    }

    /// How often its threads have been put on a processor after waiting.
    pub(crate) fn wakeups(&self) -> Result<u64> {
        let mut sum = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let status = fs::read_to_string(task?.path().join("status"))?;
            sum += status
                .lines()
                .filter_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))
                .filter_map(|count| count.trim().parse::<u64>().ok())
                .sum::<u64>();
        }
        Ok(sum)
    }
}

/// The folder, and under [`EVENTS`] a tree with an event file that never has an event.
struct Trees {
    folder: Arc<dyn Node>,
    events: Arc<dyn Node>,
}

impl Roots for Trees {
    fn root(&self, _: &Peer, aname: &str) -> ninep::Result<Arc<dyn Node>> {
        Ok(Arc::clone(match aname {
            EVENTS => &self.events,
            _ => &self.folder,
        }))
    }
}

/// The word `serve`: serves `dir` at `socket` and at a port of the loopback, which is printed.
pub(crate) fn serve(dir: &Path, socket: &Path) -> Result<()> {
    // As every service of goblin's, `goblin export` among them.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let export = Export::open(dir, Arc::new(()), Budget::of_process())?;
        let events = Dir::new();
        events.add("event", Feed::new(1, 16).node());
        let server = Server::new(Trees {
            folder: export.root(),
            events,
        });
        let unix = unix::Listener::bind(socket)?;
        let tcp = tcp::Listener::bind("127.0.0.1", 0).await?;
        println!("{}", tcp.address().port());
        tokio::join!(server.serve(unix), server.serve(tcp));
        Ok(())
    })
}
