//! What can be broken, and mended: for the script of a scenario and for the keys of the demo.

use serde::Deserialize;

use super::replication::Connection;
use super::status::{Ix, Role};
use super::world::{Event, Machine, World};

/// Something that happens to the cluster from outside.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// A node loses its power.
    PowerOff {
        /// The node.
        node: String,
    },
    /// A node that is off is switched on.
    PowerOn {
        /// The node.
        node: String,
    },
    /// A node hangs: nothing on it runs, its power stays on.
    Freeze {
        /// The node.
        node: String,
    },
    /// A node that hung goes on.
    Thaw {
        /// The node.
        node: String,
    },
    /// The port of a node on a knet link is unplugged.
    CutLink {
        /// The node.
        node: String,
        /// The number of the link, from 0.
        link: usize,
    },
    /// The port is plugged in again.
    MendLink {
        /// The node.
        node: String,
        /// The number of the link, from 0.
        link: usize,
    },
    /// The named nodes can no longer talk to the others; hatui still reaches all.
    Split {
        /// The nodes on the far side.
        nodes: Vec<String>,
    },
    /// All nodes can talk again.
    Heal,
    /// A resource dies; its next monitor finds out.
    FailResource {
        /// The primitive.
        resource: String,
    },
    /// A resource does not stop where it runs, until that node loses its power.
    StopFails {
        /// The primitive.
        resource: String,
    },
    /// Another administrator changes the configuration: a property that changes nothing else.
    ForeignChange,
    /// The fence device for a node does not work.
    BreakFencing {
        /// The node.
        node: String,
    },
    /// It works again, and its failures are cleaned up.
    MendFencing {
        /// The node.
        node: String,
    },
    /// `drbdadm disconnect` on the end that is not primary.
    Disconnect {
        /// The DRBD resource.
        drbd: String,
    },
    /// `drbdadm connect`; the end that is not primary discards data that diverged.
    Reconnect {
        /// The DRBD resource.
        drbd: String,
    },
    /// Both ends were primary apart from each other.
    SplitBrain {
        /// The DRBD resource.
        drbd: String,
    },
    /// Resync goes at an eighth of its rate.
    SlowResync {
        /// The DRBD resource.
        drbd: String,
    },
    /// Resync goes at its rate.
    FullResync {
        /// The DRBD resource.
        drbd: String,
    },
    /// `crm_standby -v on`.
    Standby {
        /// The node.
        node: String,
    },
    /// `crm_standby -D`.
    Online {
        /// The node.
        node: String,
    },
    /// The cluster stack of a node is stopped cleanly.
    StopStack {
        /// The node.
        node: String,
    },
    /// It is started again.
    StartStack {
        /// The node.
        node: String,
    },
    /// The property `maintenance-mode`.
    Maintenance {
        /// Whether it is set.
        on: bool,
    },
}

/// A fault that makes sense now, and the key that asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultOffer {
    /// The key, unique among the offers.
    pub key: char,
    /// What it does, in a few words.
    pub words: String,
    /// The fault to inject.
    pub fault: Fault,
}

impl World {
    pub(super) fn inject(&mut self, fault: &Fault) {
        let node = |name: &String| self.find(name);
        match fault {
            Fault::PowerOff { node: name } => {
                if let Some(node) = node(name) {
                    self.power_off(node);
                }
            }
            Fault::PowerOn { node: name } => {
                if let Some(node) = node(name) {
                    self.power_on(node);
                }
            }
            Fault::Freeze { node: name } => self.set_frozen(node(name), true),
            Fault::Thaw { node: name } => self.set_frozen(node(name), false),
            Fault::CutLink { node: name, link } => {
                if let Some(node) = node(name) {
                    self.cut.insert((node, *link));
                    self.wires_changed(true);
                }
            }
            Fault::MendLink { node: name, link } => {
                if let Some(node) = node(name) {
                    self.cut.remove(&(node, *link));
                    self.wires_changed(false);
                }
            }
            Fault::Split { nodes } => {
                self.far = nodes.iter().filter_map(|name| self.find(name)).collect();
                self.wires_changed(true);
            }
            Fault::Heal => {
                self.far.clear();
                self.cut.clear();
                self.wires_changed(false);
            }
            Fault::FailResource { resource } => self.break_resource(resource),
            Fault::StopFails { resource } => {
                let runs = |machine: &&mut Machine| machine.lrm.get(resource).is_some_and(|i| i.role != Role::Stopped);
                if let Some(machine) = self.machines.iter_mut().find(runs) {
                    machine.stuck.insert(resource.clone());
                }
            }
            Fault::ForeignChange => {
                let dc = self.sides.values().find(|side| side.quorate).and_then(|side| side.dc);
                if let Some(dc) = dc {
                    self.configure(dc, "cibadmin", |config| config.options.stonith_timeout_s += 1);
                }
            }
            Fault::BreakFencing { node: name } => {
                if let Some(node) = node(name) {
                    self.fence_broken.insert(node);
                    self.break_device(name);
                }
            }
            Fault::MendFencing { node: name } => {
                if let Some(node) = node(name) {
                    self.mend_device(node);
                }
            }
            Fault::Disconnect { drbd } => self.with_disk(drbd, Self::disconnect),
            Fault::Reconnect { drbd } => self.with_disk(drbd, Self::reconnect),
            Fault::SplitBrain { drbd } => self.with_disk(drbd, Self::split_brain),
            Fault::SlowResync { drbd } => self.with_disk(drbd, |world, disk| world.set_slow(disk, true)),
            Fault::FullResync { drbd } => self.with_disk(drbd, |world, disk| world.set_slow(disk, false)),
            Fault::Standby { node: name } => self.node_flag(name, "standby", Some("on")),
            Fault::Online { node: name } => self.node_flag(name, "standby", None),
            Fault::StopStack { node: name } => self.stop_stack(node(name)),
            Fault::StartStack { node: name } => {
                if let Some(node) = node(name) {
                    self.start_stack(node);
                }
            }
            Fault::Maintenance { on } => {
                let dc = self.sides.values().find(|side| side.quorate).and_then(|side| side.dc);
                if let Some(dc) = dc {
                    self.configure(dc, "crm_attribute", |config| config.options.maintenance = *on);
                }
            }
        }
    }

    fn with_disk(&mut self, name: &str, what: impl FnOnce(&mut Self, usize)) {
        if let Some(disk) = self.disk_named(name) {
            what(self, disk);
        }
    }

    fn set_slow(&mut self, index: usize, slow: bool) {
        let now = self.now;
        if let Some(disk) = self.disks.get_mut(index) {
            disk.account(now);
            disk.slow = slow;
            let rate = if slow { disk.rate / 8 } else { disk.rate };
            if let Some(resync) = disk.resync.as_mut() {
                resync.rate = rate;
                self.soon(100, Event::Resync(index));
            }
        }
    }

    fn set_frozen(&mut self, node: Option<Ix>, frozen: bool) {
        let Some(machine) = node.and_then(|node| self.machines.get_mut(node)) else { return };
        if machine.powered && machine.frozen != frozen {
            machine.frozen = frozen;
            let side = machine.side.filter(|_| !frozen);
            self.wires_changed(frozen);
            if let Some(side) = side {
                self.soon(200, Event::Think(side));
            }
        }
    }

    fn node_flag(&mut self, name: &str, flag: &'static str, value: Option<&'static str>) {
        let Some(node) = self.find(name) else { return };
        let origin = if self.side_of(node).is_some() { node } else { 0 };
        self.configure(origin, "crm_attribute", |config| {
            if let Some(node) = config.nodes.get_mut(node) {
                match value {
                    Some(value) => node.attributes.insert(flag.to_owned(), value.to_owned()),
                    None => node.attributes.remove(flag),
                };
            }
        });
    }

    fn stop_stack(&mut self, node: Option<Ix>) {
        let Some(node) = node else { return };
        let Some(machine) = self.machines.get_mut(node).filter(|machine| machine.talks() && machine.pacemaker) else {
            return;
        };
        machine.leaving = true;
        let Some(id) = machine.side else { return };
        if let Some(side) = self.sides.get_mut(&id) {
            side.status.node(node).shutdown = true;
            side.touch();
        }
        self.wake_side(id);
        self.soon(150, Event::Think(id));
    }

    /// The resource dies where it runs; the next monitor there will tell.
    fn break_resource(&mut self, rsc: &str) {
        let runs = |node: &Ix| {
            let instance = self.machines.get(*node).and_then(|machine| machine.lrm.get(rsc));
            instance.map_or(Role::Stopped, |instance| instance.role)
        };
        let places = 0..self.machines.len();
        let Some(node) = places.max_by_key(|node| (runs(node), core::cmp::Reverse(*node))) else { return };
        let role = runs(&node);
        if role == Role::Stopped {
            return;
        }
        let interval = u64::from(self.monitor_interval(rsc, role));
        let wait = self.rng.between(200, interval.max(400));
        if let Some(machine) = self.machines.get_mut(node) {
            machine.broken.insert(rsc.to_owned());
        }
        self.after(wait, Event::Monitor { node, rsc: rsc.to_owned() });
    }

    /// The monitor of a device that does not work fails too.
    fn break_device(&mut self, target: &str) {
        let device = self.scenario.fence.iter().find(|device| device.target == *target);
        if let Some(device) = device.map(|device| device.device.clone()) {
            self.break_resource(&device);
        }
    }

    /// What can be broken or mended now.
    pub(super) fn offers(&self) -> Vec<FaultOffer> {
        let mut offers = Vec::new();
        let mut offer = |key: char, words: String, fault: Fault| offers.push(FaultOffer { key, words, fault });
        let busiest = (0..self.machines.len()).filter(|node| self.machines.get(*node).is_some_and(Machine::talks));
        let busiest = busiest.max_by_key(|node| {
            let instances = self.machines.get(*node).map(|machine| machine.lrm.values().map(|i| i.role));
            instances.map_or(0, |roles| roles.map(|role| 1 + 10 * usize::from(role == Role::Promoted)).sum::<usize>())
        });
        let off = self.machines.iter().find(|machine| !machine.powered);
        let frozen = self.machines.iter().find(|machine| machine.frozen);
        let stopped = self.machines.iter().find(|machine| machine.powered && machine.ssh && !machine.corosync);
        if let Some(node) = busiest.map(|node| self.name(node)) {
            offer('k', format!("kill {node} (power off)"), Fault::PowerOff { node: node.clone() });
            offer('z', format!("freeze {node} (it hangs)"), Fault::Freeze { node: node.clone() });
            offer('x', format!("stop the cluster stack on {node}"), Fault::StopStack { node });
        }
        if let Some(node) = off.map(|machine| machine.name().to_owned()) {
            offer('p', format!("power {node} on"), Fault::PowerOn { node });
        }
        if let Some(node) = frozen.map(|machine| machine.name().to_owned()) {
            offer('t', format!("thaw {node}"), Fault::Thaw { node });
        }
        if let Some(node) = stopped.map(|machine| machine.name().to_owned()) {
            offer('X', format!("start the cluster stack on {node}"), Fault::StartStack { node });
        }
        let last = self.machines.len().saturating_sub(1);
        for (link, key) in (0..self.link_count().min(2)).zip(['l', 'L']) {
            let node = self.name(last);
            if self.cut.contains(&(last, link)) {
                offer(key, format!("mend link {link} of {node}"), Fault::MendLink { node, link });
            } else {
                offer(key, format!("cut link {link} of {node}"), Fault::CutLink { node, link });
            }
        }
        if self.far.is_empty() {
            let node = self.name(last);
            offer('s', format!("split: {node} alone, hatui reaches all"), Fault::Split { nodes: vec![node] });
        } else {
            offer('h', "heal the split".to_owned(), Fault::Heal);
        }
        let tops = self.scenario.resource.iter().filter(|top| !top.is_clone());
        let service = tops.filter_map(|top| top.member.last()).rfind(|member| !member.is_fencing());
        if let Some(resource) = service.map(|member| member.id.clone()) {
            offer('a', format!("{resource} dies"), Fault::FailResource { resource });
        }
        for (node, key) in (0..self.machines.len().min(9)).zip('1'..='9') {
            let name = self.name(node);
            if self.fence_broken.contains(&node) {
                offer(key, format!("mend the fence device of {name}"), Fault::MendFencing { node: name });
            } else {
                offer(key, format!("break the fence device of {name}"), Fault::BreakFencing { node: name });
            }
        }
        if let Some(disk) = self.disks.first() {
            let drbd = disk.name.clone();
            if disk.copies.iter().any(|copy| copy.up && copy.connection == Connection::StandAlone) {
                offer('c', format!("reconnect {drbd}"), Fault::Reconnect { drbd: drbd.clone() });
            } else {
                offer('d', format!("disconnect the replication of {drbd}"), Fault::Disconnect { drbd: drbd.clone() });
                offer('b', format!("split brain of {drbd}"), Fault::SplitBrain { drbd: drbd.clone() });
            }
            if disk.slow {
                offer('w', format!("resync {drbd} at full speed"), Fault::FullResync { drbd });
            } else {
                offer('w', format!("slow the resync of {drbd}"), Fault::SlowResync { drbd });
            }
        }
        offers
    }
}
