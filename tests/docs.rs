//! What the documents say is what the program does.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that reads documents")]

use std::path::Path;

use hatui::app::COMMANDS;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn the_manual_in_docs_is_the_programs() {
    let page = hatui::manual::page().unwrap();
    if std::env::var_os("HATUI_BLESS").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/hatui.1"), &page).unwrap();
    }
    assert!(page == read("docs/hatui.1"), "docs/hatui.1 is not up to date: HATUI_BLESS=1 cargo test --test docs");
}

#[test]
fn the_lab_tries_the_sudo_rules_that_hatui_prints() {
    let rules = hatui::runtime::sudoers::sudoers("sudoer", false);
    if std::env::var_os("HATUI_BLESS").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/sudoers"), &rules).unwrap();
    }
    assert!(rules == read("tests/lab/sudoers"), "tests/lab/sudoers is old: HATUI_BLESS=1 cargo test --test docs");
}

#[test]
fn the_readme_names_every_key() {
    let readme = read("README.md");
    for entry in COMMANDS.iter().filter(|entry| !entry.footer.is_empty()) {
        let key = entry.keys.first().unwrap().label();
        assert!(readme.contains(&format!("`{key}`")), "README does not name the key {key} ({})", entry.word);
    }
}

#[test]
fn every_dependency_has_a_reason() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let architecture = read("ARCHITECTURE.md");
    for (name, _) in manifest["dependencies"].as_table().unwrap() {
        let own = name == "hatui-parsers";
        assert!(own || architecture.contains(name.as_str()), "ARCHITECTURE.md gives no reason for {name}");
    }
}

#[test]
fn every_frame_of_the_protocol_is_read() {
    let protocol = read("src/observe/watch/PROTOCOL.md");
    let decode = read("src/observe/decode.rs");
    let kinds: Vec<&str> = protocol
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter(|line| line.matches('|').count() >= 4)
        .flat_map(|line| line.split('|').next().unwrap_or_default().split("`, `"))
        .map(|kind| kind.trim().trim_matches('`'))
        .collect();
    assert!(kinds.len() >= 14, "{kinds:?}");
    for kind in kinds {
        assert!(decode.contains(&format!("\"{kind}\"")), "the frame `{kind}` is not read");
    }
}
