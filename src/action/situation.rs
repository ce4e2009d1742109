//! What a plan is made for: the cluster as it is known now, and the questions that plans ask of it.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Cluster, ConnectionState, Copy, Count, Dc, DiskState, DrbdName, DrbdRole, Fact, FactKey, Feed, FenceEvent,
    FenceStatus, Freshness, Item, Location, Member, NodeKind, NodeName, NodeState, PacemakerStatus, Primitive,
    ReplicaSet, ResourceId, Role, Score, Sync, Text, Tie, View, places_of,
};
use crate::wire::{NodeKey, Stamp};

/// The cluster at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// What is known.
    pub cluster: &'a Cluster,
    /// When.
    pub now: Stamp,
}

/// A resource as it is found in the tree.
#[derive(Debug, Clone)]
pub(super) struct Found<'a> {
    /// What stands at the root: what constraints and meta attributes are put on.
    pub(super) root: &'a Item,
    /// The primitive, if it is one below the root, or the root itself.
    pub(super) member: Option<&'a Primitive>,
    /// All that is meant: of a root everything in it, of a member of a group that alone, of what is cloned every copy.
    parts: Vec<&'a Primitive>,
}

impl<'a> Found<'a> {
    /// The primitives of the root.
    pub(super) fn primitives(&self) -> Vec<&'a Primitive> {
        primitives_of(self.root)
    }

    /// The primitives that are meant: all of a root's, of a member of a group that one alone.
    pub(super) fn parts(&self) -> &[&'a Primitive] {
        &self.parts
    }

    /// Whether the root has a promoted role.
    pub(super) fn is_promotable(&self) -> bool {
        matches!(self.root, Item::Clone(set) if set.promotable)
    }

    /// Whether it is a clone without roles.
    pub(super) fn is_plain_clone(&self) -> bool {
        matches!(self.root, Item::Clone(set) if !set.promotable)
    }

    /// Where it serves: of a promotable its promoted copies, else all that is active.
    pub(super) fn serves_on(&self) -> BTreeSet<NodeName> {
        let promotable = self.is_promotable();
        let active = self.parts.iter().filter(|primitive| !promotable || primitive.role == Role::Promoted);
        active.flat_map(|primitive| primitive.on.iter().cloned()).collect()
    }

    /// Where any part of it is.
    pub(super) fn runs_on(&self) -> BTreeSet<NodeName> {
        self.parts.iter().flat_map(|primitive| primitive.on.iter().cloned()).collect()
    }

    /// The parts that are to run: in a group, what stands behind a member that is told to stop does not.
    pub(super) fn wanted(&self) -> Vec<&'a Primitive> {
        let told_to_run = |primitive: &&&Primitive| primitive.target != Some(Role::Stopped);
        match self.root {
            Item::Group(_) => self.parts.iter().take_while(told_to_run).copied().collect(),
            _ => self.parts.iter().filter(told_to_run).copied().collect(),
        }
    }
}

/// Something that still runs on a node which is to be idle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Still<'a> {
    /// Which resource.
    pub id: &'a ResourceId,
    /// Why it may stay there; `None`: it is on its way.
    pub why: Option<&'static str>,
    /// Whether the cluster manages it.
    pub managed: bool,
}

impl<'a> Situation<'a> {
    /// What the witness's Pacemaker says; possibly old.
    pub(super) fn status(&self) -> Option<&'a PacemakerStatus> {
        self.cluster.picture().status.as_deref()
    }

    /// Whether what is shown of Pacemaker is of now.
    pub(super) fn is_fresh(&self) -> bool {
        self.cluster.picture().witness.as_ref().is_some_and(|(_, freshness)| *freshness <= Freshness::Late)
    }

    /// A node as Pacemaker tells it; `None`: there is no such node.
    pub(super) fn member(&self, node: &NodeName) -> Option<&'a Member> {
        self.status()?.members.iter().find(|member| member.name == *node)
    }

    /// The state of a node; `None`: there is no such node.
    pub(super) fn state(&self, node: &NodeName) -> Option<NodeState> {
        self.member(node).map(Member::state)
    }

    /// All nodes, in order.
    pub(super) fn nodes(&self) -> Vec<&'a NodeName> {
        self.status().into_iter().flat_map(|status| &status.members).map(|member| &member.name).collect()
    }

    /// The nodes that can run resources now.
    pub(super) fn able(&self) -> Vec<&'a NodeName> {
        let members = self.status().into_iter().flat_map(|status| &status.members);
        let able = members.filter(|member| member.state() == NodeState::Online && member.shutdown != Some(true));
        able.map(|member| &member.name).collect()
    }

    /// The nodes that the cluster waits for: UNCLEAN ones, whose resources it leaves alone until they are fenced.
    pub(super) fn unclean(&self) -> Vec<&'a NodeName> {
        let members = self.status().into_iter().flat_map(|status| &status.members);
        members.filter(|member| member.state().is_unclean()).map(|member| &member.name).collect()
    }

    /// The nodes whose fencing is on its way.
    pub(super) fn being_fenced(&self) -> Vec<&'a NodeName> {
        let events = self.status().and_then(|status| status.fencing.as_ref()).into_iter().flatten();
        events.filter(|event| event.status == FenceStatus::Pending).map(|event| &event.target).collect()
    }

    /// Whether the partition that is shown has quorum; `None`: not known.
    pub(super) fn has_quorum(&self) -> Option<bool> {
        let corosync = self.cluster.picture().partitions.first().and_then(|partition| partition.quorate);
        corosync.or_else(|| match &self.status()?.dc {
            Dc::Node { with_quorum, .. } => *with_quorum,
            Dc::Unknown | Dc::None => None,
        })
    }

    /// Whether quorum would be lost if one more voter went; `None`: not known.
    pub(super) fn quorum_hangs_on_one(&self) -> Option<bool> {
        let quorum = self.cluster.picture().quorum.as_ref()?;
        let (total, needed) = (quorum.total_votes?, quorum.quorum?);
        // With two_node one vote is enough, whoever has it.
        Some(total.saturating_sub(1) < needed)
    }

    /// A resource by its id: a root, a member of a group, or a primitive or group within a clone.
    pub(super) fn find(&self, id: &ResourceId) -> Option<Found<'a>> {
        let roots = &self.status()?.resources;
        if let Some(root) = roots.iter().find(|root| root.id() == id) {
            let member = if let Item::Primitive(primitive) = root { Some(primitive) } else { None };
            return Some(Found { root, member, parts: primitives_of(root) });
        }
        roots.iter().find_map(|root| {
            let mut parts = primitives_of(root);
            parts.retain(|primitive| primitive.id == *id);
            let member = parts.first().copied();
            if member.is_some() {
                return Some(Found { root, member, parts });
            }
            // A group within a clone has an id of its own too.
            let Item::Clone(set) = root else { return None };
            let inner: Vec<&Item> = set.instances.iter().filter(|instance| instance.id() == id).collect();
            let parts = inner.iter().flat_map(|instance| primitives_of(instance)).collect();
            (!inner.is_empty()).then_some(Found { root, member: None, parts })
        })
    }

    /// The node that is asked to do things: its feed is live, it is in the partition with quorum, as far as is known, and it is
    /// none of `not`.
    pub(super) fn asked(&self, not: &[&NodeName]) -> Option<(NodeKey, NodeName)> {
        // The partition that is shown: what is asked of another would be another cluster's answer. Until a node tells its
        // ring it may be of any; then its own word on quorum has to do.
        let partitions = &self.cluster.picture().partitions;
        let quorum = partitions.first().is_some_and(|shown| shown.quorate == Some(true));
        let shown = partitions.first().and_then(|partition| partition.ring.as_ref());
        let rank = |view: &View| {
            let status = view.status()?;
            let name = view.name()?;
            let live = view.feed_freshness(Feed::Pacemaker, self.now) == Freshness::Live;
            if !live || not.contains(&name) {
                return None;
            }
            let quorate = matches!(status.dc, Dc::Node { with_quorum: Some(true), .. });
            let ring = view.quorum.as_ref().and_then(|said| said.value.ring.as_ref());
            let within = match (ring, shown) {
                (_, None) => true,
                (Some(ring), Some(shown)) => ring == shown,
                (None, Some(_)) => false,
            };
            if quorum && !within && (ring.is_some() || !quorate) {
                return None;
            }
            let well = status.members.iter().any(|member| member.name == *name && member.state().is_up());
            Some((within, quorate, well, status.dc.name() == Some(name)))
        };
        let views = self.cluster.views().iter();
        let ranked = views.filter_map(|(key, view)| Some((rank(view)?, key, view.name()?)));
        ranked.max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(a.1))).map(|(_, key, name)| (key.clone(), name.clone()))
    }

    /// The key under which a node is reached, if it is connected.
    pub(super) fn key_of(&self, node: &NodeName) -> Option<NodeKey> {
        let row = self.cluster.picture().node(node)?;
        row.key.clone().filter(|_| row.sight.is_fresh())
    }

    /// What still runs on a node, each once, and whether the cluster would stop it there.
    pub fn still_on(&self, node: &NodeName) -> Vec<Still<'a>> {
        let mut still: Vec<Still<'a>> = Vec::new();
        for primitive in self.primitives().filter(|primitive| primitive.on.contains(node)) {
            let why = if primitive.managed == Some(false) {
                Some("not managed: the cluster leaves it there")
            } else if primitive.blocked == Some(true) {
                Some("blocked: the cluster waits until someone mends it")
            } else {
                None
            };
            if still.iter().all(|other| other.id != &primitive.id) {
                still.push(Still { id: &primitive.id, why, managed: primitive.managed != Some(false) });
            }
        }
        still
    }

    /// Whether nothing that the cluster manages runs on a node: what it does not manage stays, and is no reason to wait.
    pub fn is_idle(&self, node: &NodeName) -> bool {
        self.still_on(node).iter().all(|still| !still.managed)
    }

    /// The location constraints, where they are told.
    pub(super) fn locations(&self) -> Option<&'a [Location]> {
        let views = self.cluster.views();
        let told = |view: &'a View| view.locations.as_ref().map(|said| said.value.as_slice());
        let mut fresh = views.values().filter(|view| view.feed_freshness(Feed::Pacemaker, self.now) <= Freshness::Late);
        self.cluster.witness().and_then(told).or_else(|| fresh.find_map(told))
    }

    /// The ids of the location constraints; `None`: nobody tells them.
    pub fn location_ids(&self) -> Option<Vec<Text>> {
        Some(self.locations()?.iter().map(|location| location.id.clone()).collect())
    }

    /// Constraints that keep a resource, or any of its parts, off a node altogether: their ids, and whether they are about
    /// the promoted role only. Where the constraints are not told, what the status repeats of them.
    pub(super) fn bans(&self, found: &Found<'_>, node: &NodeName) -> Vec<(&'a Text, bool)> {
        let ids: Vec<&ResourceId> = found.primitives().into_iter().map(|primitive| &primitive.id).collect();
        let is_of = |id: &ResourceId| id == found.root.id() || ids.contains(&id);
        let promoted = |role: &Text| matches!(role.as_str(), "Promoted" | "Master");
        let Some(locations) = self.locations() else {
            let bans = self.status().into_iter().flat_map(|status| &status.bans);
            let here = bans.filter(|ban| ban.node == *node && is_of(&ban.resource));
            return here.map(|ban| (&ban.id, ban.promoted_only)).collect();
        };
        let keeps_off = |rule: &&Location| {
            rule.score == Some(Score::MinusInfinity)
                && rule.node.as_ref() == Some(node)
                && rule.resource.as_ref().is_some_and(is_of)
        };
        locations.iter().filter(keeps_off).map(|rule| (&rule.id, rule.role.as_ref().is_some_and(promoted))).collect()
    }

    /// How often a part of a resource failed on a node, if that keeps it off there.
    pub(super) fn failed_out(&self, found: &Found<'_>, node: &NodeName) -> Option<(&'a ResourceId, Count)> {
        let ids: Vec<&ResourceId> = found.parts().iter().map(|primitive| &primitive.id).collect();
        let counts = self.status().into_iter().flat_map(|status| &status.fail_counts);
        let mut out = counts.filter(|count| {
            let reached = count.count == Count::Infinity || count.threshold.is_some_and(|limit| count.count >= limit);
            count.node == *node && ids.contains(&&count.resource) && reached
        });
        out.next().map(|count| (&count.resource, count.count))
    }

    /// The word for the promoted role that the cluster's version understands: `Promoted` from 2.1 on, else `Master`.
    pub(super) fn promoted_word(&self) -> &'static str {
        let version = self.status().and_then(|status| status.version.as_ref());
        let old = version.is_some_and(|version| {
            let mut parts = version.split(['.', '-']).map(|part| part.parse::<u32>().unwrap_or(u32::MAX));
            (parts.next().unwrap_or(u32::MAX), parts.next().unwrap_or(u32::MAX)) < (2, 1)
        });
        if old { "Master" } else { "Promoted" }
    }

    /// As of when the status is that is shown: when the look began that told it.
    pub(super) fn told_at(&self) -> Stamp {
        self.cluster.witness().and_then(|view| view.looked).map_or(self.now, |looked| looked.min(self.now))
    }

    /// Now by the nodes' clocks, for what ends by them: by the one that is furthest ahead. What differs by less than
    /// half a minute is no difference.
    pub(super) fn now_on_nodes(&self) -> Stamp {
        let views = self.cluster.views().values();
        let fresh = views.filter(|view| view.feed_freshness(Feed::Corosync, self.now) <= Freshness::Late);
        let ahead = fresh.filter_map(|view| view.clock_ahead_ms).max().unwrap_or(0);
        let by = Duration::from_millis(ahead.unsigned_abs());
        match ahead {
            30_000.. => self.now + by,
            ..=-30_000 => self.now.before(by),
            _ => self.now,
        }
    }

    /// What is held to be true of these things now.
    pub(super) fn facts(&self, keys: &[FactKey]) -> BTreeMap<FactKey, Option<Fact>> {
        let held = self.cluster.held();
        keys.iter().map(|key| (key.clone(), held.get(key).map(|witnessed| witnessed.fact.clone()))).collect()
    }

    /// The keys of all that a plan about these resources relies on: the nodes, quorum, modes, and where the resources are.
    pub(super) fn keys(&self, resources: &[&ResourceId]) -> Vec<FactKey> {
        let mut keys = vec![FactKey::Quorate, FactKey::Maintenance];
        keys.extend(self.nodes().into_iter().map(|node| FactKey::Node(node.clone())));
        for id in resources {
            let parts = self.find(id).map(|found| found.primitives()).unwrap_or_default();
            keys.extend(parts.into_iter().map(|primitive| FactKey::Resource(primitive.id.clone())));
        }
        keys.extend(self.disk_keys());
        keys.sort();
        keys.dedup();
        keys
    }

    /// The keys of all copies and connections of DRBD that are known.
    pub(super) fn disk_keys(&self) -> Vec<FactKey> {
        let of_drbd =
            |key: &&FactKey| matches!(key, FactKey::Disk(..) | FactKey::DrbdRole(..) | FactKey::Connection(..));
        self.cluster.held().keys().filter(of_drbd).cloned().collect()
    }

    /// The primitive by which Pacemaker manages a DRBD resource, or may: where it cannot be told which is whose, any.
    pub(super) fn manager_of(&self, name: &DrbdName) -> Option<&'a ResourceId> {
        let managers = self.primitives().filter(|primitive| is_drbd(primitive));
        let whose = |primitive: &&Primitive| self.replica_of(primitive).is_none_or(|replica| replica.name == *name);
        managers.filter(whose).map(|primitive| &primitive.id).next()
    }

    /// All primitives, each instance once.
    pub(super) fn primitives(&self) -> impl Iterator<Item = &'a Primitive> {
        let mut all = Vec::new();
        for item in self.status().into_iter().flat_map(|status| &status.resources) {
            item.each_primitive(&mut |primitive| all.push(primitive));
        }
        all.into_iter()
    }

    /// The replicated resource that a primitive of DRBD's agent manages: by name, else if there is only one of each, else by
    /// where it is primary. `None`: it cannot be told.
    pub(super) fn replica_of(&self, primitive: &Primitive) -> Option<&'a ReplicaSet> {
        let replicas = &self.cluster.picture().replicas;
        if !is_drbd(primitive) {
            return None;
        }
        if let Some(same) = replicas.iter().find(|replica| replica.name.as_str() == primitive.id.as_str()) {
            return Some(same);
        }
        let agents: BTreeSet<&ResourceId> =
            self.primitives().filter(|other| is_drbd(other)).map(|other| &other.id).collect();
        if let ([only], 1) = (replicas.as_slice(), agents.len()) {
            return Some(only);
        }
        let promoted = self.primitives().find(|other| other.id == primitive.id && other.role == Role::Promoted);
        let node = promoted?.on.first()?;
        let mut here = replicas.iter().filter(|replica| replica.roles.get(node) == Some(&DrbdRole::Primary));
        here.next().filter(|_| here.next().is_none())
    }

    /// A replicated resource by its name.
    pub(super) fn replica(&self, name: &DrbdName) -> Option<&'a ReplicaSet> {
        self.cluster.picture().replicas.iter().find(|replica| replica.name == *name)
    }

    /// Replicated resources that hang on a node, why, and what helps: the last up-to-date copy is there, or the source of a
    /// resync, or the copy in use where the copies differ.
    pub(super) fn hangs_on(&self, node: &NodeName) -> Vec<(&'a DrbdName, String, &'static str)> {
        let mut hanging = Vec::new();
        for replica in &self.cluster.picture().replicas {
            let in_use = replica.roles.get(node) == Some(&DrbdRole::Primary);
            if in_use && is_split(replica) {
                let why = "the copies differ (split brain), and the one in use is there".to_owned();
                hanging.push((&replica.name, why, "resolve the split brain first"));
            }
            for volume in &replica.volumes {
                let good = |copy: &&Copy| copy.disk == Some(DiskState::UpToDate);
                let here = volume.copies.iter().filter(good).any(|copy| copy.node == *node);
                let others = || volume.copies.iter().filter(good).filter(|copy| copy.node != *node);
                // What is not connected to the copy in use does not get what is written to it.
                let elsewhere = others().any(|copy| !in_use || are_connected(replica, node, &copy.node));
                let source = volume.syncs.iter().find(|sync| !sync.verify && sync.source == *node);
                if let Some(sync) = source {
                    let why = format!("it is the source of a resync{}", done(sync));
                    hanging.push((&replica.name, why, "wait for the resync"));
                } else if here && !elsewhere {
                    let (why, helps) = if others().next().is_some() {
                        ("no other copy is connected to the one in use: all of them may be old", "connect them first")
                    } else {
                        ("it has the only up-to-date copy", "wait until another copy is UpToDate")
                    };
                    if hanging.last().is_none_or(|(name, ..)| *name != &replica.name) {
                        hanging.push((&replica.name, why.to_owned(), helps));
                    }
                }
            }
        }
        hanging
    }

    /// Replicated resources of which a node is just fetching its copy, with how far that is.
    pub(super) fn fetches(&self, node: &NodeName) -> Vec<(&'a DrbdName, String)> {
        let of = |replica: &'a ReplicaSet| {
            let syncs = replica.volumes.iter().flat_map(|volume| &volume.syncs);
            let mut to = syncs.filter(|sync| !sync.verify && sync.target == *node);
            to.next().map(|sync| (&replica.name, done(sync)))
        };
        self.cluster.picture().replicas.iter().filter_map(of).collect()
    }

    /// Where each primitive is now.
    pub(super) fn places(&self) -> crate::model::Places {
        self.status().map(|status| places_of(&status.resources)).unwrap_or_default()
    }

    /// The newest successful fencing of a node, as its history tells it: something that differs from one to the next.
    pub(super) fn last_fenced(&self, node: &NodeName) -> Option<Text> {
        let mut events = self.status()?.fencing.as_ref()?.iter();
        events.find(|event| event.target == *node && event.status == FenceStatus::Success).map(fenced_at)
    }

    /// Whether the node has Corosync: a remote or guest node has none, and no vote.
    pub(super) fn is_member(&self, node: &NodeName) -> bool {
        let members = self.status().into_iter().flat_map(|status| &status.members);
        members
            .filter(|member| member.name == *node)
            .any(|member| matches!(member.kind, NodeKind::Member | NodeKind::Other(_)))
    }
}

/// Whether both ends of the connection between two nodes say that it is there.
pub(super) fn are_connected(replica: &ReplicaSet, a: &NodeName, b: &NodeName) -> bool {
    let between = |tie: &&Tie| (tie.a == *a && tie.b == *b) || (tie.a == *b && tie.b == *a);
    replica.ties.iter().find(between).is_some_and(|tie| tie.state() == Some(&ConnectionState::Connected))
}

/// Whether the copies have most likely gone different ways: disconnected, and none knows that it is the older.
pub(super) fn is_split(replica: &ReplicaSet) -> bool {
    let old = |copy: &Copy| matches!(copy.disk, Some(DiskState::Outdated | DiskState::Inconsistent));
    let mut copies = replica.volumes.iter().flat_map(|volume| &volume.copies);
    replica.ties.iter().any(Tie::looks_split) && !copies.any(old)
}

/// When a fencing ended, in the words of the history; where it tells no time, that it did.
pub(super) fn fenced_at(event: &FenceEvent) -> Text {
    let by_epoch = || event.completed_epoch.map(|epoch| Text::from(epoch.to_string()));
    event.completed.clone().or_else(by_epoch).unwrap_or_else(|| Text::new("at some time"))
}

fn primitives_of(item: &Item) -> Vec<&Primitive> {
    let mut all = Vec::new();
    item.each_primitive(&mut |primitive| all.push(primitive));
    all
}

/// Whether a primitive is managed by DRBD's agent.
pub(super) fn is_drbd(primitive: &Primitive) -> bool {
    primitive.agent == "ocf:linbit:drbd"
}

/// How far a resync is, where that is told: ` (38 %)`.
pub(super) fn done(sync: &Sync) -> String {
    sync.done.map_or_else(String::new, |done| format!(" ({} %)", done / 100))
}
