//! DRBD: two copies of a disk, what is written to them, and what Pacemaker and administrators do to them.

use super::rng::Rng;
use super::scenario::Scenario;
use super::status::{Ix, Task};
use super::world::{Event, World};
use crate::wire::Stamp;

/// The state of a copy, as DRBD names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Data {
    UpToDate,
    Outdated,
    Inconsistent,
}

impl Data {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::UpToDate => "UpToDate",
            Self::Outdated => "Outdated",
            Self::Inconsistent => "Inconsistent",
        }
    }
}

/// The connection as one end sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    StandAlone,
    Connecting,
    Connected,
}

impl Connection {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::StandAlone => "StandAlone",
            Self::Connecting => "Connecting",
            Self::Connected => "Connected",
        }
    }
}

/// The copy on one node. Amounts are KiB.
#[derive(Debug, Clone)]
pub(super) struct Copy {
    pub(super) node: Ix,
    pub(super) up: bool,
    pub(super) primary: bool,
    pub(super) data: Data,
    pub(super) connection: Connection,
    /// The generation of the data, and those it grew from.
    pub(super) generation: u64,
    pub(super) past: Vec<u64>,
    /// It lost its power while primary: its activity log must be resynced.
    pub(super) crashed: bool,
    /// What this copy has and its peer may not have.
    pub(super) ahead: u64,
    pub(super) read: u64,
    pub(super) written: u64,
    pub(super) sent: u64,
    pub(super) received: u64,
}

/// A resync that runs.
#[derive(Debug, Clone)]
pub(super) struct Resync {
    /// The copy that is the source: 0 or 1.
    pub(super) source: usize,
    /// The bitmaps are still being exchanged.
    pub(super) exchanging: bool,
    /// The copies are only compared.
    pub(super) verify: bool,
    pub(super) total: u64,
    pub(super) left: u64,
    /// KiB/s until the next mark.
    pub(super) rate: u64,
}

/// A DRBD resource with one volume and two copies.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    pub(super) name: String,
    pub(super) minor: u32,
    pub(super) port: u16,
    pub(super) backing: String,
    pub(super) size: u64,
    pub(super) rate: u64,
    pub(super) writes: u64,
    pub(super) activity_log: u64,
    pub(super) slow: bool,
    pub(super) copies: [Copy; 2],
    pub(super) resync: Option<Resync>,
    /// Ends where resync was paused by hand.
    pub(super) paused: [bool; 2],
    accounted: Option<Stamp>,
}

impl Disk {
    pub(super) fn all(scenario: &Scenario) -> Vec<Self> {
        let place = |name: &String| scenario.node.iter().position(|node| node.name == *name).unwrap_or(0);
        let copy = |node| Copy {
            node,
            up: false,
            primary: false,
            data: Data::UpToDate,
            connection: Connection::Connecting,
            generation: 1,
            past: Vec::new(),
            crashed: false,
            ahead: 0,
            read: 786_372,
            written: 82_652,
            sent: 0,
            received: 0,
        };
        let disk = |spec: &super::scenario::DrbdSpec| {
            let mut places = spec.nodes.iter().map(place);
            Self {
                name: spec.name.clone(),
                minor: spec.minor,
                port: spec.port,
                backing: spec.backing.clone(),
                size: spec.size_mib * 1024,
                rate: spec.rate_mib * 1024,
                writes: spec.writes_kib,
                activity_log: spec.activity_log_mib * 1024,
                slow: false,
                copies: [copy(places.next().unwrap_or(0)), copy(places.next().unwrap_or(1))],
                resync: None,
                paused: [false; 2],
                accounted: None,
            }
        };
        scenario.drbd.iter().map(disk).collect()
    }

    /// Which of the two copies is on the node.
    pub(super) fn end(&self, node: Ix) -> Option<usize> {
        self.copies.iter().position(|copy| copy.node == node)
    }

    pub(super) const fn connected(&self) -> bool {
        let [a, b] = &self.copies;
        matches!((a.connection, b.connection), (Connection::Connected, Connection::Connected)) && a.up && b.up
    }

    /// Takes in what was written and resynced since the last time.
    pub(super) fn account(&mut self, now: Stamp) {
        let since = self.accounted.replace(now).map_or(0, |last| now.since(last).as_millis());
        let millis = u64::try_from(since).unwrap_or(u64::MAX);
        let wrote = self.writes.saturating_mul(millis) / 1000;
        let connected = self.connected();
        let size = self.size;
        for end in 0..2 {
            if !self.copies[end].primary {
                continue;
            }
            let [a, b] = &mut self.copies;
            let (own, peer) = if end == 0 { (a, b) } else { (b, a) };
            own.written += wrote;
            if connected {
                own.sent += wrote;
                peer.received += wrote;
                peer.written += wrote;
            } else {
                own.ahead = (own.ahead + wrote).min(size);
            }
        }
        let goes = connected && !self.is_paused();
        if let Some(resync) = self.resync.as_mut().filter(|resync| goes && !resync.exchanging) {
            let moved = (resync.rate.saturating_mul(millis) / 1000).min(resync.left);
            resync.left -= moved;
            if resync.verify {
                return;
            }
            let source = resync.source;
            self.copies[source].sent += moved;
            self.copies[source].read += moved;
            self.copies[1 - source].received += moved;
            self.copies[1 - source].written += moved;
        }
    }

    /// A resync waits, not a verify: that cannot be paused.
    pub(super) fn is_paused(&self) -> bool {
        self.paused.contains(&true) && self.resync.as_ref().is_some_and(|resync| !resync.verify)
    }

    /// Ends a resync before its time; what it had not brought over.
    pub(super) fn break_off(&mut self) -> u64 {
        self.resync.take().filter(|resync| !resync.verify).map_or(0, |resync| resync.left)
    }

    /// Data written alone is of a new generation.
    pub(super) fn diverge(&mut self, end: usize, generation: u64) {
        let copy = &mut self.copies[end];
        copy.past.push(copy.generation);
        copy.generation = generation;
    }

    pub(super) fn next_rate(&self, rng: &mut Rng) -> u64 {
        let rate = if self.slow { self.rate / 8 } else { self.rate };
        (rate / 100 * (90 + rng.below(21))).max(1)
    }
}

impl World {
    pub(super) fn disk_named(&self, name: &str) -> Option<usize> {
        self.disks.iter().position(|disk| disk.name == name)
    }

    /// Both copies are up, connected and alike when a scenario begins.
    pub(super) fn connect_at_start(&mut self) {
        let now = self.now;
        for disk in &mut self.disks {
            for copy in &mut disk.copies {
                copy.generation = 1;
                copy.past.clear();
                copy.connection = Connection::Connected;
            }
            disk.account(now);
        }
    }

    /// The agent of DRBD does on a node what Pacemaker asked for; the reason if it cannot.
    pub(super) fn drbd_follows(&mut self, node: Ix, rsc: &str, task: Task) -> Option<String> {
        let name = self.sides.values().find_map(|side| side.config.primitive(rsc)?.1.drbd().map(ToOwned::to_owned))?;
        let index = self.disk_named(&name)?;
        let (now, fresh) = (self.now, self.fresh() + 1);
        let disk = self.disks.get_mut(index)?;
        let end = disk.end(node)?;
        disk.account(now);
        let connected = disk.connected();
        let peer_primary = connected && disk.copies[1 - end].primary;
        let copy = &mut disk.copies[end];
        let mut refused = None;
        match task {
            Task::Start => {
                copy.up = true;
                copy.connection = Connection::Connecting;
            }
            Task::Stop => {
                copy.up = false;
                copy.primary = false;
                if peer_primary {
                    copy.data = Data::Outdated;
                }
                copy.connection = Connection::Connecting;
            }
            Task::Promote if copy.data != Data::UpToDate => {
                refused = Some(format!("{name}: State change failed: (-2) Need access to UpToDate data"));
            }
            Task::Promote if peer_primary => {
                refused = Some(format!("{name}: State change failed: (-1) Multiple primaries not allowed by config"));
            }
            Task::Promote => {
                copy.primary = true;
                if !connected {
                    disk.diverge(end, fresh);
                }
            }
            Task::Demote => copy.primary = false,
            Task::Monitor => {}
        }
        if matches!(task, Task::Start | Task::Stop) {
            self.soon(if task == Task::Start { 700 } else { 60 }, Event::Wire(index));
        }
        self.tell_drbd(index);
        refused
    }

    /// The score of promotion that DRBD's agent offers on a node.
    pub(super) fn drbd_score(&self, node: Ix, name: &str) -> Option<&'static str> {
        let disk = self.disks.get(self.disk_named(name)?)?;
        match disk.copies.get(disk.end(node)?)?.data {
            Data::UpToDate => Some("10000"),
            Data::Inconsistent if disk.connected() => Some("10"),
            Data::Inconsistent | Data::Outdated => None,
        }
    }

    pub(super) fn drbd_scores(&mut self, index: usize) {
        let Some(disk) = self.disks.get(index) else { return };
        let (name, nodes) = (disk.name.clone(), [disk.copies[0].node, disk.copies[1].node]);
        let configured = self.scenario.resource.iter().flat_map(|top| &top.member);
        let ids: Vec<String> =
            configured.filter(|member| member.drbd() == Some(&name)).map(|member| member.id.clone()).collect();
        for id in ids {
            for node in nodes {
                if self.machines.get(node).is_some_and(|machine| machine.talks() && machine.pacemaker) {
                    self.offer_promotion(node, &id);
                }
            }
        }
    }

    /// A machine lost its power with its copies.
    pub(super) fn drbd_power_lost(&mut self, node: Ix) {
        let now = self.now;
        for disk in &mut self.disks {
            disk.account(now);
            let Some(end) = disk.end(node) else { continue };
            let copy = &mut disk.copies[end];
            copy.crashed |= copy.primary;
            copy.up = false;
            copy.primary = false;
            copy.connection = Connection::Connecting;
        }
    }

    /// `drbdadm disconnect` on the end that is not primary.
    pub(super) fn disconnect(&mut self, index: usize) {
        let here = self.disks.get(index).map_or(0, |disk| usize::from(disk.copies[0].primary));
        self.disconnect_end(index, here);
    }

    /// `drbdadm disconnect` on one end.
    pub(super) fn disconnect_end(&mut self, index: usize, here: usize) {
        let (now, fresh) = (self.now, self.fresh());
        let Some(disk) = self.disks.get_mut(index) else { return };
        disk.account(now);
        let peer_primary = disk.copies[1 - here].primary;
        let left = disk.break_off();
        disk.copies[1 - here].ahead = disk.copies[1 - here].ahead.max(left);
        if disk.copies[here].data == Data::UpToDate && peer_primary && disk.connected() {
            disk.copies[here].data = Data::Outdated;
        }
        disk.copies[here].connection = Connection::StandAlone;
        if disk.copies[1 - here].connection == Connection::Connected {
            disk.copies[1 - here].connection = Connection::Connecting;
        }
        if peer_primary {
            disk.diverge(1 - here, fresh);
        }
        self.helper(index, "disconnected");
        self.tell_drbd(index);
        self.drbd_scores(index);
    }

    /// `drbdadm connect`, with `--discard-my-data` on the end that is not primary where data diverged.
    pub(super) fn reconnect(&mut self, index: usize) {
        let now = self.now;
        let Some(disk) = self.disks.get_mut(index) else { return };
        disk.account(now);
        let victim = usize::from(disk.copies[0].primary);
        let generation = disk.copies[victim].generation;
        disk.copies[1 - victim].past.push(generation);
        for copy in &mut disk.copies {
            if copy.connection == Connection::StandAlone {
                copy.connection = Connection::Connecting;
            }
        }
        self.tell_drbd(index);
        self.soon(900, Event::Wire(index));
    }

    /// Both ends were primary while they could not talk, and gave up on each other.
    pub(super) fn split_brain(&mut self, index: usize) {
        let (now, one, two) = (self.now, self.fresh(), self.fresh());
        let Some(disk) = self.disks.get_mut(index) else { return };
        disk.account(now);
        disk.resync = None;
        disk.diverge(0, one);
        disk.diverge(1, two);
        for copy in &mut disk.copies {
            copy.connection = Connection::StandAlone;
            copy.data = Data::UpToDate;
            copy.ahead += 48 * 1024;
        }
        self.helper(index, "split-brain");
        self.tell_drbd(index);
        self.drbd_scores(index);
    }
}
