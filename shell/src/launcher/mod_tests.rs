use ui::text::{Language, with_language};

use super::apps::App;
use super::{Catalogue, Launcher, Target};

fn app(id: &str, name: &str) -> App {
    App {
        id: id.to_owned(),
        name: name.to_owned(),
        kind: String::new(),
        keywords: Vec::new(),
        window_class: None,
        icon: None,
        command: vec![id.to_owned()],
    }
}

fn catalogue() -> Catalogue {
    Catalogue::new(vec![
        app("foot", "终端"),
        app("edit", "Text Editor"),
        app("files", "Files"),
    ])
}

fn names(launcher: &Launcher, catalogue: &Catalogue) -> Vec<String> {
    let name = |target: &Target| match target {
        Target::Panel(name) => format!("panel:{name}"),
        Target::App(place) => catalogue
            .get(*place)
            .map(|shown| shown.name.clone())
            .unwrap_or_default(),
    };
    launcher.found.iter().map(name).collect()
}

#[test]
fn the_panels_stand_first_and_applications_by_name() {
    let catalogue = catalogue();
    let launcher = Launcher::new(String::new(), &catalogue);
    let expected = [
        "panel:storage",
        "panel:sync",
        "panel:subsystems",
        "Files",
        "Text Editor",
        "终端",
    ];
    assert_eq!(names(&launcher, &catalogue), expected);
}

#[test]
fn a_search_finds_panels_and_applications_in_the_language_of_the_person() {
    let catalogue = catalogue();
    let found = |language, query: &str| {
        with_language(language, || {
            names(&Launcher::new(query.to_owned(), &catalogue), &catalogue)
        })
    };
    assert_eq!(found(Language::English, "stor"), ["panel:storage"]);
    assert_eq!(found(Language::Chinese, "cc")[0], "panel:storage");
    assert_eq!(found(Language::Chinese, "storage"), ["panel:storage"]);
    assert_eq!(found(Language::English, "zd"), ["终端"]);
    assert_eq!(found(Language::English, "foot"), ["终端"]);
    assert_eq!(found(Language::English, "qqqq"), Vec::<String>::new());
}

#[test]
fn going_past_an_end_comes_out_at_the_other() {
    let mut launcher = Launcher::new(String::new(), &catalogue());
    launcher.step(-1);
    assert_eq!((launcher.chosen, launcher.share()), (5, 1.0));
    launcher.step(1);
    assert_eq!((launcher.chosen, launcher.share()), (0, 0.0));
    let mut none = Launcher::new("qqqq".to_owned(), &catalogue());
    none.step(1);
    assert_eq!((none.chosen, none.share()), (0, 0.0));
}

#[test]
fn a_window_finds_its_application() {
    let catalogue = catalogue();
    assert_eq!(
        catalogue.owner("Foot").map(|shown| shown.name.as_str()),
        Some("终端")
    );
    assert!(catalogue.owner("unknown").is_none());
}
