//! What is kept of actions: for the audit, and to say how long such an action took the last time.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::{KEPT, Stage};
use crate::action::{Course, Intent, Outcome, Phase};
use crate::app::{App, Effect};
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
    /// Whether a service was still away when that was watched no longer.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub still_away: bool,
    /// How the action ended, in a word; `None`: it happened by itself, or that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
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

    /// Whether it tells how long such an action takes: what was cancelled, or not done, does not.
    pub fn is_measure(&self) -> bool {
        let done = [Outcome::Done.word(), Outcome::DoneWithWarnings.word()];
        self.outcome.as_ref().is_none_or(|outcome| done.contains(&outcome.as_str()))
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
            still_away: course.is_away(),
            outcome: None,
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

impl App {
    /// The times of this and earlier sessions in this cluster, newest first.
    pub fn times(&self) -> impl Iterator<Item = &PastTime> {
        let cluster = self.cluster_name();
        self.acts.times.iter().rev().filter(move |time| time.cluster == cluster)
    }

    /// How long the last action of the same kind took that was done, and its services were away.
    pub fn last_like(&self, intent: &Intent) -> Option<&PastTime> {
        let kind = kind(intent);
        self.times().find(|time| time.kind == kind && time.is_measure())
    }

    /// Courses that ended are kept for the next time; what was seen of one since then takes the place of what was kept.
    pub(super) fn keep_times(&mut self, effects: &mut Vec<Effect>) {
        for course in self.acts.stopwatch.take_news() {
            self.keep_time(&course, effects);
        }
    }

    /// The verdict is known: how it ended is kept with its time, also where all was back before.
    pub(super) fn keep_outcome(&mut self, effects: &mut Vec<Effect>) {
        self.keep_times(effects);
        if let Some(Stage::Over { course: Some(course), .. }) = self.acts.current.as_ref().map(|current| &current.stage)
            && course.ended.is_some()
        {
            let course = course.clone();
            self.keep_time(&course, effects);
        }
    }

    fn keep_time(&mut self, course: &Course, effects: &mut Vec<Effect>) {
        let stage = self.acts.current.as_ref().map(|current| &current.stage);
        let plan = stage.and_then(Stage::plan).filter(|plan| course.by_action && *course.title == *plan.title);
        let kind = plan.map(|plan| kind(&plan.intent)).unwrap_or_default();
        let mut time = PastTime::of(&self.cluster_name(), &kind, course);
        if let Some(Stage::Over { verdict, course: Some(of), .. }) = stage
            && course.by_action
            && of.began == course.began
        {
            time.outcome = Some(verdict.outcome.word().to_owned());
        }
        if let Some(earlier) = self.acts.times.iter_mut().rev().find(|earlier| earlier.is_same(&time)) {
            time.kind.clone_from(&earlier.kind);
            time.outcome = time.outcome.or_else(|| earlier.outcome.clone());
            if *earlier == time {
                return;
            }
            *earlier = time.clone();
        } else {
            if self.acts.times.len() >= KEPT {
                self.acts.times.pop_front();
            }
            self.acts.times.push_back(time.clone());
        }
        effects.push(Effect::KeepTime(time));
    }
}
