use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::rig::Rig;

/// Everything below a folder: content or link target, and whether it can be run.
fn contents(top: &Path) -> BTreeMap<String, (Vec<u8>, bool)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![top.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let meta = fs::symlink_metadata(&path).unwrap();
            let name = path.strip_prefix(top).unwrap().to_str().unwrap().to_owned();
            let runs = meta.permissions().mode() & 0o100 != 0;
            if meta.is_dir() {
                found.insert(format!("{name}/"), (Vec::new(), true));
                folders.push(path);
            } else if meta.is_symlink() {
                let target = fs::read_link(&path)
                    .unwrap()
                    .into_os_string()
                    .into_encoded_bytes();
                found.insert(name, (target, true));
            } else {
                found.insert(name, (fs::read(&path).unwrap(), runs));
            }
        }
    }
    found
}

/// A folder with many small files, one large one, one to run, one with an odd name, an empty folder and a link.
fn furnish(top: &Path) {
    fs::create_dir_all(top.join("deep/er/est")).unwrap();
    fs::create_dir(top.join("empty")).unwrap();
    for n in 0..200 {
        fs::write(
            top.join(format!("deep/file {n}")),
            format!("{n}\n").repeat(n),
        )
        .unwrap();
    }
    let large: Vec<u8> = (0..5 << 20).map(|n: u32| n.to_le_bytes()[2]).collect();
    fs::write(top.join("deep/er/large"), large).unwrap();
    fs::write(top.join("deep/er/est/中文 'quoted' \n.txt"), "odd").unwrap();
    fs::write(top.join("run.sh"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(top.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    symlink("deep/er/large", top.join("link")).unwrap();
}

#[tokio::test]
async fn a_folder_goes_up_and_comes_back_as_it_was() {
    let rig = Rig::new();
    let (home, data) = (rig.path("home"), rig.path("data"));
    furnish(&home.join("things"));
    rig.well(["put", "things", "/lamp/data"]).await;
    assert_eq!(
        contents(&home.join("things")),
        contents(&data.join("things"))
    );
    // Once more over what is there.
    fs::write(home.join("things/run.sh"), "#!/bin/sh\nexit\n").unwrap();
    rig.well(["put", "things", "/lamp/data/"]).await;
    assert_eq!(
        contents(&home.join("things")),
        contents(&data.join("things"))
    );
    rig.well(["get", "/lamp/data/things", "back"]).await;
    assert_eq!(contents(&home.join("things")), contents(&home.join("back")));
    rig.well(["get", "/lamp/data/things", "back"]).await;
    assert_eq!(
        contents(&home.join("things")),
        contents(&home.join("back/things"))
    );
}

#[tokio::test]
async fn files_go_into_folders_or_get_a_new_name() {
    let rig = Rig::new();
    let (home, data) = (rig.path("home"), rig.path("data"));
    fs::write(home.join("a"), "A").unwrap();
    fs::write(home.join("b"), "B").unwrap();
    fs::create_dir(data.join("folder")).unwrap();
    rig.well(["put", "a", "/lamp/data/new"]).await;
    assert_eq!(fs::read(data.join("new")).unwrap(), b"A");
    rig.well(["put", "b", "/lamp/data/new"]).await;
    assert_eq!(fs::read(data.join("new")).unwrap(), b"B");
    rig.well(["put", "a", "b", "/lamp/data/folder"]).await;
    assert_eq!(fs::read(data.join("folder/b")).unwrap(), b"B");

    let said = rig.badly(["put", "a", "b", "/lamp/data/new"]).await;
    assert!(said.contains("/lamp/data/new is no folder"), "{said}");
    let said = rig.badly(["put", "a", "/lamp/data/none/new"]).await;
    assert!(said.contains("/lamp/data/none"), "{said}");
    let said = rig.badly(["put", "nothing", "/lamp/data"]).await;
    assert!(said.contains("nothing: No such file"), "{said}");
    fs::create_dir(home.join("other")).unwrap();
    fs::write(home.join("other/a"), "other").unwrap();
    let said = rig
        .badly(["put", "a", "other/a", "/lamp/data/folder"])
        .await;
    assert!(
        said.contains("two of the files would be /lamp/data/folder/a"),
        "{said}"
    );
    assert_eq!(fs::read(data.join("folder/a")).unwrap(), b"A");
}

#[tokio::test]
async fn one_file_that_fails_does_not_stop_the_others() {
    let rig = Rig::new();
    let (home, data) = (rig.path("home"), rig.path("data"));
    for name in ["a", "b", "c"] {
        fs::write(home.join(name), name).unwrap();
    }
    fs::create_dir_all(data.join("b")).unwrap();
    let output = rig.run(["put", "a", "b", "c", "/lamp/data"]).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("b to /lamp/data/b") && said.contains("one file was not copied"),
        "{said}"
    );
    assert_eq!(fs::read(data.join("a")).unwrap(), b"a");
    assert_eq!(fs::read(data.join("c")).unwrap(), b"c");
}

#[tokio::test]
async fn synthetic_files_can_be_taken_home() {
    let rig = Rig::new();
    rig.well(["get", "/lamp/status"]).await;
    assert_eq!(
        fs::read(rig.path("home/status")).unwrap(),
        b"{\"lit\":false,\"rev\":7}\n"
    );
    let said = rig.badly(["get", "/lamp/none"]).await;
    assert!(said.contains("/lamp/none"), "{said}");
    assert!(!rig.path("home/none").exists());
}

#[tokio::test]
async fn folders_are_made_moved_and_removed() {
    let rig = Rig::new();
    let data = rig.path("data");
    rig.well(["mkdir", "/lamp/data/one"]).await;
    rig.badly(["mkdir", "/lamp/data/one"]).await;
    rig.badly(["mkdir", "/lamp/data/x/y"]).await;
    rig.well(["mkdir", "-p", "/lamp/data/x/y/z", "/lamp/data/one"])
        .await;
    fs::write(data.join("x/note"), "n").unwrap();

    rig.well(["mv", "/lamp/data/x/note", "/lamp/data/x/y"])
        .await;
    assert!(data.join("x/y/note").is_file());
    rig.well(["mv", "/lamp/data/x/y/note", "/lamp/data/memo"])
        .await;
    assert!(data.join("memo").is_file());
    let said = rig
        .badly(["mv", "/lamp/data/none", "/lamp/data/memo"])
        .await;
    assert!(said.contains("/lamp/data/none"), "{said}");

    let said = rig.badly(["rm", "/lamp/data/x"]).await;
    assert!(said.contains("goblin rm -r /lamp/data/x"), "{said}");
    furnish(&data.join("x/full"));
    rig.well(["rm", "-r", "/lamp/data/x", "/lamp/data/one"])
        .await;
    rig.well(["rm", "/lamp/data/memo"]).await;
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0);
    rig.badly(["rm", "/lamp"]).await;
    rig.badly(["rm", "-r", "/"]).await;
}

#[tokio::test]
async fn a_copy_that_was_broken_off_goes_on_where_it_was() {
    let rig = Rig::new();
    let (home, data) = (rig.path("home"), rig.path("data"));
    let large: Vec<u8> = (0..3 << 20).map(|n: u32| n.to_le_bytes()[1]).collect();
    fs::create_dir(home.join("things")).unwrap();
    for (name, content) in [
        ("large", &large[..]),
        ("small", b"small"),
        ("other", b"other"),
    ] {
        fs::write(home.join("things").join(name), content).unwrap();
    }
    // The first megabyte got through, one small file did, and under the third name lies something else.
    fs::create_dir(data.join("things")).unwrap();
    fs::write(data.join("things/large"), &large[..1 << 20]).unwrap();
    fs::write(data.join("things/small"), "small").unwrap();
    fs::write(data.join("things/other"), "wrong").unwrap();
    let untouched = fs::metadata(data.join("things/small"))
        .unwrap()
        .modified()
        .unwrap();

    rig.well(["put", "--resume", "things", "/lamp/data"]).await;
    assert_eq!(
        contents(&data.join("things")),
        contents(&home.join("things"))
    );
    let after = fs::metadata(data.join("things/small"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(after, untouched, "what was whole is not written again");

    // And the other way, from a part that is longer than the original: not a part of it.
    fs::create_dir(home.join("back")).unwrap();
    fs::create_dir(home.join("back/things")).unwrap();
    fs::write(home.join("back/things/large"), &large[..2 << 20]).unwrap();
    fs::write(home.join("back/things/small"), "small and more").unwrap();
    rig.well(["get", "--resume", "/lamp/data/things", "back"])
        .await;
    assert_eq!(
        contents(&home.join("back/things")),
        contents(&home.join("things"))
    );
}
