//! What is found in each situation, how it is pictured and what the log says of it: the cases in `findings/`, run
//! against the model.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a situation that is written wrongly ends the test")]

#[path = "findings/cluster.rs"]
mod cluster;
#[path = "findings/picture.rs"]
mod picture;
#[path = "findings/play.rs"]
mod play;
#[path = "findings/replication.rs"]
mod replication;
#[path = "findings/situation.rs"]
mod situation;
#[path = "findings/words.rs"]
mod words;

use std::collections::BTreeSet;

use play::{Order, play};
use situation::{Base, Case, File};

/// The cases, by file.
fn cases() -> Vec<(&'static str, Case)> {
    let files = [
        ("well", include_str!("findings/well.toml")),
        ("nodes", include_str!("findings/nodes.toml")),
        ("quorum", include_str!("findings/quorum.toml")),
        ("fencing", include_str!("findings/fencing.toml")),
        ("resources", include_str!("findings/resources.toml")),
        ("replication", include_str!("findings/replication.toml")),
        ("links", include_str!("findings/links.toml")),
        ("config", include_str!("findings/config.toml")),
        ("feeds", include_str!("findings/feeds.toml")),
        ("hosts", include_str!("findings/hosts.toml")),
        ("log", include_str!("findings/log.toml")),
    ];
    let mut all = Vec::new();
    for (name, text) in files {
        let file: File = toml::from_str(text).unwrap_or_else(|error| panic!("{name}.toml: {error}"));
        all.extend(file.case.into_iter().map(|case| (name, case)));
    }
    all
}

fn lines(of: &[String]) -> String {
    let quoted: Vec<String> = of.iter().map(|line| format!("    {line:?},")).collect();
    if quoted.is_empty() { "    (nothing)".to_owned() } else { quoted.join("\n") }
}

#[test]
fn every_case_finds_what_it_says_and_nothing_else() {
    let mut wrong: Vec<String> = Vec::new();
    for (file, case) in cases() {
        let seen = play(&case, Order::Named);
        let mut differ = |what: &str, expected: &[String], found: &[String]| {
            if expected != found {
                let (expected, found) = (lines(expected), lines(found));
                wrong.push(format!("{file}.toml: {}\n  {what} expected:\n{expected}\n  found:\n{found}", case.name));
            }
        };
        differ("findings", &case.findings, &seen.findings);
        if let Some(log) = &case.log {
            differ("log", log, &seen.log);
        }
        if let Some(unknown) = &case.unknown {
            differ("unknown", unknown, &seen.unknown);
        }
        if let Some(verdict) = &case.verdict {
            differ("verdict", std::slice::from_ref(verdict), std::slice::from_ref(&seen.verdict));
        }
        if let Some(headline) = &case.headline {
            differ("headline", std::slice::from_ref(headline), std::slice::from_ref(&seen.headline));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_order_in_which_nodes_speak_changes_nothing() {
    for (file, case) in cases() {
        let first = play(&case, Order::Named);
        for order in [Order::Reversed, Order::Rotated] {
            let other = play(&case, order);
            assert_eq!(first.findings, other.findings, "{file}.toml: {}: {order:?}", case.name);
            assert_eq!(first.headline, other.headline, "{file}.toml: {}: {order:?}", case.name);
        }
    }
}

#[test]
fn what_is_said_twice_changes_nothing() {
    for (file, case) in cases() {
        let (once, twice) = (play(&case, Order::Named), play(&case, Order::Twice));
        assert_eq!(once.findings, twice.findings, "{file}.toml: {}", case.name);
        assert_eq!(once.log, twice.log, "{file}.toml: {}", case.name);
        assert_eq!(once.since, twice.since, "{file}.toml: {}", case.name);
    }
}

#[test]
fn every_rule_fires_in_some_case() {
    let fired: BTreeSet<String> = cases()
        .into_iter()
        .flat_map(|(_, case)| case.findings)
        .filter_map(|line| Some(line.split(' ').nth(1)?.to_owned()))
        .collect();
    let silent: Vec<&str> = hatui::model::findings::rule_names().filter(|rule| !fired.contains(*rule)).collect();
    assert!(silent.is_empty(), "no case shows: {silent:?}");
}

#[test]
fn every_rule_that_needs_a_node_s_word_says_so_when_no_node_speaks() {
    let case = Case { base: Base::Unheard, ..cases().into_iter().next().expect("a case").1 };
    let unknown: BTreeSet<String> = play(&case, Order::Named).unknown.into_iter().collect();
    // What hatui itself sees needs nobody.
    let own = [
        "cluster-down",
        "blind",
        "views-differ",
        "other-cluster",
        "node-refused",
        "node-silent",
        "feed-stale",
        "not-permitted",
        "tool-missing",
        "service-down",
        "tool-failed",
        "unreadable",
        "nameless",
        "not-watched",
    ];
    for rule in hatui::model::findings::rule_names().filter(|rule| !own.contains(rule)) {
        assert!(unknown.iter().any(|line| line.starts_with(&format!("{rule}: "))), "{rule} takes silence for good");
    }
}

#[test]
fn sentences_fit_a_line_of_eighty_columns() {
    // Four columns go to the sign and the frame of the list, and what is longer is cut there: a few words may.
    for (file, case) in cases() {
        for line in &case.findings {
            let words = line.split_once(": ").expect("words").1;
            assert!(words.chars().count() <= 78, "{file}.toml: {} ({} columns)", words, words.chars().count());
        }
    }
}

#[test]
fn every_finding_that_degrades_has_evidence_or_help() {
    for (file, case) in cases() {
        for finding in play(&case, Order::Named).raw {
            let says = !finding.evidence.is_empty() || finding.help.is_some();
            assert!(says, "{file}.toml: {}: {} stands alone", case.name, finding.key.rule);
        }
    }
}
