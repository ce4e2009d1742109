//! What happened, who said it, and when: derived from changes of facts, never from what a tool's log might say.

use std::collections::{BTreeMap, VecDeque};

use super::{DrbdName, Fact, FactKey, NodeName, ResourceId, Role, Severity, Text, Witnessed};
use crate::wire::{NodeKey, Stamp};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// When hatui learned of it.
    pub at: Stamp,
    /// Who said so.
    pub witness: NodeKey,
    /// What it is about.
    pub subject: Text,
    /// What happened to it.
    pub words: Text,
    /// How bad it is; [`Severity::Info`] for the normal course of things.
    pub severity: Severity,
}

/// The latest happenings, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventLog {
    entries: VecDeque<Happening>,
    /// What was said last of each pair of nodes: the second end that says the same is no news.
    told: BTreeMap<FactKey, Text>,
}

impl EventLog {
    /// How many are kept.
    pub const KEPT: usize = 2000;

    /// Adds one.
    pub fn push(&mut self, happening: Happening) {
        if self.entries.len() >= Self::KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(happening);
    }

    /// All, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Happening> {
        self.entries.iter().rev()
    }

    /// The one counted `at` from the oldest kept.
    pub fn get(&self, at: usize) -> Option<&Happening> {
        self.entries.get(at)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing happened yet.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Notes what changed between two states of the facts.
    pub(super) fn note(&mut self, old: &BTreeMap<FactKey, Witnessed>, new: &BTreeMap<FactKey, Witnessed>, at: Stamp) {
        for (key, witnessed) in new {
            let before = old.get(key).map(|old| &old.fact);
            if before == Some(&witnessed.fact) {
                continue;
            }
            if let Some((pair, word)) = of_pair(key, &witnessed.fact) {
                // That an end has given up is news of that end.
                let news = word.as_str() == "StandAlone" || self.told.get(&pair) != Some(&word);
                self.told.insert(pair, word);
                if !news {
                    continue;
                }
            }
            for (subject, words, severity) in changed(key, before, Some(&witnessed.fact)) {
                self.push(Happening { at, witness: witnessed.witness.clone(), subject, words, severity });
            }
        }
        for (key, witnessed) in old.iter().filter(|(key, _)| !new.contains_key(key)) {
            if let Some((pair, _)) = of_pair(key, &witnessed.fact) {
                self.told.remove(&pair);
            }
            for (subject, words, severity) in changed(key, Some(&witnessed.fact), None) {
                self.push(Happening { at, witness: witnessed.witness.clone(), subject, words, severity });
            }
        }
    }
}

/// What is between two nodes, whichever of them tells it, and what it is: the two ends of a resync use two words.
fn of_pair(key: &FactKey, fact: &Fact) -> Option<(FactKey, Text)> {
    let sorted = |from: &NodeName, to: &NodeName| {
        let (from, to) = (from.clone(), to.clone());
        if from <= to { (from, to) } else { (to, from) }
    };
    let Fact::Word(word) = fact else { return None };
    Some(match key {
        FactKey::Connection(resource, from, to) => {
            let (a, b) = sorted(from, to);
            (FactKey::Connection(resource.clone(), a, b), word.clone())
        }
        FactKey::Link(number, from, to) => {
            let (a, b) = sorted(from, to);
            (FactKey::Link(*number, a, b), word.clone())
        }
        FactKey::Replication(resource, volume, from, to) => {
            let (a, b) = sorted(from, to);
            let same = [("SyncTarget", "SyncSource"), ("PausedSyncT", "PausedSyncS"), ("VerifyT", "VerifyS")];
            let source = same.iter().find(|(target, _)| *target == word.as_str()).map(|(_, source)| *source);
            let (source, node) = source.map_or((word.as_str(), from), |source| (source, to));
            let flows = same.iter().any(|(_, known)| *known == source);
            let word = if flows { Text::from(format!("{source} {node}")) } else { word.clone() };
            (FactKey::Replication(resource.clone(), *volume, a, b), word)
        }
        _ => return None,
    })
}

type Line = (Text, Text, Severity);

fn line(subject: impl AsRef<str>, words: impl AsRef<str>, severity: Severity) -> Line {
    (Text::new(subject.as_ref()), Text::new(words.as_ref()), severity)
}

/// The lines that a change of a fact is worth: none for what is first learned and normal.
fn changed(key: &FactKey, before: Option<&Fact>, after: Option<&Fact>) -> Vec<Line> {
    let word = |fact: Option<&Fact>| fact.map(ToString::to_string).unwrap_or_default();
    match key {
        FactKey::Cib | FactKey::Ring => Vec::new(),
        FactKey::Members => members(before, after),
        FactKey::Quorate => match (before, word(after).as_str()) {
            (Some(_), "yes") => vec![line("quorum", "regained", Severity::Info)],
            (_, "no") => vec![line("quorum", "lost", Severity::Critical)],
            _ => Vec::new(),
        },
        FactKey::Dc => match (before, word(after).as_str()) {
            (_, "") | (None, _) => Vec::new(),
            (_, "none") => vec![line("DC", "none: an election runs", Severity::Warning)],
            (_, name) => vec![line("DC", format!("now {name}"), Severity::Info)],
        },
        FactKey::Maintenance => match (before, word(after).as_str()) {
            (_, "on") => vec![line("cluster", "maintenance mode on", Severity::Warning)],
            (Some(_), "off") => vec![line("cluster", "maintenance mode off", Severity::Info)],
            _ => Vec::new(),
        },
        FactKey::Node(name) => node(name, before, after),
        FactKey::Fencing(name) => fencing(name, before, after),
        FactKey::Resource(id) => resource(id, before, after),
        FactKey::Failure(id, node) => match (before, after) {
            (_, Some(after)) => vec![line(id.as_str(), format!("{after} on {node}"), Severity::Warning)],
            (Some(_), None) => vec![line(id.as_str(), format!("failure on {node} cleaned up"), Severity::Info)],
            (None, None) => Vec::new(),
        },
        FactKey::DrbdRole(resource, node) => moved(resource, node, "role", before, after, |_| Severity::Info),
        FactKey::Disk(resource, volume, node) => {
            let bad = |word: &str| match word {
                "UpToDate" | "Attaching" | "Negotiating" => Severity::Info,
                "Diskless" | "Failed" => Severity::Critical,
                _ => Severity::Warning,
            };
            moved(resource, node, &format!("disk {volume}"), before, after, bad)
        }
        FactKey::Connection(resource, from, to) => {
            let bad = |word: &str| match word {
                "Connected" => Severity::Info,
                "StandAlone" => Severity::Critical,
                _ => Severity::Warning,
            };
            moved(resource, from, &format!("to {to}"), before, after, bad)
        }
        FactKey::Replication(resource, volume, from, to) => {
            // The connection's own line tells that replication is off.
            if word(after) == "Off" {
                return Vec::new();
            }
            moved(resource, from, &format!("replication {volume} with {to}"), before, after, |_| Severity::Info)
        }
        FactKey::Link(number, from, to) => match (before, word(after).as_str()) {
            (Some(_), "connected") => {
                vec![line(format!("link {number}"), format!("{from} reaches {to} again"), Severity::Info)]
            }
            (_, "" | "connected") => Vec::new(),
            (_, other) => vec![line(format!("link {number}"), format!("{from} to {to} {other}"), Severity::Warning)],
        },
    }
}

fn members(before: Option<&Fact>, after: Option<&Fact>) -> Vec<Line> {
    let (Some(Fact::Names(before)), Some(Fact::Names(after))) = (before, after) else { return Vec::new() };
    let lost = before.difference(after).map(|name| line(name.as_str(), "left the membership", Severity::Critical));
    let joined = after.difference(before).map(|name| line(name.as_str(), "joined the membership", Severity::Info));
    lost.chain(joined).collect()
}

fn node(name: &NodeName, before: Option<&Fact>, after: Option<&Fact>) -> Vec<Line> {
    let Some(after) = after.map(ToString::to_string) else {
        return vec![line(name.as_str(), "is no node of the cluster any more", Severity::Info)];
    };
    if before.is_none() && after == "online" {
        return Vec::new();
    }
    let severity = match after.as_str() {
        "online" => Severity::Info,
        word if word.starts_with("UNCLEAN") => Severity::Critical,
        "OFFLINE" if before.is_some() => Severity::Warning,
        _ => Severity::Warning,
    };
    vec![line(name.as_str(), after, severity)]
}

fn fencing(name: &NodeName, before: Option<&Fact>, after: Option<&Fact>) -> Vec<Line> {
    let Some(words) = after.map(ToString::to_string) else { return Vec::new() };
    if before.is_none() && !words.contains("pending") {
        // History from before hatui looked is no news.
        return Vec::new();
    }
    let severity = if words.contains("failed") { Severity::Critical } else { Severity::Warning };
    vec![line(name.as_str(), format!("fencing: {words}"), severity)]
}

fn resource(id: &ResourceId, before: Option<&Fact>, after: Option<&Fact>) -> Vec<Line> {
    let empty = std::collections::BTreeSet::new();
    let (Some(Fact::Places(before)), after) = (before, after) else { return Vec::new() };
    let after = if let Some(Fact::Places(after)) = after { after } else { &empty };
    let roles = |places: &std::collections::BTreeSet<(NodeName, Role)>| -> BTreeMap<NodeName, Role> {
        places.iter().map(|(node, role)| (node.clone(), role.clone())).collect()
    };
    let (before, after) = (roles(before), roles(after));
    let mut lines = Vec::new();
    for node in before.keys().filter(|node| !after.contains_key(node)) {
        lines.push(line(id.as_str(), format!("stopped on {node}"), Severity::Info));
    }
    for (node, role) in &after {
        if before.get(node) != Some(role) {
            lines.push(line(id.as_str(), format!("{role} on {node}"), Severity::Info));
        }
    }
    lines
}

fn moved(
    resource: &DrbdName,
    node: &NodeName,
    what: &str,
    before: Option<&Fact>,
    after: Option<&Fact>,
    severity: impl Fn(&str) -> Severity,
) -> Vec<Line> {
    match (before, after.map(ToString::to_string)) {
        // What is first learned is news only if it is bad.
        (None, Some(word)) if severity(&word) == Severity::Info => Vec::new(),
        (_, Some(word)) => vec![line(resource.as_str(), format!("{node} {what} {word}"), severity(&word))],
        (_, None) => Vec::new(),
    }
}
