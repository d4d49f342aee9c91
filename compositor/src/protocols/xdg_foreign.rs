//! `zxdg_exporter` and `zxdg_importer`, versions 1 and 2: a window gets a dialog of another program. A
//! handle of either version imports in the other. Ours, and not smithay's, which exports surfaces that
//! are no windows, and knows version 2 alone.

use std::collections::HashMap;

use smithay::reexports::wayland_protocols::xdg::foreign::{zv1, zv2};
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource,
};
use smithay::wayland::compositor::with_states;
use smithay::wayland::shell::xdg::{XdgShellHandler, XdgToplevelSurfaceData};
use smithay::wayland::shell::{is_toplevel_equivalent, is_valid_parent};
use tracing::error;
use zv1::server as v1;
use zv2::server as v2;

use crate::client::{domain_of, sees};
use crate::domain::Domain;
use crate::goblin::Goblin;

/// Version 1 has no error of its own for a surface that is no window; wlroots sends this.
const INVALID_SURFACE_V1: u32 = u32::MAX;

/// The state of the four globals.
pub(crate) struct XdgForeign {
    _globals: [GlobalId; 4],
    /// Windows that were exported, by the handle that a program passes on.
    exports: HashMap<String, WlSurface>,
    imports: Vec<Import>,
}

/// One object of an importer.
struct Import {
    object: Imported,
    handle: String,
    /// Windows of the importing client that it put above the exported one.
    children: Vec<WlSurface>,
}

#[derive(PartialEq)]
enum Imported {
    V1(v1::zxdg_imported_v1::ZxdgImportedV1),
    V2(v2::zxdg_imported_v2::ZxdgImportedV2),
}

impl Imported {
    fn send_destroyed(&self) {
        match self {
            Imported::V1(object) => object.destroyed(),
            Imported::V2(object) => object.destroyed(),
        }
    }
}

/// The handle that an object stands for.
#[derive(Debug)]
pub(crate) struct Handle(String);

impl XdgForeign {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        let globals = [
            display.create_global::<Goblin, v1::zxdg_exporter_v1::ZxdgExporterV1, _>(1, ()),
            display.create_global::<Goblin, v1::zxdg_importer_v1::ZxdgImporterV1, _>(1, ()),
            display.create_global::<Goblin, v2::zxdg_exporter_v2::ZxdgExporterV2, _>(1, ()),
            display.create_global::<Goblin, v2::zxdg_importer_v2::ZxdgImporterV2, _>(1, ()),
        ];
        Self {
            _globals: globals,
            exports: HashMap::new(),
            imports: Vec::new(),
        }
    }

    fn export(&mut self, surface: WlSurface) -> String {
        let handle = secret();
        if !handle.is_empty() {
            self.exports.insert(handle.clone(), surface);
        }
        handle
    }

    fn import(&mut self, object: Imported, handle: String) {
        if !self.exports.contains_key(&handle) {
            object.send_destroyed();
        }
        self.imports.push(Import {
            object,
            handle,
            children: Vec::new(),
        });
    }
}

impl Goblin {
    /// A surface is gone, or no window any more: what was exported of it is too.
    pub(crate) fn foreign_gone(&mut self, surface: &WlSurface) {
        let foreign = &mut self.globals.foreign;
        foreign
            .imports
            .iter_mut()
            .for_each(|import| import.children.retain(|child| child != surface));
        let gone = foreign
            .exports
            .iter()
            .filter(|(_, other)| *other == surface);
        let gone: Vec<String> = gone.map(|(handle, _)| handle.clone()).collect();
        gone.iter().for_each(|handle| self.revoke(handle));
    }

    /// A handle means nothing any more: dialogs that were put above its window stand alone.
    fn revoke(&mut self, handle: &str) {
        let foreign = &mut self.globals.foreign;
        let Some(parent) = foreign.exports.remove(handle) else {
            return;
        };
        let mut children = Vec::new();
        for import in &mut foreign.imports {
            if import.handle == handle {
                children.append(&mut import.children);
                import.object.send_destroyed();
            }
        }
        children
            .iter()
            .for_each(|child| self.set_foreign_parent(child, Some(&parent), None));
    }

    /// Puts a window above an exported one; returns whether it may be there.
    fn put_above(&mut self, object: &Imported, child: &WlSurface) -> bool {
        if !is_toplevel_equivalent(child) {
            return false;
        }
        let domain = self.domain_of(child);
        let foreign = &mut self.globals.foreign;
        let Some(import) = foreign
            .imports
            .iter_mut()
            .find(|import| import.object == *object)
        else {
            return true;
        };
        let Some(parent) = foreign.exports.get(&import.handle).cloned() else {
            return true;
        };
        if domain != Domain::Board && parent.client().map(|of| domain_of(&of)) != Some(domain) {
            // A subsystem's window cannot pass for a dialog of another domain's.
            return true;
        }
        if !is_valid_parent(child, &parent) {
            return false;
        }
        if !import.children.contains(child) {
            import.children.push(child.clone());
        }
        self.set_foreign_parent(child, None, Some(&parent));
        true
    }

    /// Gives a window a parent, or takes it away if it is still `from`.
    fn set_foreign_parent(
        &mut self,
        child: &WlSurface,
        from: Option<&WlSurface>,
        to: Option<&WlSurface>,
    ) {
        with_states(child, |states| {
            let data = states.data_map.get::<XdgToplevelSurfaceData>();
            if let Some(mut role) = data.and_then(|data| data.lock().ok())
                && (from.is_none() || role.parent.as_ref() == from)
            {
                role.parent = to.cloned();
            }
        });
        let toplevels = self.globals.xdg_shell.toplevel_surfaces();
        let toplevel = toplevels
            .iter()
            .find(|toplevel| toplevel.wl_surface() == child);
        if let Some(toplevel) = toplevel.cloned() {
            self.parent_changed(toplevel);
        }
    }

    /// A client is done with an import: what it had put there stands alone.
    fn end_import(&mut self, object: &Imported) {
        let foreign = &mut self.globals.foreign;
        let index = foreign
            .imports
            .iter()
            .position(|import| import.object == *object);
        let Some(import) = index.map(|index| foreign.imports.swap_remove(index)) else {
            return;
        };
        let Some(parent) = foreign.exports.get(&import.handle).cloned() else {
            return;
        };
        for child in &import.children {
            self.set_foreign_parent(child, Some(&parent), None);
        }
    }
}

/// A handle that nobody guesses; empty, which is none, where the kernel gives no random bytes.
fn secret() -> String {
    let mut bytes = [0_u8; 16];
    match rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty()) {
        Ok(16) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        other => {
            error!("a window was not exported: the kernel gave no random bytes ({other:?})");
            String::new()
        }
    }
}

/// What the two versions have in common, which is all but the names and one error.
macro_rules! foreign {
    (
        $version:ident, $kind:ident,
        $exporter:ident::$Exporter:ident, $export:ident, $invalid_export:expr,
        $exported:ident::$Exported:ident,
        $importer:ident::$Importer:ident, $import:ident,
        $imported:ident::$Imported:ident, $invalid_child:expr
    ) => {
        impl GlobalDispatch<$version::$exporter::$Exporter, ()> for Goblin {
            fn bind(
                _: &mut Self,
                _: &DisplayHandle,
                _: &Client,
                exporter: New<$version::$exporter::$Exporter>,
                (): &(),
                data_init: &mut DataInit<'_, Self>,
            ) {
                data_init.init(exporter, ());
            }

            fn can_view(client: Client, (): &()) -> bool {
                sees::<$version::$exporter::$Exporter>(&client)
            }
        }

        impl GlobalDispatch<$version::$importer::$Importer, ()> for Goblin {
            fn bind(
                _: &mut Self,
                _: &DisplayHandle,
                _: &Client,
                importer: New<$version::$importer::$Importer>,
                (): &(),
                data_init: &mut DataInit<'_, Self>,
            ) {
                data_init.init(importer, ());
            }

            fn can_view(client: Client, (): &()) -> bool {
                sees::<$version::$importer::$Importer>(&client)
            }
        }

        impl Dispatch<$version::$exporter::$Exporter, ()> for Goblin {
            fn request(
                goblin: &mut Self,
                _: &Client,
                exporter: &$version::$exporter::$Exporter,
                request: $version::$exporter::Request,
                (): &(),
                _: &DisplayHandle,
                data_init: &mut DataInit<'_, Self>,
            ) {
                let $version::$exporter::Request::$export { id, surface } = request else {
                    return;
                };
                if !is_toplevel_equivalent(&surface) {
                    exporter.post_error($invalid_export, "the surface is no window");
                    return;
                }
                let handle = goblin.globals.foreign.export(surface);
                let exported = data_init.init(id, Handle(handle.clone()));
                exported.handle(handle);
            }
        }

        impl Dispatch<$version::$exported::$Exported, Handle> for Goblin {
            fn request(
                _: &mut Self,
                _: &Client,
                _: &$version::$exported::$Exported,
                _: $version::$exported::Request,
                _: &Handle,
                _: &DisplayHandle,
                _: &mut DataInit<'_, Self>,
            ) {
                // It can only be destroyed.
            }

            fn destroyed(
                goblin: &mut Self,
                _: ClientId,
                _: &$version::$exported::$Exported,
                handle: &Handle,
            ) {
                goblin.revoke(&handle.0);
            }
        }

        impl Dispatch<$version::$importer::$Importer, ()> for Goblin {
            fn request(
                goblin: &mut Self,
                _: &Client,
                _: &$version::$importer::$Importer,
                request: $version::$importer::Request,
                (): &(),
                _: &DisplayHandle,
                data_init: &mut DataInit<'_, Self>,
            ) {
                let $version::$importer::Request::$import { id, handle } = request else {
                    return;
                };
                let object = Imported::$kind(data_init.init(id, ()));
                goblin.globals.foreign.import(object, handle);
            }
        }

        impl Dispatch<$version::$imported::$Imported, ()> for Goblin {
            fn request(
                goblin: &mut Self,
                _: &Client,
                imported: &$version::$imported::$Imported,
                request: $version::$imported::Request,
                (): &(),
                _: &DisplayHandle,
                _: &mut DataInit<'_, Self>,
            ) {
                if let $version::$imported::Request::SetParentOf { surface } = request
                    && !goblin.put_above(&Imported::$kind(imported.clone()), &surface)
                {
                    let reason = "the surface is no window, or the parent's own parent";
                    imported.post_error($invalid_child, reason);
                }
            }

            fn destroyed(
                goblin: &mut Self,
                _: ClientId,
                imported: &$version::$imported::$Imported,
                (): &(),
            ) {
                goblin.end_import(&Imported::$kind(imported.clone()));
            }
        }
    };
}

foreign!(
    v1,
    V1,
    zxdg_exporter_v1::ZxdgExporterV1,
    Export,
    INVALID_SURFACE_V1,
    zxdg_exported_v1::ZxdgExportedV1,
    zxdg_importer_v1::ZxdgImporterV1,
    Import,
    zxdg_imported_v1::ZxdgImportedV1,
    INVALID_SURFACE_V1
);
foreign!(
    v2,
    V2,
    zxdg_exporter_v2::ZxdgExporterV2,
    ExportToplevel,
    v2::zxdg_exporter_v2::Error::InvalidSurface,
    zxdg_exported_v2::ZxdgExportedV2,
    zxdg_importer_v2::ZxdgImporterV2,
    ImportToplevel,
    zxdg_imported_v2::ZxdgImportedV2,
    v2::zxdg_imported_v2::Error::InvalidSurface
);
