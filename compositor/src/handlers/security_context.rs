//! `wp_security_context_manager_v1`: whoever starts a subsystem gives it a socket of its own, and
//! what connects there belongs to the subsystem's [`Domain`].

use smithay::delegate_security_context;
use smithay::wayland::security_context::{
    SecurityContext, SecurityContextHandler, SecurityContextListenerSource,
};
use tracing::{info, warn};

use crate::domain::Domain;
use crate::goblin::Goblin;
use crate::listener::Listener;

impl SecurityContextHandler for Goblin {
    fn context_created(&mut self, source: SecurityContextListenerSource, context: SecurityContext) {
        let domain = Domain::of_sandbox(
            context.sandbox_engine.as_deref(),
            context.app_id.as_deref(),
            context.instance_id.as_deref(),
        );
        let name = domain.name().to_owned();
        let listener = Listener::lent(source, format!("the socket of {name}"));
        let inserted = self
            .loop_handle
            .insert_source(listener, move |stream, (), goblin| {
                goblin.accept(stream, domain.clone());
            });
        match inserted {
            Ok(_) => info!("clients of {name} connect on a socket of their own"),
            Err(error) => warn!(
                "the socket of {name} cannot be listened on: {}",
                error.error
            ),
        }
    }
}

delegate_security_context!(Goblin);
