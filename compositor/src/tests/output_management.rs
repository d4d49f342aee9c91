//! `zwlr_output_manager_v1`, `zwlr_output_power_manager_v1`, `zwlr_gamma_control_manager_v1`.

use std::io::Write;
use std::os::fd::AsFd;

use wayland_client::protocol::wl_output::{Transform, WlOutput};
use wayland_client::{
    Connection, Dispatch, QueueHandle, WEnum, delegate_noop, event_created_child,
};
use wayland_protocols_wlr::gamma_control::v1::client::zwlr_gamma_control_manager_v1::ZwlrGammaControlManagerV1;
use wayland_protocols_wlr::gamma_control::v1::client::zwlr_gamma_control_v1::{
    Event as GammaEvent, ZwlrGammaControlV1,
};
use wayland_protocols_wlr::output_management::v1::client::zwlr_output_configuration_head_v1::ZwlrOutputConfigurationHeadV1;
use wayland_protocols_wlr::output_management::v1::client::zwlr_output_configuration_v1::{
    Event as Answer, ZwlrOutputConfigurationV1,
};
use wayland_protocols_wlr::output_management::v1::client::zwlr_output_head_v1::{
    self, Event as HeadEvent, ZwlrOutputHeadV1,
};
use wayland_protocols_wlr::output_management::v1::client::zwlr_output_manager_v1::{
    self, Event as ManagerEvent, ZwlrOutputManagerV1,
};
use wayland_protocols_wlr::output_management::v1::client::zwlr_output_mode_v1::ZwlrOutputModeV1;
use wayland_protocols_wlr::output_power_management::v1::client::zwlr_output_power_manager_v1::ZwlrOutputPowerManagerV1;
use wayland_protocols_wlr::output_power_management::v1::client::zwlr_output_power_v1::{
    Event as PowerEvent, Mode, ZwlrOutputPowerV1,
};

use super::dispatch::Heard;
use super::memory::{Told, tell};
use super::{Client, Fixture};
use crate::render::Subject;

delegate_noop!(Heard: ignore ZwlrOutputModeV1);
delegate_noop!(Heard: ignore ZwlrOutputConfigurationHeadV1);
delegate_noop!(Heard: ignore ZwlrOutputPowerManagerV1);
delegate_noop!(Heard: ignore ZwlrGammaControlManagerV1);

tell!(ZwlrOutputConfigurationV1, Answer);
tell!(ZwlrOutputPowerV1, PowerEvent);
tell!(ZwlrGammaControlV1, GammaEvent);

/// What a manager hears, of itself and of its heads.
#[derive(Debug)]
enum News {
    Head(ZwlrOutputHeadV1),
    Done(u32),
    Finished,
    Of(ZwlrOutputHeadV1, HeadEvent),
}

impl Dispatch<ZwlrOutputManagerV1, Told<News>> for Heard {
    fn event(
        _: &mut Self,
        _: &ZwlrOutputManagerV1,
        event: ManagerEvent,
        told: &Told<News>,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            ManagerEvent::Head { head } => told.push(News::Head(head)),
            ManagerEvent::Done { serial } => told.push(News::Done(serial)),
            ManagerEvent::Finished => told.push(News::Finished),
            _ => {}
        }
    }

    // A head has the log of the manager that is being made: there is one at a time in a test.
    event_created_child!(Heard, ZwlrOutputManagerV1, [
        zwlr_output_manager_v1::EVT_HEAD_OPCODE => (ZwlrOutputHeadV1, HEADS.with(Told::clone)),
    ]);
}

thread_local! {
    static HEADS: Told<News> = Told::default();
}

impl Dispatch<ZwlrOutputHeadV1, Told<News>> for Heard {
    fn event(
        _: &mut Self,
        head: &ZwlrOutputHeadV1,
        event: HeadEvent,
        told: &Told<News>,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        told.push(News::Of(head.clone(), event));
    }

    event_created_child!(Heard, ZwlrOutputHeadV1, [
        zwlr_output_head_v1::EVT_MODE_OPCODE => (ZwlrOutputModeV1, ()),
    ]);
}

/// A tool that sets outputs up.
struct Tool {
    client: Client,
    manager: ZwlrOutputManagerV1,
    heads: Vec<ZwlrOutputHeadV1>,
    serial: u32,
    news: Vec<HeadEvent>,
}

impl Tool {
    fn new(fixture: &mut Fixture) -> Self {
        let client = fixture.connect();
        let manager = client.bind_with(HEADS.with(Told::clone));
        let mut tool = Self {
            client,
            manager,
            heads: Vec::new(),
            serial: 0,
            news: Vec::new(),
        };
        tool.listen(fixture);
        tool
    }

    fn listen(&mut self, fixture: &mut Fixture) {
        self.client.roundtrip(fixture);
        for news in HEADS.with(Told::take) {
            match news {
                News::Head(head) => self.heads.push(head),
                News::Done(serial) => self.serial = serial,
                News::Of(head, HeadEvent::Finished) => self.heads.retain(|other| *other != head),
                News::Of(_, event) => self.news.push(event),
                News::Finished => {}
            }
        }
    }

    fn configuration(&self, serial: u32) -> (ZwlrOutputConfigurationV1, Told<Answer>) {
        let (told, handle) = (Told::default(), self.client.handle());
        let log = told.clone();
        (
            self.manager.create_configuration(serial, &handle, log),
            told,
        )
    }

    fn enable(
        &self,
        configuration: &ZwlrOutputConfigurationV1,
        head: usize,
    ) -> ZwlrOutputConfigurationHeadV1 {
        configuration.enable_head(&self.heads[head], &self.client.handle(), ())
    }
}

fn place(fixture: &Fixture, index: usize) -> (i32, i32, i32, i32) {
    let id = fixture.goblin.outputs[index].id;
    let rect = fixture.goblin.layout.output(id).unwrap().geometry;
    (rect.loc.x, rect.loc.y, rect.size.w, rect.size.h)
}

#[test]
fn all_outputs_are_told_and_set_up_in_one_go() {
    let mut fixture = Fixture::with_outputs(&["800x600@1", "640x480@1.25"]);
    let mut tool = Tool::new(&mut fixture);
    assert_eq!(tool.heads.len(), 2);
    let scales: Vec<f64> = tool
        .news
        .iter()
        .filter_map(|event| match event {
            HeadEvent::Scale { scale } => Some(*scale),
            _ => None,
        })
        .collect();
    assert_eq!(scales, [1.0, 1.25]);

    tool.news.clear();
    let (wanted, told) = tool.configuration(tool.serial);
    let first = tool.enable(&wanted, 0);
    first.set_custom_mode(1000, 500, 0);
    first.set_transform(Transform::_90);
    first.set_position(640, 20);
    let second = tool.enable(&wanted, 1);
    second.set_position(0, 0);
    second.set_scale(2.0);
    wanted.test();
    let before = tool.serial;
    tool.listen(&mut fixture);
    assert!(matches!(told.take()[..], [Answer::Succeeded]));
    assert_eq!(
        place(&fixture, 0),
        (0, 0, 800, 600),
        "a test changes nothing"
    );
    assert_eq!(tool.serial, before);

    let (wanted, told) = tool.configuration(tool.serial);
    let first = tool.enable(&wanted, 0);
    first.set_custom_mode(1000, 500, 0);
    first.set_transform(Transform::_90);
    first.set_position(640, 20);
    let second = tool.enable(&wanted, 1);
    second.set_position(0, 0);
    second.set_scale(2.0);
    wanted.apply();
    tool.listen(&mut fixture);
    assert!(matches!(told.take()[..], [Answer::Succeeded]));
    assert_eq!(place(&fixture, 0), (640, 20, 500, 1000));
    assert_eq!(place(&fixture, 1), (0, 0, 320, 240));
    assert_ne!(tool.serial, before);
    let turned = |event: &HeadEvent| {
        let transform = WEnum::Value(Transform::_90);
        matches!(event, HeadEvent::Transform { transform: told } if *told == transform)
    };
    assert!(tool.news.iter().any(turned), "{:?}", tool.news);
}

#[test]
fn a_change_that_knows_not_the_last_is_cancelled() {
    let mut fixture = Fixture::with_outputs(&["800x600@1"]);
    let mut tool = Tool::new(&mut fixture);
    let old = tool.serial;
    let id = fixture.goblin.outputs[0].id;
    fixture.goblin.change_output(id, None, Some(1.5));
    tool.listen(&mut fixture);
    let (wanted, told) = tool.configuration(old);
    tool.enable(&wanted, 0).set_scale(2.0);
    wanted.apply();
    tool.listen(&mut fixture);
    assert!(matches!(told.take()[..], [Answer::Cancelled]));
    assert!((fixture.goblin.outputs[0].scale() - 1.5).abs() < 0.01);
}

#[test]
fn what_cannot_be_fails_and_changes_nothing() {
    let mut fixture = Fixture::with_outputs(&["800x600@1"]);
    let mut tool = Tool::new(&mut fixture);
    let acts: [&dyn Fn(&ZwlrOutputConfigurationHeadV1); 3] = [
        &|head| head.set_scale(100.0),
        &|head| head.set_custom_mode(i32::MAX, i32::MAX, i32::MAX),
        &|head| head.set_position(i32::MIN, 0),
    ];
    for act in acts {
        let (wanted, told) = tool.configuration(tool.serial);
        act(&tool.enable(&wanted, 0));
        wanted.apply();
        tool.listen(&mut fixture);
        assert!(matches!(told.take()[..], [Answer::Failed]));
    }
    let (wanted, told) = tool.configuration(tool.serial);
    wanted.disable_head(&tool.heads[0]);
    wanted.apply();
    tool.listen(&mut fixture);
    assert!(
        matches!(told.take()[..], [Answer::Failed]),
        "none would be left"
    );
    assert_eq!(place(&fixture, 0), (0, 0, 800, 600));
}

#[test]
fn a_head_is_switched_off_and_on_and_stays_on_the_list() {
    let mut fixture = Fixture::with_outputs(&["800x600@1", "640x480@1"]);
    let mut tool = Tool::new(&mut fixture);
    let (wanted, told) = tool.configuration(tool.serial);
    tool.enable(&wanted, 0);
    wanted.disable_head(&tool.heads[1]);
    wanted.apply();
    tool.news.clear();
    tool.listen(&mut fixture);
    assert!(matches!(told.take()[..], [Answer::Succeeded]));
    assert_eq!((tool.heads.len(), fixture.goblin.outputs.len()), (2, 1));
    let off = |event: &HeadEvent| matches!(event, HeadEvent::Enabled { enabled: 0 });
    assert!(tool.news.iter().any(off));

    let (wanted, told) = tool.configuration(tool.serial);
    tool.enable(&wanted, 0);
    tool.enable(&wanted, 1).set_scale(2.0);
    wanted.apply();
    tool.listen(&mut fixture);
    assert!(matches!(told.take()[..], [Answer::Succeeded]));
    assert_eq!(place(&fixture, 1), (800, 0, 320, 240));

    let id = fixture.goblin.outputs[1].id;
    fixture.goblin.remove_output(id);
    tool.listen(&mut fixture);
    assert_eq!(tool.heads.len(), 1, "and one that was unplugged is gone");
}

/// What a tool is cut off for.
fn fault(act: impl FnOnce(&Tool, &ZwlrOutputConfigurationV1)) -> String {
    let mut fixture = Fixture::with_outputs(&["800x600@1", "640x480@1"]);
    let mut tool = Tool::new(&mut fixture);
    let (wanted, _) = tool.configuration(tool.serial);
    act(&tool, &wanted);
    assert!(tool.client.try_roundtrip(&mut fixture).is_err());
    HEADS.with(Told::take);
    tool.client.protocol_error().unwrap()
}

#[test]
fn what_the_protocol_forbids_is_an_error_of_its_own() {
    let error = fault(|tool, wanted| {
        tool.enable(wanted, 0);
        wanted.disable_head(&tool.heads[0]);
    });
    assert!(error.contains("configuration_v1: 1"), "{error}");
    let error = fault(|tool, wanted| {
        tool.enable(wanted, 0);
        wanted.apply();
    });
    assert!(error.contains("configuration_v1: 2"), "{error}");
    let error = fault(|tool, wanted| {
        tool.enable(wanted, 0);
        tool.enable(wanted, 1);
        wanted.test();
        wanted.apply();
    });
    assert!(error.contains("configuration_v1: 3"), "{error}");
    let error = fault(|tool, wanted| {
        let head = tool.enable(wanted, 0);
        head.set_scale(1.0);
        head.set_scale(1.0);
    });
    assert!(error.contains("configuration_head_v1: 1"), "{error}");
    let error = fault(|tool, wanted| tool.enable(wanted, 0).set_custom_mode(0, 5, 0));
    assert!(error.contains("configuration_head_v1: 3"), "{error}");
    let error = fault(|tool, wanted| tool.enable(wanted, 0).set_scale(-1.0));
    assert!(error.contains("configuration_head_v1: 5"), "{error}");
}

#[test]
fn an_output_is_made_dark_and_light_and_everybody_is_told() {
    let mut fixture = Fixture::with_outputs(&["800x600@1"]);
    let mut client = fixture.connect();
    let (manager, output): (ZwlrOutputPowerManagerV1, WlOutput) = (client.bind(), client.bind());
    let controls = [0, 1].map(|_| {
        let told = Told::<PowerEvent>::default();
        let control = manager.get_output_power(&output, &client.handle(), told.clone());
        (control, told)
    });
    client.roundtrip(&mut fixture);
    let modes = |told: &Told<PowerEvent>| -> Vec<Mode> {
        let events = told.take().into_iter();
        events
            .filter_map(|event| match event {
                PowerEvent::Mode { mode } => mode.into_result().ok(),
                _ => None,
            })
            .collect()
    };
    assert!(controls.iter().all(|(_, told)| modes(told) == [Mode::On]));
    controls[0].0.set_mode(Mode::Off);
    client.roundtrip(&mut fixture);
    assert!(!fixture.goblin.outputs[0].powered);
    assert!(controls.iter().all(|(_, told)| modes(told) == [Mode::Off]));
    controls[1].0.set_mode(Mode::On);
    client.roundtrip(&mut fixture);
    assert!(fixture.goblin.outputs[0].powered);

    let id = fixture.goblin.outputs[0].id;
    fixture.goblin.remove_output(id);
    client.roundtrip(&mut fixture);
    assert!(matches!(
        controls[0].1.take()[..],
        [
            PowerEvent::Mode { .. },
            PowerEvent::Mode { .. },
            PowerEvent::Failed
        ] | [PowerEvent::Mode { .. }, PowerEvent::Failed]
    ));
    controls[0].0.set_mode(Mode::Off);
    client.roundtrip(&mut fixture);
}

#[test]
fn a_gamma_table_is_in_what_a_person_sees_and_in_no_picture_that_a_client_takes() {
    let mut fixture = Fixture::with_outputs(&["300x200@1"]);
    let mut client = fixture.connect();
    let (manager, output): (ZwlrGammaControlManagerV1, WlOutput) = (client.bind(), client.bind());
    let told = Told::<GammaEvent>::default();
    let control = manager.get_gamma_control(&output, &client.handle(), told.clone());
    client.roundtrip(&mut fixture);
    assert!(matches!(
        told.take()[..],
        [GammaEvent::GammaSize { size: 256 }]
    ));
    let plain = fixture.picture().data;
    let plain_in_memory = fixture.capture(0).data;

    // Red as it is, half of green, no blue.
    let mut file = tempfile::tempfile().unwrap();
    for part in [257, 128, 0] {
        for value in 0..256_u32 {
            let light = u16::try_from(value * part).unwrap();
            file.write_all(&light.to_ne_bytes()).unwrap();
        }
    }
    control.set_gamma(file.as_fd());
    client.roundtrip(&mut fixture);
    let warm = fixture.picture().data;
    for (warm, plain) in warm.chunks_exact(4).zip(plain.chunks_exact(4)) {
        let half = u8::try_from(u16::from(plain[1]) * 128 / 256).unwrap();
        assert_eq!(warm[..3], [plain[0], half, 0]);
    }
    let mut backend = fixture.goblin.backend.take().unwrap();
    let subject = Subject::Output(fixture.goblin.outputs[0].id);
    let memory = backend.picture(&fixture.goblin, subject).unwrap();
    fixture.goblin.backend = Some(backend);
    assert!(memory.data == plain_in_memory);

    let other = Told::<GammaEvent>::default();
    let _second = manager.get_gamma_control(&output, &client.handle(), other.clone());
    client.roundtrip(&mut fixture);
    assert!(
        matches!(other.take()[..], [GammaEvent::Failed]),
        "one at a time"
    );
    control.destroy();
    client.roundtrip(&mut fixture);
    assert!(
        fixture.picture().data == plain,
        "with the control its table goes"
    );
}

#[test]
fn a_table_that_is_none_is_the_clients_fault() {
    let mut fixture = Fixture::with_outputs(&["300x200@1"]);
    let mut client = fixture.connect();
    let (manager, output): (ZwlrGammaControlManagerV1, WlOutput) = (client.bind(), client.bind());
    let control = manager.get_gamma_control(&output, &client.handle(), Told::default());
    // A pipe that nobody writes to: who reads from it waits for ever.
    let (reader, _writer) = std::io::pipe().unwrap();
    control.set_gamma(reader.as_fd());
    assert!(client.try_roundtrip(&mut fixture).is_err());
    let error = client.protocol_error().unwrap();
    assert!(error.starts_with("zwlr_gamma_control_v1: 1"), "{error}");
}
