use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::{App, Scan};

struct Folders {
    root: tempfile::TempDir,
}

impl Folders {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder for the test");
        for folder in ["own/applications", "shared/applications/sub", "bin"] {
            fs::create_dir_all(root.path().join(folder)).expect("folders");
        }
        Self { root }
    }

    fn entry(&self, place: &str, text: &str) {
        let path = self.root.path().join(place);
        fs::write(path, format!("[Desktop Entry]\nType=Application\n{text}\n")).expect("an entry");
    }

    fn program(&self, name: &str) -> PathBuf {
        let path = self.root.path().join("bin").join(name);
        fs::write(&path, "").expect("a program");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its mode");
        path
    }

    fn scan(&self, language: &str) -> Vec<App> {
        let at = |place: &str| self.root.path().join(place);
        let scan = Scan {
            folders: vec![
                at("own/applications"),
                at("missing"),
                at("shared/applications"),
            ],
            languages: vec![language.to_owned()],
            path: vec![at("bin")],
        };
        let mut apps = scan.run();
        apps.sort_by(|a, b| a.id.cmp(&b.id));
        apps
    }
}

fn ids(apps: &[App]) -> Vec<&str> {
    apps.iter().map(|app| app.id.as_str()).collect()
}

#[test]
fn an_entry_is_read_in_the_language_of_the_person() {
    let folders = Folders::new();
    folders.entry(
        "shared/applications/org.example.Edit.desktop",
        "Name=Text Editor\nName[zh_CN]=文本编辑器\nGenericName=Editor\nGenericName[zh]=编辑器\n\
         Keywords=write;plain;\nKeywords[zh_CN]=文字;\nExec=edit --new %U\nStartupWMClass=edit-window",
    );
    let app = &folders.scan("zh_CN")[0];
    assert_eq!(app.id, "org.example.Edit");
    assert_eq!(app.name, "文本编辑器");
    assert_eq!(app.kind, "编辑器");
    assert_eq!(app.keywords, ["文字"]);
    assert_eq!(app.command, ["edit", "--new"]);
    assert!(app.owns("org.example.edit") && app.owns("edit-window") && !app.owns("edit"));
    assert_eq!(folders.scan("en_US")[0].name, "Text Editor");
}

#[test]
fn what_is_not_for_this_desktop_is_not_shown() {
    let folders = Folders::new();
    for (name, line) in [
        ("hidden", "Hidden=true"),
        ("nodisplay", "NoDisplay=true"),
        ("gnomeonly", "OnlyShowIn=GNOME;"),
        ("nothere", "NotShowIn=KDE;Goblin;"),
        ("here", "OnlyShowIn=GNOME;goblin;"),
        ("everywhere", "NotShowIn=KDE;"),
    ] {
        let place = format!("shared/applications/{name}.desktop");
        folders.entry(&place, &format!("Name={name}\nExec=run\n{line}"));
    }
    folders.entry(
        "shared/applications/link.desktop",
        "Type=Link\nName=link\nExec=run",
    );
    folders.entry("shared/applications/noexec.desktop", "Name=noexec");
    assert_eq!(ids(&folders.scan("en")), ["everywhere", "here"]);
}

#[test]
fn try_exec_asks_whether_the_program_is_there() {
    let folders = Folders::new();
    let there = folders.program("there");
    folders.entry(
        "shared/applications/a.desktop",
        "Name=a\nExec=x\nTryExec=there",
    );
    folders.entry(
        "shared/applications/b.desktop",
        "Name=b\nExec=x\nTryExec=not-there",
    );
    let full = format!("Name=c\nExec=x\nTryExec={}", there.display());
    folders.entry("shared/applications/c.desktop", &full);
    folders.entry(
        "shared/applications/d.desktop",
        "Name=d\nExec=x\nTryExec=/nowhere/at/all",
    );
    assert_eq!(ids(&folders.scan("en")), ["a", "c"]);
}

#[test]
fn the_persons_own_entry_goes_before_the_shared_one_also_to_hide_it() {
    let folders = Folders::new();
    folders.entry(
        "shared/applications/edit.desktop",
        "Name=Shared\nExec=shared",
    );
    folders.entry("own/applications/edit.desktop", "Name=Own\nExec=own");
    folders.entry("shared/applications/gone.desktop", "Name=Gone\nExec=gone");
    folders.entry("own/applications/gone.desktop", "Name=Gone\nHidden=true");
    folders.entry(
        "shared/applications/sub/deep.desktop",
        "Name=Deep\nExec=deep",
    );
    let apps = folders.scan("en");
    assert_eq!(ids(&apps), ["edit", "sub-deep"]);
    assert_eq!(apps[0].name, "Own");
}

#[test]
fn a_program_without_a_window_runs_in_a_terminal_and_in_its_folder() {
    let folders = Folders::new();
    folders.entry(
        "shared/applications/top.desktop",
        "Name=Top\nExec=top -d \"2 3\"\nTerminal=true\nPath=/var/log",
    );
    let app = &folders.scan("en")[0];
    assert_eq!(
        app.command,
        ["env", "-C", "/var/log", "foot", "top", "-d", "2 3"]
    );
}

#[test]
fn a_torn_entry_costs_nobody_else_anything() {
    let folders = Folders::new();
    let broken = folders
        .root
        .path()
        .join("shared/applications/broken.desktop");
    fs::write(broken, b"[Desktop Entry\n\xff\xfe=\nName").expect("a broken entry");
    folders.entry(
        "shared/applications/quote.desktop",
        "Name=q\nExec=run \"open",
    );
    folders.entry("shared/applications/good.desktop", "Name=Good\nExec=good");
    assert_eq!(ids(&folders.scan("en")), ["good"]);
}
