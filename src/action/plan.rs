//! A plan: what would be run, in which order, what each step relies on, and what should come of it.

use core::time::Duration;

use super::basis::Basis;
use super::danger::Confirmation;
use super::expect::{Expect, concerns};
use super::intent::Intent;
use super::journal::Left;
use super::preview::Request;
use super::remark::{Level, Remark};
use super::situation::Situation;
use crate::model::{FactKey, NodeName, ResourceId, Skeleton};
use crate::wire::{Argv, NodeKey};

/// What would be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What is wanted.
    pub intent: Intent,
    /// The same as words.
    pub title: String,
    /// What the plan was made for.
    pub basis: Basis,
    /// What is run, in order.
    pub steps: Vec<Step>,
    /// What has to be so in the end, whatever the preview says.
    pub expected: Vec<Expect>,
    /// The resources that are meant to be affected; the preview tells of others.
    pub about: Vec<ResourceId>,
    /// How it is taken back.
    pub undo: Undo,
    /// How it is confirmed.
    pub confirmation: Confirmation,
    /// What hatui itself has to say, what weighs most first.
    pub remarks: Vec<Remark>,
    /// How the preview is asked for.
    pub request: Request,
    /// The node that is asked: its key, and its name.
    pub asked: (NodeKey, NodeName),
    /// The nodes that are never asked to do it.
    pub not_asked: Vec<NodeName>,
}

/// How an action is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undo {
    /// By another action.
    By(Intent),
    /// By something that hatui does not do: what.
    Words(String),
    /// Not at all: why.
    No(String),
}

/// One command, and what is waited for after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it does, as one would say it.
    pub words: String,
    /// The command, without environment and sudo.
    pub argv: Argv,
    /// Where it runs.
    pub at: At,
    /// How long the command itself may take.
    pub deadline: Duration,
    /// When it may run.
    pub guard: Guard,
    /// By how much it moves the CIB's epoch.
    pub bumps: u64,
    /// What shows that it took effect, also when its end was not seen.
    pub effect: Vec<Expect>,
    /// What is waited for after it.
    pub wait: Option<Wait>,
    /// What it leaves behind until another step takes it back.
    pub leaves: Option<Left>,
    /// Whether it takes back what an earlier step left.
    pub releases: bool,
}

/// Where a step runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// On the node that is best asked.
    Asked,
    /// On this one, since it is about what that node itself has.
    Node(NodeName),
}

/// When a step may run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// If the configuration is the plan's own, and these facts are as they were.
    Unchanged(Vec<FactKey>),
    /// Always, also after a failure or a cancel: it takes something back.
    Always,
}

/// What is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// What it is, as one would say it: `until web runs on ha-node-2`.
    pub words: String,
    /// All of this.
    pub until: Vec<Expect>,
    /// For at most so long.
    pub at_most: Duration,
    /// What a cancel leaves.
    pub cancel_leaves: String,
}

impl Plan {
    /// Whether a resource is one that is meant to be affected, or a part of one.
    pub(super) fn is_about(&self, id: &ResourceId, situation: Situation<'_>) -> bool {
        self.about.iter().any(|about| concerns(situation, about, id))
    }

    /// The commands that will run, in order.
    pub fn commands(&self) -> impl Iterator<Item = &Argv> {
        self.steps.iter().map(|step| &step.argv)
    }

    /// The remarks, and how it is confirmed, after one more remark.
    #[must_use]
    pub fn with(mut self, remark: Remark) -> Self {
        if remark.level == Level::Raise {
            self.confirmation.danger = self.confirmation.danger.raised();
        }
        self.remarks.push(remark);
        self.remarks.sort_by_key(|remark| core::cmp::Reverse(remark.level));
        self
    }

    /// The plan with what only the configuration knows: what a restart has to put back, or the undoing of a demotion.
    #[must_use]
    pub fn informed(mut self, skeleton: &Skeleton) -> Self {
        if let Undo::By(Intent::PutBack { resource, role }) = &mut self.undo {
            *role = skeleton.own_meta(resource, TARGET_ROLE).cloned();
        }
        let Intent::Restart(resource) = &self.intent else { return self };
        let before = skeleton.own_meta(resource, TARGET_ROLE);
        for step in &mut self.steps {
            if step.releases {
                step.argv = super::command::native::meta(resource, TARGET_ROLE, before.map(|value| &**value));
            }
            if let Some(Left::TargetRole { before: kept, .. }) = &mut step.leaves {
                *kept = before.cloned();
            }
        }
        self
    }
}

/// The meta attribute that tells a resource what it may do.
pub(super) const TARGET_ROLE: &str = "target-role";
