//! Where an execution is, and what a cancel would leave.

use core::time::Duration;

use super::{Execution, LOST, SETTLE, Stage};
use crate::wire::Stamp;

/// Where an execution is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The step it is at, counted from 0; the number of steps when all have run.
    pub step: usize,
    /// What it does, as one would say it.
    pub words: String,
    /// Since when.
    pub since: Stamp,
    /// Until when it goes on at most.
    pub until: Stamp,
    /// What a cancel would leave; `None`: it cannot be cancelled now.
    pub cancel_leaves: Option<String>,
}

impl Execution {
    /// Where it is.
    pub fn progress(&self, now: Stamp) -> Progress {
        let step = self.plan.steps.get(self.step);
        let at = |words: String, since: Stamp, span: Duration, cancel: Option<String>| Progress {
            step: self.step,
            words,
            since,
            until: since + span,
            cancel_leaves: cancel.filter(|_| self.cancelled.is_none() && self.failed.is_none()),
        };
        let quick = super::super::catalog::QUICK;
        match &self.stage {
            Stage::Checking { since, .. } => {
                let leaves =
                    if self.touched { "what has run stays; nothing more is run" } else { "nothing was changed" };
                at("look whether all is as it was".to_owned(), *since, quick, Some(leaves.to_owned()))
            }
            Stage::Running { since, .. } => {
                let words = step.map_or_else(String::new, |step| step.words.clone());
                let deadline = step.map_or(Duration::ZERO, |step| step.deadline);
                at(words, *since, deadline, self.running_leaves())
            }
            Stage::Unsure { since, why, patience, .. } => {
                at(format!("find out what became of it: {why}"), *since, *patience, None)
            }
            Stage::Reaching { why, .. } => {
                let since = self.reaching.unwrap_or(now);
                at(format!("wait for a node that can take back what was left: {why}"), since, LOST, None)
            }
            Stage::Waiting { since } => {
                let wait = step.and_then(|step| step.wait.as_ref());
                let words = wait.map_or_else(String::new, |wait| wait.words.clone());
                at(words, *since, self.at_most(), wait.map(|wait| wait.cancel_leaves.clone()))
            }
            Stage::Settling { since } => {
                let leaves = "what has run stays; it is not looked at any further".to_owned();
                at("see that all is as expected".to_owned(), *since, self.at_most().max(SETTLE), Some(leaves))
            }
            Stage::Diagnosing { since, .. } => at("ask the cluster why".to_owned(), *since, quick, None),
            Stage::Ended(verdict) => at(verdict.outcome.word().to_owned(), now, Duration::ZERO, None),
        }
    }

    /// What a cancel leaves while a command is out: what takes something back is not cancelled.
    fn running_leaves(&self) -> Option<String> {
        let step = self.plan.steps.get(self.step).filter(|step| !step.releases)?;
        let more = "what has run stays; nothing more is run";
        Some(step.wait.as_ref().map_or_else(|| more.to_owned(), |wait| wait.cancel_leaves.clone()))
    }
}
