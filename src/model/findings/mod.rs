//! What an expert would notice: each finding with its evidence, its meaning and what helps.
//!
//! Every rule has three answers: it fires, it does not, or too little is known ([`Judgement::Unknown`]), and what is
//! not known is never taken for good.

use core::fmt;
use core::time::Duration;
use std::collections::BTreeMap;

use serde::Serialize;

use super::{Picture, Text};
use crate::wire::{NodeKey, Stamp};

mod config;
mod copies;
mod feeds;
mod fencing;
mod hosts;
mod links;
pub(super) mod look;
mod nodes;
mod operations;
mod quorum;
mod replication;
mod resources;
mod rules;

use look::Look;
pub use rules::names as rule_names;
pub(super) use rules::{judge, rank};

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Not as it should be; nothing is lost yet.
    Warning,
    /// A service is down or data are in danger.
    Critical,
}

impl Severity {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// What makes a finding the same finding from one moment to the next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FindingKey {
    /// The rule, in one or two words joined by `-` (`no-quorum`).
    pub rule: &'static str,
    /// What it is about: a node, resource, link, or the cluster.
    pub subject: Text,
}

/// Something to know or to act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is, and of what.
    pub key: FindingKey,
    /// How bad it is.
    pub severity: Severity,
    /// What it is, in one sentence without a full stop.
    pub words: Text,
    /// What it means, where the sentence needs it.
    pub meaning: Option<Text>,
    /// Who said what, when: what it rests on.
    pub evidence: Vec<Evidence>,
    /// Since when, by hatui's clock.
    pub since: Stamp,
    /// The command or step that helps.
    pub help: Option<Text>,
}

/// A node's word that a finding rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Who said it.
    pub node: NodeKey,
    /// When it began to say so, by hatui's clock.
    pub at: Stamp,
    /// What it said.
    pub words: Text,
}

/// The answer of a rule for one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It is so.
    Fires(Finding),
    /// It is so, and worth telling only once it has been so this long: what is normal for a moment.
    Brews(Finding, Duration),
    /// Too little is known to say: what is missing.
    Unknown(FindingKey, Text),
}

impl Finding {
    /// A finding with no evidence and no help yet.
    pub fn new(rule: &'static str, subject: &str, severity: Severity, words: impl AsRef<str>, since: Stamp) -> Self {
        Self {
            key: FindingKey { rule, subject: Text::new(subject) },
            severity,
            words: Text::new(words.as_ref()),
            meaning: None,
            evidence: Vec::new(),
            since,
            help: None,
        }
    }

    /// The finding with a node's word that it rests on.
    #[must_use]
    pub fn said(mut self, node: &NodeKey, at: Stamp, words: impl AsRef<str>) -> Self {
        self.evidence.push(Evidence { node: node.clone(), at, words: Text::new(words.as_ref()) });
        self
    }

    /// The finding with what it means at more length.
    #[must_use]
    pub fn meaning(mut self, words: impl AsRef<str>) -> Self {
        self.meaning = Some(Text::new(words.as_ref()));
        self
    }

    /// The finding with what helps.
    #[must_use]
    pub fn help(mut self, words: impl AsRef<str>) -> Self {
        self.help = Some(Text::new(words.as_ref()));
        self
    }
}

/// A rule: what it found, and what it could not tell. A subject of which it says nothing is well.
pub(super) type Rule = fn(&Look<'_>) -> Vec<Judgement>;

/// What the rules made of a moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Settled {
    /// The findings, worst first, causes before their consequences.
    pub(super) findings: Vec<Finding>,
    /// What could not be told, and what is missing.
    pub(super) unknown: Vec<(FindingKey, Text)>,
}

/// Puts judgements in order: one finding a key, each with the moment it began.
///
/// `since` keeps when each finding, or what may become one, was first seen; `old` are the findings of the moment
/// before, whose evidence keeps its age.
pub(super) fn settle(
    judgements: Vec<Judgement>,
    since: &mut BTreeMap<FindingKey, Stamp>,
    old: &[Finding],
    now: Stamp,
) -> Settled {
    let mut found: BTreeMap<FindingKey, (Finding, Duration)> = BTreeMap::new();
    let mut unknown = Vec::new();
    for judgement in judgements {
        let (finding, after) = match judgement {
            Judgement::Fires(finding) => (finding, Duration::ZERO),
            Judgement::Brews(finding, after) => (finding, after),
            Judgement::Unknown(key, missing) => {
                unknown.push((key, missing));
                continue;
            }
        };
        let worse = found.get(&finding.key).is_none_or(|(known, _)| known.severity < finding.severity);
        if worse {
            found.insert(finding.key.clone(), (finding, after));
        }
    }
    since.retain(|key, _| found.contains_key(key));
    let mut findings = Vec::new();
    for (key, (mut finding, after)) in found {
        let began = since.get(&key).copied().unwrap_or(now).min(finding.since);
        since.insert(key.clone(), began);
        if now.since(began) < after {
            continue;
        }
        finding.since = began;
        let before = old.iter().find(|known| known.key == key);
        for evidence in &mut finding.evidence {
            let known = before.and_then(|known| {
                known.evidence.iter().find(|said| said.node == evidence.node && said.words == evidence.words)
            });
            evidence.at = known.map_or(evidence.at, |known| known.at.min(evidence.at));
        }
        findings.push(finding);
    }
    findings.sort_by(|a, b| (b.severity, rank(a.key.rule), &a.key).cmp(&(a.severity, rank(b.key.rule), &b.key)));
    Settled { findings, unknown }
}

/// Whether all is well, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing to act on.
    Healthy,
    /// Something is not as it should be.
    Degraded,
    /// A service is down or data are in danger.
    Critical,
    /// Too little is known to say.
    Unknown,
}

impl Verdict {
    /// The verdict on a picture with these findings.
    pub fn of(picture: &Picture, findings: &[Finding]) -> Self {
        let fresh = picture.witness.as_ref().is_some_and(|(_, freshness)| *freshness <= super::Freshness::Late);
        if findings.iter().any(|finding| finding.key.rule == "cluster-down") {
            return Self::Critical;
        }
        if !fresh {
            return Self::Unknown;
        }
        match findings.iter().map(|finding| finding.severity).max() {
            Some(Severity::Critical) => Self::Critical,
            Some(Severity::Warning) => Self::Degraded,
            // Who has not been heard yet may have bad news.
            Some(Severity::Info) | None if picture.awaits_first_word() => Self::Unknown,
            Some(Severity::Info) | None => Self::Healthy,
        }
    }

    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Healthy => "HEALTHY",
            Self::Degraded => "DEGRADED",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
