//! How it looks: golden screens and texts.

use hatui::app::{App, Asked, Effect, Event, Key, Overlay, page};
use hatui::model::{Item, NodeName, Primitive, Role, Seen};
use hatui::report::{what_if_json, what_if_text};
use hatui::ui::{Look, Symbols, Theme};

use crate::asked::{answer_all, reply, run_of};
use crate::paint::{golden, painted};
use crate::situations::named;

const THREE: &str = "three nodes, all well";
const TWO: &str = "two nodes with DRBD 9, all well";
const DARK: Look = Look { theme: Theme::Dark, symbols: Symbols::Unicode, clock: 0 };
const ASCII: Look = Look { theme: Theme::NoColor, symbols: Symbols::Ascii, clock: 0 };
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 30), (200, 60)];

macro_rules! golden {
    ($name:expr, $app:expr, $look:expr, $size:expr) => {
        insta::with_settings!({ snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            let (columns, rows) = $size;
            let painted = golden(&painted(&mut $app, $look, columns, rows));
            insta::assert_snapshot!(format!("{}-{columns}x{rows}", $name), painted);
        });
    };
}

macro_rules! golden_text {
    ($name:expr, $text:expr) => {
        insta::with_settings!({ snapshot_path => "../../snapshots/report", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!($name, $text);
        });
    };
}

fn press(app: &mut App, key: Key) -> Vec<Effect> {
    let now = app.now();
    app.update(Event::Key(key), now)
}

fn sized(start: &str, (columns, rows): (u16, u16)) -> App {
    let mut app = named(start).app();
    let now = app.now();
    app.update(Event::Resize { columns, rows }, now);
    app
}

fn asked(start: &str, key: char, size: (u16, u16)) -> App {
    let mut app = sized(start, size);
    let effects = press(&mut app, Key::Char(key));
    answer_all(&mut app, effects);
    app
}

#[test]
fn the_matrix() {
    for size in SIZES {
        golden!("what-if-matrix", asked(THREE, 'W', size), DARK, size);
        let mut app = asked(THREE, 'W', size);
        for _ in 0..3 {
            press(&mut app, Key::Down);
        }
        press(&mut app, Key::Enter);
        golden!("what-if-answer", app, DARK, size);
    }
    golden!("what-if-two-nodes", asked(TWO, 'W', (80, 24)), DARK, (80, 24));
    golden!("what-if-matrix-ascii", asked(THREE, 'W', (80, 24)), ASCII, (80, 24));
}

#[test]
fn the_matrix_while_it_is_asked_and_cancelled() {
    let size = (80, 24);
    let mut app = sized(THREE, size);
    let mut effects = press(&mut app, Key::Char('W'));
    for _ in 0..5 {
        let (run, words) = run_of(&effects).unwrap();
        let stdout = reply(&app, &words);
        effects = crate::asked::ran(&mut app, run, stdout);
    }
    golden!("what-if-asking", app, DARK, size);
    press(&mut app, Key::Char('x'));
    answer_all(&mut app, effects);
    golden!("what-if-cancelled", app, DARK, size);
}

#[test]
fn many_services_leave_room_for_the_summary_only() {
    let mut situation = named(THREE);
    let mut status = (**situation.cluster.picture().status.as_ref().unwrap()).clone();
    for number in 0..20 {
        let mut primitive = Primitive::named(&format!("service-{number:02}"), "ocf:heartbeat:Dummy");
        primitive.role = Role::Started;
        primitive.on = vec![NodeName::new(&format!("ha-node-{}", number % 3 + 1))];
        status.resources.push(Item::Primitive(primitive));
    }
    let status = std::sync::Arc::new(status);
    for node in ["ha-node-1", "ha-node-2", "ha-node-3"] {
        situation.hear(node, [Seen::Pacemaker(status.clone())]);
    }
    let mut app = situation.app();
    let now = app.now();
    app.update(Event::Resize { columns: 80, rows: 24 }, now);
    let effects = press(&mut app, Key::Char('W'));
    answer_all(&mut app, effects);
    press(&mut app, Key::Char('G'));
    golden!("what-if-many", app, DARK, (80, 24));
    press(&mut app, Key::Char('g'));
    press(&mut app, Key::PageDown);
    assert!(
        matches!(app.screen().overlays.last(), Some(Overlay::Matrix { chosen, scroll }) if scroll <= chosen && *chosen > 9)
    );
}

#[test]
fn every_width_fits() {
    let app = asked(THREE, 'W', (80, 24));
    for width in 1..160 {
        for overlay in [Overlay::Matrix { chosen: 1, scroll: 0 }, Overlay::Answer { row: 3, scroll: 0 }] {
            for line in page(&app, &overlay, width).unwrap().lines {
                assert!(line.columns() <= width, "{width}: {:?}", line.words());
            }
        }
    }
}

#[test]
fn safe_to_reboot() {
    for size in SIZES {
        golden!("what-if-reboot", asked(THREE, 'b', size), DARK, size);
    }
    golden!("what-if-reboot-resync", asked("a resync with the time", 'b', (80, 24)), DARK, (80, 24));
    golden!("what-if-reboot-lost", asked("a lost node is UNCLEAN", 'b', (80, 24)), DARK, (80, 24));
}

#[test]
fn rolling_maintenance() {
    for size in SIZES {
        golden!("rolling-ready", asked(THREE, 'R', size), DARK, size);
    }
    let mut app = asked("a resync with the time", 'R', (80, 24));
    let effects = press(&mut app, Key::Char('n'));
    answer_all(&mut app, effects);
    golden!("rolling-held", app, DARK, (80, 24));
}

#[test]
fn a_mouse_and_keys_of_other_pages_do_no_harm() {
    let mut app = asked(THREE, 'W', (80, 24));
    for key in [Key::Char('z'), Key::Left, Key::Char('N'), Key::Tab] {
        press(&mut app, key);
    }
    press(&mut app, Key::Char('W'));
    assert!(matches!(app.screen().overlays.last(), Some(Overlay::Matrix { .. })), "shown again, not asked again");
    press(&mut app, Key::Esc);
    assert!(app.screen().overlays.is_empty());
}

#[test]
fn for_machines_and_scripts() {
    let app = asked(THREE, 'W', (80, 24));
    golden_text!("what-if-matrix.text", what_if_text(&app, Asked::Matrix, 100, false));
    let json = what_if_json(&app, Asked::Matrix, Some("my_cluster"), false).unwrap();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["hatui-what-if"], 1);
    assert_eq!((value["exit_code"].as_u64(), value["outlook"].as_str()), (Some(2), Some("down")));
    assert_eq!(value["answers"].as_array().map(Vec::len), Some(14));
    let app = asked(TWO, 'b', (80, 24));
    golden_text!("what-if-reboot.text", what_if_text(&app, Asked::Reboots, 100, true));
    golden_text!("what-if-reboot.json", what_if_json(&app, Asked::Reboots, Some("my_cluster"), false).unwrap());
}

/// Every key of the JSON stands in the document, as `key` or `path.key`.
#[test]
fn the_document_tells_every_key() {
    let app = asked(THREE, 'W', (80, 24));
    let json = what_if_json(&app, Asked::Matrix, Some("my_cluster"), false).unwrap();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let document =
        std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/what-if-json.md")).unwrap();
    let mut missing = std::collections::BTreeSet::new();
    keys(&value, "", &mut |path| {
        if !document.contains(&format!("| `{path}` |")) {
            missing.insert(path.to_owned());
        }
    });
    assert!(missing.is_empty(), "docs/what-if-json.md does not tell of {missing:?}");
}

fn keys(value: &serde_json::Value, path: &str, tell: &mut impl FnMut(&str)) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                tell(&path);
                keys(value, &path, tell);
            }
        }
        serde_json::Value::Array(list) => {
            for value in list {
                keys(value, &format!("{path}[]"), tell);
            }
        }
        _ => {}
    }
}
