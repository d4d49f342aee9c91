//! When the X server starts, and what its end costs.

use rustix::process::{Pid, Signal, kill_process};

use super::XClient;
use crate::tests::Fixture;

#[test]
fn the_x_server_starts_with_the_first_client_and_ends_with_the_last() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.goblin.x11_display(), None, "before it is offered");
    fixture.goblin.offer_x11();
    fixture.settle();
    assert!(fixture.goblin.x11_display().is_some());
    assert!(!fixture.goblin.x11_runs(), "nobody asked for it");

    let client = XClient::connect(&mut fixture);
    assert!(fixture.goblin.x11_runs());
    drop(client);
    fixture.until("the end of the X server", |goblin| !goblin.x11_runs());
    let client = XClient::connect(&mut fixture);
    assert!(fixture.goblin.x11_runs());
    let window = client.window((0, 0, 200, 100), 0x00ff_0000);
    client.map(window);
    fixture.until("a window", |goblin| goblin.layout.windows().count() == 1);
}

#[test]
fn when_the_x_server_is_killed_its_windows_go_and_the_next_client_starts_another() {
    let mut fixture = Fixture::new();
    fixture.goblin.offer_x11();
    let mut wayland = fixture.connect();
    wayland.open(&mut fixture, (300, 200), [0, 0, 255]);
    let client = XClient::connect(&mut fixture);
    for at in [0, 50] {
        client.map(client.window((at, at, 200, 100), 0x00ff_0000));
    }
    client.map(client.menu((5, 5, 20, 20), 0x0000_ff00));
    fixture.until("windows", |goblin| {
        goblin.layout.windows().count() == 3 && goblin.unmanaged_x11().len() == 1
    });
    let pid = fixture
        .goblin
        .x11_process()
        .and_then(|pid| i32::try_from(pid).ok());
    kill_process(Pid::from_raw(pid.unwrap()).unwrap(), Signal::KILL).unwrap();
    fixture.until("the end of the X server", |goblin| !goblin.x11_runs());
    assert!(fixture.goblin.unmanaged_x11().is_empty());
    fixture.only_window();

    let client = XClient::connect(&mut fixture);
    client.map(client.window((0, 0, 200, 100), 0x00ff_0000));
    fixture.until("a window", |goblin| goblin.layout.windows().count() == 2);
    wayland.roundtrip(&mut fixture);
}
