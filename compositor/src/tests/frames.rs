//! When frames are drawn, and when they are not.

use std::time::Duration;

use super::Fixture;
use super::dispatch::FrameMark;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

#[test]
fn a_desktop_at_rest_draws_nothing_and_arms_no_timer() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (640, 480), BLUE);
    fixture.settle();
    let before = fixture.goblin.outputs[0].frames;
    assert!(before > 0);
    assert_eq!(fixture.goblin.next_due(), None, "nothing will wake it");
    fixture.rest(Duration::from_secs(3600));
    assert_eq!(fixture.goblin.outputs[0].frames, before);
}

#[test]
fn a_commit_without_damage_is_answered_but_not_drawn() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    fixture.settle();
    let before = fixture.goblin.outputs[0].frames;
    window.surface.frame(&client.handle(), FrameMark);
    window.surface.commit();
    client.roundtrip(&mut fixture);
    fixture.settle();
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.frames, 1);
    assert_eq!(fixture.goblin.outputs[0].frames, before);
}

#[test]
fn a_film_on_one_screen_makes_no_work_on_the_other() {
    let mut fixture = Fixture::with_outputs(&["440x280@1", "440x280@1"]);
    let mut client = fixture.connect();
    fixture.pointer_to(100, 100);
    let still = client.open(&mut fixture, (100, 80), BLUE);
    fixture.pointer_to(540, 100);
    let film = client.open(&mut fixture, (100, 80), BLUE);
    fixture.pointer_to(870, 270);
    fixture.settle();
    let before = fixture.goblin.outputs[0].frames;
    for _ in 0..300 {
        client.draw(&film, (100, 80), BLUE);
        client.roundtrip(&mut fixture);
        fixture.settle();
    }
    assert!(fixture.goblin.outputs[1].frames >= 300);
    assert_eq!(fixture.goblin.outputs[0].frames, before);
    // Its frame was kept: what the client drew is all that is new there.
    let before = fixture.goblin.outputs[0].costs.damage;
    client.draw(&still, (100, 80), BLUE);
    client.roundtrip(&mut fixture);
    fixture.settle();
    assert_eq!(fixture.goblin.outputs[0].costs.damage - before, 100 * 80);
}

#[test]
fn however_often_the_pointer_moves_there_is_one_frame_in_a_cycle() {
    let mut fixture = Fixture::new();
    fixture.settle();
    let before = fixture.goblin.outputs[0].frames;
    for x in 0..200 {
        let time = fixture.goblin.now_ms();
        fixture
            .goblin
            .pointer_moved((f64::from(x), 300.0).into(), time);
        fixture.goblin.end_turn();
    }
    assert_eq!(
        fixture.goblin.outputs[0].frames, before,
        "the cycle of the last frame is not over"
    );
    fixture.settle();
    assert_eq!(fixture.goblin.outputs[0].frames, before + 1);
}

#[test]
fn what_a_client_draws_when_it_is_told_to_is_shown_one_cycle_later() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    fixture.settle();
    let mut shown = Vec::new();
    for _ in 0..5 {
        let before = client.heard.frames;
        window.surface.frame(&client.handle(), FrameMark);
        client.draw(&window, (640, 480), BLUE);
        client.roundtrip(&mut fixture);
        fixture.settle();
        client.roundtrip(&mut fixture);
        assert_eq!(client.heard.frames, before + 1);
        shown.push(fixture.goblin.outputs[0].last_vblank);
    }
    let refresh = fixture.goblin.outputs[0].refresh();
    for two in shown.windows(2) {
        assert_eq!(two[1] - two[0], refresh);
    }
}

#[test]
fn a_hidden_window_is_not_asked_to_draw() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    let id = fixture.only_window();
    fixture.goblin.layout.set_minimised(id, true);
    fixture.goblin.layout_changed();
    fixture.turn();
    fixture.settle();
    window.surface.frame(&client.handle(), FrameMark);
    window.surface.commit();
    client.roundtrip(&mut fixture);
    fixture.settle();
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.frames, 0);
    fixture.goblin.focus_window(id);
    fixture.turn();
    fixture.settle();
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.frames, 1, "shown again, it is");
}

#[test]
fn two_outputs_draw_each_for_itself() {
    let mut fixture = Fixture::with_outputs(&["800x600@1", "800x600@1"]);
    let mut client = fixture.connect();
    fixture.pointer_to(1200, 300);
    fixture.settle();
    let window = client.open(&mut fixture, (300, 200), BLUE);
    fixture.settle();
    let frames = |fixture: &Fixture| -> Vec<u64> {
        fixture
            .goblin
            .outputs
            .iter()
            .map(|output| output.frames)
            .collect()
    };
    let before = frames(&fixture);
    client.draw(&window, (300, 200), [1, 2, 3]);
    client.roundtrip(&mut fixture);
    fixture.settle();
    let after = frames(&fixture);
    assert_eq!((after[0] - before[0], after[1] - before[1]), (0, 1));
}

#[test]
fn a_window_sent_to_another_output_follows_its_frames() {
    let mut fixture = Fixture::with_outputs(&["1920x1080@1", "1280x720@1"]);
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (1000, 700), BLUE);
    fixture.settle();
    let id = fixture.only_window();
    let there = fixture.goblin.outputs[1].id;
    fixture.goblin.layout.send_to_output(id, there);
    fixture.goblin.layout_changed();
    fixture.settle();
    // Smaller than what the first output showed of it.
    for _ in 0..2 {
        let before = client.heard.frames;
        window.surface.frame(&client.handle(), FrameMark);
        client.draw(&window, (300, 200), BLUE);
        client.roundtrip(&mut fixture);
        fixture.settle();
        client.roundtrip(&mut fixture);
        assert_eq!(client.heard.frames, before + 1);
    }
}
