//! Windows that lie where they ask: each on its own pixels, whatever the scale.

use x11rb::protocol::Event;

use super::XClient;
use crate::tests::Fixture;

const GREEN: u32 = 0x0000_ff00;

fn check(output: &str, scale: f64) {
    let mut fixture = Fixture::with_outputs(&[output]);
    fixture.goblin.offer_x11();
    let client = XClient::connect(&mut fixture);
    // An odd place and an odd size: neither is a whole number of logical pixels at 1.25.
    let menu = client.menu((503, 301, 101, 51), GREEN);
    client.map(menu);
    fixture.until("a menu", |goblin| goblin.unmanaged_x11().len() == 1);
    fixture.settle();
    assert_eq!(
        fixture.goblin.layout.windows().count(),
        0,
        "it has no frame"
    );

    let picture = fixture.picture();
    let width = i32::try_from(picture.width).unwrap();
    let green = |x: i32, y: i32| {
        let at = usize::try_from(y * width + x).unwrap() * 4;
        picture.data[at..at + 3] == [0, 255, 0]
    };
    for (x, y) in [(503, 301), (603, 301), (503, 351), (603, 351), (550, 320)] {
        assert!(green(x, y), "{output}: the menu is at {x}, {y}");
    }
    for (x, y) in [(502, 301), (503, 300), (604, 351), (603, 352)] {
        assert!(!green(x, y), "{output}: the menu is not at {x}, {y}");
    }

    let (x, y) = ((520.5 / scale), (310.5 / scale));
    let time = fixture.goblin.now_ms();
    fixture.goblin.pointer_moved((x, y).into(), time);
    fixture.press();
    let (at, root) = client.until(&mut fixture, "a press", |event| match event {
        Event::ButtonPress(event) => {
            Some(((event.event_x, event.event_y), (event.root_x, event.root_y)))
        }
        _ => None,
    });
    assert_eq!(at, (17, 9), "{output}: within the menu");
    assert_eq!(root, (520, 310), "{output}: on the X screen");
    fixture.release();
}

#[test]
fn a_menu_lies_on_its_own_pixels_at_scale_1() {
    check("1280x720@1", 1.0);
}

#[test]
fn a_menu_lies_on_its_own_pixels_at_scale_1_25() {
    check("1280x720@1.25", 1.25);
}

#[test]
fn a_menu_lies_on_its_own_pixels_at_scale_1_5() {
    check("1280x720@1.5", 1.5);
}

#[test]
fn a_menu_lies_on_its_own_pixels_at_scale_2() {
    check("1280x720@2", 2.0);
}
