//! What is kept of actions: for the audit, and to say how long such an action took the last time.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::action::{Course, Intent, Phase};
use crate::model::Text;
use crate::wire::{Argv, Exit, NodeKey, Stamp};

/// A command that changed something, for the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// When it began.
    pub at: Stamp,
    /// The cluster, as it is named.
    pub cluster: String,
    /// Where it ran.
    pub node: NodeKey,
    /// The command.
    pub argv: Argv,
    /// How it ended; `None`: hatui was left before it did.
    pub exit: Option<Exit>,
    /// What it complained of, cut to some hundred bytes.
    pub said: Text,
    /// How long it took; where its end was not seen, how long it had been out.
    pub took: Duration,
    /// The action, by an id that no other has: the moment at which the session began, and a number in it.
    pub plan: String,
    /// What the action was.
    pub title: String,
}

/// How long something took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastTime {
    /// The cluster, as it is named.
    pub cluster: String,
    /// When it began, in microseconds since 1970.
    pub at: u64,
    /// What it was: the action's title, or what was seen first.
    pub title: String,
    /// The kind of action, to compare with others; empty: it happened by itself.
    pub kind: String,
    /// From the beginning to the end, in milliseconds.
    pub took_ms: u64,
    /// The longest that a service was away, in milliseconds; `None`: none was.
    pub away_ms: Option<u64>,
    /// The service that was away longest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Phases, in milliseconds from the beginning.
    #[serde(default)]
    pub phases: Vec<(String, u64)>,
}

/// Milliseconds of a span.
fn ms(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

impl PastTime {
    /// Whether it tells of the same interruption, of which more may have been seen since.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.cluster, self.at, &self.title) == (&other.cluster, other.at, &other.title)
    }

    /// What a course of the stopwatch tells.
    pub fn of(cluster: &str, kind: &str, course: &Course) -> Self {
        let end = course.ended.unwrap_or(course.began);
        let longest = course.longest(end);
        let all = [
            Phase::Command,
            Phase::Lost,
            Phase::Failed,
            Phase::Stopped,
            Phase::Fenced,
            Phase::Promoted,
            Phase::Started,
            Phase::Healthy,
        ];
        let phases = all.into_iter().filter_map(|phase| Some((phase.word().to_owned(), ms(course.phase(phase)?))));
        Self {
            cluster: cluster.to_owned(),
            at: course.began.micros(),
            title: course.title.to_string(),
            kind: kind.to_owned(),
            took_ms: ms(end.since(course.began)),
            away_ms: longest.map(|(_, span)| ms(span)),
            service: longest.map(|(id, _)| id.to_string()),
            phases: phases.collect(),
        }
    }
}

/// What makes two actions of the same kind: what is done to what, not where to.
pub(super) fn kind(intent: &Intent) -> String {
    match intent {
        Intent::Move { resource, .. } => format!("move {resource}"),
        Intent::Standby(_, on) => format!("standby {on:?}"),
        Intent::Fence(_, how) => format!("fence {}", how.word()),
        other => other.title(),
    }
}
