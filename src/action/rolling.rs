//! Maintenance of one node after the other: standby, idle, the operator's work, online, whole again, the next. A state machine
//! without I/O; every change goes the normal way of an action, with its plan, preview and confirmation.

use super::intent::{Intent, Switch};
use super::situation::{Situation, done};
use super::whatif::{Answer, Outlook};
use crate::model::{ConnectionState, DiskState, NodeName, NodeState};

/// A node on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Which.
    pub node: NodeName,
    /// How far it is.
    pub state: StopState,
}

/// How far a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopState {
    /// Its turn has not come.
    Waiting,
    /// It is its turn.
    Now,
    /// It is done.
    Done,
    /// It was left out.
    Skipped,
}

/// What is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Whether it is safe to take the node away is asked.
    Checking,
    /// It is not safe, or not known to be: the reasons are in the answer.
    Held(Box<Answer>),
    /// It is safe; the operator's word is waited for.
    Ready(Box<Answer>),
    /// The standby is planned, confirmed and done.
    Leaving,
    /// The node is in standby and idle: the operator works on it.
    Work,
    /// The end of the standby is planned, confirmed and done.
    Returning,
    /// The node is back; what is missing until it is whole.
    Settling(Vec<String>),
    /// Every node had its turn.
    Done,
    /// It was given up; the node that was left in standby, if one was.
    Aborted(Option<NodeName>),
}

/// What is to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Nothing,
    /// Ask whether it is safe to reboot this node, and tell [`Rolling::answered`].
    Check(NodeName),
    /// Intend this, as any action.
    Do(Intent),
    /// It does not go on: why.
    Refuse(String),
}

/// Maintenance of one node after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rolling {
    stops: Vec<Stop>,
    phase: Phase,
    /// Whether the check of the node whose turn it is was asked for.
    asked: bool,
}

impl Rolling {
    /// All full members in order, the DC last: so it changes once only.
    pub fn new(situation: Situation<'_>) -> Self {
        let dc = situation.status().and_then(|status| status.dc.name());
        let mut nodes: Vec<&NodeName> =
            situation.nodes().into_iter().filter(|node| situation.is_member(node)).collect();
        nodes.sort_by_key(|node| (Some(*node) == dc, (*node).clone()));
        let stops: Vec<Stop> =
            nodes.into_iter().map(|node| Stop { node: node.clone(), state: StopState::Waiting }).collect();
        let mut rolling = Self { stops, phase: Phase::Checking, asked: false };
        rolling.next_stop();
        rolling
    }

    /// The nodes in order.
    pub fn stops(&self) -> &[Stop] {
        &self.stops
    }

    /// What is waited for.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// The node whose turn it is.
    pub fn node(&self) -> Option<&NodeName> {
        self.stops.iter().find(|stop| stop.state == StopState::Now).map(|stop| &stop.node)
    }

    /// Whether there is nothing more to come.
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Done | Phase::Aborted(None))
    }

    fn mark(&mut self, state: StopState) {
        if let Some(stop) = self.stops.iter_mut().find(|stop| stop.state == StopState::Now) {
            stop.state = state;
        }
    }

    fn next_stop(&mut self) {
        self.asked = false;
        self.phase = match self.stops.iter_mut().find(|stop| stop.state == StopState::Waiting) {
            Some(stop) => {
                stop.state = StopState::Now;
                Phase::Checking
            }
            None => Phase::Done,
        };
    }

    fn check_again(&mut self) {
        self.phase = Phase::Checking;
        self.asked = false;
    }

    /// The model has news; `acting`: whether an action is on its way or waits to be confirmed.
    pub fn look(&mut self, situation: Situation<'_>, acting: bool) -> Next {
        let Some(node) = self.node().cloned() else {
            if let Phase::Aborted(Some(left)) = &self.phase
                && situation.is_fresh()
                && standby(situation, left) == Some(false)
            {
                self.phase = Phase::Aborted(None);
            }
            return Next::Nothing;
        };
        let standby = standby(situation, &node).filter(|_| situation.is_fresh());
        match self.phase {
            // Whoever put it in standby: it is idle or will be, and can be worked on.
            Phase::Checking | Phase::Held(_) | Phase::Ready(_) if standby == Some(true) => {
                self.phase = Phase::Leaving;
                return self.look(situation, acting);
            }
            Phase::Checking if !self.asked => {
                self.asked = true;
                return Next::Check(node);
            }
            Phase::Leaving if standby == Some(true) && situation.is_idle(&node) => self.phase = Phase::Work,
            // The action was refused, cancelled, or failed.
            Phase::Leaving if !acting && standby == Some(false) => {
                self.check_again();
                return self.look(situation, acting);
            }
            Phase::Work | Phase::Returning if standby == Some(false) => {
                self.phase = Phase::Settling(Vec::new());
                return self.look(situation, acting);
            }
            Phase::Returning if !acting => self.phase = Phase::Work,
            Phase::Settling(_) => {
                let missing = missing(situation, &node);
                if missing.is_empty() {
                    self.mark(StopState::Done);
                    self.next_stop();
                    return self.look(situation, acting);
                }
                self.phase = Phase::Settling(missing);
            }
            _ => {}
        }
        Next::Nothing
    }

    /// Whether it is safe to take the node away.
    pub fn answered(&mut self, answer: Answer) {
        if self.phase != Phase::Checking
            || !self.asked
            || self.node().is_none_or(|node| !answer.question.lost().contains(node))
        {
            return;
        }
        let answer = Box::new(answer);
        self.phase = if answer.outlook <= Outlook::Degraded { Phase::Ready(answer) } else { Phase::Held(answer) };
    }

    /// The operator says: go on.
    pub fn go_on(&mut self, situation: Situation<'_>) -> Next {
        let node = self.node().cloned();
        match (&self.phase, node) {
            (Phase::Held(_), Some(_)) => {
                self.check_again();
                self.look(situation, false)
            }
            (Phase::Ready(_), Some(node)) => {
                self.phase = Phase::Leaving;
                Next::Do(Intent::Standby(vec![node], Switch::On))
            }
            (Phase::Work, Some(node)) => match situation.state(&node) {
                Some(NodeState::Standby | NodeState::StandbyOnFail) if situation.is_fresh() => {
                    self.phase = Phase::Returning;
                    Next::Do(Intent::Standby(vec![node], Switch::Off))
                }
                _ if !situation.is_fresh() => Next::Refuse("what is known of Pacemaker is old: wait".to_owned()),
                Some(state) => Next::Refuse(format!("{node} is {}: wait until it is a member again", state.word())),
                None => Next::Refuse(format!("there is no node {node}")),
            },
            (Phase::Aborted(Some(left)), _) => Next::Do(Intent::Standby(vec![left.clone()], Switch::Off)),
            (Phase::Checking, _) => Next::Refuse("whether it is safe is being asked".to_owned()),
            (Phase::Settling(_), _) => Next::Refuse("it goes on by itself once nothing is missing".to_owned()),
            _ => Next::Nothing,
        }
    }

    /// The operator leaves this node out; only before it was touched.
    pub fn skip(&mut self, situation: Situation<'_>) -> Next {
        match self.phase {
            Phase::Checking | Phase::Held(_) | Phase::Ready(_) => {
                self.mark(StopState::Skipped);
                self.next_stop();
                self.look(situation, false)
            }
            Phase::Done | Phase::Aborted(_) => Next::Nothing,
            _ => Next::Refuse("it is in standby already: bring it back first, or give up".to_owned()),
        }
    }

    /// The operator gives up; what stays in standby is told, and can be brought back. `acting`: an action is on its way.
    pub fn abort(&mut self, situation: Situation<'_>, acting: bool) -> Next {
        if matches!(self.phase, Phase::Done | Phase::Aborted(_)) {
            return Next::Nothing;
        }
        if acting && matches!(self.phase, Phase::Leaving | Phase::Returning) {
            return Next::Refuse("an action is on its way: cancel that first (a)".to_owned());
        }
        let left = self.node().filter(|node| standby(situation, node) == Some(true)).cloned();
        self.mark(StopState::Skipped);
        self.phase = Phase::Aborted(left);
        Next::Nothing
    }
}

/// Whether a node is in standby; `None`: not told.
fn standby(situation: Situation<'_>, node: &NodeName) -> Option<bool> {
    let members = situation.status().into_iter().flat_map(|status| &status.members);
    members.into_iter().find(|member| member.name == *node)?.standby
}

/// What is missing until a node is whole again.
fn missing(situation: Situation<'_>, node: &NodeName) -> Vec<String> {
    let mut missing = Vec::new();
    if !situation.is_fresh() {
        missing.push("no node tells how Pacemaker is".to_owned());
    }
    match situation.state(node) {
        Some(NodeState::Online) => {}
        Some(state) => missing.push(format!("{node} is {}", state.word())),
        None => missing.push(format!("{node} is not told of")),
    }
    let picture = situation.cluster.picture();
    let id = picture.node(node).and_then(|row| row.id);
    if let Some(quorum) = &picture.quorum
        && !quorum.members.iter().any(|voter| voter.name == *node || Some(voter.id) == id)
    {
        missing.push(format!("{node} has no vote in Corosync's membership"));
    }
    for replica in &picture.replicas {
        // A copy that is not connected yet calls itself UpToDate, and is not.
        for tie in replica.ties.iter().filter(|tie| tie.a == *node || tie.b == *node) {
            let other = if tie.a == *node { &tie.b } else { &tie.a };
            let up = situation.state(other).is_some_and(NodeState::is_up);
            if up && tie.state() != Some(&ConnectionState::Connected) {
                let word = tie.state().map_or("not told", ConnectionState::word);
                missing.push(format!("its connection of {} to {other} is {word}", replica.name));
            }
        }
        for volume in &replica.volumes {
            for copy in volume.copies.iter().filter(|copy| copy.node == *node && !copy.client) {
                if copy.disk == Some(DiskState::UpToDate) {
                    continue;
                }
                let sync = volume.syncs.iter().find(|sync| !sync.verify && sync.target == *node);
                let far = sync.map_or_else(String::new, done);
                let word = copy.disk.as_ref().map_or("not told", DiskState::word);
                missing.push(format!("its copy of {} is {word}{far}", replica.name));
            }
        }
    }
    let moving: Vec<_> =
        situation.primitives().filter(|primitive| primitive.role.is_moving()).map(|primitive| &primitive.id).collect();
    if !moving.is_empty() {
        missing.push(format!("still moving: {}", super::intent::list(&moving)));
    }
    missing
}
