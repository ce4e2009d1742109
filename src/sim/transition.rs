//! The controller: it carries out what the scheduler wants, step by step, and takes in what comes of it.

use core::time::Duration;
use std::collections::BTreeSet;

use super::config::{INFINITY, Kind};
use super::status::{Done, Instance, Ix, Role, Task};
use super::world::{Event, Operation, Progress, World};
use super::{answers, policy};
use crate::wire::Stamp;

fn task(word: &str) -> Task {
    match word {
        "stop" => Task::Stop,
        "promote" => Task::Promote,
        "demote" => Task::Demote,
        _ => Task::Start,
    }
}

impl World {
    /// The DC of a partition looks at everything and starts what may be started.
    pub(super) fn think(&mut self, id: u64) {
        let Some(side) = self.sides.get(&id) else { return };
        let Some(dc) = side.dc else { return };
        if !self.machines.get(dc).is_some_and(|machine| machine.talks() && machine.side == Some(id)) {
            return;
        }
        let joining = |node: &Ix| {
            !side.status.is_member(*node) && self.machines.get(*node).is_some_and(|machine| machine.pacemaker)
        };
        if side.members.iter().any(joining) {
            return;
        }
        self.fence_the_unclean(id);
        if let Some(side) = self.sides.get_mut(&id) {
            side.plan = None;
        }
        self.proceed(id);
    }

    /// The DC starts what its transition has next; what is under way ends before a new transition is computed.
    pub(super) fn proceed(&mut self, id: u64) {
        let now = self.now.secs();
        let Some(side) = self.sides.get_mut(&id).filter(|side| side.dc.is_some()) else { return };
        if side.plan.is_none() {
            let busy = |node: &Ix| {
                side.status.nodes.get(node).is_some_and(|state| side.status.is_member(*node) && state.busy())
            };
            if side.members.iter().any(busy) {
                return;
            }
            // What the engine cannot decide is left as it is.
            let steps = policy::steps(&answers::cib::document(side), now).unwrap_or_default();
            side.plan = Some(steps.into_iter().map(|step| (step, Progress::Waiting)).collect());
        }
        let Some(plan) = &side.plan else { return };
        let over = |at: &usize| plan.get(*at).is_some_and(|(_, progress)| *progress == Progress::Over);
        let ready = |(step, progress): &&(policy::Step, Progress)| {
            *progress == Progress::Waiting && !step.fenced && step.after.iter().all(over)
        };
        let next: Vec<policy::Step> = plan.iter().filter(ready).map(|(step, _)| step.clone()).collect();
        let idle = plan.iter().all(|(step, progress)| *progress == Progress::Over || step.fenced);
        let ended = idle && plan.iter().any(|(_, progress)| *progress == Progress::Over);
        for step in next {
            self.begin(id, &step);
        }
        if ended {
            self.soon(30, Event::Think(id));
        } else if idle {
            self.let_leavers_go(id);
        }
    }

    /// How long an operation takes, in milliseconds.
    fn takes(&self, rsc: &str, task: Task) -> u64 {
        let Some((_, primitive)) = self.sides.values().find_map(|side| side.config.primitive(rsc)) else { return 50 };
        let agent = self.scenario.agent.iter().find(|agent| agent.name == primitive.agent);
        agent.map_or(60, |agent| match task {
            Task::Start => agent.start_ms,
            Task::Stop => agent.stop_ms,
            Task::Promote => agent.promote_ms,
            Task::Demote => agent.demote_ms,
            Task::Monitor => agent.monitor_ms,
        })
    }

    fn begin(&mut self, id: u64, step: &policy::Step) {
        self.mark(id, &step.rsc, &step.node, step.task, Progress::Running);
        let Some(node) = self.find(&step.node) else { return };
        let token = self.fresh();
        let now = self.now;
        let task = task(step.task);
        let milliseconds = self.takes(&step.rsc, task);
        let duration = self.rng.about(milliseconds) + Duration::from_millis(6);
        let Some(machine) = self.machines.get_mut(node) else { return };
        if !machine.talks() || !machine.pacemaker {
            return;
        }
        machine.lrm.entry(step.rsc.clone()).or_default().pending = Some(task);
        let operation = Operation { rsc: step.rsc.clone(), task, began: now };
        machine.operations.insert(token, operation);
        self.publish(node, &step.rsc);
        self.after(duration, Event::Finished { node, token });
    }

    fn mark(&mut self, id: u64, rsc: &str, node: &str, task: &str, progress: Progress) {
        let plan = self.sides.get_mut(&id).and_then(|side| side.plan.as_mut());
        let same = |step: &policy::Step| step.rsc == rsc && step.node == node && step.task == task;
        for (_, state) in plan.into_iter().flatten().filter(|(step, _)| same(step)) {
            *state = progress;
        }
    }

    /// An operation ended on a node.
    pub(super) fn finished(&mut self, node: Ix, token: u64) {
        let Some(machine) = self.machines.get_mut(node) else { return };
        if machine.frozen && machine.operations.contains_key(&token) {
            self.after(Duration::from_secs(1), Event::Finished { node, token });
            return;
        }
        let Some(operation) = machine.operations.remove(&token) else { return };
        let stuck = operation.task == Task::Stop && machine.stuck.contains(&operation.rsc);
        let before = machine.lrm.get(&operation.rsc).map_or(Role::Stopped, |instance| instance.role);
        let refused = if stuck {
            Some("it is in use and does not stop".to_owned())
        } else {
            self.drbd_follows(node, &operation.rsc, operation.task)
        };
        let refused = refused.or_else(|| self.device_refuses(&operation.rsc, operation.task));
        let promotable = self.is_promotable(&operation.rsc);
        let interval = |role: Role| self.monitor_interval(&operation.rsc, role);
        let role = match (operation.task, refused.is_some()) {
            (Task::Start, false) if promotable => Role::Unpromoted,
            (Task::Start, false) => Role::Started,
            (Task::Promote, false) => Role::Promoted,
            (Task::Stop, true) if stuck => before,
            (Task::Stop, _) => Role::Stopped,
            (Task::Demote, _) | (Task::Promote, true) => Role::Unpromoted,
            (Task::Start, true) => Role::Stopped,
            (Task::Monitor, _) => Role::Started,
        };
        let interval_ms = interval(role);
        let monitored = self.takes(&operation.rsc, Task::Monitor);
        let monitor_ms = u32::try_from(self.rng.about(monitored).as_millis()).unwrap_or(0);
        let now = self.now;
        let queue_ms = u32::try_from(self.rng.below(6).saturating_sub(3)).unwrap_or(0);
        let Some(machine) = self.machines.get_mut(node) else { return };
        let Some(instance) = machine.lrm.get_mut(&operation.rsc) else { return };
        instance.pending = None;
        instance.role = role;
        machine.calls += 1;
        let done = Done {
            call: machine.calls,
            task: operation.task,
            rc: u8::from(refused.is_some()),
            interval_ms: 0,
            at: operation.began,
            exec_ms: u32::try_from(now.since(operation.began).as_millis()).unwrap_or(u32::MAX),
            queue_ms,
            reason: refused.clone().unwrap_or_default(),
        };
        if refused.is_some() {
            instance.fail_count = if matches!(operation.task, Task::Start | Task::Stop) {
                INFINITY as u32
            } else {
                instance.fail_count + 1
            };
            instance.last_failure = Some(now);
            instance.failure = Some(done.clone());
            instance.failed = role != Role::Stopped;
        } else {
            instance.failed = false;
        }
        instance.last = Some(done);
        if role == Role::Stopped {
            instance.monitor = None;
        } else if !stuck {
            machine.calls += 2;
            instance.monitor = Some(Done {
                call: machine.calls,
                task: Task::Monitor,
                rc: if role == Role::Promoted { 8 } else { 0 },
                interval_ms,
                at: now,
                exec_ms: monitor_ms,
                queue_ms: 0,
                reason: String::new(),
            });
        }
        if operation.task == Task::Stop && !stuck {
            machine.broken.remove(&operation.rsc);
        }
        self.offer_promotion(node, &operation.rsc);
        self.publish(node, &operation.rsc);
        if let Some(id) = self.machines.get(node).and_then(|machine| machine.side) {
            let name = self.name(node);
            self.mark(id, &operation.rsc, &name, operation.task.word(), Progress::Over);
            // A resource that does not stop may do harm: with fencing, its node goes.
            if let Some(side) = self.sides.get_mut(&id).filter(|side| stuck && side.config.options.stonith) {
                side.status.node(node).unclean = true;
                side.touch();
            }
            self.soon(35, if refused.is_some() { Event::Think(id) } else { Event::Proceed(id) });
        }
    }

    fn is_promotable(&self, rsc: &str) -> bool {
        let found = self.sides.values().find_map(|side| side.config.primitive(rsc));
        found.is_some_and(|(top, _)| top.kind == Kind::Promotable)
    }

    pub(super) fn monitor_interval(&self, rsc: &str, role: Role) -> u32 {
        let Some((_, primitive)) = self.sides.values().find_map(|side| side.config.primitive(rsc)) else { return 0 };
        1000 * if role == Role::Promoted { primitive.monitor_promoted_s } else { primitive.monitor_s }
    }

    /// The agents' scores for promotion, and the attribute of a ping clone.
    pub(super) fn offer_promotion(&mut self, node: Ix, rsc: &str) {
        let Some((agent, drbd)) =
            self.sides.values().find_map(|side| side.config.primitive(rsc)).map(|(top, member)| {
                let agent = (top.kind == Kind::Promotable, member.agent == "ocf:pacemaker:ping");
                (agent, member.drbd().map(ToOwned::to_owned))
            })
        else {
            return;
        };
        let role = self.machines.get(node).and_then(|m| m.lrm.get(rsc)).map_or(Role::Stopped, |i| i.role);
        match agent {
            (true, _) => {
                let score = match (role, drbd) {
                    (Role::Stopped, _) => None,
                    (_, Some(name)) => self.drbd_score(node, &name),
                    (Role::Promoted, None) => Some("10"),
                    (_, None) => Some("5"),
                };
                self.set_attribute(node, &format!("master-{rsc}"), score);
            }
            (_, true) => self.set_attribute(node, "pingd", (role != Role::Stopped).then_some("100")),
            _ => {}
        }
    }

    /// A monitor finds that a resource has died.
    pub(super) fn monitor_fails(&mut self, node: Ix, rsc: &str) {
        let reason = self.sides.values().find_map(|side| side.config.primitive(rsc));
        let reason = reason.and_then(|(_, member)| member.fails_with.clone()).unwrap_or_default();
        let exec = u32::try_from(self.rng.about(45).as_millis()).unwrap_or(45);
        let now = self.now;
        let Some(machine) = self.machines.get_mut(node) else { return };
        if !machine.broken.remove(rsc) {
            return;
        }
        let Some(instance) = machine.lrm.get_mut(rsc) else { return };
        if instance.role == Role::Stopped || instance.pending.is_some() {
            return;
        }
        machine.calls += 2;
        let interval_ms = instance.monitor.as_ref().map_or(10_000, |monitor| monitor.interval_ms);
        let rc = if reason.is_empty() { 7 } else { 1 };
        let call = machine.calls;
        let failed = Done { call, task: Task::Monitor, rc, interval_ms, at: now, exec_ms: exec, queue_ms: 0, reason };
        instance.failed = true;
        instance.fail_count += 1;
        instance.last_failure = Some(now);
        instance.monitor = Some(failed.clone());
        instance.failure = Some(failed);
        self.publish(node, rsc);
        if let Some(id) = self.machines.get(node).and_then(|machine| machine.side) {
            self.soon(60, Event::Think(id));
        }
    }

    /// Places and starts everything without a transition: the cluster has been up for hours.
    pub(super) fn start_everything(&mut self) {
        let began = Stamp::from_secs(self.now.secs().saturating_sub(86_400));
        let everyone: BTreeSet<Ix> = (0..self.machines.len()).collect();
        let Some(id) = self.machines.first().and_then(|machine| machine.side) else { return };
        if let Some(side) = self.sides.get_mut(&id) {
            side.dc = Some(everyone.len().saturating_sub(1));
        }
        for node in &everyone {
            self.joined(*node);
        }
        // Again and again: promotion needs the scores of copies that run.
        for _ in 0..6 {
            let Some(side) = self.sides.get(&id) else { return };
            let steps = policy::steps(&answers::cib::document(side), self.now.secs()).unwrap_or_default();
            for step in steps {
                let Some(node) = self.find(&step.node) else { continue };
                let role = match task(step.task) {
                    Task::Promote => Role::Promoted,
                    _ if self.is_promotable(&step.rsc) => Role::Unpromoted,
                    _ => Role::Started,
                };
                self.place(node, &step.rsc, role, began);
            }
        }
        if let Some(side) = self.sides.get_mut(&id) {
            side.updates = 114;
        }
    }

    fn place(&mut self, node: Ix, rsc: &str, role: Role, began: Stamp) {
        let task = if role == Role::Promoted { Task::Promote } else { Task::Start };
        if role == Role::Promoted {
            self.drbd_follows(node, rsc, Task::Start);
        }
        self.drbd_follows(node, rsc, task);
        let interval_ms = self.monitor_interval(rsc, role);
        let took = self.takes(rsc, task);
        let exec_ms = u32::try_from(self.rng.about(took).as_millis()).unwrap_or(0);
        let took = self.takes(rsc, Task::Monitor);
        let monitor_ms = u32::try_from(self.rng.about(took).as_millis()).unwrap_or(0);
        let Some(machine) = self.machines.get_mut(node) else { return };
        let calls = machine.calls;
        machine.calls += 5;
        let at = began + Duration::from_millis(u64::from(calls) * 90);
        let done = |call, task, rc, interval_ms, exec_ms| Done {
            call,
            task,
            rc,
            interval_ms,
            at,
            exec_ms,
            queue_ms: 0,
            reason: String::new(),
        };
        let instance = Instance {
            role,
            last: Some(done(calls + 3, task, 0, 0, exec_ms)),
            monitor: Some(done(
                calls + 5,
                Task::Monitor,
                if role == Role::Promoted { 8 } else { 0 },
                interval_ms,
                monitor_ms,
            )),
            ..Instance::default()
        };
        machine.lrm.insert(rsc.to_owned(), instance);
        self.offer_promotion(node, rsc);
        self.publish(node, rsc);
    }
}
