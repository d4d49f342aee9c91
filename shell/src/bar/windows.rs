//! The windows as `/desktop` tells them.

use trees::desktop::{Event, WindowId, WindowStatus};

/// The windows of the session, in the order they were opened.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Windows(Vec<WindowStatus>);

impl Windows {
    /// Takes the windows as they were read.
    pub fn replace(&mut self, mut windows: Vec<WindowStatus>) {
        windows.sort_by_key(|window| window.id);
        self.0 = windows;
    }

    /// Takes what happened. An event that is older than what is known changes nothing.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::WindowOpened { window } | Event::WindowChanged { window } => {
                match self.0.binary_search_by_key(&window.id, |known| known.id) {
                    Ok(place) if self.0[place].rev <= window.rev => self.0[place] = window.clone(),
                    Ok(_) => {}
                    Err(place) => self.0.insert(place, window.clone()),
                }
            }
            Event::WindowClosed { id } => self.0.retain(|window| window.id != *id),
            Event::Focus { id } => {
                for window in &mut self.0 {
                    window.focused = Some(window.id) == *id;
                }
            }
            _ => {}
        }
    }

    /// The windows, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &WindowStatus> {
        self.0.iter()
    }

    /// One window.
    pub fn get(&self, id: WindowId) -> Option<&WindowStatus> {
        self.0.iter().find(|window| window.id == id)
    }
}

#[cfg(test)]
mod tests {
    use trees::desktop::{Event, WindowStatus};

    use super::Windows;
    use crate::testing::window;

    fn ids(windows: &Windows) -> Vec<u64> {
        windows.iter().map(|window| window.id).collect()
    }

    #[test]
    fn windows_stand_in_the_order_they_were_opened() {
        let mut windows = Windows::default();
        windows.replace(vec![window(3, "c"), window(1, "a")]);
        windows.apply(&Event::WindowOpened {
            window: window(2, "b"),
        });
        assert_eq!(ids(&windows), [1, 2, 3]);
        windows.apply(&Event::WindowClosed { id: 2 });
        windows.apply(&Event::WindowClosed { id: 99 });
        assert_eq!(ids(&windows), [1, 3]);
    }

    #[test]
    fn an_event_older_than_the_state_is_passed_over() {
        let mut windows = Windows::default();
        windows.replace(vec![WindowStatus {
            rev: 5,
            ..window(1, "new")
        }]);
        let old = WindowStatus {
            rev: 4,
            ..window(1, "old")
        };
        windows.apply(&Event::WindowChanged { window: old });
        assert_eq!(
            windows.get(1).map(|window| window.title.as_str()),
            Some("new")
        );
        let newer = WindowStatus {
            rev: 6,
            minimized: true,
            ..window(1, "newer")
        };
        windows.apply(&Event::WindowChanged { window: newer });
        assert!(windows.get(1).is_some_and(|window| window.minimized));
    }

    #[test]
    fn one_window_has_the_keyboard() {
        let mut windows = Windows::default();
        windows.replace(vec![window(1, "a"), window(2, "b")]);
        let focused = |windows: &Windows| {
            windows
                .iter()
                .filter(|window| window.focused)
                .map(|window| window.id)
                .collect::<Vec<_>>()
        };
        windows.apply(&Event::Focus { id: Some(1) });
        windows.apply(&Event::Focus { id: Some(2) });
        assert_eq!(focused(&windows), [2]);
        windows.apply(&Event::Focus { id: None });
        assert_eq!(focused(&windows), Vec::<u64>::new());
    }
}
