//! Imports go downwards only, over the whole of `src` and `parsers`: the table of ARCHITECTURE.md, held.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that reads the sources")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A layer, the layers of hatui it may import, and the crates.
struct Layer {
    name: &'static str,
    layers: &'static [&'static str],
    crates: &'static [&'static str],
}

const LAYERS: &[Layer] = &[
    Layer { name: "wire", layers: &[], crates: &[] },
    Layer { name: "model", layers: &["wire"], crates: &["serde"] },
    Layer { name: "observe", layers: &["model", "wire"], crates: &["hatui_parsers", "serde", "serde_json"] },
    Layer { name: "action", layers: &["model", "observe", "wire"], crates: &["serde"] },
    Layer { name: "sim", layers: &["wire"], crates: &["serde", "toml"] },
    Layer {
        name: "transport",
        layers: &["wire", "sim"],
        crates: &["tokio", "openssh", "openssh_mux_client_error", "thiserror"],
    },
    Layer { name: "app", layers: &["action", "model", "observe", "wire"], crates: &["serde", "unicode_width"] },
    Layer { name: "ui", layers: &["app", "model", "wire"], crates: &["ratatui", "unicode_width"] },
    Layer {
        name: "report",
        layers: &["action", "app", "model", "wire"],
        crates: &["serde", "serde_json", "unicode_width"],
    },
    Layer { name: "error", layers: &[], crates: &[] },
    Layer { name: "cli", layers: &[], crates: &["clap", "clap_complete", "serde"] },
    Layer { name: "config", layers: &["cli", "error"], crates: &["serde", "toml"] },
    Layer { name: "manual", layers: &["app", "cli"], crates: &["clap", "clap_mangen"] },
];

/// Crates that an import may begin with; anything else is a module or a word in a comment.
const CRATES: &[&str] = &[
    "hatui_parsers",
    "serde",
    "serde_json",
    "toml",
    "tokio",
    "openssh",
    "openssh_mux_client_error",
    "thiserror",
    "ratatui",
    "crossterm",
    "clap",
    "clap_complete",
    "clap_mangen",
    "color_eyre",
    "jiff",
    "etcetera",
    "futures_util",
    "rustix",
    "tracing",
    "nom",
    "tracing_subscriber",
    "memchr",
    "unicode_width",
    "base64",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The code of a file without its comments, and without what is compiled for tests only at its end.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// What follows each `marker` as a path segment.
fn segments<'a>(code: &'a str, marker: &'a str) -> impl Iterator<Item = &'a str> {
    code.match_indices(marker).filter_map(move |(at, _)| {
        let before = code.get(..at)?.chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            return None;
        }
        let rest = code.get(at + marker.len()..)?;
        Some(rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default())
    })
}

fn imported_layers(code: &str) -> BTreeSet<&str> {
    let plain = segments(code, "crate::");
    // `use crate::{a, b::c}` names layers within braces.
    let braces = code.match_indices("crate::{").flat_map(|(at, marker)| {
        let rest = code.get(at + marker.len()..).unwrap_or_default();
        let inside = rest.split('}').next().unwrap_or_default();
        inside.split(',').map(|part| part.trim().split(':').next().unwrap_or_default())
    });
    plain.chain(braces).filter(|word| !word.is_empty()).collect()
}

fn violations(layer: &Layer, code: &str) -> Vec<String> {
    let known: BTreeSet<&str> = LAYERS.iter().map(|layer| layer.name).chain(["runtime", "main"]).collect();
    let mut bad = Vec::new();
    for word in imported_layers(code) {
        if known.contains(word) && word != layer.name && !layer.layers.contains(&word) {
            bad.push(format!("{} may not import {word}", layer.name));
        }
    }
    for name in CRATES {
        let used = code.contains(&format!("{name}::")) && segments(code, &format!("{name}::")).next().is_some();
        if used && !layer.crates.contains(name) && !code.contains(&format!("crate::{name}::")) {
            bad.push(format!("{} may not use the crate {name}", layer.name));
        }
    }
    bad
}

#[test]
fn imports_go_downwards_only() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut bad = Vec::new();
    let mut files = 0;
    for layer in LAYERS {
        let mut found = Vec::new();
        let folder = src.join(layer.name);
        if folder.is_dir() {
            sources(&folder, &mut found);
        }
        let file = src.join(format!("{}.rs", layer.name));
        if file.is_file() {
            found.push(file);
        }
        assert!(!found.is_empty(), "there is no layer {}", layer.name);
        files += found.len();
        for path in found {
            for words in violations(layer, &code(&path)) {
                bad.push(format!("{}: {words}", path.display()));
            }
        }
    }
    assert!(files > 60, "only {files} files were looked at");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn every_folder_of_src_is_a_layer_of_the_table() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in std::fs::read_dir(src).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let known =
            LAYERS.iter().any(|layer| layer.name == name) || ["lib", "main", "runtime"].contains(&name.as_str());
        assert!(known, "{name} stands in no row of the table");
    }
}

#[test]
fn the_parsers_use_nom_and_memchr_and_nothing_else() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("parsers/src");
    let mut found = Vec::new();
    sources(&src, &mut found);
    let layer = Layer { name: "parsers", layers: &[], crates: &["nom", "memchr"] };
    for path in found {
        let code = code(&path);
        for name in CRATES.iter().filter(|name| !layer.crates.contains(name)) {
            assert!(!code.contains(&format!("{name}::")), "{} uses {name}", path.display());
        }
        for word in ["std::fs", "std::env", "std::time", "std::net", "std::process", "std::thread"] {
            assert!(!code.contains(word), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn an_upward_import_is_seen_in_every_form() {
    let layer = LAYERS.iter().find(|layer| layer.name == "model").unwrap();
    for code in [
        "use crate::observe::Decoded;",
        "use crate::{wire::Stamp, observe::Decoded};",
        "fn f() { crate::ui::draw(); }",
        "use ratatui::Frame;",
        "fn f() -> tokio::time::Instant {}",
    ] {
        assert_eq!(violations(layer, code).len(), 1, "{code}");
    }
    assert!(violations(layer, "use crate::wire::Stamp;\nuse serde::Serialize;").is_empty());
}
