//! What each node holds to be true, fact by fact: for the truth matrix, for disagreements, and for the event log.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{
    ConnectionState, Dc, DiskState, DrbdName, DrbdRole, Feed, Freshness, Item, NodeName, Primitive, ResourceId, Role,
    Text, View,
};
use crate::wire::{NodeKey, Stamp};

/// Something that can be true or not, and that several nodes may speak of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKey {
    /// The membership the witness is in.
    Ring,
    /// Who is in it.
    Members,
    /// Whether it has quorum.
    Quorate,
    /// Who is DC.
    Dc,
    /// The CIB's version.
    Cib,
    /// Whether the cluster is in maintenance mode.
    Maintenance,
    /// The state of a node.
    Node(NodeName),
    /// The newest fencing of a node.
    Fencing(NodeName),
    /// Where a resource runs, and in which roles.
    Resource(ResourceId),
    /// A failed operation of a resource on a node.
    Failure(ResourceId, NodeName),
    /// The DRBD role of a node.
    DrbdRole(DrbdName, NodeName),
    /// The state of a node's copy of a volume.
    Disk(DrbdName, u32, NodeName),
    /// A DRBD connection, as the first node's end tells it.
    Connection(DrbdName, NodeName, NodeName),
    /// What replication of a volume does, as the first node's end tells it.
    Replication(DrbdName, u32, NodeName, NodeName),
    /// A link between two nodes, as the first node's end tells it.
    Link(u32, NodeName, NodeName),
}

impl FactKey {
    /// The feed that tells it: what a silent feed told last neither holds nor contradicts.
    pub fn feed(&self) -> Feed {
        match self {
            Self::Ring | Self::Members | Self::Quorate | Self::Link(..) => Feed::Corosync,
            Self::Dc
            | Self::Cib
            | Self::Maintenance
            | Self::Node(_)
            | Self::Fencing(_)
            | Self::Resource(_)
            | Self::Failure(..) => Feed::Pacemaker,
            Self::DrbdRole(..) | Self::Disk(..) | Self::Connection(..) | Self::Replication(..) => Feed::Drbd,
        }
    }

    /// Whether only the witness itself can say it, so that nobody can contradict.
    pub fn is_own(&self) -> bool {
        matches!(self, Self::Connection(..) | Self::Replication(..) | Self::Link(..))
    }

    /// Whether a difference tells of a partition, at once; other differences may be news still on its way.
    pub fn is_membership(&self) -> bool {
        matches!(self, Self::Ring | Self::Members | Self::Quorate)
    }

    /// Whether it is about the state of the system, and not a counter that always moves.
    pub fn is_state(&self) -> bool {
        !matches!(self, Self::Cib)
    }
}

impl fmt::Display for FactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ring => f.write_str("ring"),
            Self::Members => f.write_str("members"),
            Self::Quorate => f.write_str("quorate"),
            Self::Dc => f.write_str("DC"),
            Self::Cib => f.write_str("CIB version"),
            Self::Maintenance => f.write_str("maintenance mode"),
            Self::Node(node) => write!(f, "node {node}"),
            Self::Fencing(node) => write!(f, "fencing {node}"),
            Self::Resource(resource) => write!(f, "{resource}"),
            Self::Failure(resource, node) => write!(f, "failure {resource} {node}"),
            Self::DrbdRole(resource, node) => write!(f, "drbd {resource} role {node}"),
            Self::Disk(resource, volume, node) => write!(f, "drbd {resource}/{volume} disk {node}"),
            Self::Connection(resource, from, to) => write!(f, "drbd {resource} {from} to {to}"),
            Self::Replication(resource, volume, from, to) => write!(f, "drbd {resource}/{volume} {from} to {to}"),
            Self::Link(number, from, to) => write!(f, "link {number} {from} to {to}"),
        }
    }
}

/// What a node holds to be true.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// In one word.
    Word(Text),
    /// Several names.
    Names(BTreeSet<NodeName>),
    /// Where a resource is active, and as what; empty: nowhere.
    Places(BTreeSet<(NodeName, Role)>),
}

impl Fact {
    fn word(word: &str) -> Self {
        Self::Word(Text::new(word))
    }

    /// Whether it says that the witness does not know: such a fact contradicts nobody.
    pub fn is_ignorance(&self) -> bool {
        matches!(self, Self::Word(word) if matches!(word.as_str(), "DUnknown" | "Unknown" | "unknown" | "Consistent"))
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Names(names) => {
                let names: Vec<_> = names.iter().map(NodeName::as_str).collect();
                f.write_str(&names.join(" "))
            }
            Self::Places(places) if places.is_empty() => f.write_str("Stopped"),
            Self::Places(places) => {
                let places: Vec<_> = places.iter().map(|(node, role)| format!("{role} {node}")).collect();
                f.write_str(&places.join(", "))
            }
        }
    }
}

/// A fact with the node that holds it to be true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// What is held to be true.
    pub fact: Fact,
    /// By whom.
    pub witness: NodeKey,
}

/// What one node holds to be true.
///
/// `names` tells the cluster's names of the hosts, since DRBD speaks of hosts.
pub fn facts_of(view: &View, names: &BTreeMap<Text, NodeName>) -> BTreeMap<FactKey, Fact> {
    let mut facts = BTreeMap::new();
    membership_facts(view, &mut facts);
    pacemaker_facts(view, &mut facts);
    if let Some(me) = view.name() {
        link_facts(view, me, &mut facts);
        drbd_facts(view, me, names, &mut facts);
    }
    facts
}

fn membership_facts(view: &View, facts: &mut BTreeMap<FactKey, Fact>) {
    if let Some(quorum) = &view.quorum {
        let quorum = &quorum.value;
        if let Some(ring) = &quorum.ring {
            facts.insert(FactKey::Ring, Fact::word(ring.as_str()));
        }
        facts.insert(FactKey::Members, Fact::Names(quorum.members.iter().map(|voter| voter.name.clone()).collect()));
        if let Some(quorate) = quorum.quorate {
            facts.insert(FactKey::Quorate, Fact::word(if quorate { "yes" } else { "no" }));
        }
    }
    if let Some(cib) = &view.cib {
        facts.insert(FactKey::Cib, Fact::Word(Text::from(cib.value.version.to_string())));
    }
}

fn pacemaker_facts(view: &View, facts: &mut BTreeMap<FactKey, Fact>) {
    let Some(status) = view.status() else { return };
    let dc = match &status.dc {
        Dc::Unknown => None,
        Dc::None => Some("none"),
        Dc::Node { name, .. } => Some(name.as_str()),
    };
    if let Some(dc) = dc {
        facts.insert(FactKey::Dc, Fact::word(dc));
    }
    if let Some(on) = status.options.maintenance_mode {
        facts.insert(FactKey::Maintenance, Fact::word(if on { "on" } else { "off" }));
    }
    for member in &status.members {
        facts.insert(FactKey::Node(member.name.clone()), Fact::word(member.state().word()));
    }
    for item in &status.resources {
        item.each_primitive(&mut |primitive| place(primitive, facts));
        // An instance of a group inside a clone is told by its members.
        if let Item::Group(group) = item
            && group.members.is_empty()
        {
            facts.insert(FactKey::Resource(group.id.clone()), Fact::Places(BTreeSet::new()));
        }
    }
    for failure in &status.failures {
        let words = failure.reason.as_ref().filter(|reason| !reason.is_empty()).or(failure.code_words.as_ref());
        let task = failure.task.as_deref().unwrap_or("operation");
        let status_word = failure.status.as_deref().filter(|status| *status != "complete");
        let why = status_word.or(words.map(Text::as_str)).unwrap_or("failed");
        let code = failure.code.map_or_else(String::new, |code| format!(" rc {code}"));
        let key = FactKey::Failure(failure.resource.clone(), failure.node.clone());
        facts.insert(key, Fact::Word(Text::from(format!("{task} failed{code}: {why}"))));
    }
    // The history is told newest first: the first word on each target is the last.
    for event in status.fencing.iter().flatten().rev() {
        let done = match &event.status {
            super::FenceStatus::Pending => "pending".to_owned(),
            super::FenceStatus::Success => {
                event.delegate.as_ref().map_or_else(|| "done".to_owned(), |by| format!("done by {by}"))
            }
            super::FenceStatus::Failed => {
                event.reason.as_ref().map_or_else(|| "failed".to_owned(), |why| format!("failed: {why}"))
            }
            super::FenceStatus::Other(word) => word.to_string(),
        };
        let words = format!("{} {done}", event.action);
        facts.insert(FactKey::Fencing(event.target.clone()), Fact::Word(Text::from(words)));
    }
}

fn place(primitive: &Primitive, facts: &mut BTreeMap<FactKey, Fact>) {
    let fact = facts.entry(FactKey::Resource(primitive.id.clone())).or_insert_with(|| Fact::Places(BTreeSet::new()));
    if let Fact::Places(places) = fact {
        places.extend(primitive.on.iter().map(|node| (node.clone(), primitive.role.clone())));
    }
}

fn link_facts(view: &View, me: &NodeName, facts: &mut BTreeMap<FactKey, Fact>) {
    let Some(links) = &view.links else { return };
    for link in &links.value {
        for (id, state) in &link.peers {
            let peer = name_of(view, *id);
            facts.insert(FactKey::Link(link.number, me.clone(), peer), Fact::word(state.word()));
        }
    }
}

/// The name of the node with a number, as this node knows it; the number where it does not.
pub(super) fn name_of(view: &View, id: super::NodeId) -> NodeName {
    let by_quorum = view
        .quorum
        .as_ref()
        .and_then(|said| said.value.members.iter().find(|voter| voter.id == id))
        .map(|voter| voter.name.clone());
    let by_status =
        || view.status()?.members.iter().find(|member| member.id == Some(id)).map(|member| member.name.clone());
    by_status().or(by_quorum).unwrap_or_else(|| NodeName::from(format!("node {id}").as_str()))
}

fn drbd_facts(view: &View, me: &NodeName, names: &BTreeMap<Text, NodeName>, facts: &mut BTreeMap<FactKey, Fact>) {
    let Some(drbd) = &view.drbd else { return };
    for (name, resource) in &drbd.value.resources {
        if let Some(role) = &resource.role {
            facts.insert(FactKey::DrbdRole(name.clone(), me.clone()), Fact::word(role.word()));
        }
        for (&number, volume) in &resource.volumes {
            if let Some(disk) = &volume.disk {
                facts.insert(FactKey::Disk(name.clone(), number, me.clone()), Fact::word(disk.word()));
            }
        }
        for peer in resource.peers.values() {
            let Some(host) = &peer.name else { continue };
            let other = names.get(host.as_str()).unwrap_or(host).clone();
            let linked = peer.connection == Some(ConnectionState::Connected);
            if let Some(connection) = &peer.connection {
                let key = FactKey::Connection(name.clone(), me.clone(), other.clone());
                facts.insert(key, Fact::word(connection.word()));
            }
            if let Some(role) = peer.role.as_ref().filter(|role| linked && **role != DrbdRole::Unknown) {
                facts.insert(FactKey::DrbdRole(name.clone(), other.clone()), Fact::word(role.word()));
            }
            for (&number, volume) in &peer.volumes {
                if let Some(disk) = volume.disk.as_ref().filter(|disk| linked && **disk != DiskState::DUnknown) {
                    facts.insert(FactKey::Disk(name.clone(), number, other.clone()), Fact::word(disk.word()));
                }
                if let Some(state) = &volume.replication {
                    let key = FactKey::Replication(name.clone(), number, me.clone(), other.clone());
                    facts.insert(key, Fact::word(state.word()));
                }
            }
        }
    }
}

/// All facts of all nodes side by side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Truth {
    /// The nodes that speak, in order, with how fresh they are.
    pub nodes: Vec<(NodeKey, Freshness)>,
    /// A row a fact.
    pub rows: Vec<TruthRow>,
}

/// One fact, as each node tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TruthRow {
    /// The fact.
    pub key: FactKey,
    /// What each node says, in the order of [`Truth::nodes`]; `None`: it says nothing of it.
    pub cells: Vec<Option<Fact>>,
    /// Whether nodes that are fresh contradict each other.
    pub differs: bool,
}

/// What each node holds to be true.
pub(super) type Facts = BTreeMap<NodeKey, Arc<BTreeMap<FactKey, Fact>>>;

/// Puts what the nodes hold to be true side by side.
pub fn truth(facts: &Facts, views: &BTreeMap<NodeKey, View>, now: Stamp) -> Truth {
    let nodes: Vec<_> = facts
        .keys()
        .map(|key| (key.clone(), views.get(key).map_or(Freshness::Never, |view| view.freshness(now))))
        .collect();
    let row = |key: &FactKey| TruthRow {
        key: key.clone(),
        cells: facts.values().map(|facts| facts.get(key).cloned()).collect(),
        differs: differs(key, facts, views, now),
    };
    Truth { nodes, rows: keys(facts).into_iter().map(row).collect() }
}

/// The facts that any node speaks of, in order.
fn keys(facts: &Facts) -> BTreeSet<&FactKey> {
    facts.values().flat_map(|facts| facts.keys()).collect()
}

/// Whether nodes that are fresh contradict each other on a fact.
fn differs(key: &FactKey, facts: &Facts, views: &BTreeMap<NodeKey, View>, now: Stamp) -> bool {
    let is_fresh = |node: &NodeKey| {
        let view = views.get(node);
        view.is_some_and(|view| view.feed_freshness(key.feed(), now) <= Freshness::Late)
    };
    let mut fresh = facts
        .iter()
        .filter(|(node, _)| is_fresh(node))
        .filter_map(|(_, facts)| facts.get(key))
        .filter(|fact| !fact.is_ignorance());
    let first = fresh.next();
    key.is_state() && first.is_some_and(|first| fresh.any(|fact| fact != first))
}

/// The facts on which nodes that are fresh contradict each other.
pub(super) fn differing(facts: &Facts, views: &BTreeMap<NodeKey, View>, now: Stamp) -> Vec<FactKey> {
    keys(facts).into_iter().filter(|key| differs(key, facts, views, now)).cloned().collect()
}
