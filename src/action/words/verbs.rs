//! The verbs: crmsh's and pcs's own, and a few shorter ones.

use super::super::intent::{DrbdTask, FenceHow, Switch};

/// What a verb does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Move,
    Promote,
    Ban,
    ClearOf,
    Start,
    Demote,
    Stop,
    Restart,
    Cleanup,
    Refresh,
    Manage(Switch),
    ResourceMaintenance(Option<Switch>),
    Standby(Switch),
    NodeMaintenance(Switch),
    ClusterMaintenance(Option<Switch>),
    Fence(Option<FenceHow>),
    Remove,
    Drbd(DrbdTask),
}

/// What a verb wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arg {
    Resource,
    Node,
    Nodes,
    Constraints,
    Drbd,
    OnOff,
    How,
    /// One that may be left out.
    Maybe(&'static Arg),
}

use self::Arg::{Constraints, Drbd, How, Maybe, Node, Nodes, OnOff, Resource};

/// A verb: the words for it, what it is, what it is told, and what it does.
pub(super) type Entry = (&'static str, Verb, &'static [Arg], &'static str);

/// Every verb, the words for it, what it is told, and what it does. crmsh's first, then pcs's, then hatui's own.
pub(super) const VERBS: &[Entry] = &[
    ("resource move", Verb::Move, &[Resource, Maybe(&Node)], "move a resource to a node"),
    ("resource migrate", Verb::Move, &[Resource, Maybe(&Node)], "move a resource to a node"),
    ("resource promote", Verb::Promote, &[Resource, Maybe(&Node)], "promote a clone's copy on a node"),
    ("resource demote", Verb::Demote, &[Resource], "promote no copy of a clone until that is allowed again"),
    ("resource ban", Verb::Ban, &[Resource, Maybe(&Node)], "keep a resource off a node"),
    (
        "resource clear",
        Verb::ClearOf,
        &[Resource, Maybe(&Node)],
        "remove what moves and bans of a resource left behind",
    ),
    (
        "resource unmove",
        Verb::ClearOf,
        &[Resource, Maybe(&Node)],
        "remove what moves and bans of a resource left behind",
    ),
    ("resource start", Verb::Start, &[Resource], "let a resource run"),
    ("resource stop", Verb::Stop, &[Resource], "stop a resource"),
    ("resource restart", Verb::Restart, &[Resource], "stop a resource, then let it run again"),
    ("resource cleanup", Verb::Cleanup, &[Maybe(&Resource), Maybe(&Node)], "forget failures"),
    ("resource refresh", Verb::Refresh, &[Maybe(&Resource), Maybe(&Node)], "look up the state anew"),
    ("resource manage", Verb::Manage(Switch::On), &[Resource], "manage a resource again"),
    ("resource unmanage", Verb::Manage(Switch::Off), &[Resource], "stop managing a resource"),
    (
        "resource maintenance",
        Verb::ResourceMaintenance(None),
        &[Resource, Maybe(&OnOff)],
        "leave a resource alone, or end that",
    ),
    ("node standby", Verb::Standby(Switch::On), &[Nodes], "let a node give up its resources"),
    ("node online", Verb::Standby(Switch::Off), &[Nodes], "let a node run resources again"),
    ("node maintenance", Verb::NodeMaintenance(Switch::On), &[Nodes], "leave a node alone"),
    ("node ready", Verb::NodeMaintenance(Switch::Off), &[Nodes], "look after a node again"),
    (
        "node clearstate",
        Verb::Fence(Some(FenceHow::Confirm)),
        &[Node],
        "tell the cluster that a node was seen powered off",
    ),
    ("node fence", Verb::Fence(None), &[Node, Maybe(&How)], "fence a node"),
    ("resource enable", Verb::Start, &[Resource], "let a resource run"),
    ("resource disable", Verb::Stop, &[Resource], "stop a resource"),
    ("node unstandby", Verb::Standby(Switch::Off), &[Nodes], "let a node run resources again"),
    ("node unmaintenance", Verb::NodeMaintenance(Switch::Off), &[Nodes], "look after a node again"),
    ("stonith fence", Verb::Fence(None), &[Node, Maybe(&How)], "fence a node"),
    (
        "stonith confirm",
        Verb::Fence(Some(FenceHow::Confirm)),
        &[Node],
        "tell the cluster that a node was seen powered off",
    ),
    ("property set maintenance-mode=true", Verb::ClusterMaintenance(Some(Switch::On)), &[], "leave everything alone"),
    (
        "property set maintenance-mode=false",
        Verb::ClusterMaintenance(Some(Switch::Off)),
        &[],
        "look after everything again",
    ),
    (
        "configure property maintenance-mode=true",
        Verb::ClusterMaintenance(Some(Switch::On)),
        &[],
        "leave everything alone",
    ),
    (
        "configure property maintenance-mode=false",
        Verb::ClusterMaintenance(Some(Switch::Off)),
        &[],
        "look after everything again",
    ),
    ("constraint remove", Verb::Remove, &[Constraints], "remove constraints by their ids"),
    ("constraint delete", Verb::Remove, &[Constraints], "remove constraints by their ids"),
    ("cluster maintenance", Verb::ClusterMaintenance(None), &[OnOff], "leave everything alone, or end that"),
    ("failover", Verb::Move, &[Resource, Maybe(&Node)], "move a resource to a node"),
    ("promote", Verb::Promote, &[Resource, Maybe(&Node)], "promote a clone's copy on a node"),
    ("demote", Verb::Demote, &[Resource], "promote no copy of a clone until that is allowed again"),
    ("fence", Verb::Fence(None), &[Node, Maybe(&How)], "fence a node"),
    ("standby", Verb::Standby(Switch::On), &[Nodes], "let a node give up its resources"),
    ("online", Verb::Standby(Switch::Off), &[Nodes], "let a node run resources again"),
    ("drbd connect", Verb::Drbd(DrbdTask::Connect), &[Drbd, Node], "let DRBD look for its peers on a node"),
    ("drbd disconnect", Verb::Drbd(DrbdTask::Disconnect), &[Drbd, Node], "let DRBD leave its peers on a node"),
    ("drbd primary", Verb::Drbd(DrbdTask::Primary), &[Drbd, Node], "make a node's copy the primary one"),
    ("drbd secondary", Verb::Drbd(DrbdTask::Secondary), &[Drbd, Node], "give the primary role back"),
    ("drbd pause-sync", Verb::Drbd(DrbdTask::PauseSync), &[Drbd, Node], "hold a resync"),
    ("drbd resume-sync", Verb::Drbd(DrbdTask::ResumeSync), &[Drbd, Node], "let a resync go on"),
    ("drbd verify", Verb::Drbd(DrbdTask::Verify), &[Drbd, Node], "compare the copies"),
    ("drbd invalidate", Verb::Drbd(DrbdTask::Invalidate), &[Drbd, Node], "discard a node's copy and fetch it anew"),
];
