//! Commands that change the live cluster: its configuration, its failures, its nodes' power.

use core::fmt::Write as _;

use super::answers::{self, Answer, bare, cib};
use super::edit::edit;
use super::faults::Fault;
use super::status::{Done, FenceEvent, FenceState, Ix, NodeStatus, Role, Task};
use super::world::{Event, World};
use crate::wire::{Argv, RunId};

/// What a command that changes something comes to.
pub(super) enum Acted {
    /// It changes nothing: its answer is what can be read.
    Reads,
    Now(Answer),
    /// It ends when something else does.
    Later,
}

/// The word after one of these options.
fn value<'a>(words: &[&'a str], options: &[&str]) -> Option<&'a str> {
    let place = words.iter().position(|word| options.contains(word))?;
    words.get(place + 1).copied()
}

impl World {
    pub(super) fn act(&mut self, id: RunId, node: Ix, argv: &Argv) -> Acted {
        let (program, words) = bare(argv);
        match program {
            "cibadmin" | "crm_standby" | "crm_attribute" | "crm_resource" => {
                if program == "crm_resource"
                    && words.iter().any(|word| matches!(*word, "--cleanup" | "-C" | "--refresh" | "-R"))
                {
                    return Acted::Now(self.clean_up(node, &words));
                }
                self.configure_by(node, program, &words)
            }
            "stonith_admin" => self.asked_to_fence(id, node, &words),
            "drbdadm" => self.drbdadm(node, &words).map_or(Acted::Reads, Acted::Now),
            _ => Acted::Reads,
        }
    }

    fn configure_by(&mut self, node: Ix, program: &str, words: &[&str]) -> Acted {
        let mut scratch = match answers::pacemaker(self, node) {
            Some(side) => cib::document(side),
            None => super::xml::Element::default(),
        };
        let Some(edited) = edit(&mut scratch, program, words) else { return Acted::Reads };
        if answers::pacemaker(self, node).is_none() {
            let tool = if program == "crm_standby" { "crm_attribute" } else { program };
            let tool = if tool == "cibadmin" { String::new() } else { format!("{tool}: ") };
            let err = format!("{tool}Could not connect to the CIB: Transport endpoint is not connected\n");
            return Acted::Now(Answer { err: err.into_bytes(), code: 102, ms: 20, ..Answer::default() });
        }
        if edited.changed {
            let client = match program {
                "cibadmin" => "cibadmin",
                "crm_resource" => "crm_resource",
                _ => "crm_attribute",
            };
            let configuration = scratch.child("configuration").cloned().unwrap_or_default();
            self.configure(node, client, |config| config.take_in(&configuration));
        }
        Acted::Now(Answer {
            out: edited.out.into_bytes(),
            err: edited.err.into_bytes(),
            code: edited.code,
            ms: if program == "crm_standby" { 60 } else { 35 },
        })
    }

    /// `crm_resource --cleanup` and `--refresh`: failures are forgotten, and what runs is looked at anew.
    fn clean_up(&mut self, node: Ix, words: &[&str]) -> Answer {
        let Some(side) = answers::pacemaker(self, node) else {
            let err = b"crm_resource: Could not connect to the CIB: Transport endpoint is not connected\n\
                        Error performing operation: Not connected\n";
            return Answer { err: err.to_vec(), code: 102, ms: 20, ..Answer::default() };
        };
        let all = words.iter().any(|word| matches!(*word, "--refresh" | "-R"));
        let (rsc, at) = (value(words, &["-r", "--resource"]), value(words, &["-N", "--node"]));
        let named = |member: &str, top: &str| rsc.is_none_or(|rsc| rsc == member || rsc == top);
        let members: Vec<String> = side
            .config
            .primitives()
            .filter(|(top, member)| named(&member.id, top.name()))
            .map(|(_, member)| member.id.clone())
            .collect();
        if let Some(rsc) = rsc.filter(|_| members.is_empty()) {
            let err = format!("crm_resource: Resource '{rsc}' not found\nError performing operation: No such object\n");
            return Answer { err: err.into_bytes(), code: 105, ms: 20, ..Answer::default() };
        }
        let nodes: Vec<Ix> = side.members.iter().copied().filter(|n| at.is_none_or(|at| self.name(*n) == at)).collect();
        let (mut out, mut replies) = (String::new(), 0);
        for member in &members {
            for node in &nodes {
                if self.forget_failures(*node, member) || (all && rsc.is_some()) {
                    let _ = writeln!(out, "Cleaned up {member} on {}", self.name(*node));
                    replies += 1;
                }
            }
        }
        if rsc.is_none() {
            let nodes = at.map_or_else(|| "all nodes".to_owned(), ToOwned::to_owned);
            out = format!("Cleaned up all resources on {nodes}\n");
            replies = nodes.len().min(1);
        }
        if replies > 0 {
            let noun = if replies == 1 { "reply" } else { "replies" };
            let _ = writeln!(out, "Waiting for {replies} {noun} from the controller");
            (1..replies).for_each(|_| out.push_str("... got reply\n"));
            out.push_str("... got reply (done)\n");
        }
        if let Some(side) = self.machines.get(node).and_then(|machine| machine.side) {
            self.soon(120, Event::Think(side));
        }
        Answer { out: out.into_bytes(), ms: 420, ..Answer::default() }
    }

    /// Forgets what failed; whether there was anything.
    fn forget_failures(&mut self, node: Ix, rsc: &str) -> bool {
        let now = self.now;
        let Some(machine) = self.machines.get_mut(node) else { return false };
        machine.calls += 1;
        let call = machine.calls;
        let Some(instance) = machine.lrm.get_mut(rsc) else { return false };
        let known = instance.fail_count > 0 || instance.failure.is_some() || instance.failed;
        instance.fail_count = 0;
        instance.last_failure = None;
        instance.failure = None;
        instance.failed = false;
        if known {
            // The probe that follows.
            let role = instance.role;
            let rc = match role {
                Role::Stopped => 7,
                Role::Promoted => 8,
                Role::Started | Role::Unpromoted => 0,
            };
            let probe = Done {
                call,
                task: Task::Monitor,
                rc,
                interval_ms: 0,
                at: now,
                exec_ms: 30,
                queue_ms: 0,
                reason: String::new(),
            };
            if role == Role::Stopped {
                instance.last = Some(probe);
            } else if instance.last.as_ref().is_some_and(|last| last.rc != 0) {
                instance.last = Some(Done { rc: 0, task: Task::Start, ..probe });
            }
            if let Some(monitor) = instance.monitor.as_mut().filter(|monitor| !matches!(monitor.rc, 0 | 8)) {
                monitor.rc = if role == Role::Promoted { 8 } else { 0 };
                monitor.reason.clear();
            }
        }
        self.publish(node, rsc);
        known
    }

    /// `stonith_admin`: it ends when the fencing does.
    fn asked_to_fence(&mut self, id: RunId, node: Ix, words: &[&str]) -> Acted {
        let actions = [
            ("--reboot", "reboot"),
            ("-B", "reboot"),
            ("--fence", "off"),
            ("-F", "off"),
            ("--unfence", "on"),
            ("-U", "on"),
        ];
        let asked = actions.iter().find_map(|(option, action)| Some((value(words, &[option])?, *action)));
        let confirmed = value(words, &["--confirm", "-C"]);
        let Some((name, action)) = asked.or(confirmed.map(|name| (name, "confirm"))) else { return Acted::Reads };
        let refuse = |why: &str, code| {
            let err = format!("stonith_admin: Couldn't fence {name}: {why}\n");
            Acted::Now(Answer { err: err.into_bytes(), code, ms: 30, ..Answer::default() })
        };
        let Some(side) = self.machines.get(node).filter(|m| m.pacemaker).and_then(|machine| machine.side) else {
            return refuse("Transport endpoint is not connected", 102);
        };
        let Some(target) = self.find(name) else { return refuse("No such device", 105) };
        if action == "confirm" {
            self.confirm_fencing(side, node, target);
            return Acted::Now(Answer { ms: 50, ..Answer::default() });
        }
        let client = format!("stonith_admin.{}", 30_000 + self.fresh() % 900);
        let event = self.begin_fencing(side, node, target, (action, client));
        self.waiting.insert(event, id);
        Acted::Later
    }

    /// An administrator vouches for a node being off.
    fn confirm_fencing(&mut self, id: u64, origin: Ix, target: Ix) {
        let (event, now) = (self.fresh(), self.now);
        let client = format!("stonith_admin.{}", 30_000 + event % 900);
        let Some(side) = self.sides.get_mut(&id) else { return };
        for pending in side.fences.iter_mut().filter(|e| e.target == target && e.state == FenceState::Pending) {
            pending.state = FenceState::Failed;
            pending.at = now;
        }
        side.fences.push(FenceEvent {
            id: event,
            target,
            origin,
            delegate: None,
            action: "off",
            client,
            state: FenceState::Success,
            at: now,
        });
        side.fence_after.remove(&target);
        if !side.members.contains(&target) {
            side.status.nodes.insert(target, NodeStatus::default());
        }
        side.touch();
        self.wake_side(id);
        self.soon(200, Event::Think(id));
    }

    /// What is left to do when a fencing that was asked for has ended.
    pub(super) fn answer_fencing(&mut self, event: u64, target: Ix, success: bool) {
        let Some(run) = self.waiting.remove(&event) else { return };
        if !success {
            let err = format!(
                "stonith_admin: Couldn't fence {}: No data available (Fencing did not succeed)\n",
                self.name(target)
            );
            self.say_now(run, crate::wire::Output::Stderr(err.into_bytes()));
        }
        let code = u8::from(!success);
        self.say_now(run, crate::wire::Output::Exit(crate::wire::Exit::Code(code)));
    }

    /// The power of a node after its device was asked.
    pub(super) fn switch(&mut self, target: Ix, action: &str) {
        let node = self.name(target);
        if action != "on" {
            self.power_off(target);
        }
        if action != "off" {
            self.after(core::time::Duration::from_millis(400), Event::Fault(Fault::PowerOn { node }));
        }
    }
}
