//! What the tests of the line-wise grammars share: fixtures, goldens, damage. It must not know a grammar.
#![allow(dead_code, reason = "every test program uses a part")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::disallowed_methods, reason = "tests read fixtures, and are told by the environment to bless goldens")]

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The bytes of a fixture.
pub(crate) fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(root().join("fixtures").join(path)).unwrap_or_else(|error| panic!("fixture {path}: {error}"))
}

/// The folders of what Corosync and DRBD print; what Pacemaker prints has tests of its own.
const FOLDERS: [&str; 5] = ["corosync-3.1.7", "drbd-8.4.11", "drbd-9.2.18", "drbd-9.2.18-pacemaker", "hand-made"];

/// The fixtures whose path fits, in order; at least one.
pub(crate) fn fixtures(fits: impl Fn(&str) -> bool) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = FOLDERS.iter().map(|folder| root().join("fixtures").join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root().join("fixtures")).unwrap().to_str().unwrap().to_owned();
            if fits(&name) {
                found.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no fixture fits");
    found
}

/// Compares with the golden of that name; `HATUI_BLESS=1` writes it instead.
pub(crate) fn golden(name: &str, facts: &str) {
    let path = root().join("tests/golden").join(name);
    if std::env::var_os("HATUI_BLESS").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, facts).unwrap();
        return;
    }
    let known = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("golden {name}: {error}"));
    for (at, (known, facts)) in known.lines().zip(facts.lines()).enumerate() {
        assert_eq!(known, facts, "golden {name}, line {}", at + 1);
    }
    assert_eq!(known.len(), facts.len(), "golden {name}: one is longer");
}

/// A debug text without the fields that are `None`, so that a golden shows facts only.
pub(crate) fn without_none(debug: &str) -> String {
    let mut text = String::with_capacity(debug.len());
    let mut rest = debug;
    while let Some(at) = rest.find(": None") {
        let (before, after) = rest.split_at(at);
        let start = before.rfind([' ', '{']).map_or(0, |at| at + 1);
        text.push_str(&before[..start]);
        let after = &after[": None".len()..];
        rest = after.strip_prefix(", ").or_else(|| after.strip_prefix(',')).unwrap_or(after);
        if rest.starts_with(" }") {
            let shorter = text.trim_end_matches([' ', ',']).len();
            text.truncate(shorter);
        }
    }
    text + rest
}

/// A pretty debug text with what stands in parentheses on one line.
pub(crate) fn compact(pretty: &str) -> String {
    let mut text = String::with_capacity(pretty.len());
    for line in pretty.lines() {
        let short = line.trim_start();
        if text.ends_with('(') {
            text.push_str(short);
        } else if short.starts_with(')') && text.ends_with(',') {
            text.pop();
            text.push_str(short);
        } else {
            text.push_str(if text.is_empty() { "" } else { "\n" });
            text.push_str(line);
        }
    }
    text + "\n"
}

/// Long runs: every damage of every fixture instead of a sample.
pub(crate) fn long() -> bool {
    std::env::var_os("HATUI_LONG").is_some_and(|value| value == "1")
}

/// A small generator of numbers, the same in every run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

/// Hands out `input` cut short and with single bytes replaced: everywhere if it is small (or in a long run), otherwise
/// at a sample of places.
pub(crate) fn damaged(input: &[u8], mut check: impl FnMut(&[u8])) {
    let mut numbers = Numbers(input.len() as u64);
    let all = input.len() <= 4096 || long();
    let places = if all {
        (0..input.len()).collect()
    } else {
        (0..2000).map(|_| numbers.below(input.len())).collect::<Vec<_>>()
    };
    let mut copy = input.to_vec();
    for at in places {
        check(&input[..at]);
        let byte = copy[at];
        // One byte that grammars care about, and any one.
        for new in [b"\n \t:=(),.-0\x00\xff"[numbers.below(13)], numbers.below(256).to_le_bytes()[0]] {
            copy[at] = new;
            check(&copy);
        }
        copy[at] = byte;
    }
}
