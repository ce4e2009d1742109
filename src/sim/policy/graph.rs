//! Actions and what they depend on: which must happen, which can, and in which order.

use super::cluster::{Cluster, Kind, NoQuorum, NodeIx, Role, RscIx};

/// What an action does. Those that end in `ed` stand for the end of the one before them, of a whole collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Task {
    Probe,
    Start,
    Started,
    Stop,
    Stopped,
    Promote,
    Promoted,
    Demote,
    Demoted,
    Monitor,
    Cancel,
    Fence,
    Shutdown,
}

impl Task {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Probe | Self::Monitor => "monitor",
            Self::Start => "start",
            Self::Started => "running",
            Self::Stop => "stop",
            Self::Stopped => "stopped",
            Self::Promote => "promote",
            Self::Promoted => "promoted",
            Self::Demote => "demote",
            Self::Demoted => "demoted",
            Self::Cancel => "cancel",
            Self::Fence => "stonith",
            Self::Shutdown => "do_shutdown",
        }
    }

    /// The task of a primitive that this one of a collection is made of.
    pub(super) const fn single(self) -> Self {
        match self {
            Self::Started => Self::Start,
            Self::Stopped => Self::Stop,
            Self::Promoted => Self::Promote,
            Self::Demoted => Self::Demote,
            other => other,
        }
    }

    /// The end of this task for a collection.
    pub(super) const fn ended(self) -> Self {
        match self {
            Self::Start => Self::Started,
            Self::Stop => Self::Stopped,
            Self::Promote => Self::Promoted,
            Self::Demote => Self::Demoted,
            other => other,
        }
    }

    pub(super) const fn inverse(self) -> Self {
        match self {
            Self::Start => Self::Stop,
            Self::Stop => Self::Start,
            Self::Promote => Self::Demote,
            Self::Demote => Self::Promote,
            other => other,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Action {
    pub(super) rsc: Option<RscIx>,
    pub(super) node: Option<NodeIx>,
    pub(super) task: Task,
    pub(super) interval_ms: u64,
    /// It need not happen.
    pub(super) optional: bool,
    pub(super) runnable: bool,
    /// Nothing is executed: it only marks a moment, or follows from fencing.
    pub(super) pseudo: bool,
    pub(super) reason: Option<String>,
}

/// What one action means for another that comes after it.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the ways in which two actions depend are independent of each other")]
pub(super) struct Bond {
    /// If the first must happen, so must the second.
    pub(super) implies_then: bool,
    /// If the second must happen, so must the first.
    pub(super) implies_first: bool,
    /// The same, if the resource of the second is promoted.
    pub(super) promoted_implies_first: bool,
    /// The second can happen only if the first can.
    pub(super) runnable_left: bool,
    /// Stop and start of one resource.
    pub(super) restart: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) first: usize,
    pub(super) then: usize,
    pub(super) bond: Bond,
}

#[derive(Default)]
pub(super) struct Graph {
    pub(super) actions: Vec<Action>,
    pub(super) edges: Vec<Edge>,
}

impl Graph {
    /// The actions of a resource of this kind, on one node or on any.
    pub(super) fn of(&self, rsc: RscIx, task: Task, node: Option<NodeIx>) -> Vec<usize> {
        let fits = |(_, action): &(usize, &Action)| {
            action.rsc == Some(rsc) && action.task == task && (node.is_none() || action.node == node)
        };
        self.actions.iter().enumerate().filter(fits).map(|(at, _)| at).collect()
    }

    pub(super) fn first_of(&self, rsc: RscIx, task: Task, node: Option<NodeIx>) -> Option<usize> {
        self.of(rsc, task, node).first().copied()
    }

    pub(super) fn order(&mut self, first: usize, then: usize, bond: Bond) {
        if first != then {
            self.edges.push(Edge { first, then, bond });
        }
    }

    /// The action, made if it is not there; once it must happen, that stays.
    pub(super) fn action(
        &mut self,
        cluster: &mut Cluster,
        rsc: RscIx,
        task: Task,
        node: Option<NodeIx>,
        optional: bool,
    ) -> usize {
        let known = self
            .actions
            .iter()
            .position(|action| action.rsc == Some(rsc) && action.task == task && action.node == node);
        let at = known.unwrap_or_else(|| {
            self.actions.push(Action {
                rsc: Some(rsc),
                node,
                task,
                interval_ms: 0,
                optional: true,
                runnable: true,
                pseudo: false,
                reason: None,
            });
            self.actions.len() - 1
        });
        if !optional {
            self.actions[at].optional = false;
        }
        self.judge(cluster, at);
        at
    }

    /// Whether an action can happen at all, by its node, its resource and quorum.
    fn judge(&mut self, cluster: &mut Cluster, at: usize) {
        let action = &mut self.actions[at];
        let Some(rsc) = action.rsc else { return };
        let one = &cluster.rscs[rsc];
        let Some(node) = action.node else {
            action.runnable = false;
            return;
        };
        if !one.managed && action.interval_ms == 0 && action.task != Task::Probe {
            return;
        }
        let place = &cluster.nodes[node];
        if !place.online && !place.maintenance {
            action.runnable = false;
            action.reason = Some("node availability".to_owned());
            if one.managed && action.task == Task::Stop && !place.unclean {
                let why = format!("{} is thought to be active there", one.id);
                cluster.nodes[node].unclean = true;
                cluster.nodes[node].fence = Some(why);
            }
            return;
        }
        if place.pending {
            action.runnable = false;
            action.reason = Some("node availability".to_owned());
            return;
        }
        let options = &cluster.options;
        if matches!(action.task, Task::Start | Task::Promote) && !options.quorum {
            let blocked = match options.no_quorum {
                NoQuorum::Stop => Some("no quorum"),
                NoQuorum::Freeze if one.running.is_empty() || one.next > one.role => Some("quorum freeze"),
                NoQuorum::Freeze | NoQuorum::Ignore => None,
            };
            if let Some(why) = blocked {
                action.runnable = false;
                action.reason = Some(why.to_owned());
            }
        }
    }

    /// A mark of a collection, or the fencing of a node.
    pub(super) fn mark(&mut self, rsc: Option<RscIx>, task: Task, node: Option<NodeIx>) -> usize {
        self.actions.push(Action {
            rsc,
            node,
            task,
            interval_ms: 0,
            optional: true,
            runnable: true,
            pseudo: rsc.is_some(),
            reason: None,
        });
        self.actions.len() - 1
    }

    /// Whether an action may be left out and whether it can happen; for the mark of a collection, by its members.
    pub(super) fn flags(&self, cluster: &Cluster, at: usize) -> (bool, bool) {
        let action = &self.actions[at];
        let (mut optional, mut runnable) = (action.optional, action.runnable);
        let Some(rsc) = action.rsc else { return (optional, runnable) };
        let task = action.task.single();
        match cluster.rscs[rsc].kind {
            Kind::Primitive => {}
            Kind::Group => {
                for member in &cluster.rscs[rsc].children {
                    match self.first_of(*member, task, None) {
                        Some(part) => {
                            optional &= self.actions[part].optional;
                            runnable &= self.actions[part].runnable;
                        }
                        None => runnable &= matches!(task, Task::Stop | Task::Demote),
                    }
                }
            }
            Kind::Clone => {
                let mut any = false;
                for copy in &cluster.rscs[rsc].children {
                    let one = &cluster.rscs[*copy];
                    let node = one.running.first().copied().filter(|_| matches!(task, Task::Stop | Task::Demote));
                    let node = node.or(one.place);
                    if let Some(part) = self.first_of(*copy, task, node) {
                        optional &= self.actions[part].optional;
                        any |= self.actions[part].runnable;
                    }
                }
                runnable &= any;
            }
        }
        (optional, runnable)
    }

    /// Lets every dependency have its effect, until none has any more.
    pub(super) fn propagate(&mut self, cluster: &Cluster) {
        // Each round only takes flags away.
        for _ in 0..=2 * self.actions.len() {
            let mut changed = false;
            for at in 0..self.edges.len() {
                changed |= self.apply(cluster, at);
            }
            if !changed {
                return;
            }
        }
    }

    fn describe(&self, cluster: &Cluster, at: usize) -> String {
        let action = &self.actions[at];
        let id = action.rsc.map_or("", |rsc| cluster.rscs[rsc].id.as_str());
        format!("{id} {}", action.task.word())
    }

    fn require(&mut self, at: usize, why: String) -> bool {
        let action = &mut self.actions[at];
        let changed = action.optional;
        action.optional = false;
        if changed && action.reason.is_none() {
            action.reason = Some(why);
        }
        changed
    }

    fn forbid(&mut self, at: usize, why: String) -> bool {
        let action = &mut self.actions[at];
        let changed = action.runnable;
        action.runnable = false;
        if changed {
            action.reason = Some(why);
        }
        changed
    }

    fn apply(&mut self, cluster: &Cluster, edge: usize) -> bool {
        let Edge { first, then, bond } = self.edges[edge];
        let (first_optional, first_runnable) = self.flags(cluster, first);
        let (then_optional, then_runnable) = self.flags(cluster, then);
        let mut changed = false;
        if bond.implies_first && !then_optional && first_optional {
            changed |= self.require(first, format!("required {}", self.describe(cluster, then)));
        }
        if bond.promoted_implies_first && !then_optional && first_optional {
            let promoted = self.actions[then].rsc.is_some_and(|rsc| cluster.rscs[rsc].role == Role::Promoted);
            if promoted {
                changed |= self.require(first, format!("required {}", self.describe(cluster, then)));
            }
        }
        if bond.promoted_implies_first && !first_optional && !first_runnable && then_runnable {
            changed |= self.forbid(then, format!("unrunnable {}", self.describe(cluster, first)));
        }
        if bond.runnable_left && !first_runnable && then_runnable {
            changed |= self.forbid(then, format!("unrunnable {}", self.describe(cluster, first)));
        }
        if bond.implies_then && !first_optional && then_optional {
            changed |= self.require(then, format!("required {}", self.describe(cluster, first)));
        }
        if bond.restart {
            changed |= self.apply_restart(cluster, first, then);
        }
        changed
    }

    /// A resource whose start is required has to be stopped; one that cannot be started, too; and one that cannot be
    /// stopped is not started elsewhere.
    fn apply_restart(&mut self, cluster: &Cluster, first: usize, then: usize) -> bool {
        let (first_optional, first_runnable) = self.flags(cluster, first);
        let (then_optional, then_runnable) = self.flags(cluster, then);
        let managed = self.actions[then].rsc.is_some_and(|rsc| cluster.rscs[rsc].managed);
        let mut changed = false;
        let wanted = !then_optional || (!then_runnable && managed);
        if wanted && first_optional && (first_runnable || !then_optional) {
            let why = if then_optional { "stop" } else { "restart" };
            let why = self.actions[then].reason.clone().unwrap_or_else(|| why.to_owned());
            changed |= self.require(first, why);
        }
        let (first_optional, _) = self.flags(cluster, first);
        if !first_optional && !first_runnable && then_runnable {
            changed |= self.forbid(then, format!("unrunnable {}", self.describe(cluster, first)));
        }
        changed
    }
}
