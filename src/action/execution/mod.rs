//! A plan being carried out: a state machine without I/O. Orders come out, what came of them goes in.
//!
//! A step that may have run is never run again: after a lost connection the model tells what became of it.

mod judge;
mod progress;
mod steps;

use core::time::Duration;
use std::collections::BTreeSet;

use super::expect::{Expect, Held};
use super::intent::Intent;
use super::journal::Left;
use super::lease::Lease;
use super::plan::Plan;
use super::preview::Preview;
use super::situation::Situation;
use super::verdict::Verdict;
use crate::model::{NodeName, Places, ResourceId, Role, Text};
use crate::observe::read_why;
use crate::wire::{Argv, Exit, NodeKey, Stamp};

pub use progress::Progress;

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

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    /// Is the configuration still the one of the preview?
    Checking {
        tag: RunTag,
        since: Stamp,
    },
    Running {
        tag: RunTag,
        since: Stamp,
    },
    /// The command's end was not seen, or it ended badly: what does the model say?
    Unsure {
        tag: RunTag,
        since: Stamp,
        /// Since when somebody tells without a break.
        heard: Option<Stamp>,
        why: String,
        patience: Duration,
        lost: bool,
    },
    /// What takes something back could not be started: it is tried again as soon as a node is there.
    Reaching {
        next: Stamp,
        why: String,
    },
    Waiting {
        since: Stamp,
    },
    /// All steps have run: is all as expected?
    Settling {
        since: Stamp,
    },
    Diagnosing {
        tag: RunTag,
        since: Stamp,
    },
    Ended(Verdict),
}

/// How long news of a change of the configuration may be on its way to the model.
const NEWS: Duration = Duration::from_secs(8);

/// How long a lost connection is waited for before nothing more can be said.
const LOST: Duration = Duration::from_secs(90);

/// How often a question, or a command that surely did not begin, is put to another node.
const TRIES: u32 = 3;

/// How long is waited between two attempts to reach a node.
const PAUSE: Duration = Duration::from_secs(5);

/// How long the services that were predicted may take after all that was wanted is so.
const SETTLE: Duration = Duration::from_secs(30);

/// How long nothing may have moved before what was predicted, and is not so, is waited for no longer.
const STILL: Duration = Duration::from_secs(15);

/// How long after its deadline the end of a command may be told, before it is taken for one that timed out.
const GRACE: Duration = Duration::from_secs(10);

/// A plan being carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about what was seen")]
pub struct Execution {
    plan: Plan,
    predicted: Vec<Expect>,
    predicted_first: Vec<Expect>,
    /// What of the prediction was seen to be so: a node that comes back may change it again.
    seen: BTreeSet<usize>,
    seen_first: BTreeSet<usize>,
    /// Where everything is, and since when nothing moves there.
    still: Option<(Places, Stamp)>,
    /// Whether the preview said that what moves goes back when its constraint is removed.
    goes_back: bool,
    budget: Option<Duration>,
    began: Stamp,
    step: usize,
    stage: Stage,
    asked: NodeKey,
    /// How many changes of the configuration were the plan's own.
    own: u64,
    /// Whether any change may have been made.
    touched: bool,
    /// The steps that took effect.
    done: Vec<usize>,
    /// Whether what the step that runs should bring about was so before it: then that proves nothing.
    held_before: bool,
    tries: u32,
    /// Since when a node is looked for that takes something back.
    reaching: Option<Stamp>,
    tags: u32,
    left: Vec<Left>,
    failed: Option<String>,
    /// What the cancel left, as it was said.
    cancelled: Option<String>,
    unknown: bool,
    notes: Vec<String>,
    before: Before,
}

/// What was wrong before it began: none of that is news.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Before {
    failures: BTreeSet<(ResourceId, NodeName, Option<Text>)>,
    blocked: BTreeSet<ResourceId>,
    quorum: Option<bool>,
}

impl Before {
    fn of(situation: Situation<'_>) -> Self {
        let failures = situation.status().into_iter().flat_map(|status| &status.failures);
        let blocked = situation.primitives().filter(|primitive| primitive.blocked == Some(true));
        Self {
            failures: failures
                .map(|failure| (failure.resource.clone(), failure.node.clone(), failure.last_change.clone()))
                .collect(),
            blocked: blocked.map(|primitive| primitive.id.clone()).collect(),
            quorum: situation.has_quorum(),
        }
    }

    /// What is over is news when it comes again.
    fn outlived(&mut self, situation: Situation<'_>) {
        if !situation.is_fresh() {
            return;
        }
        let now = Self::of(situation);
        self.failures.retain(|failure| now.failures.contains(failure));
        self.blocked.retain(|id| now.blocked.contains(id));
    }
}

/// Whether a move is predicted to go back: afterwards nothing of what is moved serves where it should.
fn goes_back(plan: &Plan, preview: &Preview, situation: Situation<'_>) -> bool {
    let Intent::Move { resource, to, keep: false } = &plan.intent else { return false };
    let (Some(_), Some(after), Some(found)) = (&preview.cleared, preview.places(), situation.find(resource)) else {
        return false;
    };
    let role = if found.is_promotable() { Role::Promoted } else { Role::Started };
    let primitives = found.primitives();
    let mut told = primitives.iter().filter_map(|primitive| after.get(&primitive.id)).peekable();
    told.peek().is_some() && !told.any(|places| places.contains(&(to.clone(), role.clone())))
}

impl Execution {
    /// Begins to carry a plan out, at `situation.now`.
    pub fn start(plan: Plan, preview: &Preview, situation: Situation<'_>) -> (Self, Vec<Order>) {
        let changed: BTreeSet<&ResourceId> = preview.changes().iter().map(|change| &change.resource).collect();
        let of = |places: Option<Places>| -> Vec<Expect> {
            let places = places.into_iter().flatten().filter(|(id, _)| changed.contains(id));
            places.map(|(id, places)| Expect::Placed(id, places)).collect()
        };
        let mut execution = Self {
            predicted: of(preview.places()),
            predicted_first: of(preview.places_at_first()),
            seen: BTreeSet::new(),
            seen_first: BTreeSet::new(),
            still: None,
            goes_back: goes_back(&plan, preview, situation),
            budget: preview.budget(situation),
            began: situation.now,
            step: 0,
            stage: Stage::Settling { since: situation.now },
            asked: plan.asked.0.clone(),
            own: 0,
            touched: false,
            done: Vec::new(),
            held_before: false,
            tries: 0,
            reaching: None,
            tags: 0,
            left: Vec::new(),
            failed: None,
            cancelled: None,
            unknown: false,
            notes: Vec::new(),
            before: Before::of(situation),
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

    /// Whether anything may have been changed by now.
    pub fn has_begun(&self) -> bool {
        self.touched
    }

    /// How it ended; `None`: it goes on.
    pub fn verdict(&self) -> Option<&Verdict> {
        if let Stage::Ended(verdict) = &self.stage { Some(verdict) } else { None }
    }

    /// How long is waited after the current step: by the budget where the preview told one, with room.
    fn at_most(&self) -> Duration {
        let wait = self.plan.steps.get(self.step).and_then(|step| step.wait.as_ref());
        let default = wait.map_or(SETTLE, |wait| wait.at_most);
        self.budget.map_or(default, |budget| {
            (budget + Duration::from_secs(15)).clamp(Duration::from_secs(45), Duration::from_mins(30))
        })
    }

    /// Whether it goes no further: only what takes something back is still run.
    fn stopped(&self) -> bool {
        self.failed.is_some() || self.cancelled.is_some()
    }

    fn order(
        &mut self,
        argv: Argv,
        node: NodeKey,
        deadline: Duration,
        changes: bool,
        orders: &mut Vec<Order>,
    ) -> RunTag {
        self.tags += 1;
        let tag = RunTag(self.tags);
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
        match &self.stage {
            Stage::Checking { tag: due, .. } if *due == tag => {
                self.checked(exit, stdout, stderr, situation, &mut orders);
            }
            Stage::Running { tag: due, .. } if *due == tag => self.ended(exit, stdout, stderr, situation, &mut orders),
            // It had been given up, and ended all the same.
            Stage::Unsure { tag: due, .. } if *due == tag && matches!(exit, Exit::Code(_)) => {
                self.ended(exit, stdout, stderr, situation, &mut orders);
            }
            Stage::Diagnosing { tag: due, .. } if *due == tag => {
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

    /// The model has news, or time has passed.
    pub fn look(&mut self, situation: Situation<'_>) -> Vec<Order> {
        let mut orders = Vec::new();
        self.latch(situation);
        self.before.outlived(situation);
        let now = situation.now;
        let step = self.plan.steps.get(self.step);
        let deadline = step.map_or(Duration::ZERO, |step| step.deadline);
        let quick = super::catalog::QUICK;
        match &self.stage {
            Stage::Checking { since, .. } if now.since(*since) >= quick + GRACE => {
                self.checked(&Exit::TimedOut, b"", b"", situation, &mut orders);
            }
            Stage::Running { since, .. } if now.since(*since) >= deadline + GRACE => {
                self.ended(&Exit::TimedOut, b"", b"", situation, &mut orders);
            }
            Stage::Diagnosing { since, .. } if now.since(*since) >= quick + GRACE => self.finish(now),
            Stage::Checking { .. } | Stage::Running { .. } | Stage::Diagnosing { .. } | Stage::Ended(_) => {}
            Stage::Unsure { .. } => self.find_out(situation, &mut orders),
            Stage::Reaching { .. } => self.reach(situation, &mut orders),
            Stage::Waiting { .. } => self.waited(situation, &mut orders),
            Stage::Settling { .. } => self.settle(situation, &mut orders),
        }
        orders
    }

    /// Stops as soon as that is safe; where [`Progress::cancel_leaves`] tells nothing, it goes on.
    pub fn cancel(&mut self, situation: Situation<'_>) -> Vec<Order> {
        let mut orders = Vec::new();
        let Some(leaves) = self.progress(situation.now).cancel_leaves else { return orders };
        self.cancelled = Some(leaves);
        match &self.stage {
            Stage::Waiting { .. } => self.next(situation, &mut orders),
            Stage::Settling { .. } => self.conclude(situation, &mut orders),
            // What is out has to come back first.
            _ => {}
        }
        orders
    }

    fn latch(&mut self, situation: Situation<'_>) {
        if !self.touched {
            return;
        }
        self.note_stillness(situation);
        let holds = |expect: &Expect| expect.holds(situation) == Held::Yes;
        // What is so in the end may have been so before a move that goes back.
        if self.step + 1 >= self.plan.steps.len() {
            let now = self.predicted.iter().enumerate().filter(|(_, expect)| holds(expect)).map(|(at, _)| at);
            self.seen.extend(now.collect::<Vec<_>>());
        }
        let now = self.predicted_first.iter().enumerate().filter(|(_, expect)| holds(expect)).map(|(at, _)| at);
        self.seen_first.extend(now.collect::<Vec<_>>());
    }

    /// Whether the cluster is at rest: then what it did not do by now it will not do by itself.
    fn note_stillness(&mut self, situation: Situation<'_>) {
        let moving = situation.primitives().any(|primitive| primitive.role.is_moving());
        let waits = moving || !situation.unclean().is_empty() || !situation.being_fenced().is_empty();
        if waits || !situation.is_fresh() {
            self.still = None;
            return;
        }
        let places = situation.places();
        if self.still.as_ref().is_none_or(|(before, _)| *before != places) {
            self.still = Some((places, situation.now));
        }
    }

    /// Whether nothing has moved for a while, counted from the end of the last step at the earliest.
    fn is_still(&self, since: Stamp, now: Stamp) -> bool {
        self.still.as_ref().is_some_and(|(_, still)| now.since(since.max(*still)) >= STILL)
    }

    /// The constraint of the move, if it is one.
    fn lease(&self) -> Option<&Lease> {
        let effects = self.plan.steps.iter().flat_map(|step| &step.effect);
        effects.into_iter().find_map(|effect| if let Expect::Leased(lease) = effect { Some(lease) } else { None })
    }

    /// Whether the constraint of the move is told to be there, though it was removed.
    fn lease_is_told(&self, situation: Situation<'_>) -> bool {
        let removed = self.done.iter().any(|at| self.plan.steps.get(*at).is_some_and(|step| step.releases));
        removed && self.lease().is_some_and(|lease| Expect::Leased(lease.clone()).holds(situation) == Held::Yes)
    }

    /// Whether a constraint with the id of the move's own is there, and someone else's.
    fn lease_is_foreign(&self, situation: Situation<'_>) -> bool {
        let Some(lease) = self.lease() else { return false };
        let mut all = situation.locations().into_iter().flatten();
        all.any(|location| location.id == lease.id && !lease.is(location))
    }
}
