//! The shapes as they travel: what a script sees, and what it may write.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use ninep::tree::ctl::{Verb, split};
use serde_json::json;
use trees::time::Millis;
use trees::{desktop, mirror, panels, subsystems};

#[test]
fn an_event_says_its_kind_first() {
    let event = mirror::Event::SpaceRemoved {
        name: "photos".into(),
        who: mirror::Who {
            uid: 1000,
            user: "ann".into(),
            program: Some("goblin".into()),
        },
    };
    let text = json!({
        "kind": "space-removed",
        "name": "photos",
        "who": {"uid": 1000, "user": "ann", "program": "goblin"},
    });
    assert_eq!(serde_json::to_value(&event).unwrap(), text);
    // What a feed adds to the line does not matter to who reads it.
    let mut line = text;
    line["seq"] = json!(7);
    line["time"] = json!(1_790_000_000_000_u64);
    assert_eq!(
        serde_json::from_value::<mirror::Event>(line).unwrap(),
        event
    );
}

#[test]
fn every_verb_reads_back_what_it_writes() {
    fn round<V: Verb + PartialEq + std::fmt::Debug>(verb: &V, line: &str) {
        assert_eq!(verb.line(), line);
        assert_eq!(&V::parse(&split(line).unwrap()).unwrap(), verb);
    }
    let argv = vec![
        "foot".to_owned(),
        "-T".to_owned(),
        "it's two words".to_owned(),
    ];
    round(
        &desktop::Verb::Spawn { argv },
        "spawn foot -T 'it''s two words'",
    );
    round(
        &desktop::InputVerb::Type {
            text: "你好 ok".into(),
        },
        "type '你好 ok'",
    );
    round(
        &desktop::InputVerb::Pointer { x: 10.5, y: -3.0 },
        "pointer 10.5 -3",
    );
    round(
        &desktop::InputVerb::Key {
            key: "ctrl+s".into(),
            action: None,
        },
        "key ctrl+s",
    );
    round(&desktop::WindowVerb::Move { x: -5, y: 9 }, "move -5 9");
    round(&subsystems::SubsystemVerb::Restart {}, "restart");
    round(
        &panels::PanelVerb::Navigate {
            place: "home/a b".into(),
        },
        "navigate 'home/a b'",
    );
    let refused =
        desktop::WindowVerb::parse(&["move".into(), "left".into(), "2".into()]).unwrap_err();
    assert_eq!(refused.why, "move: x is \"left\", not integer");
    assert_eq!(refused.would_work, "move x:integer y:integer");
}

#[test]
fn every_verb_says_what_it_does() {
    fn told<V: Verb>() {
        for spec in V::specs() {
            assert!(spec.help.ends_with('.'), "{}: {:?}", spec.verb, spec.help);
        }
    }
    told::<desktop::Verb>();
    told::<desktop::WindowVerb>();
    told::<desktop::OutputVerb>();
    told::<desktop::InputVerb>();
    told::<subsystems::Verb>();
    told::<subsystems::SubsystemVerb>();
    told::<mirror::Verb>();
    told::<panels::Verb>();
    told::<panels::PanelVerb>();
}

#[test]
fn times_are_milliseconds() {
    let time = Millis(1_790_000_000_123);
    assert_eq!(serde_json::to_string(&time).unwrap(), "1790000000123");
    assert_eq!(Millis::from(std::time::SystemTime::from(time)), time);
    assert_eq!(Millis(5).until(Millis(3)).as_millis(), 0);
}
