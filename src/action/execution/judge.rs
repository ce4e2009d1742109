//! Whether it came to what was wanted, and if not, why.

use std::collections::BTreeSet;

use super::super::command::native;
use super::super::expect::{Expect, Held, is_of};
use super::super::intent::{Intent, list};
use super::super::situation::Situation;
use super::super::verdict::{Outcome, Verdict};
use super::steps::missing;
use super::{Execution, NEWS, Order, SETTLE, Stage};
use crate::model::{ConnectionState, Failure, NodeName, NodeState, ResourceId};
use crate::wire::Stamp;

impl Execution {
    pub(super) fn waited(&mut self, situation: Situation<'_>, orders: &mut Vec<Order>) {
        let Stage::Waiting { since } = self.stage else { return };
        let Some(wait) = self.plan.steps.get(self.step).and_then(|step| step.wait.clone()) else { return };
        let missing: Vec<String> = missing(&wait.until, situation);
        let last = self.step + 1 == self.plan.steps.len();
        // A later step takes back what draws the services: they are to be there by then.
        let there = last || self.predicted_first.len() == self.seen_first.len();
        if missing.is_empty() && there {
            self.next(situation, orders);
        } else if let Some(stuck) = self.stuck(since, situation) {
            self.fail(&stuck, situation, orders);
        } else if situation.now.since(since) >= self.at_most()
            || (missing.is_empty() && self.is_still(since, situation.now))
        {
            if missing.is_empty() {
                let late = missing_of(&self.predicted_first, &self.seen_first, situation);
                self.notes.push(format!("not as predicted: {}", list(&late)));
                self.next(situation, orders);
            } else {
                let words = format!("waited {} s in vain {}: {}", self.at_most().as_secs(), wait.words, list(&missing));
                self.fail(&words, situation, orders);
            }
        }
    }

    /// Something that the cluster cannot get over by itself, and that was not so before.
    fn stuck(&self, since: Stamp, situation: Situation<'_>) -> Option<String> {
        if !situation.is_fresh() {
            return None;
        }
        self.lost_ground(situation)
            .or_else(|| self.blocked(situation))
            .or_else(|| self.failed_for_good(situation))
            .or_else(|| self.given_up_again(since, situation))
    }

    /// The node where it should go is gone, or the quorum is.
    fn lost_ground(&self, situation: Situation<'_>) -> Option<String> {
        if let Some(node) = self.target()
            && let Some(state) = situation.state(node)
            && !matches!(state, NodeState::Online | NodeState::Unknown)
        {
            return Some(format!("{node}, where it should go, is {}", state.word()));
        }
        let moves = !matches!(self.plan.intent, Intent::Fence(..) | Intent::Drbd { .. } | Intent::Maintenance(..));
        let options = situation.status().map(|status| &status.options);
        let ignored = options.and_then(|options| options.no_quorum_policy.as_deref()) == Some("ignore");
        let lost = situation.has_quorum() == Some(false) && self.before.quorum != Some(false);
        (moves && lost && !ignored).then(|| "quorum was lost: the cluster starts and moves nothing".to_owned())
    }

    /// Where it should go, if it is to go somewhere.
    fn target(&self) -> Option<&NodeName> {
        self.plan.expected.iter().find_map(|expect| match expect {
            Expect::Serves(_, node) | Expect::Promoted(_, node, true) => Some(node),
            _ => None,
        })
    }

    fn is_new(&self, failure: &Failure) -> bool {
        let key = (failure.resource.clone(), failure.node.clone(), failure.last_change.clone());
        !self.before.failures.contains(&key)
    }

    /// A resource that has been blocked since: a stop that failed.
    fn blocked(&self, situation: Situation<'_>) -> Option<String> {
        let concerned = |id: &ResourceId| self.plan.about.is_empty() || self.plan.is_about(id, situation);
        let blocked = situation.primitives().find(|primitive| {
            primitive.blocked == Some(true) && !self.before.blocked.contains(&primitive.id) && concerned(&primitive.id)
        })?;
        let mut failures = situation.status().into_iter().flat_map(|status| &status.failures);
        let why = failures.find(|failure| failure.resource == blocked.id);
        let why = why.map_or_else(|| "it is not told why".to_owned(), words);
        Some(format!("{} is blocked: {why}", blocked.id))
    }

    /// A failure since, after which the cluster does not try again where it should.
    fn failed_for_good(&self, situation: Situation<'_>) -> Option<String> {
        let status = situation.status()?;
        let mut new = status.failures.iter().filter(|failure| self.is_new(failure));
        if let Intent::Cleanup(of) = &self.plan.intent {
            let again =
                new.find(|failure| of.iter().any(|of| is_of(of, &failure.resource, &failure.node, situation)))?;
            return Some(format!("it failed again: {}", words(again)));
        }
        let out = |failure: &&Failure, node: &NodeName| {
            let found = situation.find(&failure.resource);
            found.is_some_and(|found| situation.failed_out(&found, node).is_some())
        };
        if let Some(target) = self.target() {
            let failure = new.find(|failure| {
                failure.node == *target && self.plan.is_about(&failure.resource, situation) && out(failure, target)
            })?;
            return Some(words(failure));
        }
        let runs = self.plan.expected.iter().any(|expect| matches!(expect, Expect::Runs(_)));
        let nowhere = |failure: &&Failure| {
            let able = situation.able();
            !able.is_empty() && able.into_iter().all(|node| out(failure, node))
        };
        let failure =
            new.find(|failure| runs && self.plan.is_about(&failure.resource, situation) && nowhere(failure))?;
        Some(format!("no node is left that it can start on: {}", words(failure)))
    }

    /// DRBD was told to connect, and gave up again.
    fn given_up_again(&self, since: Stamp, situation: Situation<'_>) -> Option<String> {
        if situation.now.since(since) < NEWS {
            return None;
        }
        self.plan.expected.iter().find_map(|expect| {
            let Expect::DrbdConnected(name, node, true) = expect else { return None };
            let ties = &situation.replica(name)?.ties;
            let own = ties.iter().filter_map(|tie| match node {
                node if tie.a == *node => tie.a_says.as_ref(),
                node if tie.b == *node => tie.b_says.as_ref(),
                _ => None,
            });
            let alone = own.into_iter().any(|state| *state == ConnectionState::StandAlone);
            alone.then(|| {
                format!("{name} is StandAlone on {node} again: the copies differ (split brain), or its peer refuses")
            })
        })
    }

    pub(super) fn settle(&mut self, situation: Situation<'_>, orders: &mut Vec<Order>) {
        let Stage::Settling { since } = self.stage else { return };
        self.latch(situation);
        let missing = missing(&self.plan.expected, situation);
        let late = missing_of(&self.predicted, &self.seen, situation);
        let over = situation.now.since(since) >= self.at_most().max(SETTLE);
        let rests = self.is_still(since, situation.now);
        let stuck = || self.stuck(since, situation);
        if missing.is_empty() && late.is_empty() {
            // The way back, and the next move, begin with a constraint of the same id: that this one is gone is news that
            // may still be on its way.
            if !self.lease_is_told(situation) || situation.now.since(since) >= NEWS {
                self.conclude(situation, orders);
            }
        } else if self.goes_back && late.is_empty() {
            self.failed.get_or_insert_with(|| {
                format!("it went back when its constraint was removed, as the preview said: {}", list(&missing))
            });
            self.conclude(situation, orders);
        } else if let Some(stuck) = stuck() {
            if missing.is_empty() {
                self.notes.push(stuck);
            } else {
                self.failed.get_or_insert(stuck);
            }
            self.conclude(situation, orders);
        } else if (over || rests) && missing.is_empty() {
            self.notes.push(format!("not as predicted: {}", list(&late)));
            self.conclude(situation, orders);
        } else if over {
            self.failed.get_or_insert_with(|| format!("it is not as it should be: {}", list(&missing)));
            self.conclude(situation, orders);
        }
    }

    /// All has run: the cluster is asked why, if it did not come to what was wanted; else it ends.
    pub(super) fn conclude(&mut self, situation: Situation<'_>, orders: &mut Vec<Order>) {
        let about = self.plan.about.first().cloned().filter(|_| self.failed.is_some() && self.touched);
        if let Some(about) = about
            && self.ask_anew(situation)
        {
            let argv = native::why(&about, None);
            let tag = self.order(argv, self.asked.clone(), super::super::catalog::QUICK, false, orders);
            self.stage = Stage::Diagnosing { tag, since: situation.now };
            return;
        }
        self.finish(situation.now);
    }

    pub(super) fn finish(&mut self, now: Stamp) {
        let stopped = self.stopped();
        let outcome = if self.unknown {
            Outcome::Unknown
        } else if self.failed.is_some() {
            Outcome::NotDone
        } else if self.cancelled.is_some() {
            Outcome::Cancelled
        } else if self.notes.is_empty() {
            Outcome::Done
        } else {
            Outcome::DoneWithWarnings
        };
        if let Some(failed) = self.failed.take() {
            self.notes.insert(0, failed);
        }
        let leaves = self.cancelled.take();
        if stopped && !self.touched {
            self.notes.push("nothing was changed".to_owned());
        } else {
            self.notes.extend(leaves);
        }
        let done = || self.done.iter().filter_map(|at| self.plan.steps.get(*at));
        let words: Vec<&str> = done().map(|step| step.words.as_str()).collect();
        if stopped && done().any(|step| step.releases) {
            self.notes.push("what was left behind was taken back".to_owned());
        } else if stopped && !words.is_empty() {
            self.notes.push(format!("done before, and not taken back: {}", words.join("; ")));
        }
        self.end(outcome, now);
    }

    pub(super) fn end(&mut self, outcome: Outcome, now: Stamp) {
        let notes = core::mem::take(&mut self.notes);
        self.stage = Stage::Ended(Verdict { outcome, took: now.since(self.began), notes });
    }
}

/// What of a prediction was never seen to be so.
fn missing_of(predicted: &[Expect], seen: &BTreeSet<usize>, situation: Situation<'_>) -> Vec<String> {
    let open = predicted.iter().enumerate().filter(|(at, _)| !seen.contains(at));
    open.filter_map(|(_, expect)| match expect.holds(situation) {
        Held::Yes => None,
        Held::No(instead) | Held::Unknown(instead) => Some(instead),
    })
    .collect()
}

/// A failure as one says it: `start of web-ip failed on ha-node-2: no such address`.
fn words(failure: &Failure) -> String {
    let reason = failure.reason.as_ref().filter(|reason| !reason.is_empty()).or(failure.code_words.as_ref());
    let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
    let task = failure.task.as_ref().map_or("an operation", |task| task.as_str());
    format!("{task} of {} failed on {}{reason}", failure.resource, failure.node)
}
