//! `zwlr_output_configuration_v1`: one change of all outputs at once, tried out or made.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use smithay::output::Mode;
use smithay::reexports::wayland_protocols_wlr::output_management::v1::server::zwlr_output_configuration_head_v1::{
    self, ZwlrOutputConfigurationHeadV1,
};
use smithay::reexports::wayland_protocols_wlr::output_management::v1::server::zwlr_output_configuration_v1::{
    self, ZwlrOutputConfigurationV1,
};
use smithay::reexports::wayland_protocols_wlr::output_management::v1::server::zwlr_output_head_v1::{
    AdaptiveSyncState, ZwlrOutputHeadV1,
};
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, Resource, WEnum,
};
use smithay::utils::{Logical, Point, Transform};
use tracing::info;

use super::output_management::{HeadData, ModeData};
use crate::backend::Backend;
use crate::goblin::Goblin;
use crate::outputs::{REFRESH, Setup};

/// What a client wants of one output; what it does not name stays.
#[derive(Debug, Clone, Copy, Default)]
struct Wish {
    mode: Option<Mode>,
    place: Option<Point<i32, Logical>>,
    transform: Option<Transform>,
    scale: Option<f64>,
    adaptive_sync: Option<bool>,
}

type SharedWish = Arc<Mutex<Wish>>;

/// What a client wants of all.
pub(crate) struct ConfigurationData {
    serial: u32,
    wanted: Mutex<Wanted>,
}

#[derive(Default)]
struct Wanted {
    used: bool,
    /// By the name of the output; `None` switches it off.
    heads: Vec<(String, Option<SharedWish>)>,
}

/// What goes with the configuration of one output.
pub(crate) struct ConfigurationHeadData {
    name: String,
    wish: SharedWish,
}

impl ConfigurationData {
    pub(super) fn new(serial: u32) -> Self {
        Self {
            serial,
            wanted: Mutex::default(),
        }
    }

    /// Notes what is wanted of a head; returns whether nothing was before.
    fn want(&self, head: &ZwlrOutputHeadV1, wish: Option<SharedWish>) -> bool {
        let name = name_of(head);
        let heads = &mut lock(&self.wanted).heads;
        let first = heads.iter().all(|(other, _)| *other != name);
        heads.push((name, wish));
        first
    }
}

/// One thread holds such a lock at a time, so that nothing can have been left half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn name_of(head: &ZwlrOutputHeadV1) -> String {
    head.data::<HeadData>()
        .map_or_else(String::new, |data| data.name.clone())
}

impl Dispatch<ZwlrOutputConfigurationV1, ConfigurationData> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        object: &ZwlrOutputConfigurationV1,
        request: zwlr_output_configuration_v1::Request,
        data: &ConfigurationData,
        _display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        use zwlr_output_configuration_v1::{Error, Request};
        let used = lock(&data.wanted).used;
        let late = used && !matches!(request, Request::Destroy);
        let twice = || object.post_error(Error::AlreadyConfiguredHead, "this head was named twice");
        match request {
            Request::EnableHead { id, head } => {
                let wish = SharedWish::default();
                init.init(
                    id,
                    ConfigurationHeadData {
                        name: name_of(&head),
                        wish: Arc::clone(&wish),
                    },
                );
                if !used && !data.want(&head, Some(wish)) {
                    twice();
                }
            }
            Request::DisableHead { head } if !used && !data.want(&head, None) => twice(),
            Request::Apply if !used => state.configuration_asked(object, data, true),
            Request::Test if !used => state.configuration_asked(object, data, false),
            _ => {}
        }
        if late {
            object.post_error(Error::AlreadyUsed, "this configuration was used before");
        }
    }
}

impl Dispatch<ZwlrOutputConfigurationHeadV1, ConfigurationHeadData> for Goblin {
    fn request(
        _state: &mut Self,
        _client: &Client,
        object: &ZwlrOutputConfigurationHeadV1,
        request: zwlr_output_configuration_head_v1::Request,
        data: &ConfigurationHeadData,
        _display: &DisplayHandle,
        _init: &mut DataInit<'_, Self>,
    ) {
        use zwlr_output_configuration_head_v1::{Error, Request};
        let mut wish = lock(&data.wish);
        let first = match request {
            Request::SetMode { mode } => {
                let Some(of) = mode.data::<ModeData>().filter(|of| of.name == data.name) else {
                    return object.post_error(Error::InvalidMode, "the mode is another head's");
                };
                wish.mode.replace(of.mode).is_none()
            }
            Request::SetCustomMode {
                width,
                height,
                refresh,
            } => {
                if width <= 0 || height <= 0 || refresh < 0 {
                    let why = format!("{width}×{height} at {refresh} mHz is no mode");
                    return object.post_error(Error::InvalidCustomMode, why);
                }
                let refresh = if refresh == 0 { REFRESH } else { refresh };
                let size = (width, height).into();
                wish.mode.replace(Mode { size, refresh }).is_none()
            }
            Request::SetPosition { x, y } => wish.place.replace((x, y).into()).is_none(),
            Request::SetTransform {
                transform: WEnum::Value(transform),
            } => wish.transform.replace(transform.into()).is_none(),
            Request::SetTransform { .. } => {
                return object.post_error(Error::InvalidTransform, "there is no such transform");
            }
            Request::SetScale { scale } => {
                if scale <= 0.0 {
                    return object.post_error(Error::InvalidScale, "a scale is above zero");
                }
                wish.scale.replace(scale).is_none()
            }
            Request::SetAdaptiveSync { state } => {
                let WEnum::Value(state) = state else {
                    let why = "there is no such state of adaptive sync";
                    return object.post_error(Error::InvalidAdaptiveSyncState, why);
                };
                let on = state == AdaptiveSyncState::Enabled;
                wish.adaptive_sync.replace(on).is_none()
            }
            _ => true,
        };
        if !first {
            object.post_error(Error::AlreadySet, "this property was set before");
        }
    }
}

/// What is to become of an output: its setup, or `None` to switch it off.
type Plan = Vec<(String, Option<Setup>)>;

impl Goblin {
    fn configuration_asked(
        &mut self,
        object: &ZwlrOutputConfigurationV1,
        data: &ConfigurationData,
        apply: bool,
    ) {
        let wanted = {
            let mut wanted = lock(&data.wanted);
            wanted.used = true;
            std::mem::take(&mut wanted.heads)
        };
        let management = &self.globals.output_management;
        if data.serial != management.serial || self.outputs_dirty {
            return object.cancelled();
        }
        let named = |name: &str| wanted.iter().any(|(other, _)| other == name);
        if let Some(missing) = management.names().find(|name| !named(name)) {
            let error = zwlr_output_configuration_v1::Error::UnconfiguredHead;
            return object.post_error(error, format!("the head {missing} is not configured"));
        }
        match self.plan(&wanted) {
            Ok(plan) => {
                if apply {
                    self.carry_out_plan(plan);
                }
                object.succeeded();
            }
            Err(why) => {
                info!("a configuration of the outputs was refused: {why}");
                object.failed();
            }
        }
    }

    /// What a configuration comes down to.
    fn plan(&self, wanted: &[(String, Option<SharedWish>)]) -> Result<Plan, String> {
        if wanted.iter().all(|(_, wish)| wish.is_none()) {
            return Err("it would leave no output".to_owned());
        }
        let free = self
            .backend
            .as_ref()
            .is_some_and(Backend::has_virtual_outputs);
        let mut plan = Plan::new();
        for (name, wish) in wanted {
            let Some(before) = self.setup_named(name) else {
                return Err(format!("the output {name} is gone"));
            };
            let Some(wish) = wish else {
                if !free {
                    return Err(format!("the output {name} is a window: close it"));
                }
                plan.push((name.clone(), None));
                continue;
            };
            let wish = *lock(wish);
            let setup = Setup {
                mode: wish.mode.unwrap_or(before.mode),
                scale: wish.scale.unwrap_or(before.scale),
                transform: wish.transform.unwrap_or(before.transform),
                place: wish.place.or(before.place),
            };
            setup
                .check()
                .map_err(|why| format!("the output {name}: {why}"))?;
            if setup.mode != before.mode && !free {
                return Err(format!("the size of {name} is its window's"));
            }
            if wish.adaptive_sync == Some(true) {
                return Err(format!("{name} has no adaptive sync"));
            }
            plan.push((name.clone(), Some(setup)));
        }
        Ok(plan)
    }

    fn setup_named(&self, name: &str) -> Option<Setup> {
        let used = self.output_named(name).map(|state| state.id);
        let parked = || self.parked.iter().find(|parked| parked.name == name);
        used.and_then(|id| self.setup_of(id))
            .or_else(|| parked().map(|parked| parked.setup))
    }

    /// Outputs come before others go, so that windows always have somewhere to be.
    fn carry_out_plan(&mut self, plan: Plan) {
        let (kept, gone): (Vec<_>, Vec<_>) =
            plan.into_iter().partition(|(_, setup)| setup.is_some());
        for (name, setup) in kept {
            let Some(setup) = setup else { continue };
            match self.output_named(&name).map(|state| state.id) {
                Some(id) if self.setup_of(id) == Some(setup) => {}
                Some(id) => self.set_up_output(id, setup),
                None => self.unpark_output(&name, setup),
            }
        }
        for (name, _) in gone {
            if let Some(id) = self.output_named(&name).map(|state| state.id) {
                self.park_output(id);
            }
        }
    }
}
