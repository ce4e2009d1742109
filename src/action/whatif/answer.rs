//! An answer: what the cluster would do, what would be down, and what hatui has to say to it.

use core::time::Duration;
use std::collections::BTreeSet;

use super::super::intent::list;
use super::super::preview::{Preview, promotions};
use super::super::situation::Situation;
use super::fate::{fate, places_after, serving};
use super::reasons::{blocked, failed, fencing, fewer_copies, services_down};
use super::{Question, Votes, data};
use crate::model::{Change, CibVersion, Item, NodeName, Places, Previewed, ResourceId, Skeleton, Text};

/// How it looks, from well to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outlook {
    /// All goes on, here or elsewhere; a reboot is safe.
    Fine,
    /// All services go on, but something else is worse than it has to be.
    Degraded,
    /// It cannot be told.
    Unknown,
    /// Something that serves now stays down; a reboot is not safe.
    Down,
}

impl Outlook {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Degraded => "degraded",
            Self::Unknown => "unknown",
            Self::Down => "down",
        }
    }

    /// The answer to "is it safe to reboot?".
    pub fn safe(self) -> &'static str {
        match self {
            Self::Fine => "yes",
            Self::Degraded => "yes, but",
            Self::Unknown => "not known",
            Self::Down => "no",
        }
    }

    /// The exit code of `hatui what-if`: 0 fine, 1 degraded, 2 down, 3 unknown.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Degraded => 1,
            Self::Down => 2,
            Self::Unknown => 3,
        }
    }
}

/// Something that bears on the answer, and how it weighs by itself; what is fine is only worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// How it weighs.
    pub weight: Outlook,
    /// What it is: a sentence without a full stop.
    pub words: String,
    /// What would make it better.
    pub helps: Option<String>,
}

impl Reason {
    /// A reason.
    pub fn new(weight: Outlook, words: impl Into<String>) -> Self {
        Self { weight, words: words.into(), helps: None }
    }

    /// With what would help.
    #[must_use]
    pub fn help(mut self, words: impl Into<String>) -> Self {
        self.helps = Some(words.into());
        self
    }
}

/// What becomes of a resource at the root: a primitive, group, clone or bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is not touched, or does not run now either.
    Unchanged,
    /// It serves on these nodes after it was stopped, started or promoted there.
    Recovered(BTreeSet<NodeName>),
    /// A clone goes on with fewer copies, on these nodes.
    Fewer(BTreeSet<NodeName>),
    /// It, or a part of a group, serves no more.
    Down,
    /// It cannot be told.
    Unknown,
}

/// What becomes of one resource at the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its id.
    pub id: ResourceId,
    /// Whether it is a fence device: those serve nobody outside.
    pub fence_device: bool,
    /// Where it serves now; of a promotable one: where it is promoted.
    pub now: BTreeSet<NodeName>,
    /// What becomes of it.
    pub fate: Fate,
}

/// What would happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What was asked.
    pub question: Question,
    /// How it looks: the worst of the reasons.
    pub outlook: Outlook,
    /// Nodes that would be fenced or shut down: which, how, and why.
    pub fences: Vec<(NodeName, Text, Option<Text>)>,
    /// What becomes of each resource at the root, in the order of the configuration.
    pub services: Vec<Service>,
    /// What would happen to primitives, by the cluster's own word.
    pub changes: Vec<Change>,
    /// Whether the nodes that are left keep quorum; `None`: it is not known, or not asked.
    pub quorum: Option<bool>,
    /// Why it looks so, what weighs most first.
    pub reasons: Vec<Reason>,
    /// How long it may take at most, by the time-outs of the operations on the way; `None`: not known.
    pub budget: Option<Duration>,
    /// The version of the CIB that it holds for; `None`: none was copied.
    pub revision: Option<CibVersion>,
}

impl Answer {
    /// An answer without a simulation: nothing is told of what runs where, except by these reasons.
    pub(in crate::action) fn of_reasons(question: Question, situation: Situation<'_>, reasons: Vec<Reason>) -> Self {
        let untouched = reasons.iter().all(|reason| reason.weight < Outlook::Degraded);
        let fate = if untouched { Fate::Unchanged } else { Fate::Unknown };
        let roots = situation.status().into_iter().flat_map(|status| &status.resources);
        let now = situation.places();
        let services = roots.map(|root| Service { fate: fate.clone(), ..service(root, &now) }).collect();
        let answer = Self {
            question,
            outlook: Outlook::Fine,
            fences: Vec::new(),
            services,
            changes: Vec::new(),
            quorum: None,
            reasons: Vec::new(),
            budget: None,
            revision: None,
        };
        answer.with(reasons)
    }

    /// A primitive fails, and nobody notices: it stays as it is.
    pub(super) fn unnoticed(question: Question, id: &ResourceId, reason: Reason, situation: Situation<'_>) -> Self {
        let root = situation.find(id).map(|found| found.root.id().clone());
        let unknown = reason.weight == Outlook::Unknown;
        let mut answer = Self::of_reasons(question, situation, vec![reason]);
        for service in answer.services.iter_mut().filter(|_| !unknown) {
            service.fate = if Some(&service.id) == root.as_ref() { Fate::Down } else { Fate::Unchanged };
        }
        answer
    }

    /// It could not be asked, or the asking failed: why.
    pub(in crate::action) fn unknown(question: Question, situation: Situation<'_>, why: &str) -> Self {
        let words = format!("the cluster could not be asked what it would do: {why}");
        let votes = Votes::without(situation, question.lost());
        let mut reasons = vec![Reason::new(Outlook::Unknown, words)];
        // What hatui counts itself is told all the same.
        if !question.lost().is_empty() {
            reasons.push(votes.reason());
            reasons.extend(data::without(situation, question.lost()));
        }
        let mut answer = Self::of_reasons(question, situation, reasons);
        answer.quorum = votes.kept.filter(|_| !answer.question.lost().is_empty());
        answer
    }

    /// What the preview program said to a question.
    pub(in crate::action) fn of(
        question: Question,
        previewed: Previewed,
        skeleton: &Skeleton,
        situation: Situation<'_>,
    ) -> Self {
        let revision = previewed.revision;
        let mut preview = Preview::of(previewed);
        if preview.skeleton.resources.is_empty() {
            preview.skeleton = skeleton.clone();
        }
        if let Some(why) = &preview.missing {
            return Self { revision, ..Self::unknown(question, situation, why) };
        }
        let Some(simulation) = &preview.simulation else {
            return Self::unknown(question, situation, "crm_simulate said nothing");
        };
        let lost: &[NodeName] = match &question {
            Question::NodesDown(nodes) => nodes,
            _ => &[],
        };
        let now = situation.places();
        let after = places_after(simulation, &now, lost);
        let changes = simulation.changes.clone().unwrap_or_default();
        let roots = situation.status().into_iter().flat_map(|status| &status.resources);
        let services: Vec<Service> =
            roots.map(|root| Service { fate: fate(root, &now, &after, &changes), ..service(root, &now) }).collect();
        let votes = Votes::without(situation, question.lost());
        let mut reasons = Vec::new();
        if !question.lost().is_empty() {
            reasons.push(votes.reason());
            reasons.extend(data::without(situation, question.lost()));
        }
        reasons.extend(fencing(&question, simulation, &votes, situation));
        reasons.extend(services_down(&question, &services, situation));
        reasons.extend(fewer_copies(&services, &now, &after, &question, situation));
        reasons.extend(blocked(&changes, lost));
        reasons.extend(promotions(&changes, situation).into_iter().map(|(_, remark)| Reason {
            weight: Outlook::Down,
            words: remark.words,
            helps: remark.helps,
        }));
        if let Question::ResourceFails(id, node) = &question {
            reasons.extend(failed(id, node, simulation));
        }
        reasons.extend(simulation.troubles.iter().map(|trouble| Reason::new(Outlook::Fine, trouble.to_string())));
        let answer = Self {
            outlook: Outlook::Fine,
            fences: simulation.nodes.clone(),
            services,
            quorum: votes.kept.filter(|_| !question.lost().is_empty()),
            reasons: Vec::new(),
            budget: preview.budget(situation),
            revision,
            changes,
            question,
        };
        answer.with(reasons)
    }

    /// The answer with more reasons.
    #[must_use]
    pub(in crate::action) fn with(mut self, reasons: Vec<Reason>) -> Self {
        self.reasons.extend(reasons);
        self.reasons.sort_by_key(|reason| core::cmp::Reverse(reason.weight));
        self.outlook = self.reasons.first().map_or(Outlook::Fine, |reason| reason.weight);
        self
    }

    /// The resources at the root that would serve no more.
    pub fn stays_down(&self) -> Vec<&ResourceId> {
        self.services.iter().filter(|service| service.fate == Fate::Down).map(|service| &service.id).collect()
    }

    /// In a few words: what is down, or where what moves would be.
    pub fn summary(&self) -> String {
        let down = self.stays_down();
        if !down.is_empty() {
            return format!("down: {}", list(&down));
        }
        let moved = self.services.iter().filter_map(|service| match &service.fate {
            Fate::Recovered(nodes) => Some(format!("{} → {}", service.id, list(&nodes.iter().collect::<Vec<_>>()))),
            _ => None,
        });
        let moved: Vec<String> = moved.collect();
        match self.reasons.first().filter(|reason| reason.weight > Outlook::Fine) {
            Some(reason) if moved.is_empty() => reason.words.clone(),
            _ if moved.is_empty() => "nothing moves".to_owned(),
            _ => moved.join(", "),
        }
    }
}

/// A root as it is now.
fn service(root: &Item, now: &Places) -> Service {
    let mut fence_device = false;
    root.each_primitive(&mut |primitive| fence_device |= primitive.is_fence_device());
    Service { id: root.id().clone(), fence_device, now: serving(root, now), fate: Fate::Unknown }
}
