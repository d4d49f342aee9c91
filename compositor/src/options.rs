//! The command line.

use clap::{Parser, ValueEnum};

use crate::backend::VirtualOutput;

/// The Wayland compositor of goblin.
#[derive(Debug, Clone, Parser)]
#[command(name = "goblin-compositor", version)]
pub struct Options {
    /// Where frames go: into memory, or into a window of another desktop.
    #[arg(long, value_enum, default_value_t = BackendKind::Headless)]
    pub backend: BackendKind,

    /// An output: WIDTHxHEIGHT@SCALE. Headless takes several, side by side.
    #[arg(long = "size", value_name = "SIZE", default_value = "1920x1080@1")]
    pub sizes: Vec<VirtualOutput>,

    /// The name of the Wayland socket; without it the first free one of wayland-1, wayland-2, …
    #[arg(long, value_name = "NAME")]
    pub socket: Option<String>,

    /// The configuration file, in place of $XDG_CONFIG_HOME/goblin/compositor.toml.
    #[arg(long, value_name = "FILE")]
    pub config: Option<std::path::PathBuf>,

    /// Allow pictures of the screen and injected input over /desktop.
    #[arg(long)]
    pub testing: bool,

    /// Do not serve /desktop.
    #[arg(long)]
    pub no_tree: bool,
}

/// The backends there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BackendKind {
    /// No screen and no GPU: outputs in memory.
    Headless,
    /// A window of another desktop, X11 or Wayland.
    Nested,
}
