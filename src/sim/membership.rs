//! Corosync: which links work, who is in which ring, and who has quorum.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use super::status::{Ix, Join, NodeStatus, Status};
use super::world::{Change, Event, Side, World};
use crate::wire::Stamp;

impl World {
    pub(super) fn link_count(&self) -> usize {
        self.scenario.node.first().map_or(0, |node| node.addresses.len())
    }

    /// Whether packets go from one node to another over a link, as the wires are now.
    pub(super) fn link_works(&self, a: Ix, b: Ix, link: usize) -> bool {
        let talks = |node: Ix| self.machines.get(node).is_some_and(super::world::Machine::talks);
        talks(a) && talks(b) && self.wire_works(a, b, link)
    }

    fn wire_works(&self, a: Ix, b: Ix, link: usize) -> bool {
        let plugged = !self.cut.contains(&(a, link)) && !self.cut.contains(&(b, link));
        plugged && self.far.contains(&a) == self.far.contains(&b)
    }

    /// Something about wires or nodes changed: knet will notice, then Totem.
    pub(super) fn wires_changed(&mut self, lost: bool) {
        if lost {
            self.soon(1000, Event::Knet);
            let slack = self.rng.below(200);
            let wait = self.scenario.token_ms + self.scenario.consensus_ms;
            self.after(Duration::from_millis(wait.saturating_sub(slack)), Event::Membership);
        } else {
            self.soon(800, Event::Knet);
            self.soon(1300, Event::Membership);
        }
        for disk in 0..self.disks.len() {
            let delay = if lost { self.rng.between(1500, 4500) } else { self.rng.between(900, 2200) };
            self.after(delay, Event::Wire(disk));
        }
    }

    pub(super) fn notice_links(&mut self) {
        for a in 0..self.machines.len() {
            for b in a + 1..self.machines.len() {
                for link in 0..self.link_count() {
                    let works = self.link_works(a, b, link);
                    let frozen = [a, b].iter().all(|n| self.machines.get(*n).is_some_and(|m| m.frozen || !m.powered));
                    let known = self.links.contains(&(a, b, link));
                    if works && !known {
                        self.links.insert((a, b, link));
                        self.corosync_moves += 1;
                    } else if !works && known && !frozen {
                        self.links.remove(&(a, b, link));
                        *self.flaps.entry((a, b, link)).or_insert(0) += 1;
                        self.corosync_moves += 1;
                    }
                }
            }
        }
    }

    /// Whether knet on the nodes holds the link between them for connected.
    pub(super) fn link_seen(&self, a: Ix, b: Ix, link: usize) -> bool {
        self.links.contains(&(a.min(b), a.max(b), link))
    }

    /// Everything runs and is well when a scenario begins.
    pub(super) fn settle_at_start(&mut self) {
        self.notice_links();
        self.flaps.clear();
        self.form_membership();
        // The first placement is made at once, in the past: a healthy cluster has been up for a while.
        self.start_everything();
        self.connect_at_start();
    }

    fn component(&self, from: Ix) -> BTreeSet<Ix> {
        let mut found = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(a) = open.pop() {
            for b in 0..self.machines.len() {
                let joined = (0..self.link_count()).any(|link| self.link_works(a, b, link));
                if joined && found.insert(b) {
                    open.push(b);
                }
            }
        }
        found
    }

    pub(super) fn form_membership(&mut self) {
        let mut done = BTreeSet::new();
        for node in 0..self.machines.len() {
            if !self.machines.get(node).is_some_and(super::world::Machine::talks) || done.contains(&node) {
                continue;
            }
            let members = self.component(node);
            done.extend(members.iter().copied());
            let sides: BTreeSet<Option<u64>> =
                members.iter().map(|n| self.machines.get(*n).and_then(|machine| machine.side)).collect();
            let same = match sides.iter().next() {
                Some(Some(only)) if sides.len() == 1 => {
                    self.sides.get(only).is_some_and(|side| side.members == members)
                }
                _ => false,
            };
            if !same {
                self.form(&members);
            }
        }
        let used: BTreeSet<u64> = self.machines.iter().filter_map(|machine| machine.side).collect();
        self.sides.retain(|id, _| used.contains(id));
    }

    /// Forms a new ring of `members`.
    fn form(&mut self, members: &BTreeSet<Ix>) {
        let from: BTreeSet<u64> =
            members.iter().filter_map(|n| self.machines.get(*n).and_then(|machine| machine.side)).collect();
        let rank = |id: &u64| {
            self.sides.get(id).map(|side| {
                let staying = side.members.intersection(members).count();
                (side.dc.is_some(), side.quorate, staying, side.epoch, side.updates)
            })
        };
        let base = from.iter().copied().max_by_key(rank);
        let seq = from.iter().filter_map(|id| self.sides.get(id)).map(|side| side.seq).max().unwrap_or(0x1b) + 4;
        let mut side = match base.and_then(|id| self.sides.get(&id)) {
            Some(side) => side.clone(),
            None => self.blank_side(),
        };
        side.seq = seq;
        side.plan = None;
        let stonith = side.config.options.stonith;
        if base.is_none() {
            // `startup-fencing`: nodes that nobody has seen yet may run anything.
            for unseen in (0..self.machines.len()).filter(|node| !members.contains(node)) {
                side.status.node(unseen).unclean = stonith;
            }
        }
        for lost in side.members.difference(members).copied().collect::<Vec<_>>() {
            let clean = self.machines.get(lost).is_some_and(|machine| machine.leaving) || !stonith;
            let status = side.status.node(lost);
            let was_up = status.join != Join::Down && status.expected_up;
            status.join = Join::Down;
            if was_up && !clean {
                status.unclean = true;
            } else if !status.unclean {
                *status = NodeStatus::default();
            }
        }
        let id = self.fresh();
        for node in members {
            let stays = base.is_some() && self.machines.get(*node).is_some_and(|machine| machine.side == base);
            if stays && side.status.is_member(*node) {
                continue;
            }
            let attributes = BTreeMap::new();
            let fresh = NodeStatus { join: Join::Pending, attributes, ..NodeStatus::default() };
            side.status.nodes.insert(*node, fresh);
            if self.machines.get(*node).is_some_and(|machine| machine.pacemaker) {
                self.soon(1400, Event::Joined(*node));
            }
        }
        if members.len() == self.machines.len() {
            for machine in &mut self.machines {
                machine.seen_all = true;
            }
        }
        side.quorate = self.has_quorum(members);
        side.dc = side.dc.filter(|dc| members.contains(dc));
        side.members.clone_from(members);
        side.touch();
        let dc = side.dc;
        self.sides.insert(id, side);
        for node in members {
            if let Some(machine) = self.machines.get_mut(*node) {
                machine.side = Some(id);
            }
        }
        self.corosync_moves += 1;
        match dc {
            Some(_) => self.soon(300, Event::Think(id)),
            None => self.soon(900, Event::Elect(id)),
        }
        self.wake_side(id);
    }

    /// A ring of nodes that remember nothing but the configuration on their disks.
    fn blank_side(&self) -> Side {
        let newest = self.sides.values().max_by_key(|side| (side.epoch, side.updates));
        Side {
            members: BTreeSet::new(),
            seq: 0,
            quorate: false,
            dc: None,
            config: newest.map_or_else(|| self.scenario.config(), |side| side.config.clone()),
            status: Status::default(),
            epoch: newest.map_or(24, |side| side.epoch),
            updates: 0,
            change: newest.map_or(
                Change {
                    at: Stamp::from_secs(self.now.secs().saturating_sub(86_477)),
                    user: "root",
                    client: "cibadmin",
                    origin: 0,
                },
                |side| side.change.clone(),
            ),
            fences: Vec::new(),
            fence_after: BTreeMap::new(),
            plan: None,
        }
    }

    /// The votes needed, by the expected votes.
    pub(super) fn quorum(&self) -> usize {
        if self.scenario.two_node { 1 } else { self.machines.len() / 2 + 1 }
    }

    fn has_quorum(&self, members: &BTreeSet<Ix>) -> bool {
        let waited = !self.scenario.two_node
            || members.iter().any(|node| self.machines.get(*node).is_some_and(|machine| machine.seen_all));
        waited && members.len() >= self.quorum()
    }

    pub(super) fn elect(&mut self, id: u64) {
        let Some(side) = self.sides.get(&id) else { return };
        if side.dc.is_some() {
            return;
        }
        let able = |node: &&Ix| self.machines.get(**node).is_some_and(|machine| machine.pacemaker && !machine.leaving);
        let member = side.members.iter().filter(able).find(|node| side.status.is_member(**node));
        let Some(dc) = member.or_else(|| side.members.iter().find(able)).copied() else { return };
        if let Some(side) = self.sides.get_mut(&id) {
            side.dc = Some(dc);
            side.touch();
        }
        self.joined(dc);
        self.wake_side(id);
        self.soon(250, Event::Think(id));
    }

    /// A node is taken into Pacemaker's membership, and tells what it runs.
    pub(super) fn joined(&mut self, node: Ix) {
        let Some(machine) = self.machines.get(node) else { return };
        if machine.powered && machine.frozen {
            self.soon(1000, Event::Joined(node));
            return;
        }
        let Some(id) = machine.side.filter(|_| machine.pacemaker && machine.talks()) else { return };
        let (instances, attributes) = (machine.lrm.clone(), machine.attributes.clone());
        let Some(side) = self.sides.get_mut(&id) else { return };
        if side.status.is_member(node) {
            return;
        }
        let fresh = NodeStatus {
            join: Join::Member,
            expected_up: true,
            unclean: false,
            shutdown: false,
            attributes,
            instances,
        };
        side.status.nodes.insert(node, fresh);
        side.touch();
        if side.dc.is_none() {
            self.soon(900, Event::Elect(id));
        }
        self.wake_side(id);
        // The probes take a moment before anything is started there.
        self.soon(700, Event::Think(id));
    }
}
