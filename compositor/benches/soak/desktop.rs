//! The compositor's tree, asked and told one thing after the other.

use anyhow::{Context, Result};
use ninep::client::Namespace;
use ninep::tree::ctl::Verb;
use tokio::runtime::{Builder, Runtime};
use trees::desktop::{OutputVerb, OutputsVerb, Perf, Status, WindowId, WindowStatus, WindowVerb};

use crate::server::Server;

pub(crate) struct Desktop {
    runtime: Runtime,
    namespace: Namespace,
}

impl Desktop {
    pub(crate) fn of(server: &Server) -> Result<Self> {
        Ok(Self {
            runtime: Builder::new_current_thread().enable_all().build()?,
            namespace: Namespace::new(server.sockets()),
        })
    }

    pub(crate) fn status(&self) -> Result<Status> {
        let read = self.namespace.read_json("/desktop/status");
        self.runtime.block_on(read).context("/desktop/status")
    }

    pub(crate) fn window(&self, id: WindowId) -> Result<WindowStatus> {
        let path = format!("/desktop/windows/{id}/status");
        let read = self.namespace.read_json(&path);
        self.runtime.block_on(read).context(path.clone())
    }

    pub(crate) fn faults(&self) -> Result<u64> {
        let read = self.namespace.read_json::<Perf>("/desktop/perf");
        Ok(self.runtime.block_on(read)?.faults)
    }

    pub(crate) fn outputs(&self, verb: &OutputsVerb) -> Result<()> {
        self.order("/desktop/outputs/ctl", verb)
    }

    pub(crate) fn output(&self, name: &str, verb: &OutputVerb) -> Result<()> {
        self.order(&format!("/desktop/outputs/{name}/ctl"), verb)
    }

    pub(crate) fn tell(&self, id: WindowId, verb: &WindowVerb) -> Result<()> {
        self.order(&format!("/desktop/windows/{id}/ctl"), verb)
    }

    fn order(&self, path: &str, verb: &impl Verb) -> Result<()> {
        let line = verb.line();
        let told = self.runtime.block_on(self.namespace.ctl(path, &line));
        told.map(drop).with_context(|| format!("{path}: {line}"))
    }
}
