//! The cluster as one picture, put together from what each node says; every part keeps its witness.

use core::cmp::Reverse;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{
    CibVersion, Contact, Dc, DrbdMode, Feed, Freshness, Latency, LinkState, Member, NodeId, NodeName, NodeState,
    PacemakerStatus, QuorumStatus, RingId, Text, Trouble, View,
};
use crate::wire::{NodeKey, Stamp};

mod replicas;

pub(super) use replicas::host_names;
pub use replicas::{Copy, Replica as ReplicaSet, ReplicaVolume, Sync, Tie};

/// The picture of a cluster at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picture {
    /// The partitions, the one that is shown as *the* cluster first. One, when all is well.
    pub partitions: Vec<Partition>,
    /// Whose Pacemaker status is shown, and how fresh it is; `None`: nobody told one.
    pub witness: Option<(NodeKey, Freshness)>,
    /// That status.
    pub status: Option<Arc<PacemakerStatus>>,
    /// The quorum as told in the partition that is shown.
    pub quorum: Option<QuorumStatus>,
    /// The nodes, by name.
    pub nodes: Vec<NodeRow>,
    /// The links, by number and pair of nodes.
    pub links: Vec<LinkRow>,
    /// Replication, by resource.
    pub replicas: Vec<ReplicaSet>,
}

/// Nodes that see each other, as their rings tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// The ring they share; `None`: of nodes that do not tell.
    pub ring: Option<RingId>,
    /// The nodes that said so.
    pub speakers: Vec<NodeKey>,
    /// The members the ring holds.
    pub members: BTreeSet<NodeName>,
    /// Whether it has quorum.
    pub quorate: Option<bool>,
    /// Its DC.
    pub dc: Option<NodeName>,
    /// The newest CIB version told in it.
    pub cib: Option<CibVersion>,
}

/// A node, as the cluster and as hatui see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeRow {
    /// The cluster's name of it; the host's name while that is not known.
    pub name: NodeName,
    /// How hatui addresses it; `None`: it was not named and is not watched.
    pub key: Option<NodeKey>,
    /// Its number in Corosync.
    pub id: Option<NodeId>,
    /// What the witness says of it; `None`: nothing.
    pub member: Option<Member>,
    /// Its state, by the witness.
    pub state: NodeState,
    /// Whether it is the DC of the partition that is shown.
    pub is_dc: bool,
    /// How many resource instances run there, by the witness.
    pub running: Option<u32>,
    /// How hatui sees it.
    pub sight: Sight,
    /// Its partition, as an index into [`Picture::partitions`]; `None`: it does not tell.
    pub partition: Option<usize>,
}

/// How hatui sees a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// It was not named: nobody looks there.
    NotWatched,
    /// A remote or guest node: it has no feeds of its own.
    ModelOnly,
    /// The first connection is being made, or no feed spoke yet; since then.
    Connecting(Stamp),
    /// It speaks; last heard then.
    Speaking(Freshness, Stamp),
    /// It said no.
    Refused(Trouble),
    /// The connection is gone; last heard then, next attempt then.
    Lost {
        /// Why.
        trouble: Trouble,
        /// When it was last heard; `None`: never.
        heard: Option<Stamp>,
        /// When the next attempt comes.
        retry_at: Stamp,
    },
}

impl Sight {
    /// Whether what the node says can be taken for what is.
    pub fn is_fresh(&self) -> bool {
        matches!(self, Self::Speaking(Freshness::Live | Freshness::Late, _))
    }
}

/// A link between two nodes, with both ends' words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    /// Its number, from 0.
    pub number: u32,
    /// One end, the first by name.
    pub a: NodeName,
    /// The other end.
    pub b: NodeName,
    /// What the first end says; `None`: nothing (fresh).
    pub a_says: Option<LinkState>,
    /// What the other end says.
    pub b_says: Option<LinkState>,
    /// The latency, from the first end that measures one.
    pub latency: Option<Latency>,
    /// Averages seen, oldest first, in microseconds.
    pub trail: Vec<u32>,
    /// The addresses of the two ends, where told.
    pub addresses: (Option<Text>, Option<Text>),
}

impl LinkRow {
    /// The worse of what the two ends say.
    pub fn state(&self) -> Option<&LinkState> {
        [&self.a_says, &self.b_says].into_iter().flatten().max_by_key(|state| u8::from(**state != LinkState::Connected))
    }

    /// Whether the two ends contradict each other.
    pub fn disputed(&self) -> bool {
        matches!((&self.a_says, &self.b_says), (Some(a), Some(b)) if a != b)
    }
}

impl Picture {
    /// The node with a name.
    pub fn node(&self, name: &NodeName) -> Option<&NodeRow> {
        self.nodes.iter().find(|row| row.name == *name)
    }

    /// Whether the rings of fresh nodes differ: the cluster is split, or about to come together.
    pub fn is_partitioned(&self) -> bool {
        self.partitions.iter().filter(|partition| partition.ring.is_some()).count() > 1
    }

    /// Whether a node that is to be watched has not said anything yet.
    pub fn awaits_first_word(&self) -> bool {
        self.nodes.iter().any(|row| matches!(row.sight, Sight::Connecting(_)))
    }

    /// Puts the picture together at `now`; `shown` is the witness of the picture before.
    pub fn of(views: &BTreeMap<NodeKey, View>, shown: Option<&NodeKey>, now: Stamp) -> Self {
        let mut partitions = partitions(views, now);
        let witness = witness(views, shown, now);
        let ring_of = |key: &NodeKey| partitions.iter().position(|partition| partition.speakers.contains(key));
        if let Some(at) = witness.as_ref().and_then(ring_of) {
            let shown = partitions.remove(at);
            partitions.insert(0, shown);
        }
        let view = witness.as_ref().and_then(|key| views.get(key));
        let status = view.and_then(View::status).cloned();
        let quorum = quorum(views, partitions.first(), now);
        let nodes = nodes(views, status.as_deref(), &partitions, now);
        let links = links(views, now);
        let replicas = replicas::replicas(views, now);
        let witness = witness.map(|key| {
            let freshness = views.get(&key).map_or(Freshness::Never, |view| view.feed_freshness(Feed::Pacemaker, now));
            (key, freshness)
        });
        Self { partitions, witness, status, quorum, nodes, links, replicas }
    }
}

/// Whether what a view says can be taken for what is.
fn is_fresh(view: &View, feed: Feed, now: Stamp) -> bool {
    view.feed_freshness(feed, now) <= Freshness::Late
}

fn partitions(views: &BTreeMap<NodeKey, View>, now: Stamp) -> Vec<Partition> {
    let mut partitions: Vec<Partition> = Vec::new();
    for (key, view) in views.iter().filter(|(_, view)| is_fresh(view, Feed::Corosync, now)) {
        let Some(quorum) = view.quorum.as_ref().map(|said| &said.value) else { continue };
        let Some(ring) = &quorum.ring else { continue };
        let members = quorum.members.iter().map(|voter| voter.name.clone());
        let dc = view.status().and_then(|status| status.dc.name().cloned());
        let cib = view.cib.as_ref().map(|said| said.value.version);
        if let Some(known) = partitions.iter_mut().find(|partition| partition.ring.as_ref() == Some(ring)) {
            known.speakers.push(key.clone());
            known.members.extend(members);
            known.dc = known.dc.take().or(dc);
            known.cib = known.cib.max(cib);
        } else {
            partitions.push(Partition {
                ring: Some(ring.clone()),
                speakers: vec![key.clone()],
                members: members.collect(),
                quorate: quorum.quorate,
                dc,
                cib,
            });
        }
    }
    partitions.sort_by_key(|partition| (partition.quorate != Some(true), Reverse(partition.members.len())));
    partitions
}

/// How long a document that differs is news.
const NEWS: Duration = Duration::from_secs(2);
/// How much later than the DC's its look must have begun to be news beside it: one that began sooner tells what the DC
/// told, or what it had not yet been told itself.
const ECHO: Duration = Duration::from_millis(100);

/// What decides between two witnesses, the first thing first.
type Weight = (bool, bool, Option<Stamp>, Option<Stamp>, bool, Option<CibVersion>, Reverse<NodeKey>);

/// The node whose word on the cluster is taken: fresh before stale, with quorum before without, news before the DC,
/// the DC before others, the newer CIB before the older; then by name, so that it does not change without need.
///
/// News is a document that another node sent while the DC's is still the old one: nobody waits for a DC that is
/// slow, or dead and not yet known to be. It must not be of an older CIB, and ends after two seconds: a lasting
/// difference is a disagreement, in which the DC is right. What is shown is never followed by what was seen before it:
/// looks are put in order by when they began, not by when their documents came.
fn witness(views: &BTreeMap<NodeKey, View>, shown: Option<&NodeKey>, now: Stamp) -> Option<NodeKey> {
    let is_dc = |view: &View| {
        let dc = view.status().and_then(|status| status.dc.name());
        dc.is_some() && dc == view.name()
    };
    let cib = |view: &View| view.cib.as_ref().map(|said| said.value.version);
    let since = |view: &View| view.pacemaker.as_ref().map(|said| said.since);
    let has_quorum = |view: &View| match view.status().map(|status| &status.dc) {
        Some(Dc::Node { with_quorum, .. }) => *with_quorum == Some(true),
        // While a DC is elected, Corosync's word stands.
        Some(Dc::None) => view.quorum.as_ref().is_some_and(|said| said.value.quorate == Some(true)),
        Some(Dc::Unknown) | None => false,
    };
    let dc = views.values().filter(|view| is_fresh(view, Feed::Pacemaker, now) && is_dc(view)).max_by_key(|v| cib(v));
    let news = |key: &NodeKey, view: &View| {
        let (dc, came) = (dc.filter(|_| !is_dc(view))?, since(view)?);
        let (began, dc_began) = (view.looked?, dc.looked?);
        // The header that belongs to what is shown may still be on its way.
        let later =
            if shown == Some(key) { began >= dc_began } else { began >= dc_began + ECHO && cib(view) >= cib(dc) };
        (later && now.since(came) < NEWS).then_some(began)
    };
    let weight = |key: &NodeKey, view: &View| -> Weight {
        let fresh = is_fresh(view, Feed::Pacemaker, now);
        let stale_rank = if fresh { None } else { view.heard.get(&Feed::Pacemaker).copied() };
        let quorate = has_quorum(view);
        (fresh, quorate, stale_rank, news(key, view).filter(|_| fresh), is_dc(view), cib(view), Reverse(key.clone()))
    };
    let tell = views.iter().filter(|(_, view)| view.status().is_some());
    tell.max_by_key(|(key, view)| weight(key, view)).map(|(key, _)| key.clone())
}

fn quorum(views: &BTreeMap<NodeKey, View>, partition: Option<&Partition>, now: Stamp) -> Option<QuorumStatus> {
    let speaker = partition.and_then(|partition| partition.speakers.first());
    let newest = || {
        let stale = views.values().filter(|view| view.quorum.is_some());
        stale.max_by_key(|view| (is_fresh(view, Feed::Corosync, now), view.heard.get(&Feed::Corosync).copied()))
    };
    let view = speaker.and_then(|key| views.get(key)).or_else(newest)?;
    view.quorum.as_ref().map(|said| said.value.clone())
}

fn sight(view: &View, now: Stamp) -> Sight {
    let heard = view.last_heard();
    match &view.contact.value {
        Contact::NotWatched => Sight::NotWatched,
        Contact::Refused(trouble) => Sight::Refused(trouble.clone()),
        Contact::Lost { trouble, retry_at } => Sight::Lost { trouble: trouble.clone(), heard, retry_at: *retry_at },
        Contact::Connecting | Contact::Connected => match heard {
            Some(heard) => Sight::Speaking(Freshness::of(Some(heard), now), heard),
            None => Sight::Connecting(view.contact.since),
        },
    }
}

fn nodes(
    views: &BTreeMap<NodeKey, View>,
    status: Option<&PacemakerStatus>,
    partitions: &[Partition],
    now: Stamp,
) -> Vec<NodeRow> {
    let named: BTreeMap<&NodeName, &NodeKey> =
        views.iter().filter_map(|(key, view)| Some((view.name()?, key))).collect();
    let dc = status.and_then(|status| status.dc.name());
    let mut rows: Vec<NodeRow> = Vec::new();
    for member in status.iter().flat_map(|status| &status.members) {
        let key = named.get(&member.name).copied().or_else(|| {
            // A node that has not yet told its name is known by its host name, if that is the same.
            views.keys().find(|key| key.as_str() == member.name.as_str())
        });
        let view = key.and_then(|key| views.get(key));
        let has_feeds = matches!(member.kind, super::NodeKind::Member | super::NodeKind::Other(_));
        let unwatched = if has_feeds { Sight::NotWatched } else { Sight::ModelOnly };
        rows.push(NodeRow {
            name: member.name.clone(),
            key: key.cloned(),
            id: member.id,
            state: member.state(),
            is_dc: dc == Some(&member.name),
            running: member.resources_running,
            member: Some(member.clone()),
            sight: view.map_or(unwatched, |view| sight(view, now)),
            partition: key.and_then(|key| partitions.iter().position(|partition| partition.speakers.contains(key))),
        });
    }
    for (key, view) in views {
        if rows.iter().any(|row| row.key.as_ref() == Some(key)) {
            continue;
        }
        rows.push(NodeRow {
            name: view.name().cloned().unwrap_or_else(|| NodeName::new(key.as_str())),
            key: Some(key.clone()),
            id: view.quorum.as_ref().and_then(|said| said.value.local),
            member: None,
            state: NodeState::Unknown,
            is_dc: false,
            running: None,
            sight: sight(view, now),
            partition: partitions.iter().position(|partition| partition.speakers.contains(key)),
        });
    }
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    rows
}

fn links(views: &BTreeMap<NodeKey, View>, now: Stamp) -> Vec<LinkRow> {
    let mut rows: BTreeMap<(u32, NodeName, NodeName), LinkRow> = BTreeMap::new();
    for view in views.values().filter(|view| is_fresh(view, Feed::Corosync, now)) {
        let (Some(me), Some(links)) = (view.name(), &view.links) else { continue };
        for link in &links.value {
            for (id, state) in &link.peers {
                let peer = super::facts::name_of(view, *id);
                let first = *me < peer;
                let (a, b) = if first { (me.clone(), peer) } else { (peer, me.clone()) };
                let row = rows.entry((link.number, a.clone(), b.clone())).or_insert_with(|| LinkRow {
                    number: link.number,
                    a,
                    b,
                    a_says: None,
                    b_says: None,
                    latency: None,
                    trail: Vec::new(),
                    addresses: (None, None),
                });
                let (says, address) = if first {
                    (&mut row.a_says, &mut row.addresses.0)
                } else {
                    (&mut row.b_says, &mut row.addresses.1)
                };
                *says = Some(state.clone());
                address.clone_from(&link.address);
                let measured = view.latency.as_ref().and_then(|said| said.value.get(&(*id, link.number)));
                if row.latency.is_none_or(|latency| latency.average_us.is_none())
                    && let Some(measured) = measured
                {
                    row.latency = Some(*measured);
                    row.trail = view.latency_trail.get(&(*id, link.number)).cloned().unwrap_or_default();
                }
            }
        }
    }
    rows.into_values().collect()
}

/// Whether any node has DRBD, as far as known.
pub fn has_drbd(views: &BTreeMap<NodeKey, View>) -> bool {
    views.values().any(|view| !matches!(view.drbd_mode, None | Some(DrbdMode::Absent)))
}
