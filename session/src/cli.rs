//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use ninep::transport::dial::Address;

use crate::path::TreePath;

/// Start a goblin session, and use its trees
///
/// Every part of a session is a tree of files: what it is, in `status`; what happens, in `event` and `log`; what it can be
/// told, in `ctl`. Paths begin with the name of a service: /mirror/spaces/home/data/notes.txt.
#[derive(Debug, Parser)]
#[command(name = "goblin", version, after_help = EXAMPLES, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  goblin session                                   start a session in a window
  goblin ls /                                      the services that answer
  goblin cat /machine/status                       one state, as JSON
  goblin tail /subsystems/event                    what happens, as it happens
  goblin write /subsystems/shell/ctl restart       an order
  goblin cat /subsystems/shell/ctl                 the orders that can be given
  goblin put Pictures /mirror/spaces/home/data     a folder into the mirror
  goblin panel storage                             open a panel

A session lies in XDG_RUNTIME_DIR; another value of it is another session.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a session, and stay until it ends
    Session(Session),
    /// List folders; / lists the services
    Ls(Ls),
    /// Print files
    Cat(Cat),
    /// Give an order to a ctl file, or replace the content of a file
    Write(Write),
    /// Print the end of a log or event file, and what comes
    Tail(Tail),
    /// Tell what is known of files: kind, size, time
    Stat(Stat),
    /// Copy files and folders out of a tree
    Get(Get),
    /// Copy files and folders into a tree
    Put(Put),
    /// Remove files
    Rm(Rm),
    /// Make folders
    Mkdir(Mkdir),
    /// Rename or move files
    Mv(Mv),
    /// Save a picture of an output or a window
    Screenshot(Screenshot),
    /// Open a panel
    Panel(Panel),
    /// Mount the trees as a folder, and stay until it is unmounted
    Mount(Mount),
    /// Serve a folder over 9P, and stay until told to end
    Export(Export),
}

/// Start a session, and stay until it ends
///
/// It ends when its desktop is left, by Ctrl-C, or by: goblin write /subsystems/ctl quit
#[derive(Debug, Args)]
pub(crate) struct Session {
    /// No screen: the desktop is drawn into memory, at this size. Given twice, it has two outputs
    #[arg(long, value_name = "WIDTHxHEIGHT@SCALE", value_parser = crate::commands::session::screen)]
    pub(crate) headless: Vec<String>,

    /// In a window of the desktop that is running; the default where there is one
    #[arg(long, conflicts_with = "headless")]
    pub(crate) nested: bool,

    /// Let /desktop inject input and take pictures: for sessions that are tests
    #[arg(long)]
    pub(crate) testing: bool,

    /// Keep the data of the session's mirror in this folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) store: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Ls {
    /// With kind, permissions, size and time
    #[arg(short)]
    pub(crate) long: bool,

    #[arg(value_name = "PATH", default_value = "/")]
    pub(crate) paths: Vec<TreePath>,
}

#[derive(Debug, Args)]
pub(crate) struct Cat {
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<TreePath>,
}

/// Give an order to a ctl file, or replace the content of a file
///
/// Without words, what is written comes from standard input: for a ctl, one order to a line, all of them or none. An order
/// may carry if-rev=N, and is refused when the state has moved on from that revision. A refusal says what would work, and
/// the exit code is 1.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  goblin write /subsystems/mirror/ctl restart
  goblin write /desktop/ctl spawn foot
  goblin write /mirror/spaces/home/data/note.txt milk and bread
  echo 'if-rev=7 stop' | goblin write /subsystems/shell/ctl")]
pub(crate) struct Write {
    pub(crate) path: TreePath,

    #[arg(
        value_name = "WORD",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub(crate) words: Vec<String>,
}

/// Print the end of a log or event file, and what comes
///
/// An event file is followed over restarts of its service: nothing is missed, nothing comes twice. A log is followed by
/// means of the event file beside it.
#[derive(Debug, Args)]
pub(crate) struct Tail {
    /// How many of the lines that are there already
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 10)]
    pub(crate) lines: usize,

    /// Print what is there and end
    #[arg(long)]
    pub(crate) no_follow: bool,

    /// Follow; the default
    #[arg(short, conflicts_with = "no_follow")]
    pub(crate) follow: bool,

    pub(crate) path: TreePath,
}

#[derive(Debug, Args)]
pub(crate) struct Stat {
    /// As one JSON object for each path
    #[arg(long)]
    pub(crate) json: bool,

    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<TreePath>,
}

/// Copy files and folders out of a tree
///
/// A folder is copied with all that is in it. If LOCAL is a folder, the copy gets its old name in it.
#[derive(Debug, Args)]
pub(crate) struct Get {
    /// Go on with a copy that was broken off: files that are there are left alone, parts are completed
    #[arg(long)]
    pub(crate) resume: bool,

    #[arg(value_name = "REMOTE")]
    pub(crate) remote: TreePath,

    #[arg(value_name = "LOCAL", default_value = ".")]
    pub(crate) local: PathBuf,
}

/// Copy files and folders into a tree
///
/// A folder is copied with all that is in it. If REMOTE is a folder, the copies get their old names in it; many LOCALs need
/// one that is.
#[derive(Debug, Args)]
pub(crate) struct Put {
    /// Go on with a copy that was broken off: files that are there are left alone, parts are completed
    #[arg(long)]
    pub(crate) resume: bool,

    #[arg(value_name = "LOCAL", required = true)]
    pub(crate) local: Vec<PathBuf>,

    #[arg(value_name = "REMOTE")]
    pub(crate) remote: TreePath,
}

#[derive(Debug, Args)]
pub(crate) struct Rm {
    /// Folders too, with all that is in them
    #[arg(short)]
    pub(crate) recursive: bool,

    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<TreePath>,
}

#[derive(Debug, Args)]
pub(crate) struct Mkdir {
    /// Parents too, and no complaint about what is there
    #[arg(short)]
    pub(crate) parents: bool,

    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<TreePath>,
}

/// Rename or move files
///
/// Within one service; between two, copy. If TO is a folder, the file keeps its name in it.
#[derive(Debug, Args)]
pub(crate) struct Mv {
    pub(crate) from: TreePath,

    pub(crate) to: TreePath,
}

/// Save a picture of an output or a window
///
/// In a session that was started with --testing. Without an option, the first output.
#[derive(Debug, Args)]
pub(crate) struct Screenshot {
    /// The output, by its name in /desktop/outputs
    #[arg(long, value_name = "NAME")]
    pub(crate) output: Option<String>,

    /// The window, by its number in /desktop/windows
    #[arg(long, value_name = "ID", conflicts_with = "output")]
    pub(crate) window: Option<trees::desktop::WindowId>,

    /// The PNG to write; - is standard output
    #[arg(value_name = "FILE.png")]
    pub(crate) file: PathBuf,
}

/// Open a panel
///
/// Starts the panels if they are not running, and shows the one that is named or brings it to the front.
#[derive(Debug, Args)]
pub(crate) struct Panel {
    #[arg(value_parser = trees::panels::PANELS)]
    pub(crate) name: String,

    /// Where to go in it: in storage SPACE/PATH, in subsystems a name
    pub(crate) place: Option<String>,
}

/// Mount the trees as a folder, and stay until it is unmounted
///
/// What stock tools do with files they do with trees: ls, cat, cp, grep, tail -f. A file that tells a state is read anew at
/// every look. Reading an event file to its end answers "Resource temporarily unavailable" instead of waiting; programs
/// that want to wait poll it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  goblin mount ~/goblin
  goblin mount ~/data /mirror/spaces/home/data
  umount ~/data")]
pub(crate) struct Mount {
    /// An empty folder to mount at
    pub(crate) folder: PathBuf,

    /// The tree to mount
    #[arg(value_name = "PATH", default_value = "/")]
    pub(crate) tree: TreePath,
}

/// Serve a folder over 9P, and stay until told to end
///
/// For the kernel's own client, for Plan 9 tools and for other machines through a tunnel. There is no authentication: a unix
/// socket lets in this user alone, and TCP listens on the loopback only.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  goblin export ~/Pictures --listen unix!/run/user/1000/pictures
  goblin export ~/Pictures --listen tcp!127.0.0.1!5640
  mount -t 9p -o trans=tcp,port=5640,version=9p2000.L 127.0.0.1 /mnt")]
pub(crate) struct Export {
    /// The folder to serve
    pub(crate) folder: PathBuf,

    /// Where to listen: unix!PATH or tcp!HOST!PORT; port 0 takes a free one, and says which
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Address,
}
