//! Golden screens, text and styles: every pane and whatever lies over them, at each size and in each mode.

use hatui::app::{App, Event, Key, Pane, Subject};
use hatui::model::Text;
use hatui::ui::{Look, Symbols, Theme};

use crate::paint::{golden, painted};
use crate::scenes::{SCENES, demo, denied, many, press, scene, talkative};
use crate::{DARK, SIZES, look};

macro_rules! golden {
    ($name:expr, $app:expr, $look:expr, $size:expr) => {
        insta::with_settings!({ snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            let (columns, rows) = $size;
            let painted = golden(&painted(&mut $app, $look, columns, rows));
            insta::assert_snapshot!(format!("{}-{columns}x{rows}", $name), painted);
        });
    };
}

const LOST: &str = "a lost node is UNCLEAN";
const SPLIT: &str = "a split that both";
const RESYNC: &str = "a resync with the time";
const ALONE: &str = "Pacemaker is all green while both ends";
const FAILED: &str = "left over, unmanaged, in maintenance";

/// The ways of drawing besides the dark one.
const MODES: [(&str, Look); 4] = [
    ("nocolor", look(Theme::NoColor, Symbols::Unicode)),
    ("light", look(Theme::Light, Symbols::Unicode)),
    ("sixteen", look(Theme::Sixteen, Symbols::Unicode)),
    ("ascii", look(Theme::NoColor, Symbols::Ascii)),
];

/// Each pane over the whole screen, where it has something to tell.
const ZOOMED: [(&str, &str, Pane); 7] = [
    ("lost-zoom-nodes", LOST, Pane::Nodes),
    ("failed-zoom-resources", FAILED, Pane::Resources),
    ("resync-zoom-replication", RESYNC, Pane::Replication),
    ("split-zoom-quorum-links", SPLIT, Pane::Quorum),
    ("lost-zoom-quorum-links", LOST, Pane::Quorum),
    ("lost-zoom-events", LOST, Pane::Events),
    ("split-zoom-findings", SPLIT, Pane::Findings),
];

/// What lies over the overview, by the keys that lead there.
const OVERLAYS: [(&str, &str, &str); 11] = [
    ("help", LOST, "?"),
    ("palette", LOST, ":fen"),
    ("palette-empty", LOST, ":"),
    ("filter", LOST, "/web"),
    ("filtered", LOST, "/web\n"),
    ("faults", LOST, "!"),
    ("truth", LOST, "w"),
    ("events", LOST, "e"),
    ("frozen", LOST, "P"),
    ("raw", LOST, "y"),
    ("commands", LOST, "@"),
];

/// Whether a row is the one that is looked for.
type Wanted = fn(&Subject) -> bool;

/// Details of each kind of thing, reached as a user reaches them: the pane, down to it, Enter.
const DETAILS: [(&str, &str, Pane, Wanted); 15] = [
    ("lost-node", LOST, Pane::Nodes, |_| true),
    ("silent-node", "a node that the cluster holds for well", Pane::Nodes, is_third),
    (
        "failed-resource",
        FAILED,
        Pane::Resources,
        |it| matches!(it, Subject::Resource(path) if path.id.as_str() == "web-fs"),
    ),
    (
        "lost-resource",
        LOST,
        Pane::Resources,
        |it| matches!(it, Subject::Resource(path) if path.id.as_str() == "web-fs"),
    ),
    ("failed-group", FAILED, Pane::Resources, |it| matches!(it, Subject::Resource(path) if path.id.as_str() == "web")),
    (
        "resync-clone",
        RESYNC,
        Pane::Resources,
        |it| matches!(it, Subject::Resource(path) if path.id.as_str() == "store-clone"),
    ),
    ("resync-replica", RESYNC, Pane::Replication, |it| matches!(it, Subject::Replica(_))),
    ("resync-copy", RESYNC, Pane::Replication, |it| matches!(it, Subject::Copy(..))),
    ("resync-sync", RESYNC, Pane::Replication, |it| matches!(it, Subject::Sync(..))),
    ("standalone-tie", ALONE, Pane::Replication, |it| matches!(it, Subject::Tie(..))),
    ("lost-quorum", LOST, Pane::Quorum, |it| matches!(it, Subject::Quorum)),
    ("split-partition", SPLIT, Pane::Quorum, |it| matches!(it, Subject::Partition(_))),
    ("lost-link", LOST, Pane::Quorum, |it| matches!(it, Subject::Link(..))),
    ("lost-event", LOST, Pane::Events, |_| true),
    ("lost-finding", LOST, Pane::Findings, |_| true),
];

fn is_third(it: &Subject) -> bool {
    matches!(it, Subject::Node(name) if name.as_str() == "ha-node-3")
}

/// Types keys; `\n` is Enter.
fn typed(app: &mut App, keys: &str) {
    let keys: Vec<Key> = keys.chars().map(|c| if c == '\n' { Key::Enter } else { Key::Char(c) }).collect();
    press(app, &keys);
}

/// The details of the first row of a pane that is what is looked for.
fn details(start: &str, pane: Pane, wanted: Wanted) -> App {
    let mut app = scene(start);
    press(&mut app, &[Key::Char(pane.number())]);
    for _ in 0..app.rows(pane).len() {
        if app.selected().is_some_and(|subject| wanted(&subject)) {
            press(&mut app, &[Key::Enter]);
            assert_eq!(app.screen().overlays.len(), 1);
            return app;
        }
        press(&mut app, &[Key::Down]);
    }
    panic!("{start}: no such row in {}", pane.title());
}

#[test]
fn the_overview_of_each_situation() {
    for (name, start) in SCENES {
        for size in SIZES {
            golden!(format!("{name}-overview"), scene(start), DARK, size);
        }
    }
    for size in SIZES {
        golden!("denied-overview", denied(), DARK, size);
    }
    golden!("many-overview", many(1000), DARK, (80, 24));
    golden!("lost-overview", scene(LOST), DARK, (60, 16));
    golden!("lost-too-small", scene(LOST), DARK, (50, 10));
}

#[test]
fn every_pane_zoomed() {
    for pane in Pane::ALL {
        assert!(ZOOMED.iter().any(|(_, _, zoomed)| *zoomed == pane), "{} is missing", pane.title());
    }
    for (name, start, pane) in ZOOMED {
        for size in SIZES {
            let mut app = scene(start);
            press(&mut app, &[Key::Char(pane.number()), Key::Char('z')]);
            golden!(name, app, DARK, size);
        }
    }
}

#[test]
fn everything_that_can_lie_over_the_overview() {
    for (name, start, keys) in OVERLAYS {
        for size in SIZES {
            let mut app = demo(start);
            if ["raw", "commands"].contains(&name) {
                app = talkative(app);
            }
            typed(&mut app, keys);
            golden!(format!("over-{name}"), app, DARK, size);
        }
    }
    for size in SIZES {
        let mut app = demo(LOST);
        let failed = Event::Failed(Text::new("the feed of ha-node-1 could not be started: no such program"));
        app.update(failed, app.now());
        golden!("over-failure", app, DARK, size);
    }
}

#[test]
fn details_of_each_kind_of_thing() {
    for (name, start, pane, wanted) in DETAILS {
        for size in SIZES {
            golden!(format!("details-{name}"), details(start, pane, wanted), DARK, size);
        }
    }
}

#[test]
fn every_mode_of_drawing() {
    for (mode, look) in MODES {
        golden!(format!("lost-overview-{mode}"), scene(LOST), look, (80, 24));
        golden!(format!("resync-overview-{mode}"), scene(RESYNC), look, (80, 24));
        golden!(format!("blind-overview-{mode}"), scene("all nodes fall silent"), look, (80, 24));
        golden!(format!("details-lost-node-{mode}"), details(LOST, Pane::Nodes, |_| true), look, (80, 24));
        for (name, keys) in [("truth", "w"), ("help", "?"), ("frozen", "P"), ("palette", ":s")] {
            let mut app = demo(SPLIT);
            typed(&mut app, keys);
            golden!(format!("split-{name}-{mode}"), app, look, (80, 24));
        }
    }
}
