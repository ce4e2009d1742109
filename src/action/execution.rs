//! A plan being carried out: a state machine without I/O. Orders come out, what came of them goes in.
//!
//! A step that may have run is never run again: after a lost connection the model tells what became of it.

use core::time::Duration;
use std::collections::BTreeSet;

use super::command::native;
use super::expect::{Expect, Held};
use super::intent::list;
use super::journal::Left;
use super::plan::{At, Guard, Plan, Step};
use super::preview::Preview;
use super::situation::Situation;
use super::verdict::{Outcome, Verdict};
use crate::model::{NodeName, ResourceId, Text};
use crate::observe::{read_revision, read_why};
use crate::wire::{Argv, Exit, NodeKey, Stamp};

/// One order of an execution; never given twice in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunTag(pub u32);

/// What an execution asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// A command is to be run, and its end told to [`Execution::ran`].
    Run {
        /// Its tag.
        tag: RunTag,
        /// Where.
        node: NodeKey,
        /// What, without environment and sudo.
        argv: Argv,
        /// When it is given up.
        deadline: Duration,
        /// Whether it changes something; else it only asks.
        changes: bool,
    },
    /// Something is about to be left behind: it is to be written down before what follows is run.
    Remember(Left),
    /// It was taken back.
    Forget(Left),
}

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

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    /// Is the configuration still the one of the preview?
    Checking(RunTag),
    Running(RunTag),
    /// The command's end was not seen, or it ended badly: what does the model say?
    Unsure {
        since: Stamp,
        why: String,
        patience: Duration,
        lost: bool,
    },
    Waiting {
        since: Stamp,
    },
    /// All steps have run: is all as expected?
    Settling {
        since: Stamp,
    },
    Diagnosing(RunTag),
    Ended(Verdict),
}

/// How long news of a change of the configuration may be on its way to the model.
const NEWS: Duration = Duration::from_secs(8);

/// How long a lost connection is waited for before nothing more can be said.
const LOST: Duration = Duration::from_secs(90);

/// How often a question, or a command that surely did not begin, is put to another node.
const TRIES: u32 = 3;

/// How long the services that were predicted may take after all that was wanted is so.
const SETTLE: Duration = Duration::from_secs(30);

/// A plan being carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    plan: Plan,
    predicted: Vec<Expect>,
    predicted_first: Vec<Expect>,
    /// What of the prediction was seen to be so: a node that comes back may change it again.
    seen: BTreeSet<usize>,
    seen_first: BTreeSet<usize>,
    budget: Option<Duration>,
    began: Stamp,
    step: usize,
    stage: Stage,
    asked: NodeKey,
    /// How many changes of the configuration were the plan's own.
    own: u64,
    /// Whether any change may have been made.
    touched: bool,
    tries: u32,
    tags: u32,
    left: Vec<Left>,
    failed: Option<String>,
    cancelled: bool,
    unknown: bool,
    notes: Vec<String>,
    /// Failures that were there before.
    old_failures: BTreeSet<(ResourceId, NodeName, Option<Text>)>,
}

impl Execution {
    /// Begins to carry a plan out, at `situation.now`.
    pub fn start(plan: Plan, preview: &Preview, situation: Situation<'_>) -> (Self, Vec<Order>) {
        let changed: BTreeSet<&ResourceId> = preview.changes().iter().map(|change| &change.resource).collect();
        let of = |places: Option<crate::model::Places>| -> Vec<Expect> {
            let places = places.into_iter().flatten().filter(|(id, _)| changed.contains(id));
            places.map(|(id, places)| Expect::Placed(id, places)).collect()
        };
        let old_failures = failures(situation);
        let mut execution = Self {
            predicted: of(preview.places()),
            predicted_first: of(preview.places_at_first()),
            seen: BTreeSet::new(),
            seen_first: BTreeSet::new(),
            budget: preview.budget(),
            began: situation.now,
            step: 0,
            stage: Stage::Settling { since: situation.now },
            asked: plan.asked.0.clone(),
            own: 0,
            touched: false,
            tries: 0,
            tags: 0,
            left: Vec::new(),
            failed: None,
            cancelled: false,
            unknown: false,
            notes: Vec::new(),
            old_failures,
            plan,
        };
        let mut orders = Vec::new();
        execution.begin(situation, &mut orders);
        (execution, orders)
    }

    /// What is carried out.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// When it began.
    pub fn began(&self) -> Stamp {
        self.began
    }

    /// How it ended; `None`: it goes on.
    pub fn verdict(&self) -> Option<&Verdict> {
        if let Stage::Ended(verdict) = &self.stage { Some(verdict) } else { None }
    }

    /// Where it is.
    pub fn progress(&self, now: Stamp) -> Progress {
        let step = self.plan.steps.get(self.step);
        let at = |words: String, since: Stamp, span: Duration, cancel: Option<String>| Progress {
            step: self.step,
            words,
            since,
            until: since + span,
            cancel_leaves: cancel.filter(|_| !self.cancelled),
        };
        let nothing = || (!self.touched).then(|| "nothing was changed".to_owned());
        let wait_leaves = || step.and_then(|step| step.wait.as_ref()).map(|wait| wait.cancel_leaves.clone());
        match &self.stage {
            Stage::Checking(_) => at("look whether all is as it was".to_owned(), now, super::catalog::QUICK, nothing()),
            Stage::Running(_) => {
                let (words, deadline) =
                    step.map_or((String::new(), Duration::ZERO), |step| (step.words.clone(), step.deadline));
                at(words, self.began, deadline, wait_leaves())
            }
            Stage::Unsure { since, why, patience, .. } => {
                at(format!("find out what became of it: {why}"), *since, *patience, None)
            }
            Stage::Waiting { since } => {
                let words =
                    step.and_then(|step| step.wait.as_ref()).map_or_else(String::new, |wait| wait.words.clone());
                at(words, *since, self.at_most(), wait_leaves())
            }
            Stage::Settling { since } => at("see that all is as expected".to_owned(), *since, SETTLE, wait_leaves()),
            Stage::Diagnosing(_) => at("ask the cluster why".to_owned(), now, super::catalog::QUICK, None),
            Stage::Ended(verdict) => at(verdict.outcome.word().to_owned(), now, Duration::ZERO, None),
        }
    }

    /// How long is waited after the current step: by the budget where the preview told one, with room.
    fn at_most(&self) -> Duration {
        let wait = self.plan.steps.get(self.step).and_then(|step| step.wait.as_ref());
        let default = wait.map_or(SETTLE, |wait| wait.at_most);
        self.budget.map_or(default, |budget| {
            (budget + Duration::from_secs(15)).clamp(Duration::from_secs(45), Duration::from_mins(30))
        })
    }

    fn tag(&mut self) -> RunTag {
        self.tags += 1;
        RunTag(self.tags)
    }

    fn order(
        &mut self,
        argv: Argv,
        node: NodeKey,
        deadline: Duration,
        changes: bool,
        orders: &mut Vec<Order>,
    ) -> RunTag {
        let tag = self.tag();
        orders.push(Order::Run { tag, node, argv, deadline, changes });
        tag
    }

    fn ask_anew(&mut self, situation: Situation<'_>) -> bool {
        let not: Vec<&NodeName> = self.plan.not_asked.iter().collect();
        match situation.asked(&not) {
            Some((key, _)) => {
                self.asked = key;
                true
            }
            None => false,
        }
    }

    /// Begins the step that is due.
    fn begin(&mut self, situation: Situation<'_>, orders: &mut Vec<Order>) {
        self.tries = 0;
        let stopped = self.failed.is_some() || self.cancelled;
        let due = self.plan.steps.get(self.step).cloned();
        let Some(step) = due else {
            if stopped {
                self.conclude(situation, orders);
            } else {
                self.stage = Stage::Settling { since: situation.now };
                self.settle(situation, orders);
            }
            return;
        };
        match &step.guard {
            Guard::Unchanged(_) if stopped => {
                self.step += 1;
                self.begin(situation, orders);
            }
            // Nothing is to be taken back if what would leave it was never begun.
            Guard::Always if stopped && step.releases && self.left.is_empty() => {
                self.step += 1;
                self.begin(situation, orders);
            }
            Guard::Always => self.run(&step, situation, orders),
            Guard::Unchanged(keys) => {
                let moved = self.plan.basis.moved(keys, situation);
                if !moved.is_empty() {
                    self.moved(moved, situation, orders);
                } else if self.plan.basis.revision.is_some() {
                    self.check(situation, orders);
                } else {
                    self.run(&step, situation, orders);
                }
            }
        }
    }

    fn check(&mut self, situation: Situation<'_>, orders: &mut Vec<Order>) {
        if !self.ask_anew(situation) {
            self.fail("no node with a live Pacemaker is connected", situation, orders);
            return;
        }
        let tag = self.order(native::revision(), self.asked.clone(), super::catalog::QUICK, false, orders);
        self.stage = Stage::Checking(tag);
    }

    fn moved(&mut self, moved: Vec<super::basis::Moved>, situation: Situation<'_>, orders: &mut Vec<Order>) {
        if self.touched {
            let what = list(&moved);
            self.fail(&format!("something else moved in the middle: {what}"), situation, orders);
        } else {
            self.end(Outcome::Moved(moved), situation.now);
        }
    }

    fn run(&mut self, step: &Step, situation: Situation<'_>, orders: &mut Vec<Order>) {
        let node = match &step.at {
            At::Asked => {
                self.ask_anew(situation);
                Some(self.asked.clone())
            }
            At::Node(name) => situation.key_of(name),
        };
        let Some(node) = node else {
            self.fail("the node is not connected", situation, orders);
            return;
        };
        if let Some(left) = &step.leaves {
            orders.push(Order::Remember(left.clone()));
            self.left.push(left.clone());
        }
        self.touched = true;
        let tag = self.order(step.argv.clone(), node, step.deadline, true, orders);
        self.stage = Stage::Running(tag);
    }

    /// A command that was ordered ended.
    pub fn ran(
        &mut self,
        tag: RunTag,
        exit: &Exit,
        stdout: &[u8],
        stderr: &[u8],
        situation: Situation<'_>,
    ) -> Vec<Order> {
        let mut orders = Vec::new();
        match self.stage.clone() {
            Stage::Checking(due) if due == tag => self.checked(exit, stdout, stderr, situation, &mut orders),
            Stage::Running(due) if due == tag => self.ended(exit, stdout, stderr, situation, &mut orders),
            Stage::Diagnosing(due) if due == tag => {
                if exit.success() {
                    self.notes.extend(read_why(stdout).into_iter().map(|words| words.to_string()));
                }
                self.finish(situation.now);
            }
            // What was given up does not matter any more.
            _ => {}
        }
        orders
    }

    fn checked(
        &mut self,
        exit: &Exit,
        stdout: &[u8],
        stderr: &[u8],
        situation: Situation<'_>,
        orders: &mut Vec<Order>,
    ) {
        if self.cancelled {
            self.step = self.plan.steps.len();
            self.begin(situation, orders);
            return;
        }
        if exit.success()
            && let Some(found) = read_revision(stdout)
        {
            if let Some(moved) = self.plan.basis.outdated(found, self.own) {
                self.moved(vec![moved], situation, orders);
            } else if let Some(step) = self.plan.steps.get(self.step).cloned() {
                // The facts may have moved while the question was out.
                let moved = match &step.guard {
                    Guard::Unchanged(keys) => self.plan.basis.moved(keys, situation),
                    Guard::Always => Vec::new(),
                };
                if moved.is_empty() { self.run(&step, situation, orders) } else { self.moved(moved, situation, orders) }
            }
            return;
        }
        self.tries += 1;
        if self.tries < TRIES {
            self.check(situation, orders);
        } else {
            let words = complaint(exit, stdout, stderr);
            self.fail(&format!("the version of the configuration cannot be asked: {words}"), situation, orders);
        }
    }

    fn ended(&mut self, exit: &Exit, stdout: &[u8], stderr: &[u8], situation: Situation<'_>, orders: &mut Vec<Order>) {
        let Some(step) = self.plan.steps.get(self.step).cloned() else { return };
        match exit {
            Exit::Code(0) => self.took_effect(&step, situation, orders),
            Exit::NotStarted(why) => {
                self.tries += 1;
                // It surely did not begin: another node may be asked.
                if self.tries < TRIES && step.at == At::Asked && self.ask_anew(situation) {
                    let tag = self.order(step.argv.clone(), self.asked.clone(), step.deadline, true, orders);
                    self.stage = Stage::Running(tag);
                } else {
                    self.step_failed(&step, &format!("the command was not started: {why}"), situation, orders);
                }
            }
            Exit::Code(_) => {
                let why = complaint(exit, stdout, stderr);
                self.stage = Stage::Unsure { since: situation.now, why, patience: NEWS, lost: false };
                self.find_out(situation, orders);
            }
            Exit::Lost | Exit::TimedOut | Exit::Cancelled => {
                let patience = LOST.max(if step.bumps == 0 { step.deadline } else { NEWS });
                self.stage = Stage::Unsure { since: situation.now, why: exit.to_string(), patience, lost: true };
            }
        }
    }

    /// The step's command ran, and did what it should.
    fn took_effect(&mut self, step: &Step, situation: Situation<'_>, orders: &mut Vec<Order>) {
        self.own += step.bumps;
        if step.releases {
            for left in core::mem::take(&mut self.left) {
                orders.push(Order::Forget(left));
            }
        }
        let stopped = self.failed.is_some() || self.cancelled;
        if step.wait.is_some() && (!stopped || step.releases) && self.failed.is_none() {
            self.stage = Stage::Waiting { since: situation.now };
            self.waited(situation, orders);
        } else {
            self.next(situation, orders);
        }
    }

    fn step_failed(&mut self, step: &Step, words: &str, situation: Situation<'_>, orders: &mut Vec<Order>) {
        if step.releases {
            let left = list(&self.left.iter().map(Left::words).collect::<Vec<_>>());
            self.notes.push(format!("not taken back: {left}: {words}"));
            self.failed.get_or_insert_with(|| words.to_owned());
            self.next(situation, orders);
            return;
        }
        self.fail(words, situation, orders);
    }

    fn next(&mut self, situation: Situation<'_>, orders: &mut Vec<Order>) {
        self.step += 1;
        self.begin(situation, orders);
    }

    /// It goes no further: what was left is taken back, then it ends.
    fn fail(&mut self, words: &str, situation: Situation<'_>, orders: &mut Vec<Order>) {
        self.failed.get_or_insert_with(|| words.to_owned());
        self.next(situation, orders);
    }

    /// The model has news, or time has passed.
    pub fn look(&mut self, situation: Situation<'_>) -> Vec<Order> {
        let mut orders = Vec::new();
        self.latch(situation);
        match &self.stage {
            Stage::Unsure { .. } => self.find_out(situation, &mut orders),
            Stage::Waiting { .. } => self.waited(situation, &mut orders),
            Stage::Settling { .. } => self.settle(situation, &mut orders),
            Stage::Checking(_) | Stage::Running(_) | Stage::Diagnosing(_) | Stage::Ended(_) => {}
        }
        orders
    }

    /// Stops as soon as that is safe.
    pub fn cancel(&mut self, situation: Situation<'_>) -> Vec<Order> {
        let mut orders = Vec::new();
        if self.verdict().is_some() || self.cancelled {
            return orders;
        }
        match &self.stage {
            Stage::Waiting { .. } => {
                self.cancelled = true;
                self.next(situation, &mut orders);
            }
            Stage::Settling { .. } => {
                self.cancelled = true;
                self.conclude(situation, &mut orders);
            }
            // What is out has to come back first.
            Stage::Checking(_) | Stage::Running(_) => self.cancelled = true,
            Stage::Unsure { .. } | Stage::Diagnosing(_) | Stage::Ended(_) => {}
        }
        orders
    }

    fn latch(&mut self, situation: Situation<'_>) {
        if !self.touched {
            return;
        }
        for (at, expect) in self.predicted.iter().enumerate() {
            if expect.holds(situation) == Held::Yes {
                self.seen.insert(at);
            }
        }
        for (at, expect) in self.predicted_first.iter().enumerate() {
            if expect.holds(situation) == Held::Yes {
                self.seen_first.insert(at);
            }
        }
    }

    fn find_out(&mut self, situation: Situation<'_>, orders: &mut Vec<Order>) {
        let Stage::Unsure { since, why, patience, lost } = self.stage.clone() else { return };
        let Some(step) = self.plan.steps.get(self.step).cloned() else { return };
        let held: Vec<Held> = step.effect.iter().map(|expect| expect.holds(situation)).collect();
        if held.iter().all(|held| *held == Held::Yes) {
            self.notes.push(if lost {
                format!("{why} in the middle of \"{}\"; it did take effect", step.words)
            } else {
                format!("\"{}\" ended with {why}, but it took effect", step.words)
            });
            self.took_effect(&step, situation, orders);
            return;
        }
        let waited = situation.now.since(since);
        // A node that is heard tells whether it took effect once the news had their time.
        let heard = situation.is_fresh() && held.iter().all(|held| matches!(held, Held::Yes | Held::No(_)));
        let settled = if step.bumps == 0 && lost { patience } else { NEWS };
        if heard && waited >= settled {
            let words = if lost {
                format!("{why} in the middle of \"{}\": it did not take effect, and was not run again", step.words)
            } else {
                format!("\"{}\" failed: {why}", step.words)
            };
            self.step_failed(&step, &words, situation, orders);
        } else if waited >= patience {
            self.unknown = true;
            let words = format!("{why} in the middle of \"{}\": nobody tells whether it took effect", step.words);
            self.step_failed(&step, &words, situation, orders);
        }
    }

    fn waited(&mut self, situation: Situation<'_>, orders: &mut Vec<Order>) {
        let Stage::Waiting { since } = self.stage else { return };
        let Some(wait) = self.plan.steps.get(self.step).and_then(|step| step.wait.clone()) else { return };
        let missing: Vec<String> = missing(&wait.until, situation);
        let last = self.step + 1 == self.plan.steps.len();
        // A later step takes back what draws the services: they are to be there by then.
        let there = last || self.predicted_first.len() == self.seen_first.len();
        if missing.is_empty() && there {
            self.next(situation, orders);
            return;
        }
        if let Some(stuck) = self.stuck(situation) {
            self.fail(&stuck, situation, orders);
        } else if situation.now.since(since) >= self.at_most() {
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

    /// Something new that the cluster cannot get over by itself.
    fn stuck(&self, situation: Situation<'_>) -> Option<String> {
        let of_plan =
            |id: &ResourceId| self.plan.about.iter().any(|about| super::expect::concerns(situation, about, id));
        let blocked = situation.primitives().find(|primitive| {
            primitive.blocked == Some(true) && (of_plan(&primitive.id) || self.plan.about.is_empty())
        });
        let status = situation.status()?;
        let new = |failure: &&crate::model::Failure| {
            let key = (failure.resource.clone(), failure.node.clone(), failure.last_change.clone());
            !self.old_failures.contains(&key)
        };
        let words = |failure: &crate::model::Failure| {
            let reason = failure.reason.as_ref().filter(|reason| !reason.is_empty()).or(failure.code_words.as_ref());
            let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
            let task = failure.task.as_ref().map_or("an operation", |task| task.as_str());
            format!("{} of {} failed on {}{reason}", task, failure.resource, failure.node)
        };
        if let Some(blocked) = blocked {
            let why = status.failures.iter().find(|failure| failure.resource == blocked.id);
            if why.is_none_or(|failure| new(&failure)) {
                let why = why.map_or_else(|| "it is blocked".to_owned(), words);
                return Some(format!("{} is blocked: {why}", blocked.id));
            }
        }
        // A start that failed where it should go, so that it cannot go there any more.
        let target = self.plan.expected.iter().find_map(|expect| match expect {
            Expect::Serves(_, node) => Some(node),
            _ => None,
        })?;
        let out = status.failures.iter().filter(new).find(|failure| {
            failure.node == *target
                && of_plan(&failure.resource)
                && situation.find(&failure.resource).is_some_and(|found| situation.failed_out(&found, target).is_some())
        })?;
        Some(words(out))
    }

    fn settle(&mut self, situation: Situation<'_>, orders: &mut Vec<Order>) {
        let Stage::Settling { since } = self.stage else { return };
        self.latch(situation);
        let missing = missing(&self.plan.expected, situation);
        let late = missing_of(&self.predicted, &self.seen, situation);
        if missing.is_empty() && late.is_empty() {
            self.conclude(situation, orders);
        } else if missing.is_empty() && situation.now.since(since) >= self.at_most().max(SETTLE) {
            self.notes.push(format!("not as predicted: {}", list(&late)));
            self.conclude(situation, orders);
        } else if let Some(stuck) = self.stuck(situation) {
            self.failed.get_or_insert(stuck);
            self.conclude(situation, orders);
        } else if situation.now.since(since) >= self.at_most().max(SETTLE) {
            self.failed.get_or_insert_with(|| format!("it is not as it should be: {}", list(&missing)));
            self.conclude(situation, orders);
        }
    }

    /// All has run: the cluster is asked why, if it did not come to what was wanted; else it ends.
    fn conclude(&mut self, situation: Situation<'_>, orders: &mut Vec<Order>) {
        let about = self.plan.about.first().cloned().filter(|_| self.failed.is_some() && self.touched);
        if let Some(about) = about
            && self.ask_anew(situation)
        {
            let argv = native::why(&about, None);
            let tag = self.order(argv, self.asked.clone(), super::catalog::QUICK, false, orders);
            self.stage = Stage::Diagnosing(tag);
            return;
        }
        self.finish(situation.now);
    }

    fn finish(&mut self, now: Stamp) {
        let outcome = if self.unknown {
            Outcome::Unknown
        } else if self.failed.is_some() {
            Outcome::NotDone
        } else if self.cancelled {
            Outcome::Cancelled
        } else if self.notes.is_empty() {
            Outcome::Done
        } else {
            Outcome::DoneWithWarnings
        };
        if let Some(failed) = self.failed.take() {
            self.notes.insert(0, failed);
        }
        if self.cancelled {
            let words = if self.touched {
                self.plan.steps.iter().rev().find_map(|step| step.wait.as_ref()).map(|wait| wait.cancel_leaves.clone())
            } else {
                Some("nothing was changed".to_owned())
            };
            self.notes.extend(words);
        }
        self.end(outcome, now);
    }

    fn end(&mut self, outcome: Outcome, now: Stamp) {
        let notes = core::mem::take(&mut self.notes);
        self.stage = Stage::Ended(Verdict { outcome, took: now.since(self.began), notes });
    }
}

/// What is not so, or cannot be told.
fn missing(expected: &[Expect], situation: Situation<'_>) -> Vec<String> {
    expected
        .iter()
        .filter_map(|expect| match expect.holds(situation) {
            Held::Yes => None,
            Held::No(instead) | Held::Unknown(instead) => Some(instead),
        })
        .collect()
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

fn failures(situation: Situation<'_>) -> BTreeSet<(ResourceId, NodeName, Option<Text>)> {
    let failures = situation.status().into_iter().flat_map(|status| &status.failures);
    failures.map(|failure| (failure.resource.clone(), failure.node.clone(), failure.last_change.clone())).collect()
}

/// What a command complained of, in one line.
fn complaint(exit: &Exit, stdout: &[u8], stderr: &[u8]) -> String {
    let said = if stderr.iter().any(|byte| !byte.is_ascii_whitespace()) { stderr } else { stdout };
    let said = Text::from_bytes(said.trim_ascii().get(..said.trim_ascii().len().min(400)).unwrap_or_default());
    if said.is_empty() { exit.to_string() } else { format!("{exit}: {said}") }
}
