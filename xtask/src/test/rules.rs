//! Checks the table of [`super::rooms`] on what `cargo metadata` says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::rooms::{ROOMS, Room};
use crate::exec::{Fault, Outcome};

/// Checks every crate of the workspace.
///
/// # Errors
/// When one knows what it must not; all such faults are named.
pub(super) fn check(metadata: &Value) -> Outcome {
    let graph = Graph::read(metadata)?;
    let faults = faults(&graph, ROOMS);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Fault::new(faults.join("\n")))
    }
}

/// What the rules need of the dependency graph.
#[derive(Default)]
struct Graph {
    /// Our packages, each with those of ours it declares, for whatever purpose and platform.
    ours: BTreeMap<String, BTreeSet<String>>,
    /// Every package's id with its name and the ids it is built from (tests left out).
    built_from: BTreeMap<String, (String, Vec<String>)>,
}

impl Graph {
    fn read(metadata: &Value) -> Outcome<Self> {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut graph = Self::default();
        let mut names = BTreeMap::new();
        let members: BTreeSet<_> = list(&metadata["workspace_members"])
            .iter()
            .map(text)
            .collect();
        for package in list(&metadata["packages"]) {
            names.insert(text(&package["id"]), text(&package["name"]));
            if members.contains(&text(&package["id"])) {
                let near = list(&package["dependencies"])
                    .iter()
                    .filter(|dependency| dependency["path"].is_string())
                    .map(|dependency| text(&dependency["name"]))
                    .collect();
                graph.ours.insert(text(&package["name"]), near);
            }
        }
        for node in list(&metadata["resolve"]["nodes"]) {
            let below = list(&node["deps"])
                .iter()
                .filter(|edge| {
                    list(&edge["dep_kinds"])
                        .iter()
                        .any(|kind| kind["kind"] != "dev")
                })
                .map(|edge| text(&edge["pkg"]))
                .collect();
            let id = text(&node["id"]);
            let name = names.get(&id).cloned().unwrap_or_default();
            graph.built_from.insert(id, (name, below));
        }
        if graph.ours.is_empty() || graph.built_from.is_empty() {
            return Err(Fault::new(
                "`cargo metadata` shows no packages or no resolved graph",
            ));
        }
        Ok(graph)
    }

    /// The names of all packages that one is built from, with the way to each.
    fn below(&self, name: &str) -> BTreeMap<&str, String> {
        let mut ways: BTreeMap<&str, String> = BTreeMap::new();
        let mut open: Vec<(&str, String)> = self
            .built_from
            .iter()
            .filter(|(_, (own, _))| own == name)
            .map(|(id, _)| (id.as_str(), name.to_owned()))
            .collect();
        let mut seen = BTreeSet::new();
        while let Some((id, way)) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let Some((_, below)) = self.built_from.get(id) else {
                continue;
            };
            for id in below {
                if let Some((child, _)) = self.built_from.get(id) {
                    let way = format!("{way} → {child}");
                    ways.entry(child).or_insert_with(|| way.clone());
                    open.push((id, way));
                }
            }
        }
        ways
    }
}

fn faults(graph: &Graph, rooms: &[Room]) -> Vec<String> {
    let mut faults = Vec::new();
    for name in graph.ours.keys() {
        if !rooms.iter().any(|room| room.name == name) {
            faults.push(format!("{name} has no row in xtask/src/test/rooms.rs"));
        }
    }
    for room in rooms {
        let Some(known) = graph.ours.get(room.name) else {
            faults.push(format!(
                "{} has a row in rooms.rs, but there is no such crate",
                room.name
            ));
            continue;
        };
        // A crate that names itself asks for features of its own in its tests.
        for other in known
            .iter()
            .filter(|other| *other != room.name && !room.may_know.contains(&other.as_str()))
        {
            faults.push(format!(
                "{} must not know {other} (DESIGN.md section 3)",
                room.name
            ));
        }
        for (foreign, way) in graph.below(room.name) {
            if room.never.iter().any(|never| foreign.starts_with(never)) {
                faults.push(format!("{} must never see {foreign}: {way}", room.name));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A workspace of `a`, which uses `b` of ours for tests only, and a foreign `wgpu` by way of
    /// `mid`; and `b`, which uses nothing.
    fn metadata() -> Value {
        let edge = |id: &str, kind: Value| json!({"pkg": id, "dep_kinds": [{"kind": kind}]});
        json!({
            "workspace_members": ["a#1", "b#1"],
            "packages": [
                {"id": "a#1", "name": "a", "dependencies": [
                    {"name": "b", "path": "/w/b", "kind": "dev"},
                    {"name": "mid", "path": null, "kind": null},
                ]},
                {"id": "b#1", "name": "b", "dependencies": [
                    {"name": "b", "path": "/w/b", "kind": "dev"},
                ]},
                {"id": "mid#1", "name": "mid", "dependencies": []},
                {"id": "wgpu-core#1", "name": "wgpu-core", "dependencies": []},
                {"id": "insta#1", "name": "insta", "dependencies": []},
            ],
            "resolve": {"nodes": [
                {"id": "a#1", "deps": [
                    edge("b#1", json!("dev")),
                    edge("mid#1", Value::Null),
                    edge("insta#1", json!("dev")),
                ]},
                {"id": "b#1", "deps": []},
                {"id": "mid#1", "deps": [edge("wgpu-core#1", json!("build"))]},
                {"id": "wgpu-core#1", "deps": []},
                {"id": "insta#1", "deps": []},
            ]},
        })
    }

    fn found(rooms: &[Room]) -> Vec<String> {
        faults(&Graph::read(&metadata()).unwrap(), rooms)
    }

    #[test]
    fn allowed_arrows_are_no_fault() {
        let a = Room {
            name: "a",
            may_know: &["b"],
            never: &["insta", "iced"],
        };
        let b = Room {
            name: "b",
            may_know: &[],
            never: &["wgpu"],
        };
        assert_eq!(found(&[a, b]), Vec::<String>::new());
    }

    #[test]
    fn an_arrow_the_other_way_is_one_even_in_tests() {
        let a = Room {
            name: "a",
            may_know: &[],
            never: &[],
        };
        let b = Room {
            name: "b",
            may_know: &[],
            never: &[],
        };
        assert_eq!(found(&[a, b]), ["a must not know b (DESIGN.md section 3)"]);
    }

    #[test]
    fn a_foreign_library_is_seen_through_others_with_its_way() {
        let a = Room {
            name: "a",
            may_know: &["b"],
            never: &["wgpu"],
        };
        let b = Room {
            name: "b",
            may_know: &[],
            never: &[],
        };
        assert_eq!(
            found(&[a, b]),
            ["a must never see wgpu-core: a → mid → wgpu-core"]
        );
    }

    #[test]
    fn table_and_workspace_agree_both_ways() {
        let a = Room {
            name: "a",
            may_know: &["b"],
            never: &[],
        };
        let gone = Room {
            name: "gone",
            may_know: &[],
            never: &[],
        };
        assert_eq!(
            found(&[a, gone]),
            [
                "b has no row in xtask/src/test/rooms.rs",
                "gone has a row in rooms.rs, but there is no such crate"
            ]
        );
    }

    #[test]
    fn metadata_of_another_shape_is_refused() {
        assert!(Graph::read(&json!({"packages": 3})).is_err());
    }
}
