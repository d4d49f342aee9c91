//! What goes by the clock, with a clock moved by hand.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use wayland_client::Proxy;
use wayland_protocols::xdg::shell::client::xdg_toplevel::State;

use super::Fixture;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

#[test]
fn what_is_due_is_done_in_its_order_and_at_its_time() {
    let mut fixture = Fixture::new();
    fixture.settle();
    let done = Rc::new(RefCell::new(Vec::new()));
    let begun = fixture.goblin.now_ms();
    for delay in [30, 10, 20, 20] {
        let done = done.clone();
        let armed = fixture
            .goblin
            .after(Duration::from_millis(delay), move |goblin| {
                done.borrow_mut().push(goblin.now_ms() - begun);
            });
        assert!(armed);
    }
    fixture.rest(Duration::from_millis(20));
    assert_eq!(*done.borrow(), [10, 20, 20]);
    fixture.rest(Duration::from_millis(20));
    assert_eq!(*done.borrow(), [10, 20, 20, 30]);
    assert_eq!(fixture.goblin.now_ms() - begun, 40);
}

#[test]
fn two_presses_on_a_title_bar_are_a_double_click_if_they_come_soon() {
    for (pause, maximised) in [(401, false), (400, true)] {
        let mut fixture = Fixture::new();
        let mut client = fixture.connect();
        let window = client.open(&mut fixture, (640, 480), BLUE);
        let id = fixture.only_window();
        let frame = fixture.goblin.layout.frame_rect(id).unwrap();
        let bar = (frame.loc.x + 100, frame.loc.y + 15);
        fixture.click(bar.0, bar.1);
        fixture.rest(Duration::from_millis(pause));
        fixture.click(bar.0, bar.1);
        client.roundtrip(&mut fixture);
        let told = client.heard.last_configure(&window.toplevel);
        assert_eq!(told.has(State::Maximized), maximised, "after {pause} ms");
        assert!(window.surface.is_alive());
    }
}
