//! `zwlr_screencopy_manager_v1`: what a screenshot tool gets, and when.

use std::time::Duration;

use wayland_client::protocol::wl_output::WlOutput;
use wayland_client::{Connection, Dispatch, QueueHandle, delegate_noop};
use wayland_protocols_wlr::screencopy::v1::client::zwlr_screencopy_frame_v1::{
    Event, ZwlrScreencopyFrameV1,
};
use wayland_protocols_wlr::screencopy::v1::client::zwlr_screencopy_manager_v1::ZwlrScreencopyManagerV1;

use super::dispatch::Heard;
use super::memory::{Memory, Told};
use super::{Client, Fixture};
use crate::render::Subject;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const SAND: [u8; 3] = [0xe8, 0xdc, 0xc0];

delegate_noop!(Heard: ignore ZwlrScreencopyManagerV1);

impl Dispatch<ZwlrScreencopyFrameV1, Told<Event>> for Heard {
    fn event(
        _: &mut Self,
        _: &ZwlrScreencopyFrameV1,
        event: Event,
        told: &Told<Event>,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        told.push(event);
    }
}

/// A tool that takes screenshots.
struct Tool {
    client: Client,
    manager: ZwlrScreencopyManagerV1,
    output: WlOutput,
}

/// One picture under way.
struct Shot {
    frame: ZwlrScreencopyFrameV1,
    told: Told<Event>,
}

impl Shot {
    fn size(&self) -> Option<(i32, i32)> {
        self.told.take().into_iter().find_map(|event| match event {
            Event::Buffer { width, height, .. } => {
                Some((width.try_into().unwrap(), height.try_into().unwrap()))
            }
            _ => None,
        })
    }

    /// The damage, if the picture is ready.
    fn ready(&self) -> Option<Vec<(u32, u32, u32, u32)>> {
        let told = self.told.take();
        let ready = told
            .iter()
            .any(|event| matches!(event, Event::Ready { .. }));
        let damage = told.iter().filter_map(|event| match *event {
            Event::Damage {
                x,
                y,
                width,
                height,
            } => Some((x, y, width, height)),
            _ => None,
        });
        ready.then(|| damage.collect())
    }
}

impl Tool {
    fn new(fixture: &mut Fixture) -> Self {
        let client = fixture.connect();
        let (manager, output) = (client.bind(), client.bind());
        Self {
            client,
            manager,
            output,
        }
    }

    /// Asks for a picture, of a region or of all, and waits to be told its size.
    fn frame(
        &mut self,
        fixture: &mut Fixture,
        region: Option<(i32, i32, i32, i32)>,
        pointer: bool,
    ) -> Shot {
        let (handle, told) = (self.client.handle(), Told::default());
        let (manager, output, pointer) = (&self.manager, &self.output, i32::from(pointer));
        let frame = match region {
            None => manager.capture_output(pointer, output, &handle, told.clone()),
            Some((x, y, w, h)) => {
                let told = told.clone();
                manager.capture_output_region(pointer, output, x, y, w, h, &handle, told)
            }
        };
        self.client.roundtrip(fixture);
        Shot { frame, told }
    }

    fn shoot(
        &mut self,
        fixture: &mut Fixture,
        region: Option<(i32, i32, i32, i32)>,
        pointer: bool,
    ) -> Memory {
        let shot = self.frame(fixture, region, pointer);
        let (width, height) = shot.size().expect("the size is told at once");
        let memory = Memory::new(&self.client, width, height);
        shot.frame.copy(&memory.buffer);
        self.client.roundtrip(fixture);
        fixture.settle();
        self.client.roundtrip(fixture);
        assert_eq!(shot.ready(), Some(Vec::new()), "a plain copy has no damage");
        memory
    }
}

#[test]
fn a_whole_output_pixel_for_pixel() {
    let mut fixture = Fixture::with_outputs(&["550x350@1.25"]);
    let mut client = fixture.connect();
    client.open(&mut fixture, (220, 110), BLUE);
    let mut tool = Tool::new(&mut fixture);
    let copied = tool.shoot(&mut fixture, None, false).pixels();
    let seen = fixture.picture();
    let seen: Vec<&[u8]> = seen.data.chunks_exact(4).collect();
    assert_eq!(copied, seen);
}

#[test]
fn a_region_is_in_logical_coordinates_and_clipped() {
    let mut fixture = Fixture::with_outputs(&["550x350@1.25"]);
    let mut client = fixture.connect();
    client.open(&mut fixture, (220, 110), BLUE);
    let content = fixture.goblin.layout.content_rect(fixture.only_window());
    let at = content.unwrap().loc;
    let mut tool = Tool::new(&mut fixture);
    let region = (at.x + 8, at.y + 8, 160, 80);
    let mut inside = tool.shoot(&mut fixture, Some(region), false);
    let pixels = inside.pixels();
    assert_eq!(pixels.len(), 200 * 100);
    assert!(pixels.iter().all(|pixel| pixel[..3] == BLUE));
    let corner = tool.frame(&mut fixture, Some((400, 240, i32::MAX, i32::MAX)), false);
    assert_eq!(corner.size(), Some((50, 50)));
    let beyond = tool.frame(&mut fixture, Some((i32::MAX, 0, i32::MAX, -5)), false);
    assert!(matches!(beyond.told.take()[..], [Event::Failed]));
}

#[test]
fn the_pointer_is_in_the_picture_only_if_asked_for() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let mut tool = Tool::new(&mut fixture);
    fixture.pointer_to(100, 100);
    let without = tool.shoot(&mut fixture, None, false).pixels();
    let with = tool.shoot(&mut fixture, None, true).pixels();
    let differ = |index: &usize| without[*index] != with[*index];
    let changed: Vec<usize> = (0..without.len()).filter(differ).collect();
    assert!(changed.len() > 20, "{}", changed.len());
    let near = |index: &usize| (70..150).contains(&(index % 440));
    assert!(changed.iter().all(near), "only about the pointer");
}

/// Nothing is drawn a second time for a picture of what the screen shows already.
#[test]
fn a_screen_at_rest_is_copied_if_its_pointer_is_as_the_picture_wants_it() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let id = fixture.goblin.outputs[0].id;
    let shot = |pointer| crate::render::Shot {
        pointer,
        ..crate::render::Shot::whole(Subject::Output(id))
    };
    fixture.settle();
    assert_eq!(fixture.goblin.shown_as_it_is(&shot(false)), Some(id));
    fixture.pointer_to(100, 100);
    fixture.settle();
    assert_eq!(fixture.goblin.shown_as_it_is(&shot(false)), None);
    assert_eq!(fixture.goblin.shown_as_it_is(&shot(true)), Some(id));
    let upright = crate::render::Shot::whole(Subject::Upright(id));
    assert_eq!(fixture.goblin.shown_as_it_is(&upright), None);
    fixture.goblin.queue_redraw(id);
    assert_eq!(fixture.goblin.shown_as_it_is(&shot(true)), None);
}

#[test]
fn with_damage_the_next_picture_waits_for_a_change_and_costs_nothing_meanwhile() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (220, 110), BLUE);
    let content = fixture.goblin.layout.content_rect(fixture.only_window());
    let at = content.unwrap().loc;
    let mut tool = Tool::new(&mut fixture);
    let mut memory = Memory::new(&tool.client, 440, 280);

    let first = tool.frame(&mut fixture, None, false);
    first.frame.copy_with_damage(&memory.buffer);
    tool.client.roundtrip(&mut fixture);
    fixture.settle();
    tool.client.roundtrip(&mut fixture);
    assert_eq!(first.ready(), Some(vec![(0, 0, 440, 280)]));

    let second = tool.frame(&mut fixture, None, false);
    second.frame.copy_with_damage(&memory.buffer);
    tool.client.roundtrip(&mut fixture);
    fixture.settle();
    let frames = fixture.goblin.outputs[0].frames;
    assert_eq!(fixture.goblin.next_due(), None, "no timer runs");
    fixture.rest(Duration::from_secs(5));
    tool.client.roundtrip(&mut fixture);
    assert_eq!(second.ready(), None);
    assert_eq!(fixture.goblin.outputs[0].frames, frames);

    client.draw(&window, (220, 110), SAND);
    client.roundtrip(&mut fixture);
    fixture.settle();
    tool.client.roundtrip(&mut fixture);
    let (x, y) = (at.x.unsigned_abs(), at.y.unsigned_abs());
    assert_eq!(second.ready(), Some(vec![(x, y, 220, 110)]));
    assert_eq!(memory.colour(at.x + 5, at.y + 5), SAND);
}

#[test]
fn one_that_waits_can_be_given_up() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let mut tool = Tool::new(&mut fixture);
    let memory = Memory::new(&tool.client, 440, 280);
    for _ in 0..2 {
        let shot = tool.frame(&mut fixture, None, false);
        shot.frame.copy_with_damage(&memory.buffer);
        tool.client.roundtrip(&mut fixture);
        shot.frame.destroy();
    }
    tool.client.roundtrip(&mut fixture);
    drop(tool);
    fixture.pointer_to(10, 10);
    fixture.settle();
}

#[test]
fn a_buffer_that_does_not_fit_is_the_clients_fault() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let mut tool = Tool::new(&mut fixture);
    let shot = tool.frame(&mut fixture, None, false);
    let memory = Memory::new(&tool.client, 439, 280);
    shot.frame.copy(&memory.buffer);
    assert!(tool.client.try_roundtrip(&mut fixture).is_err());
    let error = tool.client.protocol_error().unwrap();
    assert!(error.starts_with("zwlr_screencopy_frame_v1: 1"), "{error}");
}

#[test]
fn a_frame_is_copied_once() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let mut tool = Tool::new(&mut fixture);
    let shot = tool.frame(&mut fixture, None, false);
    let memory = Memory::new(&tool.client, 440, 280);
    shot.frame.copy(&memory.buffer);
    shot.frame.copy(&memory.buffer);
    assert!(tool.client.try_roundtrip(&mut fixture).is_err());
    let error = tool.client.protocol_error().unwrap();
    assert!(error.starts_with("zwlr_screencopy_frame_v1: 0"), "{error}");
}

#[test]
fn of_a_dark_output_there_is_no_picture() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let mut tool = Tool::new(&mut fixture);
    let id = fixture.goblin.outputs[0].id;
    let memory = Memory::new(&tool.client, 440, 280);
    for _ in 0..2 {
        let shot = tool.frame(&mut fixture, None, false);
        shot.told.take();
        shot.frame.copy_with_damage(&memory.buffer);
        tool.client.roundtrip(&mut fixture);
        fixture.settle();
        tool.client.roundtrip(&mut fixture);
        shot.ready();
    }
    let waiting = tool.frame(&mut fixture, None, false);
    waiting.told.take();
    waiting.frame.copy_with_damage(&memory.buffer);
    tool.client.roundtrip(&mut fixture);
    fixture.goblin.power_output(id, false);
    tool.client.roundtrip(&mut fixture);
    assert!(matches!(waiting.told.take()[..], [Event::Failed]));
    let late = tool.frame(&mut fixture, None, false);
    late.told.take();
    late.frame.copy(&memory.buffer);
    tool.client.roundtrip(&mut fixture);
    assert!(matches!(late.told.take()[..], [Event::Failed]));
}
