//! What a plan is made for: the cluster as it is known now, and the questions that plans ask of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Cluster, Count, Dc, DiskState, DrbdName, Fact, FactKey, Feed, Freshness, Item, Location, NodeKind, NodeName,
    NodeState, PacemakerStatus, Primitive, ReplicaSet, ResourceId, Role, Score, Sync, Text, View, places_of,
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
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    /// What stands at the root: what constraints and meta attributes are put on.
    pub(super) root: &'a Item,
    /// The primitive, if it is one below the root.
    pub(super) member: Option<&'a Primitive>,
}

impl<'a> Found<'a> {
    /// The primitives of the root.
    pub(super) fn primitives(&self) -> Vec<&'a Primitive> {
        let mut all = Vec::new();
        self.root.each_primitive(&mut |primitive| all.push(primitive));
        all
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
        let active = self.primitives().into_iter().filter(|primitive| !promotable || primitive.role == Role::Promoted);
        active.flat_map(|primitive| primitive.on.iter().cloned()).collect()
    }
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

    /// The state of a node; `None`: there is no such node.
    pub(super) fn state(&self, node: &NodeName) -> Option<NodeState> {
        self.status()?.members.iter().find(|member| member.name == *node).map(crate::model::Member::state)
    }

    /// All nodes, in order.
    pub(super) fn nodes(&self) -> Vec<&'a NodeName> {
        self.status().into_iter().flat_map(|status| &status.members).map(|member| &member.name).collect()
    }

    /// The nodes that can run resources now.
    pub(super) fn able(&self) -> Vec<&'a NodeName> {
        let members = self.status().into_iter().flat_map(|status| &status.members);
        members.filter(|member| member.state() == NodeState::Online).map(|member| &member.name).collect()
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

    /// A resource by its id: a root, a member of a group, or a primitive within a clone.
    pub(super) fn find(&self, id: &ResourceId) -> Option<Found<'a>> {
        let roots = &self.status()?.resources;
        if let Some(root) = roots.iter().find(|root| root.id() == id) {
            let member = if let Item::Primitive(primitive) = root { Some(primitive) } else { None };
            return Some(Found { root, member });
        }
        roots.iter().find_map(|root| {
            let mut member = None;
            root.each_primitive(&mut |primitive| {
                if primitive.id == *id {
                    member.get_or_insert(primitive);
                }
            });
            // A group within a clone has an id of its own too.
            let inner = matches!(root, Item::Clone(set) if set.instances.iter().any(|instance| instance.id() == id));
            (member.is_some() || inner).then_some(Found { root, member })
        })
    }

    /// The node that is asked to do things: its feed is live, it is in the partition with quorum, and it is none of `not`.
    pub(super) fn asked(&self, not: &[&NodeName]) -> Option<(NodeKey, NodeName)> {
        let best = self.cluster.picture().partitions.iter().max_by_key(|partition| partition.quorate == Some(true));
        let rank = |key: &NodeKey, view: &View| {
            let status = view.status()?;
            let name = view.name()?;
            let live = view.feed_freshness(Feed::Pacemaker, self.now) == Freshness::Live;
            if !live || not.contains(&name) {
                return None;
            }
            let quorate = matches!(status.dc, Dc::Node { with_quorum: Some(true), .. });
            let within = best.is_none_or(|partition| partition.speakers.is_empty() || partition.speakers.contains(key));
            let well = status.members.iter().any(|member| member.name == *name && member.state().is_up());
            Some((quorate, within, well, status.dc.name() == Some(name)))
        };
        let views = self.cluster.views().iter();
        let ranked = views.filter_map(|(key, view)| Some((rank(key, view)?, key, view.name()?)));
        ranked.max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(a.1))).map(|(_, key, name)| (key.clone(), name.clone()))
    }

    /// The key under which a node is reached, if it is connected.
    pub(super) fn key_of(&self, node: &NodeName) -> Option<NodeKey> {
        let row = self.cluster.picture().node(node)?;
        row.key.clone().filter(|_| row.sight.is_fresh())
    }

    /// The location constraints, where they are told.
    pub(super) fn locations(&self) -> Option<&'a [Location]> {
        let views = self.cluster.views();
        let witness = self.cluster.picture().witness.as_ref().and_then(|(key, _)| views.get(key));
        let told = |view: &'a View| view.locations.as_ref().map(|said| said.value.as_slice());
        let mut fresh = views.values().filter(|view| view.feed_freshness(Feed::Pacemaker, self.now) <= Freshness::Late);
        witness.and_then(told).or_else(|| fresh.find_map(told))
    }

    /// The ids of the location constraints; `None`: nobody tells them.
    pub fn location_ids(&self) -> Option<Vec<Text>> {
        Some(self.locations()?.iter().map(|location| location.id.clone()).collect())
    }

    /// Constraints that keep a resource, or any of its parts, off a node altogether.
    pub(super) fn bans(&self, found: &Found<'_>, node: &NodeName) -> Vec<&'a Location> {
        let ids: Vec<&ResourceId> = found.primitives().into_iter().map(|primitive| &primitive.id).collect();
        let is_of = |id: &ResourceId| id == found.root.id() || ids.contains(&id);
        let keeps_off = |rule: &&Location| {
            rule.score == Some(Score::MinusInfinity)
                && rule.node.as_ref() == Some(node)
                && rule.resource.as_ref().is_some_and(is_of)
        };
        self.locations().into_iter().flatten().filter(keeps_off).collect()
    }

    /// How often a part of a resource failed on a node, if that keeps it off there.
    pub(super) fn failed_out(&self, found: &Found<'_>, node: &NodeName) -> Option<(&'a ResourceId, Count)> {
        let ids: Vec<&ResourceId> = found.primitives().into_iter().map(|primitive| &primitive.id).collect();
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

    /// Whether Pacemaker manages DRBD here.
    pub(super) fn drbd_is_managed(&self) -> bool {
        self.primitives().any(is_drbd)
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
        let mut here =
            replicas.iter().filter(|replica| replica.roles.get(node) == Some(&crate::model::DrbdRole::Primary));
        here.next().filter(|_| here.next().is_none())
    }

    /// A replicated resource by its name.
    pub(super) fn replica(&self, name: &DrbdName) -> Option<&'a ReplicaSet> {
        self.cluster.picture().replicas.iter().find(|replica| replica.name == *name)
    }

    /// Replicated resources whose last up-to-date copy is on the node, or whose resync has its source there.
    pub(super) fn hangs_on(&self, node: &NodeName) -> Vec<(&'a DrbdName, String)> {
        let mut hanging = Vec::new();
        for replica in &self.cluster.picture().replicas {
            for volume in &replica.volumes {
                let good = |copy: &&crate::model::Copy| copy.disk == Some(DiskState::UpToDate);
                let here = volume.copies.iter().filter(good).any(|copy| copy.node == *node);
                let elsewhere = volume.copies.iter().filter(good).any(|copy| copy.node != *node);
                let source = volume.syncs.iter().find(|sync| !sync.verify && sync.source == *node);
                if let Some(sync) = source {
                    hanging.push((&replica.name, format!("it is the source of a resync{}", done(sync))));
                } else if here && !elsewhere {
                    hanging.push((&replica.name, "it has the only up-to-date copy".to_owned()));
                }
            }
        }
        hanging
    }

    /// Where each primitive is now.
    pub(super) fn places(&self) -> crate::model::Places {
        self.status().map(|status| places_of(&status.resources)).unwrap_or_default()
    }

    /// The end of the newest successful fencing of a node, as its history tells it.
    pub(super) fn last_fenced(&self, node: &NodeName) -> Option<Text> {
        let events = self.status()?.fencing.as_ref()?;
        let done = |event: &&crate::model::FenceEvent| {
            event.target == *node && event.status == crate::model::FenceStatus::Success
        };
        events.iter().find(done).and_then(|event| event.completed.clone())
    }

    /// Whether the node has Corosync: a remote or guest node has none, and no vote.
    pub(super) fn is_member(&self, node: &NodeName) -> bool {
        let members = self.status().into_iter().flat_map(|status| &status.members);
        members
            .filter(|member| member.name == *node)
            .any(|member| matches!(member.kind, NodeKind::Member | NodeKind::Other(_)))
    }
}

/// Whether a primitive is managed by DRBD's agent.
pub(super) fn is_drbd(primitive: &Primitive) -> bool {
    primitive.agent == "ocf:linbit:drbd"
}

/// How far a resync is, where that is told: ` (38 %)`.
pub(super) fn done(sync: &Sync) -> String {
    sync.done.map_or_else(String::new, |done| format!(" ({} %)", done / 100))
}
