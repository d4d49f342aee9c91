use std::time::{Duration, Instant};

use super::super::{Action, Notification, Timeout, Urgency};
use super::{Closed, Queue, Reason, SHOWN_AT_ONCE};

fn normal(summary: &str) -> Notification {
    Notification {
        summary: summary.to_owned(),
        ..Notification::default()
    }
}

fn critical(summary: &str) -> Notification {
    Notification {
        urgency: Urgency::Critical,
        ..normal(summary)
    }
}

fn shown(queue: &Queue) -> Vec<String> {
    queue
        .shown()
        .map(|(_, notification)| notification.summary.clone())
        .collect()
}

#[test]
fn a_new_one_gets_a_new_id_and_a_replaced_one_keeps_its_own() {
    let now = Instant::now();
    let mut queue = Queue::default();
    let (first, _) = queue.post(normal("one"), 0, now);
    let (second, _) = queue.post(normal("two"), 0, now);
    assert_ne!(first, second);
    assert_ne!(first, 0);
    assert_eq!(queue.post(normal("one, again"), first, now).0, first);
    assert_eq!(shown(&queue), ["one, again", "two"]);
}

#[test]
fn replacing_one_that_is_gone_keeps_the_id_the_sender_knows() {
    let now = Instant::now();
    let mut queue = Queue::default();
    assert_eq!(queue.post(normal("late"), 7, now).0, 7);
    let ids: Vec<u32> = (0..8).map(|_| queue.post(normal("x"), 0, now).0).collect();
    assert!(
        !ids.contains(&7),
        "a new id must not be one in use: {ids:?}"
    );
}

#[test]
fn each_urgency_has_its_time_and_critical_stays() {
    let now = Instant::now();
    let mut queue = Queue::default();
    let low = Notification {
        urgency: Urgency::Low,
        ..normal("low")
    };
    let (low, _) = queue.post(low, 0, now);
    let (plain, _) = queue.post(normal("normal"), 0, now);
    let asked = Notification {
        timeout: Timeout::After(Duration::from_secs(1)),
        ..critical("c")
    };
    let (stays, _) = queue.post(asked, 0, now);

    let after = now + Duration::from_secs(4);
    assert_eq!(queue.next_deadline(), Some(after));
    assert_eq!(
        queue.expire(after),
        [Closed {
            id: low,
            reason: Reason::Expired
        }]
    );
    let later = now + Duration::from_secs(8);
    assert_eq!(
        queue.expire(later),
        [Closed {
            id: plain,
            reason: Reason::Expired
        }]
    );
    assert_eq!(queue.expire(now + Duration::from_secs(100_000)), []);
    assert_eq!(queue.next_deadline(), None);
    assert!(queue.get(stays).is_some());
}

#[test]
fn zero_means_never_and_a_time_asked_for_is_kept() {
    let now = Instant::now();
    let mut queue = Queue::default();
    queue.post(
        Notification {
            timeout: Timeout::Never,
            ..normal("never")
        },
        0,
        now,
    );
    assert_eq!(queue.next_deadline(), None);
    let short = Timeout::After(Duration::from_millis(300));
    queue.post(
        Notification {
            timeout: short,
            ..normal("short")
        },
        0,
        now,
    );
    assert_eq!(
        queue.next_deadline(),
        Some(now + Duration::from_millis(300))
    );
}

#[test]
fn what_does_not_fit_waits_and_its_time_begins_on_the_screen() {
    let now = Instant::now();
    let mut queue = Queue::default();
    let ids: Vec<u32> = (0..=SHOWN_AT_ONCE)
        .map(|n| queue.post(normal(&n.to_string()), 0, now).0)
        .collect();
    assert_eq!(queue.shown().count(), SHOWN_AT_ONCE);
    assert_eq!(queue.waiting(), 1);

    let later = now + Duration::from_secs(5);
    assert!(queue.close(ids[0], Reason::Dismissed, later).is_some());
    assert_eq!(queue.waiting(), 0);
    assert_eq!(
        queue.expire(now + Duration::from_secs(8)).len(),
        SHOWN_AT_ONCE - 1
    );
    assert_eq!(shown(&queue), [SHOWN_AT_ONCE.to_string()]);
    assert_eq!(queue.next_deadline(), Some(later + Duration::from_secs(8)));
}

#[test]
fn a_critical_one_goes_before_those_that_wait_and_stands_on_top() {
    let now = Instant::now();
    let mut queue = Queue::default();
    for n in 0..SHOWN_AT_ONCE {
        queue.post(normal(&n.to_string()), 0, now);
    }
    queue.post(critical("fire"), 0, now);
    assert_eq!(shown(&queue)[0], "fire");
    assert_eq!(queue.shown().count(), SHOWN_AT_ONCE);
    assert_eq!(queue.waiting(), 1);
}

#[test]
fn an_action_closes_unless_the_notification_is_resident() {
    let now = Instant::now();
    let actions = vec![Action {
        key: "default".to_owned(),
        label: "Open".to_owned(),
    }];
    let mut queue = Queue::default();
    let (goes, _) = queue.post(
        Notification {
            actions: actions.clone(),
            ..normal("a")
        },
        0,
        now,
    );
    let stays = Notification {
        actions,
        resident: true,
        ..normal("b")
    };
    let (stays, _) = queue.post(stays, 0, now);

    assert_eq!(queue.invoke(goes, "no such key", now), None);
    let closed = Closed {
        id: goes,
        reason: Reason::Dismissed,
    };
    assert_eq!(queue.invoke(goes, "default", now), Some(Some(closed)));
    assert_eq!(queue.invoke(goes, "default", now), None);
    assert_eq!(queue.invoke(stays, "default", now), Some(None));
    assert!(queue.get(stays).is_some());
}

#[test]
fn closing_twice_is_said_to_be_nothing() {
    let now = Instant::now();
    let mut queue = Queue::default();
    let (id, _) = queue.post(normal("x"), 0, now);
    let closed = Closed {
        id,
        reason: Reason::Withdrawn,
    };
    assert_eq!(queue.close(id, Reason::Withdrawn, now), Some(closed));
    assert_eq!(queue.close(id, Reason::Withdrawn, now), None);
}

#[test]
fn a_flood_is_bounded_and_keeps_what_is_critical() {
    let now = Instant::now();
    let mut queue = Queue::default();
    let (keep, _) = queue.post(critical("keep"), 0, now);
    let mut gone = Vec::new();
    for n in 0..1_000 {
        gone.extend(queue.post(normal(&n.to_string()), 0, now).1);
    }
    assert!(queue.waiting() <= 100, "{} wait", queue.waiting());
    assert!(queue.get(keep).is_some());
    assert!(
        gone.iter()
            .all(|closed| closed.reason == Reason::Undefined && closed.id != keep)
    );
    assert_eq!(gone.len() + queue.waiting() + queue.shown().count(), 1_001);
}
