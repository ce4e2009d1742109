//! `drbdadm` on a node: roles, connections, resync and verify of its copies, with DRBD's own refusals.

use super::answers::Answer;
use super::replication::{Connection, Data, Resync};
use super::status::{Ix, Role};
use super::world::{Event, World};

fn refused(name: &str, verb: &str, why: &str, code: u8) -> Answer {
    let err = format!(
        "{name}: State change failed: {why}\nCommand 'drbdsetup {verb} {name}' terminated with exit code {code}\n"
    );
    Answer { err: err.into_bytes(), code, ms: 30, ..Answer::default() }
}

impl World {
    /// What `drbdadm VERB RESOURCE` does; `None` if it only tells something.
    pub(super) fn drbdadm(&mut self, node: Ix, words: &[&str]) -> Option<Answer> {
        let verbs =
            ["connect", "disconnect", "primary", "secondary", "pause-sync", "resume-sync", "verify", "invalidate"];
        let verb = words.iter().copied().find(|word| verbs.contains(word))?;
        let name = words.iter().copied().rfind(|word| !word.starts_with('-') && *word != verb)?;
        let found = self.disk_named(name).and_then(|index| Some((index, self.disks.get(index)?.end(node)?)));
        let Some((index, end)) = found else {
            let err = format!("'{name}' not defined in your config (for this host).\n");
            return Some(Answer { err: err.into_bytes(), code: 1, ms: 8, ..Answer::default() });
        };
        if words.iter().any(|word| matches!(*word, "-d" | "--dry-run")) {
            return Some(Answer::text(self.dry_run(index, end, verb, name), 8));
        }
        let now = self.now;
        if let Some(disk) = self.disks.get_mut(index) {
            disk.account(now);
        }
        let refusal = match verb {
            "connect" => self.connect_end(index, end),
            "disconnect" => {
                self.disconnect_end(index, end);
                None
            }
            "primary" | "secondary" => self.set_role(index, end, node, verb == "primary"),
            "pause-sync" | "resume-sync" => self.pause(index, end, verb == "pause-sync"),
            "verify" => self.verify(index, end),
            _ => self.invalidate(index, end),
        };
        self.tell_drbd(index);
        self.drbd_scores(index);
        let answer = refusal.map(|(why, code)| refused(name, verb, why, code));
        Some(answer.unwrap_or(Answer { ms: 45, ..Answer::default() }))
    }

    /// What `drbdadm -d` says it would run; nothing is.
    fn dry_run(&self, index: usize, end: usize, verb: &str, name: &str) -> String {
        let minor = self.disks.get(index).map_or(0, |disk| disk.minor);
        let peer = 1 - end.min(1);
        match verb {
            "primary" | "secondary" => format!("drbdsetup {verb} {name}\n"),
            "connect" | "disconnect" => format!("drbdsetup {verb} {name} {peer}\n"),
            "invalidate" => format!("drbdsetup {verb} {minor}\n"),
            _ => format!("drbdsetup {verb} {name} {peer} 0\n"),
        }
    }

    fn connect_end(&mut self, index: usize, end: usize) -> Option<(&'static str, u8)> {
        let copy = &mut self.disks.get_mut(index)?.copies[end];
        if copy.connection == Connection::StandAlone {
            copy.connection = Connection::Connecting;
            self.soon(900, Event::Wire(index));
        }
        None
    }

    /// A file system on the device is mounted on the node.
    fn held_open(&self, index: usize, node: Ix) -> bool {
        let Some(disk) = self.disks.get(index) else { return false };
        let device = format!("/dev/drbd{}", disk.minor);
        let mounts = self.scenario.resource.iter().flat_map(|top| &top.member);
        let mut mounts = mounts.filter(|member| member.params.get("device") == Some(&device));
        mounts.any(|member| {
            let instance = self.machines.get(node).and_then(|machine| machine.lrm.get(&member.id));
            instance.is_some_and(|instance| instance.role != Role::Stopped)
        })
    }

    fn set_role(&mut self, index: usize, end: usize, node: Ix, primary: bool) -> Option<(&'static str, u8)> {
        let (held, fresh) = (self.held_open(index, node), self.fresh());
        let disk = self.disks.get_mut(index)?;
        let connected = disk.connected();
        if !primary {
            if held {
                return Some(("(-12) Device is held open by someone", 11));
            }
            disk.copies[end].primary = false;
            return None;
        }
        if connected && disk.copies[1 - end].primary {
            return Some(("(-1) Multiple primaries not allowed by config", 11));
        }
        if disk.copies[end].data != Data::UpToDate {
            return Some(("(-2) Need access to UpToDate data", 17));
        }
        if !disk.copies[end].primary {
            disk.copies[end].primary = true;
            if !connected {
                disk.diverge(end, fresh);
            }
        }
        None
    }

    fn pause(&mut self, index: usize, end: usize, on: bool) -> Option<(&'static str, u8)> {
        let disk = self.disks.get_mut(index)?;
        disk.paused[end] = on;
        if let Some(resync) = disk.resync.as_mut() {
            resync.rate = 0;
        }
        self.soon(120, Event::Resync(index));
        None
    }

    fn verify(&mut self, index: usize, end: usize) -> Option<(&'static str, u8)> {
        let disk = self.disks.get_mut(index)?;
        if !disk.connected() || disk.resync.is_some() {
            return Some(("(-15) Need a connection to start verify or resync", 11));
        }
        let total = disk.size;
        disk.resync = Some(Resync { source: end, exchanging: false, verify: true, total, left: total, rate: 0 });
        self.soon(120, Event::Resync(index));
        None
    }

    fn invalidate(&mut self, index: usize, end: usize) -> Option<(&'static str, u8)> {
        let disk = self.disks.get_mut(index)?;
        if disk.copies[end].primary || !disk.connected() || disk.copies[1 - end].data != Data::UpToDate {
            return Some(("(-2) Need access to UpToDate data", 17));
        }
        let (source, total) = (1 - end, disk.size);
        disk.copies[end].data = Data::Outdated;
        disk.resync = Some(Resync { source, exchanging: true, verify: false, total, left: total, rate: 0 });
        self.soon(240, Event::Resync(index));
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::sim::tests::Bench;

    #[test]
    fn a_dry_run_says_what_it_would_do_and_does_nothing() {
        let mut bench = Bench::new("two-nodes", 1);
        bench.wait(20_000);
        let status = |bench: &mut Bench| bench.ask("ha-node-1", &["drbdadm", "status"]).0;
        let before = status(&mut bench);
        assert!(before.contains("UpToDate"), "{before}");
        for (verb, told) in [
            ("invalidate", "drbdsetup invalidate "),
            ("disconnect", "drbdsetup disconnect store 1\n"),
            ("verify", "drbdsetup verify store 1 0\n"),
            ("pause-sync", "drbdsetup pause-sync store 1 0\n"),
            ("secondary", "drbdsetup secondary store\n"),
        ] {
            let (said, _) = bench.ask("ha-node-1", &["drbdadm", "-d", verb, "store"]);
            assert!(said.starts_with(told), "{verb}: {said}");
            assert_eq!(status(&mut bench), before, "{verb}");
        }
    }
}
