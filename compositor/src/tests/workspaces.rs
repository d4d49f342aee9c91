//! `ext_workspace_manager_v1`: what a bar knows of the workspaces, and what it does with them.

use wayland_client::protocol::wl_output::WlOutput;
use wayland_client::{Connection, Dispatch, Proxy, QueueHandle, event_created_child};
use wayland_protocols::ext::workspace::v1::client::ext_workspace_group_handle_v1::{
    Event as GroupEvent, ExtWorkspaceGroupHandleV1,
};
use wayland_protocols::ext::workspace::v1::client::ext_workspace_handle_v1::{
    Event as HandleEvent, ExtWorkspaceHandleV1, State,
};
use wayland_protocols::ext::workspace::v1::client::ext_workspace_manager_v1::{
    self, Event as ManagerEvent, ExtWorkspaceManagerV1,
};

use super::dispatch::Heard;
use super::memory::Told;
use super::{Client, Fixture};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

#[derive(Debug)]
enum News {
    Manager(ManagerEvent),
    Group(ExtWorkspaceGroupHandleV1, GroupEvent),
    Workspace(ExtWorkspaceHandleV1, HandleEvent),
}

thread_local! {
    /// What all objects of a test are told.
    static NEWS: Told<News> = Told::default();
}

impl Dispatch<ExtWorkspaceManagerV1, ()> for Heard {
    fn event(
        _: &mut Self,
        _: &ExtWorkspaceManagerV1,
        event: ManagerEvent,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        NEWS.with(|news| news.push(News::Manager(event)));
    }

    event_created_child!(Heard, ExtWorkspaceManagerV1, [
        ext_workspace_manager_v1::EVT_WORKSPACE_GROUP_OPCODE => (ExtWorkspaceGroupHandleV1, ()),
        ext_workspace_manager_v1::EVT_WORKSPACE_OPCODE => (ExtWorkspaceHandleV1, ()),
    ]);
}

impl Dispatch<ExtWorkspaceGroupHandleV1, ()> for Heard {
    fn event(
        _: &mut Self,
        group: &ExtWorkspaceGroupHandleV1,
        event: GroupEvent,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        NEWS.with(|news| news.push(News::Group(group.clone(), event)));
    }
}

impl Dispatch<ExtWorkspaceHandleV1, ()> for Heard {
    fn event(
        _: &mut Self,
        handle: &ExtWorkspaceHandleV1,
        event: HandleEvent,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        NEWS.with(|news| news.push(News::Workspace(handle.clone(), event)));
    }
}

struct Group {
    object: ExtWorkspaceGroupHandleV1,
    outputs: Vec<WlOutput>,
    workspaces: Vec<ExtWorkspaceHandleV1>,
}

struct Workspace {
    object: ExtWorkspaceHandleV1,
    name: String,
    active: bool,
}

/// A bar.
struct Bar {
    client: Client,
    manager: ExtWorkspaceManagerV1,
    groups: Vec<Group>,
    workspaces: Vec<Workspace>,
    done: u32,
}

impl Bar {
    fn new(fixture: &mut Fixture) -> Self {
        let client = fixture.connect();
        let manager = client.bind();
        let mut bar = Self {
            client,
            manager,
            groups: Vec::new(),
            workspaces: Vec::new(),
            done: 0,
        };
        bar.look(fixture);
        bar
    }

    fn look(&mut self, fixture: &mut Fixture) {
        self.client.roundtrip(fixture);
        for news in NEWS.with(Told::take) {
            match news {
                News::Manager(ManagerEvent::WorkspaceGroup { workspace_group }) => {
                    self.groups.push(Group {
                        object: workspace_group,
                        outputs: Vec::new(),
                        workspaces: Vec::new(),
                    });
                }
                News::Manager(ManagerEvent::Workspace { workspace }) => {
                    self.workspaces.push(Workspace {
                        object: workspace,
                        name: String::new(),
                        active: false,
                    });
                }
                News::Manager(ManagerEvent::Done) => self.done += 1,
                News::Manager(_) => {}
                News::Group(object, event) => self.group_news(&object, event),
                News::Workspace(object, event) => self.workspace_news(&object, event),
            }
        }
    }

    fn group_news(&mut self, object: &ExtWorkspaceGroupHandleV1, event: GroupEvent) {
        let index = self.groups.iter().position(|group| group.object == *object);
        let group = &mut self.groups[index.unwrap()];
        match event {
            GroupEvent::OutputEnter { output } => group.outputs.push(output),
            GroupEvent::OutputLeave { output } => group.outputs.retain(|other| *other != output),
            GroupEvent::WorkspaceEnter { workspace } => group.workspaces.push(workspace),
            GroupEvent::WorkspaceLeave { workspace } => {
                group.workspaces.retain(|other| *other != workspace);
            }
            GroupEvent::Removed => {
                assert!(group.workspaces.is_empty(), "they leave before it goes");
                self.groups.retain(|group| group.object != *object);
                object.destroy();
            }
            _ => {}
        }
    }

    fn workspace_news(&mut self, object: &ExtWorkspaceHandleV1, event: HandleEvent) {
        let mut known = self.workspaces.iter_mut();
        let workspace = known.find(|other| other.object == *object).unwrap();
        match event {
            HandleEvent::Name { name } => workspace.name = name,
            HandleEvent::State { state } => {
                workspace.active = state.into_result().unwrap().contains(State::Active);
            }
            HandleEvent::Removed => {
                let groups = self.groups.iter();
                assert!(
                    groups
                        .into_iter()
                        .all(|group| !group.workspaces.contains(object))
                );
                self.workspaces.retain(|other| other.object != *object);
                object.destroy();
            }
            _ => {}
        }
    }

    /// The workspaces of a group: name and whether it is shown.
    fn row(&self, group: usize) -> Vec<(&str, bool)> {
        let in_group =
            |workspace: &&Workspace| self.groups[group].workspaces.contains(&workspace.object);
        let mut row: Vec<_> = self.workspaces.iter().filter(in_group).collect();
        row.sort_by_key(|workspace| &workspace.name);
        row.iter()
            .map(|workspace| (workspace.name.as_str(), workspace.active))
            .collect()
    }

    fn named(&self, group: usize, name: &str) -> &ExtWorkspaceHandleV1 {
        let mut found = self.workspaces.iter().filter(|workspace| {
            workspace.name == name && self.groups[group].workspaces.contains(&workspace.object)
        });
        &found.next().unwrap().object
    }
}

#[test]
fn each_output_has_a_group_and_its_row_grows_as_it_fills() {
    let mut fixture = Fixture::with_outputs(&["400x300@1", "400x300@1"]);
    let mut client = fixture.connect();
    let mut bar = Bar::new(&mut fixture);
    assert_eq!(bar.groups.len(), 2);
    assert_eq!(
        bar.groups[0].outputs.len(),
        1,
        "the one that the client has bound"
    );
    assert_eq!(bar.row(0), [("1", true)]);
    client.open(&mut fixture, (200, 100), BLUE);
    bar.look(&mut fixture);
    assert_eq!(bar.row(0), [("1", true), ("2", false)]);
    assert_eq!(bar.row(1), [("1", true)]);
    let told = bar.done;
    fixture.goblin.layout_changed();
    bar.look(&mut fixture);
    assert_eq!(bar.done, told, "what is the same is not told again");
}

#[test]
fn a_workspace_is_shown_with_the_commit_and_not_before() {
    let mut fixture = Fixture::with_outputs(&["400x300@1"]);
    let mut client = fixture.connect();
    client.open(&mut fixture, (200, 100), BLUE);
    let mut bar = Bar::new(&mut fixture);
    bar.named(0, "2").activate();
    bar.look(&mut fixture);
    assert_eq!(bar.row(0), [("1", true), ("2", false)]);
    bar.manager.commit();
    bar.look(&mut fixture);
    assert_eq!(bar.row(0), [("1", false), ("2", true)]);
    let id = fixture.only_window();
    assert!(!fixture.goblin.layout.is_visible(id));
    bar.named(0, "1").activate();
    bar.manager.commit();
    bar.look(&mut fixture);
    assert!(fixture.goblin.layout.is_visible(id));
}

#[test]
fn a_workspace_is_assigned_to_another_output_and_goes_with_its_own() {
    let mut fixture = Fixture::with_outputs(&["400x300@1", "400x300@1"]);
    let mut client = fixture.connect();
    client.open(&mut fixture, (200, 100), BLUE);
    let id = fixture.only_window();
    let mut bar = Bar::new(&mut fixture);
    bar.named(0, "1").assign(&bar.groups[1].object);
    bar.manager.commit();
    bar.look(&mut fixture);
    let second = fixture.goblin.outputs[1].id;
    assert_eq!(
        fixture.goblin.layout.window(id).unwrap().output(),
        Some(second)
    );
    assert!(bar.row(1).len() > 1, "{:?}", bar.row(1));

    fixture.goblin.remove_output(second);
    bar.look(&mut fixture);
    assert_eq!(bar.groups.len(), 1);
    assert!(bar.row(0).len() > 1, "{:?}", bar.row(0));
    assert!(
        bar.workspaces
            .iter()
            .all(|workspace| workspace.object.is_alive())
    );
}

#[test]
fn a_workspace_is_called_by_the_name_it_was_given_and_no_two_by_one() {
    use crate::control::Command;
    use trees::desktop::Verb;

    let mut fixture = Fixture::with_outputs(&["400x300@1"]);
    let mut client = fixture.connect();
    client.open(&mut fixture, (200, 100), BLUE);
    let mut bar = Bar::new(&mut fixture);
    let mut tell = |fixture: &mut Fixture, line: &str| {
        let name = (!line.is_empty()).then(|| line.to_owned());
        let verbs = vec![Verb::NameWorkspace { name }];
        let done = super::control::ask(fixture, |reply| Command::Desktop(verbs, reply));
        bar.look(fixture);
        let row: Vec<String> = bar
            .row(0)
            .iter()
            .map(|(name, _)| name.to_string())
            .collect();
        (done.is_ok(), row)
    };
    let row = |names: [&str; 2]| names.map(str::to_owned).to_vec();
    assert_eq!(tell(&mut fixture, "mail"), (true, row(["2", "mail"])));
    let told = super::control::output(&mut fixture);
    assert_eq!(told.workspaces[0].name.as_deref(), Some("mail"));
    assert_eq!(tell(&mut fixture, "a\nb"), (false, row(["2", "mail"])));
    assert_eq!(
        tell(&mut fixture, &"x".repeat(65)),
        (false, row(["2", "mail"]))
    );
    let id = fixture.goblin.outputs[0].id;
    let second = fixture.goblin.layout.workspaces(id)[1];
    fixture.goblin.layout.activate_workspace(second);
    assert_eq!(tell(&mut fixture, "mail"), (true, row(["1", "mail"])));
    assert_eq!(tell(&mut fixture, ""), (true, row(["1", "2"])));
}
