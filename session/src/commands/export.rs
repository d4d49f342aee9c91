use std::sync::Arc;

use anyhow::{Context, Result};
use ninep::export::{Budget, Export as Exported};
use ninep::server::Server;
use ninep::transport::dial::Address;
use ninep::transport::{tcp, unix};
use ninep::tree::Node;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::Export;

/// Serves a folder until it is told to end.
pub(crate) async fn run(options: &Export) -> Result<()> {
    let export = Exported::open(&options.folder, Arc::new(()), Budget::of_raised_process())
        .with_context(|| format!("{} cannot be exported", options.folder.display()))?
        .with_hard_links();
    let root: Arc<dyn Node> = export.root();
    let server = Server::new(root);
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let serve = async {
        match &options.listen {
            Address::Unix(path) => {
                let listener = unix::Listener::bind(path)?;
                println!("{} is served at {listener}", options.folder.display());
                server.serve(listener).await;
            }
            Address::Tcp(host, port) => {
                let listener = tcp::Listener::bind(host, *port).await?;
                println!("{} is served at {listener}", options.folder.display());
                server.serve(listener).await;
            }
        }
        Ok(())
    };
    tokio::select! {
        served = serve => served,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}
