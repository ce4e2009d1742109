//! What the operator does: one action at a time, from the intent to the verdict.

mod aside;
mod cleared;
mod copy;
mod flow;
mod leaving;
mod left;
mod meant;
mod offers;
mod past;
mod rolling;
mod whatif;

use std::collections::{BTreeMap, VecDeque};

use super::screen::has_stood;
use super::{App, LineEdit};
use crate::action::{
    Course, Execution, Intent, JournalEntry, Plan, Preview, Refusal, RunTag, Situation, Stopwatch, Verdict,
};
use crate::model::{NodeName, Text};
use crate::wire::{RunId, Stamp};

pub use aside::Aside;
pub use cleared::IfCleared;
pub use offers::Offer;
pub use past::{Audit, PastTime};
pub use whatif::{Asked, Inquiries, Inquiry};

/// How many verdicts and times are kept.
const KEPT: usize = 200;

/// Everything about actions.
#[derive(Debug, Default)]
pub struct Acts {
    pub(super) stopwatch: Stopwatch,
    pub(super) current: Option<Current>,
    pub(super) runs: BTreeMap<RunId, Run>,
    pub(super) next_run: u64,
    pub(super) plans: u64,
    /// What earlier sessions left.
    pub(super) left: Vec<JournalEntry>,
    /// What this one has left, or is about to take back.
    pub(super) own: Vec<JournalEntry>,
    /// What the next change leaves, and has to be written down before it.
    pub(super) unwritten: Option<JournalEntry>,
    /// Whether hatui is being left in the middle of an action.
    pub(super) leaving: leaving::Leaving,
    /// Whether it was offered to take back what earlier sessions left.
    pub(super) offered: bool,
    pub(super) times: VecDeque<PastTime>,
    pub(super) cleared: BTreeMap<Text, IfCleared>,
    pub(super) cleared_asked: BTreeMap<RunId, Text>,
}

/// A command that is out.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) purpose: Purpose,
    pub(super) node: crate::wire::NodeKey,
    pub(super) words: Text,
    pub(super) argv: Option<crate::wire::Argv>,
    pub(super) plan: u64,
    /// The title of its plan.
    pub(super) title: String,
    pub(super) at: Stamp,
    /// What had to be written down before it.
    pub(super) first: Option<JournalEntry>,
}

/// What a command is run for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The preview of the current plan.
    Preview,
    /// What a tool says it would do.
    DryRun,
    /// A question of the current execution.
    Question(RunTag),
    /// What would happen if a constraint were removed.
    IfCleared,
    /// A change by the current execution.
    Change(RunTag),
    /// A question that changes nothing.
    Inquiry,
}

/// The action that is on the screen.
#[derive(Debug, Clone)]
pub struct Current {
    /// Its number in this session.
    pub id: u64,
    /// How far it is.
    pub stage: Stage,
    /// What is typed to confirm it.
    pub typed: LineEdit,
    /// Whether the statement was made.
    pub stated: bool,
    /// Whether "do it" is chosen; else "cancel" is.
    pub chosen: bool,
    /// Why the preview was made anew, if it was.
    pub anew: Option<Text>,
    /// When its page last turned into another by itself, so that a key may have been meant for what it said before.
    pub turned: Option<Stamp>,
}

impl Current {
    /// Whether its page has stood as it is for as long as it takes to see it (a second). Else it takes no key that may
    /// have been meant for what it said before.
    #[must_use]
    pub fn has_stood(&self, now: Stamp) -> bool {
        has_stood(self.turned, now)
    }
}

/// How far an action is.
#[derive(Debug, Clone)]
pub enum Stage {
    /// It cannot be done now. It is planned as soon as nothing stands against it any more.
    Refused {
        /// What is wanted.
        intent: Box<Intent>,
        /// What stands against it.
        refusal: Refusal,
    },
    /// The cluster is asked what it would do.
    Previewing {
        /// The plan.
        plan: Box<Plan>,
        /// Since when.
        since: Stamp,
    },
    /// It can be confirmed.
    Ready {
        /// The plan.
        plan: Box<Plan>,
        /// What would happen.
        preview: Box<Preview>,
    },
    /// It is being done.
    Running {
        /// How far.
        execution: Box<Execution>,
        /// What should happen.
        preview: Box<Preview>,
    },
    /// It is over.
    Over {
        /// What was done.
        plan: Box<Plan>,
        /// What came of it.
        verdict: Verdict,
        /// How long services were away; `None`: none was.
        course: Option<Course>,
    },
}

impl Stage {
    /// The plan, where there is one.
    pub fn plan(&self) -> Option<&Plan> {
        match self {
            Self::Refused { .. } => None,
            Self::Previewing { plan, .. } | Self::Ready { plan, .. } | Self::Over { plan, .. } => Some(plan),
            Self::Running { execution, .. } => Some(execution.plan()),
        }
    }

    /// Whether something is being done.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Running { .. })
    }
}

impl Acts {
    /// The action that is on the screen.
    pub fn current(&self) -> Option<&Current> {
        self.current.as_ref()
    }

    /// The watch that times services which are away.
    pub fn stopwatch(&self) -> &Stopwatch {
        &self.stopwatch
    }
}

impl App {
    /// Everything about actions.
    pub fn acts(&self) -> &Acts {
        &self.acts
    }

    /// What was left behind in this cluster and not taken back: by earlier sessions, or by this one.
    pub fn left_behind(&self) -> Vec<&JournalEntry> {
        let name = self.cluster_name();
        let members = self.members();
        let all = self.acts.left.iter().chain(&self.acts.own);
        all.filter(|entry| entry.is_of(&name, members.iter().copied())).collect()
    }

    fn members(&self) -> Vec<&NodeName> {
        let status = self.cluster.picture().status.as_deref();
        status.into_iter().flat_map(|status| &status.members).map(|member| &member.name).collect()
    }

    /// The cluster as actions see it: live, whatever is frozen.
    pub fn situation(&self) -> Situation<'_> {
        Situation { cluster: &self.cluster, now: self.now }
    }
}
