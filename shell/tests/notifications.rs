//! The notification server on a bus of its own, with a real client on the other side.

#![cfg(test)]

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures_util::StreamExt;
use goblin_shell::notify::queue::{Closed, Reason};
use goblin_shell::notify::server::{Error, Request, Signal, serve};
use goblin_shell::notify::{Notification, Timeout, Urgency};
use goblin_shell::picture::Picture;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::wire::Variant;
use zbus::{connection, proxy};

#[proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications"
)]
trait Notifications {
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
    fn get_server_information(&self) -> zbus::Result<(String, String, String, String)>;
    #[expect(clippy::too_many_arguments, reason = "the specification's")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Variant<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;
    fn close_notification(&self, id: u32) -> zbus::Result<()>;
    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32);
    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: &str);
}

/// A bus that ends with the test.
struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    fn start() -> Self {
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon is installed");
        let mut address = String::new();
        let out = daemon.stdout.take().expect("a pipe was asked for");
        BufReader::new(out)
            .read_line(&mut address)
            .expect("the bus says its address");
        Self {
            daemon,
            address: address.trim().to_owned(),
        }
    }

    fn connect(&self) -> connection::Builder<'static> {
        connection::Builder::address(self.address.as_str())
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// The shell's side: what programs asked, and a way to tell them things.
struct Shell {
    requests: UnboundedReceiver<Request>,
    signals: UnboundedSender<Signal>,
    server: tokio::task::JoinHandle<Result<(), Error>>,
}

impl Shell {
    async fn start(bus: &Bus) -> Self {
        let (to_shell, requests) = unbounded_channel();
        let (signals, mut to_programs) = unbounded_channel();
        let builder = bus.connect();
        let (ready, is_ready) = tokio::sync::oneshot::channel();
        let server = tokio::spawn(async move {
            let say = || ready.send(()).expect("the test waits");
            serve(builder, to_shell, &mut to_programs, say).await
        });
        is_ready.await.expect("the server takes its name");
        Self {
            requests,
            signals,
            server,
        }
    }

    /// Answers the next `Notify` with `id`, and hands over what it asked to show.
    async fn show(&mut self, id: u32) -> (Notification, u32) {
        match self.requests.recv().await.expect("a request") {
            Request::Notify {
                notification,
                replaces,
                reply,
            } => {
                reply.send(id);
                (*notification, replaces)
            }
            other => panic!("not a notification: {other:?}"),
        }
    }
}

async fn client(bus: &Bus) -> NotificationsProxy<'static> {
    let connection = bus.connect().build().await.expect("a client on the bus");
    NotificationsProxy::new(&connection)
        .await
        .expect("the server's proxy")
}

#[tokio::test]
async fn what_a_program_says_arrives_whole_and_safe() {
    let bus = Bus::start();
    let mut shell = Shell::start(&bus).await;
    let client = client(&bus).await;
    let hints = HashMap::from([
        ("urgency", Variant::from(2_u8)),
        ("resident", Variant::from(true)),
        (
            "image-data",
            Variant::from((2_i32, 2, 8, true, 8, 4, vec![9_u8; 16])),
        ),
        ("x-what-is-this", Variant::from(vec![1_u64; 50_000])),
    ]);
    let call = client.notify(
        "mail",
        0,
        "",
        "Two\nletters",
        "<b>Ann</b> &amp; Bob\u{1b}",
        &["default", "Open", "later", "Later", "torn"],
        hints,
        2_500,
    );
    let (id, (shown, replaces)) = tokio::join!(call, shell.show(42));
    assert_eq!(id.expect("an id"), 42);
    assert_eq!(replaces, 0);
    assert_eq!(
        (shown.app.as_str(), shown.summary.as_str()),
        ("mail", "Two letters")
    );
    assert_eq!(shown.body, "Ann & Bob");
    assert_eq!(shown.urgency, Urgency::Critical);
    assert_eq!(shown.timeout, Timeout::After(Duration::from_millis(2_500)));
    assert!(shown.resident && shown.has_default());
    assert_eq!(
        shown
            .buttons()
            .map(|a| a.label.as_str())
            .collect::<Vec<_>>(),
        ["Later"]
    );
    assert!(matches!(shown.picture, Some(Picture::Raster(_))));
}

#[tokio::test]
async fn the_id_to_replace_and_the_special_times_are_passed_on() {
    let bus = Bus::start();
    let mut shell = Shell::start(&bus).await;
    let client = client(&bus).await;
    for (asked, expected) in [
        (0, Timeout::Never),
        (-1, Timeout::Default),
        (i32::MIN, Timeout::Default),
    ] {
        let call = client.notify("a", 7, "no-such-icon", "s", "", &[], HashMap::new(), asked);
        let (id, (shown, replaces)) = tokio::join!(call, shell.show(7));
        assert_eq!(
            (id.expect("an id"), replaces, shown.timeout),
            (7, 7, expected)
        );
        assert_eq!(shown.picture, None);
    }
}

#[tokio::test]
async fn closing_what_is_not_there_is_an_error_and_what_is_there_is_not() {
    let bus = Bus::start();
    let mut shell = Shell::start(&bus).await;
    let client = client(&bus).await;
    let answer = async |shell: &mut Shell, there: bool| match shell.requests.recv().await {
        Some(Request::Close { id: 5, reply }) => reply.send(there),
        other => panic!("not the close asked for: {other:?}"),
    };
    let (closed, ()) = tokio::join!(client.close_notification(5), answer(&mut shell, true));
    closed.expect("it was there");
    let (closed, ()) = tokio::join!(client.close_notification(5), answer(&mut shell, false));
    closed.expect_err("it was not");
}

#[tokio::test]
async fn programs_hear_of_the_action_and_of_the_end() {
    let bus = Bus::start();
    let shell = Shell::start(&bus).await;
    let client = client(&bus).await;
    let mut ends = client.receive_notification_closed().await.expect("signals");
    let mut actions = client.receive_action_invoked().await.expect("signals");

    let invoked = Signal::Invoked {
        id: 3,
        key: "later".to_owned(),
    };
    shell.signals.send(invoked).expect("the server listens");
    let closed = Closed {
        id: 3,
        reason: Reason::Dismissed,
    };
    shell
        .signals
        .send(Signal::Closed(closed))
        .expect("the server listens");

    let action = actions.next().await.expect("an action");
    let action = action.args().expect("its arguments");
    assert_eq!((action.id, action.action_key), (3, "later"));
    let end = ends.next().await.expect("an end");
    let end = end.args().expect("its arguments");
    assert_eq!((end.id, end.reason), (3, 2));
}

#[tokio::test]
async fn the_server_says_what_it_is_and_can() {
    let bus = Bus::start();
    let _shell = Shell::start(&bus).await;
    let client = client(&bus).await;
    let (name, vendor, version, spec) = client.get_server_information().await.expect("an answer");
    assert_eq!(
        (name.as_str(), vendor.as_str(), spec.as_str()),
        ("goblin-shell", "goblin", "1.3")
    );
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
    let can = client.get_capabilities().await.expect("an answer");
    assert_eq!(can, ["actions", "body", "body-markup", "icon-static"]);
}

#[tokio::test]
async fn a_second_server_is_told_in_one_line_and_the_first_goes_on() {
    let bus = Bus::start();
    let mut shell = Shell::start(&bus).await;
    let (to_shell, _requests) = unbounded_channel();
    let (_signals, mut to_programs) = unbounded_channel();
    let refused = serve(bus.connect(), to_shell, &mut to_programs, || {})
        .await
        .expect_err("taken");
    assert!(matches!(refused, Error::NameTaken), "{refused:?}");
    assert!(
        refused.to_string().contains("another notification server"),
        "{refused}"
    );
    assert!(!refused.to_string().contains('\n'));

    let client = client(&bus).await;
    let call = client.notify("a", 0, "", "still here", "", &[], HashMap::new(), 0);
    let (id, _) = tokio::join!(call, shell.show(1));
    assert_eq!(id.expect("the first server answers"), 1);
}

#[tokio::test]
async fn no_bus_and_a_bus_that_goes_are_said() {
    let (to_shell, _requests) = unbounded_channel();
    let (_signals, mut to_programs) = unbounded_channel();
    let nowhere = connection::Builder::address("unix:path=/nowhere/at/all");
    let refused = serve(nowhere, to_shell, &mut to_programs, || {})
        .await
        .expect_err("no bus");
    assert!(matches!(refused, Error::NoBus(_)), "{refused:?}");

    let bus = Bus::start();
    let shell = Shell::start(&bus).await;
    drop(bus);
    let ended = shell.server.await.expect("no panic");
    assert!(matches!(ended, Err(Error::BusGone)), "{ended:?}");
}
