//! The reports of one look: text, JSON, and the exit code.

#![expect(clippy::expect_used, reason = "a situation that is not as it should be ends the test")]

#[path = "support/hostile.rs"]
mod hostile;
#[path = "support/situations.rs"]
mod situations;

use std::collections::BTreeSet;

use hatui::model::*;
use hatui::report::{TextOptions, VERSION, exit_code, json, text};
use serde_json::Value;
use situations::{Situation, all, named};
use unicode_width::UnicodeWidthStr;

macro_rules! golden {
    ($name:expr, $text:expr) => {
        insta::with_settings!({ snapshot_path => "../snapshots/report", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!($name, $text);
        });
    };
}

fn told(situation: &Situation, options: &TextOptions) -> String {
    text(&situation.cluster, Some("my_cluster"), situation.now, options)
}

fn read(situation: &Situation) -> Value {
    let written = json(&situation.cluster, Some("my_cluster"), false, situation.now);
    assert!(written.ends_with("}\n"));
    serde_json::from_str(&written).expect("JSON")
}

#[test]
fn the_text_answers_whether_all_is_well_first() {
    let plain = TextOptions::default();
    for (name, start) in [
        ("well", "two nodes with DRBD 9, all well"),
        ("lost-node", "a lost node is UNCLEAN"),
        ("split", "a split that both sides tell of"),
        ("resync", "a resync with the time to redundancy"),
        ("unheard", "nobody has said a word yet"),
        ("refused", "a node refuses the login"),
        ("left-over", "constraints that moves left behind"),
    ] {
        let situation = named(start);
        let text = told(&situation, &plain);
        golden!(format!("text-{name}"), text);
        let verdict = situation.cluster.verdict().word();
        assert!(text.starts_with(verdict), "{name}");
    }
}

#[test]
fn the_text_keeps_to_its_columns_and_to_ascii_where_asked() {
    for situation in all() {
        for width in [20, 60, 80, 132] {
            let ascii = TextOptions { ascii: true, width, utc_offset_s: 5400, simulated: true };
            let text = told(&situation, &ascii);
            assert!(text.is_ascii(), "{}", situation.name);
            assert!(text.lines().all(|line| line.len() <= width), "{}: {width}:\n{text}", situation.name);
            assert!(text.contains("SIMULATED") || width < 40, "{}", situation.name);
            let text = told(&situation, &TextOptions { width, ..TextOptions::default() });
            assert!(text.lines().all(|line| line.width() <= width), "{}: {width}", situation.name);
            assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{}", situation.name);
        }
    }
}

#[test]
fn the_text_tells_its_zone() {
    let situation = named("three nodes, all well");
    let east = TextOptions { utc_offset_s: 7200, ..TextOptions::default() };
    assert!(told(&situation, &east).contains(" 10:00:") && told(&situation, &east).contains("+02:00"));
    assert!(told(&situation, &TextOptions::default()).contains("UTC"));
}

#[test]
fn the_json_of_a_situation() {
    for (name, start) in [
        ("resync", "a resync with the time to redundancy"),
        ("split", "a split that both sides tell of"),
        ("unheard", "nobody has said a word yet"),
    ] {
        let situation = named(start);
        golden!(format!("json-{name}"), json(&situation.cluster, Some("my_cluster"), false, situation.now));
    }
}

/// Every key of a value, as `nodes[].sight.word`; what repeats in itself (members of members) counts once.
fn keys(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let path =
                    path.replace("members[].members", "members").replace("resources[].members[].", "resources[].");
                found.insert(path.clone());
                keys(value, &path, found);
            }
        }
        Value::Array(list) => {
            for value in list {
                keys(value, &format!("{path}[]"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn the_document_names_every_key_and_no_other() {
    let mut written = BTreeSet::new();
    let mut situations = all();
    let mut more = named("a split that both sides tell of");
    let status = more.cluster.picture().status.clone().expect("a status");
    let change = LastChange { user: Some("root".into()), ..LastChange::default() };
    let status = PacemakerStatus { last_change: Some(change), ..(*status).clone() };
    more.hear("ha-node-1", [Seen::Pacemaker(status.into())]);
    situations.push(more);
    for situation in &situations {
        keys(&read(situation), "", &mut written);
    }
    let document = include_str!("../docs/status-json.md");
    let documented: BTreeSet<String> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next())
        .map(ToOwned::to_owned)
        .collect();
    let missing: Vec<_> = written.difference(&documented).collect();
    assert!(missing.is_empty(), "not in the document: {missing:#?}");
    let stale: Vec<_> = documented.difference(&written).collect();
    assert!(stale.is_empty(), "only in the document: {stale:#?}");
}

#[test]
fn every_key_is_always_there() {
    let (well, silent) = (read(&named("two nodes with DRBD 9, all well")), read(&named("nobody has said a word yet")));
    let names = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&well), names(&silent));
    assert_eq!(well["hatui-status"], VERSION);
    for key in
        ["cluster", "resources", "failures", "fencing", "constraints", "quorum", "witness", "links", "replication"]
    {
        assert!(silent[key].is_null(), "{key}: what nobody told is null");
        assert!(!well[key].is_null(), "{key}");
    }
}

#[test]
fn the_exit_code_stands_in_the_json_too() {
    for situation in all() {
        let value = read(&situation);
        assert_eq!(value["exit_code"], exit_code(situation.cluster.verdict()), "{}", situation.name);
        let verdict = situation.cluster.verdict().word().to_lowercase();
        assert_eq!(value["verdict"], verdict, "{}", situation.name);
    }
}

#[test]
fn hostile_words_steer_neither_text_nor_json() {
    let situation = hostile::cluster();
    let title = Some("\x1b[2J\u{9b}31m\u{202e}");
    let wide = TextOptions { width: 100, ..TextOptions::default() };
    let told = text(&situation.cluster, title, situation.now, &wide);
    let written = json(&situation.cluster, title, false, situation.now);
    for words in [told, written] {
        let steers = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        let line = words.lines().find(|line| line.contains(steers));
        assert!(line.is_none(), "{line:?}");
        assert!(!words.contains("\\u00"), "nothing is there that JSON would have to escape");
    }
    assert!(read(&situation)["nodes"].as_array().is_some_and(|nodes| nodes.len() > 2));
}

#[test]
fn what_is_old_says_so_before_it_is_told() {
    let situation = named("all nodes fall silent");
    let text = told(&situation, &TextOptions::default());
    golden!("text-silent", text);
    let (note, nodes) = (text.find("NO NODE TELLS ITS STATUS NOW"), text.find("\nNODES"));
    assert!(note.is_some() && note < nodes, "{text}");
}

#[test]
fn disagreements_name_who_says_what() {
    let value = read(&named("a split that both sides tell of"));
    let list = value["disagreements"].as_array().expect("a list");
    let ring = list.iter().find(|one| one["fact"] == "ring").expect("the ring");
    let said: BTreeSet<_> =
        ring["said"].as_array().expect("a list").iter().map(|said| said["value"].to_string()).collect();
    assert!(said.len() > 1, "{ring}");
}
