//! What the X server tells its window manager.

use tracing::debug;
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConfigWindow, ConfigureNotifyEvent, ConfigureRequestEvent,
    ConfigureWindowAux, ConnectionExt as _, CreateNotifyEvent, EventMask, NotifyMode, Property,
    PropertyNotifyEvent, Window as Xid,
};

use super::connection::X11Error;
use super::plane::XRect;
use super::properties::Properties;
use super::wm::XWindow;
use crate::goblin::Goblin;

/// No more events than this are taken in one turn: others want to be heard too.
const AT_ONCE: usize = 512;

impl Goblin {
    /// Takes in what the X server has said; returns whether it said anything.
    pub(crate) fn drain_x11(&mut self) -> bool {
        for heard in 0..AT_ONCE {
            let Some(wm) = self.xwayland.wm() else {
                return heard > 0;
            };
            let event = match wm.x11.poll_for_event() {
                Ok(Some(event)) => event,
                Ok(None) => return heard > 0,
                Err(error) => {
                    self.x11_failed(&error.into());
                    return true;
                }
            };
            match self.x11_event(event) {
                Ok(()) => {}
                // A window was gone before we spoke of it: nothing is lost.
                Err(X11Error::Reply(ReplyError::X11Error(error))) => {
                    debug!("the X server refused a request: {error:?}");
                }
                Err(error) => self.x11_failed(&error),
            }
        }
        self.loop_signal.wakeup();
        true
    }

    fn x11_event(&mut self, event: Event) -> Result<(), X11Error> {
        match event {
            Event::CreateNotify(event) => self.x11_created(event),
            Event::DestroyNotify(event) => {
                self.x11_unmapped(event.window);
                self.end_outgoing_to(event.window);
                if let Some(wm) = self.xwayland.wm_mut() {
                    wm.windows.remove(&event.window);
                }
                Ok(())
            }
            Event::MapRequest(event) => self.x11_map_asked(event.window),
            Event::MapNotify(event) => self.x11_mapped(event.window, event.override_redirect),
            Event::UnmapNotify(event) => {
                self.x11_unmapped(event.window);
                self.x11_withdrawn(event.window)
            }
            Event::ConfigureRequest(event) => self.x11_configure_asked(event),
            Event::ConfigureNotify(event) => {
                self.x11_configured(event);
                Ok(())
            }
            Event::PropertyNotify(event) => self.x11_property(event),
            Event::SelectionRequest(event) => self.x11_requested(event),
            Event::SelectionNotify(event) => self.x11_answered(&event),
            Event::XfixesSelectionNotify(event) => self.x11_owned(&event),
            Event::ClientMessage(event) => self.x11_message(event),
            // While a client grabs the keyboard its windows seem to gain and lose it.
            Event::FocusIn(event)
                if !matches!(event.mode, NotifyMode::GRAB | NotifyMode::UNGRAB) =>
            {
                self.x11_focus_moved(event.event)
            }
            Event::Error(error) => {
                debug!("the X server refused a request: {error:?}");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn x11_created(&mut self, event: CreateNotifyEvent) -> Result<(), X11Error> {
        let Some(wm) = self.xwayland.wm_mut().filter(|wm| !wm.is_own(event.window)) else {
            return Ok(());
        };
        let hear = EventMask::PROPERTY_CHANGE | EventMask::FOCUS_CHANGE;
        let hear = ChangeWindowAttributesAux::new().event_mask(hear);
        wm.x11.change_window_attributes(event.window, &hear)?;
        let place = XRect::new(
            (event.x.into(), event.y.into()).into(),
            (event.width.into(), event.height.into()).into(),
        );
        let window = XWindow::new(place, event.override_redirect);
        wm.windows.insert(event.window, window);
        Ok(())
    }

    fn x11_map_asked(&mut self, xid: Xid) -> Result<(), X11Error> {
        let Some(wm) = self.xwayland.wm_mut() else {
            return Ok(());
        };
        let (x11, atoms) = (wm.x11.clone(), wm.atoms);
        let Some(window) = wm.windows.get_mut(&xid) else {
            return Ok(());
        };
        window.override_redirect = false;
        window.properties = Properties::read(&x11, &atoms, xid)?;
        x11.configure_window(xid, &ConfigureWindowAux::new().border_width(0))?;
        x11.map_window(xid)?;
        Ok(())
    }

    fn x11_mapped(&mut self, xid: Xid, override_redirect: bool) -> Result<(), X11Error> {
        let Some(wm) = self.xwayland.wm_mut() else {
            return Ok(());
        };
        let (x11, atoms) = (wm.x11.clone(), wm.atoms);
        let Some(window) = wm.windows.get_mut(&xid) else {
            return Ok(());
        };
        window.mapped = true;
        window.override_redirect = override_redirect;
        if override_redirect {
            window.properties = Properties::read(&x11, &atoms, xid)?;
            wm.unmanaged.retain(|other| *other != xid);
            wm.unmanaged.push(xid);
        }
        self.pair_x11(xid)
    }

    /// A window is shown no more.
    fn x11_unmapped(&mut self, xid: Xid) {
        let Some(wm) = self.xwayland.wm_mut() else {
            return;
        };
        wm.unmanaged.retain(|other| *other != xid);
        wm.announced.retain(|_, window| *window != xid);
        wm.serials.retain(|_, window| *window != xid);
        if let Some(window) = wm.windows.get_mut(&xid) {
            window.mapped = false;
            window.told = None;
        }
        self.part_x11(xid);
    }

    /// A client has taken its window back: it has no state any more (ICCCM 4.1.4).
    fn x11_withdrawn(&mut self, xid: Xid) -> Result<(), X11Error> {
        let Some(wm) = self.xwayland.wm() else {
            return Ok(());
        };
        let window = wm.windows.get(&xid);
        if window.is_some_and(|window| !window.override_redirect) {
            wm.x11.delete_property(xid, wm.atoms.WM_STATE)?;
            wm.x11.delete_property(xid, wm.atoms._NET_WM_STATE)?;
        }
        Ok(())
    }

    fn x11_configure_asked(&mut self, event: ConfigureRequestEvent) -> Result<(), X11Error> {
        let xid = event.window;
        let Some(wm) = self.xwayland.wm_mut() else {
            return Ok(());
        };
        let Some(window) = wm.windows.get_mut(&xid) else {
            return Ok(());
        };
        let asks = |what| event.value_mask.contains(what);
        let mut place = window.place;
        let choose = |what, asked: i32, now: i32| if asks(what) { asked } else { now };
        place.loc.x = choose(ConfigWindow::X, event.x.into(), place.loc.x);
        place.loc.y = choose(ConfigWindow::Y, event.y.into(), place.loc.y);
        place.size.w = choose(ConfigWindow::WIDTH, event.width.into(), place.size.w);
        place.size.h = choose(ConfigWindow::HEIGHT, event.height.into(), place.size.h);
        if let Some(id) = window.window {
            let moves = asks(ConfigWindow::X) || asks(ConfigWindow::Y);
            let sizes = asks(ConfigWindow::WIDTH) || asks(ConfigWindow::HEIGHT);
            return self.x11_place_asked(xid, id, place, moves, sizes);
        }
        // It is not shown yet: it may be what it likes.
        window.place = place;
        super::tell::configure(&wm.x11, xid, place)
    }

    fn x11_configured(&mut self, event: ConfigureNotifyEvent) {
        let Some(wm) = self.xwayland.wm_mut() else {
            return;
        };
        let Some(window) = wm.windows.get_mut(&event.window) else {
            return;
        };
        // Of one that we manage we know better: more may be on the way to it.
        if window.override_redirect || window.window.is_none() {
            window.place = XRect::new(
                (event.x.into(), event.y.into()).into(),
                (event.width.into(), event.height.into()).into(),
            );
        }
        if window.override_redirect && window.mapped {
            self.input.scene_changed = true;
            self.queue_redraw_all();
        }
    }

    fn x11_property(&mut self, event: PropertyNotifyEvent) -> Result<(), X11Error> {
        if event.state == Property::DELETE {
            self.x11_piece_taken(event.window, event.atom);
        }
        let Some(wm) = self.xwayland.wm_mut() else {
            return Ok(());
        };
        let (x11, atoms) = (wm.x11.clone(), wm.atoms);
        if event.state == Property::NEW_VALUE && event.atom == atoms._GOBLIN_SELECTION {
            return self.x11_piece_put(event.window);
        }
        let Some(window) = wm.windows.get_mut(&event.window) else {
            return Ok(());
        };
        // Before it is mapped all of them are read anyway.
        if !window.mapped {
            return Ok(());
        }
        let properties = &mut window.properties;
        if properties.reread(&x11, &atoms, event.window, event.atom)? {
            self.x11_said(event.window);
        }
        Ok(())
    }

    /// A client gave the keyboard to another window than we did: it is taken back, so that what the
    /// person sees and where they type stay the same. Among the windows of one client it may choose.
    fn x11_focus_moved(&mut self, to: Xid) -> Result<(), X11Error> {
        let Some(wm) = self.xwayland.wm() else {
            return Ok(());
        };
        let Some(focus) = wm.told.focus.filter(|focus| *focus != to) else {
            return Ok(());
        };
        // The resource numbers of one client share all bits outside the mask.
        let mask = wm.x11.setup().resource_id_mask;
        if focus & !mask == to & !mask {
            return Ok(());
        }
        wm.give_focus()
    }
}
