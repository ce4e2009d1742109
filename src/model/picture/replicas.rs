//! Replication as one picture: each copy by its own node's word, each connection by both ends'.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    ConnectionState, DiskState, DrbdName, DrbdResource, DrbdRole, Feed, Freshness, Member, NodeKind, NodeName, Peer,
    Replication, Text, View,
};
use crate::wire::{NodeKey, Stamp};

/// A replicated resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica {
    /// Its name in DRBD.
    pub name: DrbdName,
    /// Its volumes, by number.
    pub volumes: Vec<ReplicaVolume>,
    /// The connections between its nodes.
    pub ties: Vec<Tie>,
    /// Roles by node.
    pub roles: BTreeMap<NodeName, DrbdRole>,
    /// Nodes on which I/O is suspended, and why.
    pub suspended: BTreeMap<NodeName, Vec<Text>>,
}

/// A volume of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaVolume {
    /// Its number.
    pub number: u32,
    /// Its size in KiB, the largest told.
    pub size_kib: Option<u64>,
    /// Its copies, by node.
    pub copies: Vec<Copy>,
    /// Resyncs and verifies that run.
    pub syncs: Vec<Sync>,
}

/// One node's copy of a volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Where.
    pub node: NodeName,
    /// Its state; `None`: nobody (fresh) can say.
    pub disk: Option<DiskState>,
    /// Whether the node itself says so; else a peer does, or nobody.
    pub own_word: bool,
    /// Whether it is meant to have no disk.
    pub client: bool,
}

/// Data that flows, or is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sync {
    /// From where.
    pub source: NodeName,
    /// To where.
    pub target: NodeName,
    /// The state, by the word of the witness.
    pub state: Replication,
    /// Who says it: the target where it speaks, since it knows best when it is whole.
    pub witness: NodeName,
    /// Whether data is compared only.
    pub verify: bool,
    /// Hundredths of a percent, 0 to 10000; `None`: not told.
    pub done: Option<u16>,
    /// Left to do, in KiB.
    pub left_kib: Option<u64>,
    /// Rate in KiB/s: DRBD's own, or measured by hatui where it tells none.
    pub rate_kib_s: Option<u64>,
    /// Seconds to the end: DRBD's own, or by the rate.
    pub eta_s: Option<u64>,
    /// Who holds it back; empty: nobody.
    pub held_back: Vec<Text>,
    /// Since when it has not moved.
    pub still_since: Option<Stamp>,
}

/// A connection with both ends' words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// One end, the first by name.
    pub a: NodeName,
    /// The other.
    pub b: NodeName,
    /// What the first end says; `None`: nothing (fresh).
    pub a_says: Option<ConnectionState>,
    /// What the other says.
    pub b_says: Option<ConnectionState>,
}

impl Tie {
    /// The worse of the two ends' words.
    pub fn state(&self) -> Option<&ConnectionState> {
        [&self.a_says, &self.b_says].into_iter().flatten().min()
    }

    /// Whether one of the ends has given up.
    pub fn given_up(&self) -> bool {
        [&self.a_says, &self.b_says].into_iter().flatten().any(|state| *state == ConnectionState::StandAlone)
    }

    /// Whether this looks like a split brain: both ends gave up, or one did while the other tries.
    pub fn looks_split(&self) -> bool {
        let (Some(a), Some(b)) = (&self.a_says, &self.b_says) else { return false };
        let alone = |state: &ConnectionState| *state == ConnectionState::StandAlone;
        let trying = |state: &ConnectionState| *state == ConnectionState::Connecting;
        (alone(a) && (alone(b) || trying(b))) || (alone(b) && trying(a))
    }
}

impl ReplicaVolume {
    /// How many copies are up to date.
    pub fn up_to_date(&self) -> usize {
        self.copies.iter().filter(|copy| copy.disk == Some(DiskState::UpToDate)).count()
    }

    /// How many copies there should be: those that are not meant to be diskless.
    pub fn wanted(&self) -> usize {
        self.copies.iter().filter(|copy| !copy.client).count()
    }
}

/// Everything the nodes say of one resource.
struct Said<'a> {
    me: &'a NodeName,
    resource: &'a DrbdResource,
    view: &'a View,
}

/// Puts the replication together.
pub(super) fn replicas(views: &BTreeMap<NodeKey, View>, now: Stamp) -> Vec<Replica> {
    let hosts = host_names(views);
    let mut by_name: BTreeMap<&DrbdName, Vec<Said<'_>>> = BTreeMap::new();
    for view in views.values().filter(|view| view.feed_freshness(Feed::Drbd, now) <= Freshness::Late) {
        let (Some(me), Some(drbd)) = (view.name(), &view.drbd) else { continue };
        for (name, resource) in &drbd.value.resources {
            by_name.entry(name).or_default().push(Said { me, resource, view });
        }
    }
    by_name
        .into_iter()
        .map(|(name, said)| {
            let known = Known { hosts: &hosts, holders: holders(views, name) };
            replica(name, &said, &known)
        })
        .collect()
}

/// What helps to name a peer.
struct Known<'a> {
    /// The cluster's names of hosts.
    hosts: &'a BTreeMap<Text, NodeName>,
    /// The nodes that have the resource.
    holders: BTreeSet<NodeName>,
}

/// The nodes that have a resource: those that tell or told of it; of a cluster of two, both.
fn holders(views: &BTreeMap<NodeKey, View>, name: &DrbdName) -> BTreeSet<NodeName> {
    let tells = |view: &&View| view.drbd.as_ref().is_some_and(|said| said.value.resources.contains_key(name));
    let mut holders: BTreeSet<NodeName> =
        views.values().filter(tells).filter_map(|view| view.name().cloned()).collect();
    if holders.len() < 2 {
        let members = views.values().filter_map(View::status).map(|status| {
            let full = |member: &&Member| matches!(member.kind, NodeKind::Member | NodeKind::Other(_));
            status.members.iter().filter(full).map(|member| member.name.clone()).collect::<BTreeSet<_>>()
        });
        if let Some(pair) = members.max_by_key(BTreeSet::len).filter(|members| members.len() == 2) {
            holders.extend(pair);
        }
    }
    holders
}

/// The cluster's names of hosts: DRBD speaks of hosts, Pacemaker of nodes.
pub(in crate::model) fn host_names(views: &BTreeMap<NodeKey, View>) -> BTreeMap<Text, NodeName> {
    views.values().filter_map(|view| Some((view.identity.as_ref()?.host.clone(), view.name()?.clone()))).collect()
}

/// The cluster's name of a peer. DRBD 8.4 tells none: of two nodes that have the resource it is the other. A peer that
/// cannot be named is called `peer`, since a copy that nobody can name is a copy all the same.
fn peer_name(peer: &Peer, me: &NodeName, known: &Known<'_>) -> NodeName {
    if let Some(name) = &peer.name {
        return known.hosts.get(name.as_str()).unwrap_or(name).clone();
    }
    let mut others = known.holders.iter().filter(|other| *other != me);
    match (others.next(), others.next()) {
        (Some(other), None) => other.clone(),
        _ => NodeName::new("peer"),
    }
}

fn replica(name: &DrbdName, said: &[Said<'_>], known: &Known<'_>) -> Replica {
    let mut roles = BTreeMap::new();
    let mut suspended = BTreeMap::new();
    let mut ties: BTreeMap<(NodeName, NodeName), Tie> = BTreeMap::new();
    let mut volumes: BTreeMap<u32, ReplicaVolume> = BTreeMap::new();
    let volume = |volumes: &mut BTreeMap<u32, ReplicaVolume>, number: u32| {
        volumes.entry(number).or_insert(ReplicaVolume {
            number,
            size_kib: None,
            copies: Vec::new(),
            syncs: Vec::new(),
        });
    };
    for Said { me, resource, .. } in said {
        if let Some(role) = &resource.role {
            roles.insert((*me).clone(), role.clone());
        }
        if let Some(why) = resource.suspended.as_ref().filter(|why| !why.is_empty()) {
            suspended.insert((*me).clone(), why.clone());
        }
        for (&number, own) in &resource.volumes {
            volume(&mut volumes, number);
            let Some(row) = volumes.get_mut(&number) else { continue };
            row.size_kib = row.size_kib.max(own.size_kib);
            let client = own.client == Some(true);
            row.copies.push(Copy { node: (*me).clone(), disk: own.disk.clone(), own_word: true, client });
        }
    }
    let speakers: BTreeSet<&NodeName> = said.iter().map(|said| said.me).collect();
    for Said { me, resource, view } in said {
        for (&id, peer) in &resource.peers {
            let other = peer_name(peer, me, known);
            let first = **me < other;
            let (a, b) = if first { ((*me).clone(), other.clone()) } else { (other.clone(), (*me).clone()) };
            let tie = ties.entry((a.clone(), b.clone())).or_insert(Tie { a, b, a_says: None, b_says: None });
            let says = if first { &mut tie.a_says } else { &mut tie.b_says };
            says.clone_from(&peer.connection);
            if !speakers.contains(&other)
                && let Some(role) = &peer.role
            {
                roles.insert(other.clone(), role.clone());
            }
            for (&number, peer_volume) in &peer.volumes {
                volume(&mut volumes, number);
                let Some(row) = volumes.get_mut(&number) else { continue };
                let disk = peer_volume.disk.clone().filter(|disk| *disk != DiskState::DUnknown);
                match row.copies.iter_mut().find(|copy| copy.node == other) {
                    None => row.copies.push(Copy {
                        node: other.clone(),
                        disk,
                        own_word: false,
                        client: peer_volume.client == Some(true),
                    }),
                    Some(copy) if !copy.own_word && copy.disk.is_none() => copy.disk = disk,
                    Some(_) => {}
                }
                let course = view.resyncs.get(&(name.clone(), id, number));
                let running = peer_volume.replication.as_ref().filter(|state| state.is_resync() || state.is_verify());
                let Some(state) = running else { continue };
                let is_source = state.is_source() || *state == Replication::VerifyS;
                let (source, target) =
                    if is_source { ((*me).clone(), other.clone()) } else { (other.clone(), (*me).clone()) };
                let left_kib = peer_volume.out_of_sync_kib;
                let rate_kib_s = peer_volume.rate_kib_s.or_else(|| course?.rate_kib_s());
                let by_rate = || Some(left_kib? / rate_kib_s.filter(|rate| *rate > 0)?);
                let done = peer_volume.done.or_else(|| done_of(left_kib?, row.size_kib?));
                let sync = Sync {
                    witness: (*me).clone(),
                    verify: state.is_verify(),
                    state: state.clone(),
                    done,
                    left_kib,
                    rate_kib_s,
                    eta_s: peer_volume.eta_s.or_else(by_rate).filter(|_| !state.is_paused()),
                    held_back: peer_volume.resync_suspended.clone().unwrap_or_default(),
                    still_since: course.map(|course| course.still_since),
                    source,
                    target,
                };
                // One row a pair: the target's word replaces the source's.
                let known =
                    row.syncs.iter_mut().find(|known| known.source == sync.source && known.target == sync.target);
                match known {
                    Some(known) if sync.witness == sync.target => *known = sync,
                    Some(_) => {}
                    None => row.syncs.push(sync),
                }
            }
        }
    }
    let mut volumes: Vec<_> = volumes.into_values().collect();
    for row in &mut volumes {
        row.copies.sort_by(|a, b| a.node.cmp(&b.node));
    }
    Replica { name: name.clone(), volumes, ties: ties.into_values().collect(), roles, suspended }
}

/// Progress in hundredths of a percent where DRBD tells none (8.4): what is in sync of the whole.
fn done_of(left_kib: u64, size_kib: u64) -> Option<u16> {
    let part = left_kib.min(size_kib).saturating_mul(10_000).checked_div(size_kib)?;
    u16::try_from(10_000_u64.saturating_sub(part)).ok()
}
