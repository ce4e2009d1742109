//! Fencing: who asks, who does it, what comes of it; and machines that lose power and boot.

use core::time::Duration;

use super::status::{FenceEvent, FenceState, Ix, Join, NodeStatus, Role, Task};
use super::world::{Event, World};
use crate::wire::Stamp;

/// How many fence events are kept.
const HISTORY: usize = 100;

impl World {
    /// The DC has every node fenced that may still run something and cannot be asked.
    pub(super) fn fence_the_unclean(&mut self, id: u64) {
        let now = self.now;
        let Some(side) = self.sides.get_mut(&id) else { return };
        let Some(dc) = side.dc.filter(|_| side.quorate && side.config.options.stonith) else { return };
        for event in &mut side.fences {
            // Whoever asked is gone, and so is the request.
            if event.state == FenceState::Pending && !side.members.contains(&event.origin) {
                event.state = FenceState::Failed;
                event.at = now;
            }
        }
        let waiting = |target: &Ix| side.fence_after.get(target).is_some_and(|until| *until > now);
        let asked =
            |target: &Ix| side.fences.iter().any(|event| event.state == FenceState::Pending && event.target == *target);
        let unclean = side.status.nodes.iter().filter(|(_, status)| status.unclean).map(|(node, _)| *node);
        let targets: Vec<Ix> = unclean.filter(|target| !waiting(target) && !asked(target)).collect();
        for target in targets {
            self.ask_to_fence(id, dc, target);
        }
    }

    /// The controller has `target` fenced.
    fn ask_to_fence(&mut self, id: u64, origin: Ix, target: Ix) {
        let client = format!("pacemaker-controld.{}", self.controld_pid(origin));
        self.begin_fencing(id, origin, target, ("reboot", client));
    }

    /// Begins an attempt to fence `target`; its number.
    pub(super) fn begin_fencing(
        &mut self,
        id: u64,
        origin: Ix,
        target: Ix,
        (action, client): (&'static str, String),
    ) -> u64 {
        let name = self.machines.get(target).map(|machine| machine.name().to_owned()).unwrap_or_default();
        let device = self.scenario.fence.iter().find(|device| device.target == name).cloned();
        let event_id = self.fresh();
        let now = self.now;
        let Some(side) = self.sides.get_mut(&id) else { return event_id };
        let delegate = device.as_ref().and_then(|device| {
            let runs = side.members.iter().find(|n| side.status.role(&device.device, **n) != Role::Stopped);
            let name = |n: &Ix| side.config.nodes.get(*n).map_or("", |node| &node.name);
            let able = |n: &&Ix| side.config.preference(&device.device, name(n)) > -super::config::INFINITY;
            runs.or_else(|| side.members.iter().find(able)).copied()
        });
        let state = FenceState::Pending;
        if side.fences.len() >= HISTORY {
            side.fences.remove(0);
        }
        side.fences.push(FenceEvent { id: event_id, target, origin, delegate, action, client, state, at: now });
        side.touch();
        let extra = self.rng.below(400);
        let delay = match (&device, self.fence_broken.contains(&target)) {
            (Some(device), false) => device.takes_ms + device.delay_ms,
            (Some(device), true) => device.takes_ms / 2 + 600,
            (None, _) => 1500,
        };
        self.after(Duration::from_millis(delay + extra), Event::Fenced { id: event_id, origin });
        self.wake_side(id);
        event_id
    }

    /// A fence device that does not work cannot be started: the reason.
    pub(super) fn device_refuses(&self, rsc: &str, task: Task) -> Option<String> {
        let device = self.scenario.fence.iter().find(|device| device.device == rsc)?;
        let broken = self.find(&device.target).is_some_and(|target| self.fence_broken.contains(&target));
        let (_, primitive) = self.sides.values().find_map(|side| side.config.primitive(rsc))?;
        (broken && task == Task::Start).then(|| primitive.fails_with.clone().unwrap_or_default())
    }

    /// The fence device for a node works again, and its failures are cleaned up.
    pub(super) fn mend_device(&mut self, target: Ix) {
        self.fence_broken.remove(&target);
        let name = self.name(target);
        let device = self.scenario.fence.iter().find(|device| device.target == name);
        let Some(device) = device.map(|device| device.device.clone()) else { return };
        for node in 0..self.machines.len() {
            let Some(machine) = self.machines.get_mut(node) else { continue };
            machine.broken.remove(&device);
            if let Some(instance) = machine.lrm.get_mut(&device).filter(|instance| instance.fail_count > 0) {
                instance.failed = false;
                instance.failure = None;
                instance.fail_count = 0;
                instance.last_failure = None;
                let side = machine.side;
                self.publish(node, &device);
                if let Some(side) = side {
                    self.soon(50, Event::Think(side));
                }
            }
        }
    }

    pub(super) fn controld_pid(&self, node: Ix) -> u64 {
        self.machines.get(node).map_or(0, |machine| 1086 + u64::from(machine.id) * 13 + machine.boot * 211)
    }

    /// An attempt to fence ended, on the side of the node that asked for it.
    pub(super) fn fenced(&mut self, id: u64, origin: Ix) {
        let now = self.now;
        let Some(machine) = self.machines.get(origin) else { return };
        if machine.frozen {
            self.after(Duration::from_secs(1), Event::Fenced { id, origin });
            return;
        }
        let Some(side_id) = machine.side else { return };
        let retry = Duration::from_secs(self.scenario.fence_retry_seconds);
        let broken = &self.fence_broken;
        let powered: Vec<bool> = self.machines.iter().map(|machine| machine.powered && !machine.frozen).collect();
        let Some(side) = self.sides.get_mut(&side_id) else { return };
        let members = &side.members;
        let Some(event) = side.fences.iter_mut().find(|e| e.id == id && e.state == FenceState::Pending) else { return };
        let able = event.delegate.is_some_and(|d| members.contains(&d) && powered.get(d) == Some(&true));
        let (target, action, asked) = (event.target, event.action, event.client.starts_with("stonith_admin"));
        let success = able && !broken.contains(&target);
        event.state = if success { FenceState::Success } else { FenceState::Failed };
        event.at = now;
        if success {
            side.fence_after.remove(&target);
            if !members.contains(&target) {
                side.status.nodes.insert(target, NodeStatus::default());
            } else if action != "on" {
                // Its death is expected from now on.
                side.status.node(target).expected_up = false;
            }
        } else if !asked {
            side.fence_after.insert(target, now + retry);
        }
        side.touch();
        if success {
            self.switch(target, action);
            self.soon(250, Event::Think(side_id));
        } else {
            self.after(retry, Event::Think(side_id));
        }
        self.wake_side(side_id);
        self.answer_fencing(id, target, success);
    }

    pub(super) fn name(&self, node: Ix) -> String {
        self.machines.get(node).map(|machine| machine.name().to_owned()).unwrap_or_default()
    }

    /// A machine loses its power, at once and with everything on it.
    pub(super) fn power_off(&mut self, node: Ix) {
        let Some(machine) = self.machines.get_mut(node) else { return };
        let was_on = machine.powered;
        machine.powered = false;
        machine.ssh = false;
        machine.frozen = false;
        machine.corosync = false;
        machine.pacemaker = false;
        machine.leaving = false;
        machine.seen_all = false;
        machine.side = None;
        machine.lrm.clear();
        machine.attributes.clear();
        machine.operations.clear();
        machine.broken.clear();
        machine.stuck.clear();
        machine.boot += 1;
        if was_on {
            self.drbd_power_lost(node);
            self.lose_streams(node);
            self.wires_changed(true);
        }
    }

    pub(super) fn power_on(&mut self, node: Ix) {
        let boot_ms = self.scenario.boot_seconds * 1000;
        let Some(machine) = self.machines.get_mut(node) else { return };
        if machine.powered {
            return;
        }
        machine.powered = true;
        machine.boot += 1;
        let boot = machine.boot;
        self.soon(boot_ms * 4 / 5, Event::SshUp { node, boot });
    }

    pub(super) fn ssh_up(&mut self, node: Ix, boot: u64) {
        let rest = self.scenario.boot_seconds * 200;
        let Some(machine) = self.machines.get_mut(node).filter(|machine| machine.boot == boot) else { return };
        machine.ssh = true;
        self.soon(rest, Event::CorosyncUp { node, boot });
    }

    pub(super) fn corosync_up(&mut self, node: Ix, boot: u64) {
        let Some(machine) = self.machines.get_mut(node).filter(|machine| machine.boot == boot) else { return };
        machine.corosync = true;
        self.corosync_moves += 1;
        self.wires_changed(false);
        self.soon(2300, Event::PacemakerUp { node, boot });
    }

    pub(super) fn pacemaker_up(&mut self, node: Ix, boot: u64) {
        let Some(machine) = self.machines.get_mut(node).filter(|machine| machine.boot == boot) else { return };
        machine.pacemaker = true;
        let side = machine.side;
        self.soon(1600, Event::Joined(node));
        if let Some(side) = side {
            self.wake_side(side);
            self.soon(900, Event::Elect(side));
        }
    }

    /// Nodes that asked to stop and run nothing any more leave the ring.
    pub(super) fn let_leavers_go(&mut self, id: u64) {
        let Some(side) = self.sides.get(&id) else { return };
        let gone = |node: &Ix| {
            let Some(status) = side.status.nodes.get(node) else { return false };
            status.shutdown && status.active() == 0 && !status.busy()
        };
        let leaving: Vec<Ix> = side.members.iter().copied().filter(gone).collect();
        if leaving.is_empty() {
            return;
        }
        for node in leaving {
            if let Some(side) = self.sides.get_mut(&id) {
                side.status.nodes.insert(node, NodeStatus { join: Join::Down, ..NodeStatus::default() });
                side.touch();
            }
            self.stack_down(node);
        }
        self.wake_side(id);
    }

    fn stack_down(&mut self, node: Ix) {
        let Some(machine) = self.machines.get_mut(node) else { return };
        machine.pacemaker = false;
        machine.corosync = false;
        machine.leaving = true;
        machine.seen_all = false;
        machine.side = None;
        machine.lrm.clear();
        machine.attributes.clear();
        self.corosync_moves += 1;
        self.soon(60, Event::Membership);
        self.soon(900, Event::Knet);
    }

    /// Starts the cluster stack on a node that runs.
    pub(super) fn start_stack(&mut self, node: Ix) {
        let Some(machine) = self.machines.get_mut(node) else { return };
        if machine.powered && machine.ssh && !machine.corosync {
            machine.leaving = false;
            let boot = machine.boot;
            self.soon(900, Event::CorosyncUp { node, boot });
        }
    }

    /// The stamp that the tools print for a fence event; `None` while it is pending.
    pub(super) fn fence_completed(event: &FenceEvent) -> Option<Stamp> {
        (event.state != FenceState::Pending).then_some(event.at)
    }
}
