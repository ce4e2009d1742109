//! The simulated world: machines, wires, partitions, and the queue of what happens next.
//!
//! What a machine *is* and what a partition *believes* of it are kept apart; a split or a dead node is the difference.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use super::config::Config;
use super::faults::Fault;
use super::policy::Step;
use super::replication::Disk;
use super::rng::Rng;
use super::scenario::Scenario;
use super::status::{FenceEvent, Instance, Ix, Join, Status, Task};
use super::watcher::Run;
use crate::wire::{NodeKey, Output, RunId, Stamp};

/// Something that will happen.
#[derive(Debug, Clone)]
pub(super) enum Event {
    Fault(Fault),
    /// knet has noticed what became of the links.
    Knet,
    /// Totem forms the membership that the wires allow.
    Membership,
    Elect(u64),
    Joined(Ix),
    /// Something changed: the DC of a partition computes anew what to do.
    Think(u64),
    /// An operation of its transition is over: the DC goes on with the next.
    Proceed(u64),
    Finished {
        node: Ix,
        token: u64,
    },
    /// The next monitor of a resource that was broken.
    Monitor {
        node: Ix,
        rsc: String,
    },
    Fenced {
        id: u64,
        origin: Ix,
    },
    SshUp {
        node: Ix,
        boot: u64,
    },
    CorosyncUp {
        node: Ix,
        boot: u64,
    },
    PacemakerUp {
        node: Ix,
        boot: u64,
    },
    /// DRBD looks at its connection.
    Wire(usize),
    /// A step of a resync.
    Resync(usize),
    /// The next thing a watcher does.
    Beat(RunId),
    Look(RunId),
    Keepalive(RunId),
    Say(RunId, Output),
}

/// A machine.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what runs on a machine and what hangs are independent of each other"
)]
pub(super) struct Machine {
    pub(super) key: NodeKey,
    pub(super) id: u32,
    pub(super) powered: bool,
    /// Counts power-ons, so that what was planned for an earlier life is dropped.
    pub(super) boot: u64,
    pub(super) ssh: bool,
    pub(super) frozen: bool,
    pub(super) corosync: bool,
    pub(super) pacemaker: bool,
    /// It stops its cluster stack cleanly.
    pub(super) leaving: bool,
    /// It has seen all nodes since it started (`wait_for_all`).
    pub(super) seen_all: bool,
    pub(super) side: Option<u64>,
    /// What really runs here, with its history; the executor's own truth.
    pub(super) lrm: BTreeMap<String, Instance>,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) operations: BTreeMap<u64, Operation>,
    /// Resources whose next monitor fails.
    pub(super) broken: BTreeSet<String>,
    /// Resources that cannot be stopped here.
    pub(super) stuck: BTreeSet<String>,
    pub(super) calls: u32,
}

impl Machine {
    pub(super) fn name(&self) -> &str {
        self.key.as_str()
    }

    /// It takes part in the cluster right now.
    pub(super) const fn talks(&self) -> bool {
        self.powered && self.corosync && !self.frozen
    }
}

/// An operation that an executor is busy with.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) rsc: String,
    pub(super) task: Task,
    pub(super) began: Stamp,
}

/// Who changed the configuration last.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) at: Stamp,
    pub(super) user: &'static str,
    pub(super) client: &'static str,
    pub(super) origin: Ix,
}

/// How far a step of a transition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    Waiting,
    Running,
    Over,
}

/// A partition: nodes that share a ring, a CIB and a DC.
#[derive(Debug, Clone)]
pub(super) struct Side {
    pub(super) members: BTreeSet<Ix>,
    pub(super) seq: u64,
    pub(super) quorate: bool,
    pub(super) dc: Option<Ix>,
    pub(super) config: Config,
    pub(super) status: Status,
    pub(super) epoch: u64,
    pub(super) updates: u64,
    pub(super) change: Change,
    pub(super) fences: Vec<FenceEvent>,
    /// When a node may be fenced again after an attempt that failed.
    pub(super) fence_after: BTreeMap<Ix, Stamp>,
    /// The transition that is being carried out.
    pub(super) plan: Option<Vec<(Step, Progress)>>,
}

impl Side {
    /// Tells that the status moved.
    pub(super) fn touch(&mut self) {
        self.updates += 1;
    }

    pub(super) fn unclean(&self, node: Ix) -> bool {
        self.status.nodes.get(&node).is_some_and(|status| status.unclean)
    }
}

/// Everything there is.
#[derive(Debug)]
pub(super) struct World {
    pub(super) scenario: Scenario,
    pub(super) now: Stamp,
    pub(super) rng: Rng,
    pub(super) machines: Vec<Machine>,
    pub(super) sides: BTreeMap<u64, Side>,
    /// Ports that are unplugged: node, link.
    pub(super) cut: BTreeSet<(Ix, usize)>,
    /// The nodes on the far side of a split.
    pub(super) far: BTreeSet<Ix>,
    /// What knet holds for connected: lower node, higher node, link.
    pub(super) links: BTreeSet<(Ix, Ix, usize)>,
    pub(super) flaps: BTreeMap<(Ix, Ix, usize), u32>,
    pub(super) fence_broken: BTreeSet<Ix>,
    pub(super) disks: Vec<Disk>,
    pub(super) runs: BTreeMap<RunId, Run>,
    pub(super) said: Vec<(Stamp, RunId, Output)>,
    /// Runs that wait for a fencing to end, by its number.
    pub(super) waiting: BTreeMap<u64, RunId>,
    /// Moves whenever something changed that Corosync's tools show.
    pub(super) corosync_moves: u64,
    queue: BTreeMap<(Stamp, u64), Event>,
    counter: u64,
}

impl World {
    pub(super) fn new(scenario: &Scenario, seed: u64, start: Stamp) -> Self {
        let machines = scenario.node.iter().zip(1..).map(|(node, id)| Machine {
            key: NodeKey::new(&node.name),
            id,
            powered: true,
            boot: 0,
            ssh: true,
            frozen: false,
            corosync: true,
            pacemaker: true,
            leaving: false,
            seen_all: true,
            side: None,
            lrm: BTreeMap::new(),
            attributes: BTreeMap::new(),
            operations: BTreeMap::new(),
            broken: BTreeSet::new(),
            stuck: BTreeSet::new(),
            calls: 5,
        });
        let mut world = Self {
            scenario: scenario.clone(),
            now: start,
            rng: Rng::new(seed),
            machines: machines.collect(),
            sides: BTreeMap::new(),
            cut: BTreeSet::new(),
            far: BTreeSet::new(),
            links: BTreeSet::new(),
            flaps: BTreeMap::new(),
            fence_broken: BTreeSet::new(),
            disks: Disk::all(scenario),
            runs: BTreeMap::new(),
            said: Vec::new(),
            waiting: BTreeMap::new(),
            corosync_moves: 0,
            queue: BTreeMap::new(),
            counter: 0,
        };
        world.settle_at_start();
        for at in &scenario.at {
            world.queue_at(start + Duration::from_secs(at.seconds), Event::Fault(at.fault.clone()));
        }
        world
    }

    pub(super) const fn fresh(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    pub(super) fn queue_at(&mut self, at: Stamp, event: Event) {
        let order = self.fresh();
        self.queue.insert((at, order), event);
    }

    pub(super) fn after(&mut self, delay: Duration, event: Event) {
        self.queue_at(self.now + delay, event);
    }

    /// In `milliseconds`, more or less.
    pub(super) fn soon(&mut self, milliseconds: u64, event: Event) {
        let delay = self.rng.about(milliseconds);
        self.after(delay, event);
    }

    pub(super) fn next_event(&self) -> Option<Stamp> {
        self.queue.first_key_value().map(|((at, _), _)| *at)
    }

    /// Lets everything happen up to `to`.
    pub(super) fn run_until(&mut self, to: Stamp) {
        while let Some(entry) = self.queue.first_entry() {
            if entry.key().0 > to {
                break;
            }
            let ((at, _), event) = entry.remove_entry();
            self.now = self.now.max(at);
            self.happen(event);
        }
        self.now = self.now.max(to);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Fault(fault) => self.inject(&fault),
            Event::Knet => self.notice_links(),
            Event::Membership => self.form_membership(),
            Event::Elect(side) => self.elect(side),
            Event::Joined(node) => self.joined(node),
            Event::Think(side) => self.think(side),
            Event::Proceed(side) => self.proceed(side),
            Event::Finished { node, token } => self.finished(node, token),
            Event::Monitor { node, rsc } => self.monitor_fails(node, &rsc),
            Event::Fenced { id, origin } => self.fenced(id, origin),
            Event::SshUp { node, boot } => self.ssh_up(node, boot),
            Event::CorosyncUp { node, boot } => self.corosync_up(node, boot),
            Event::PacemakerUp { node, boot } => self.pacemaker_up(node, boot),
            Event::Wire(disk) => self.look_at_wire(disk),
            Event::Resync(disk) => self.resync_step(disk),
            Event::Beat(run) => self.beat(run),
            Event::Look(run) => self.look(run),
            Event::Keepalive(run) => self.check_keepalive(run),
            Event::Say(run, output) => self.say_now(run, output),
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<Ix> {
        self.machines.iter().position(|machine| machine.name() == name)
    }

    /// The partition that a node is in.
    pub(super) fn side_of(&self, node: Ix) -> Option<&Side> {
        self.sides.get(&self.machines.get(node)?.side?)
    }

    /// Tells watchers on the nodes of a partition that its CIB moved.
    pub(super) fn wake_side(&mut self, side: u64) {
        let runs: Vec<RunId> = self
            .runs
            .iter()
            .filter(|(_, run)| run.wants_cib() && self.machines.get(run.node).is_some_and(|m| m.side == Some(side)))
            .map(|(id, _)| *id)
            .collect();
        for run in runs {
            self.soon(70, Event::Look(run));
        }
    }

    /// Copies what an executor knows of a resource into its partition's status, and lets everyone know.
    pub(super) fn publish(&mut self, node: Ix, rsc: &str) {
        let Some(machine) = self.machines.get(node) else { return };
        let (Some(side_id), Some(instance)) = (machine.side, machine.lrm.get(rsc).cloned()) else { return };
        let Some(side) = self.sides.get_mut(&side_id) else { return };
        if side.status.is_member(node) {
            side.status.node(node).instances.insert(rsc.to_owned(), instance);
            side.touch();
            self.wake_side(side_id);
        }
    }

    /// Changes the configuration in the partition of `origin`, as `client` does it there.
    pub(super) fn configure(&mut self, origin: Ix, client: &'static str, change: impl FnOnce(&mut Config)) {
        let now = self.now;
        let Some(side_id) = self.machines.get(origin).and_then(|machine| machine.side) else { return };
        let Some(side) = self.sides.get_mut(&side_id) else { return };
        change(&mut side.config);
        side.epoch += 1;
        side.updates = 0;
        side.change = Change { at: now, user: "root", client, origin };
        self.wake_side(side_id);
        self.soon(60, Event::Think(side_id));
    }

    /// Sets a transient attribute of a node, as an agent does through attrd.
    pub(super) fn set_attribute(&mut self, node: Ix, name: &str, value: Option<&str>) {
        let Some(machine) = self.machines.get_mut(node) else { return };
        let before = match value {
            Some(value) => machine.attributes.insert(name.to_owned(), value.to_owned()),
            None => machine.attributes.remove(name),
        };
        if before.as_deref() == value {
            return;
        }
        let attributes = machine.attributes.clone();
        let Some(side_id) = machine.side else { return };
        let Some(side) = self.sides.get_mut(&side_id) else { return };
        if side.status.nodes.get(&node).is_some_and(|status| status.join == Join::Member) {
            side.status.node(node).attributes = attributes;
            side.touch();
            self.wake_side(side_id);
            self.soon(40, Event::Think(side_id));
        }
    }
}
