//! What a watcher looks at and sends, by its feed: frames, and only what differs.

use super::answers::{self, Answer, drbd};
use super::status::Ix;
use super::watcher::{Feed, Watch};
use super::world::World;
use crate::wire::{Argv, Stamp};

impl Feed {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Pacemaker => "pacemaker",
            Self::Corosync => "corosync",
            Self::Drbd => "drbd",
        }
    }
}

/// A document without the lines that always differ.
fn lasting(payload: &[u8]) -> Vec<u8> {
    let passing = |line: &&[u8]| {
        let start = line.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
        let rest = line.get(start..).unwrap_or(&[]);
        !rest.starts_with(b"<last_update") && !rest.starts_with(b"<pacemakerd") && !rest.starts_with(b"Date:")
    };
    payload.split(|byte| *byte == b'\n').filter(passing).flat_map(|line| line.iter().copied().chain([b'\n'])).collect()
}

impl Watch {
    /// The watcher that a command starts; `None` if it is another command.
    pub(super) fn from_argv(argv: &Argv, now: Stamp) -> Option<Self> {
        let words = argv.words();
        let place = words.iter().position(|word| word == "hatui-watch")?;
        let rest = words.get(place + 1..)?;
        let feed = match rest.get(1)?.as_str() {
            "pacemaker" => Feed::Pacemaker,
            "corosync" => Feed::Corosync,
            "drbd" => Feed::Drbd,
            _ => return None,
        };
        let headers_only = rest.get(3).is_some_and(|pace| pace == "header");
        Some(Self::new(rest.first()?.clone(), feed, headers_only, now))
    }

    pub(super) fn frame(&self, kind: &str, keys: &str, payload: Option<&[u8]>) -> Vec<u8> {
        let space = if keys.is_empty() { "" } else { " " };
        let head = format!("@hatui {} {kind}{space}{keys}", self.nonce);
        match payload {
            None => format!("{head}\n").into_bytes(),
            Some(payload) => {
                let mut frame = format!("{head} bytes={}\n", payload.len()).into_bytes();
                frame.extend_from_slice(payload);
                frame.push(b'\n');
                frame
            }
        }
    }

    /// A frame with what a tool printed, if that differs from the last one. One that failed and printed nothing is told as
    /// `fail`, once, and as `ok` when it works again.
    fn report(&mut self, kind: &'static str, tool: &'static str, answer: &Answer, extra: &str) -> Vec<u8> {
        let mut text = Vec::new();
        if answer.code != 0 && answer.out.is_empty() {
            self.sent.remove(kind);
            if self.failing.insert(kind, answer.code) != Some(answer.code) {
                let error = answer.err.get(..answer.err.len().min(1000)).unwrap_or(&[]);
                text.extend(self.frame("fail", &format!("tool={tool} kind={kind} rc={}", answer.code), Some(error)));
            }
            return text;
        }
        if self.failing.remove(kind).is_some() {
            text.extend(self.frame("ok", &format!("tool={tool} kind={kind}"), None));
        }
        let mut lasting = lasting(&answer.out);
        lasting.push(answer.code);
        if self.sent.get(kind) != Some(&lasting) {
            self.sent.insert(kind, lasting);
            text.extend(self.frame(kind, &format!("rc={}{extra}", answer.code), Some(&answer.out)));
        }
        text
    }

    pub(super) fn look_at_pacemaker(&mut self, world: &World, node: Ix) -> Vec<u8> {
        let machine = world.machines.get(node);
        let up = machine.is_some_and(|machine| machine.pacemaker);
        let side = machine.and_then(|machine| machine.side);
        let version = world.side_of(node).map_or((0, 0), |side| (side.epoch, side.updates));
        let seen = (side, version.0, version.1, up);
        if self.seen == Some(seen) {
            return Vec::new();
        }
        self.seen = Some(seen);
        let ask = |words: &[&str]| {
            let argv = words.split_first().map(|(program, rest)| Argv::new(program).args(rest.iter().copied()));
            argv.map_or_else(Answer::default, |argv| answers::answer(world, node, &argv))
        };
        let mut text = self.report("cib", "cibadmin", &ask(&["cibadmin", "-Q", "-n"]), "");
        if !self.headers_only {
            let answer = ask(&["crm_mon", "-1", "--output-as=xml", "-r", "-R", "--fence-history=3"]);
            text.extend(self.report("document", "crm_mon", &answer, &format!(" ms={}", answer.ms)));
        }
        if self.epoch != Some((side, version.0)) {
            self.epoch = Some((side, version.0));
            for (kind, scope) in [("constraints", "constraints"), ("options", "crm_config"), ("attributes", "nodes")] {
                text.extend(self.report(kind, "cibadmin", &ask(&["cibadmin", "-Q", "-o", scope]), ""));
            }
        }
        text
    }

    pub(super) fn look_at_corosync(&mut self, world: &World, node: Ix) -> Vec<u8> {
        let machine = world.machines.get(node);
        let up = machine.is_some_and(|machine| machine.corosync);
        let seen = (machine.and_then(|machine| machine.side), world.corosync_moves, 0, up);
        let mut text = Vec::new();
        let ask = |words: &[&str]| {
            let argv = words.split_first().map(|(program, rest)| Argv::new(program).args(rest.iter().copied()));
            argv.map_or_else(Answer::default, |argv| answers::answer(world, node, &argv))
        };
        if self.seen != Some(seen) {
            self.seen = Some(seen);
            text.extend(self.report("quorum", "corosync-quorumtool", &ask(&["corosync-quorumtool", "-s"]), ""));
            text.extend(self.report("links", "corosync-cfgtool", &ask(&["corosync-cfgtool", "-s"]), ""));
            text.extend(self.report("reach", "corosync-cfgtool", &ask(&["corosync-cfgtool", "-n"]), ""));
        }
        let due = self.latency_at.is_none_or(|at| world.now.since(at).as_millis() >= 4990);
        if due {
            self.latency_at = Some(world.now);
            let mut answer = ask(&["corosync-cmapctl", "-m", "stats", "stats.knet."]);
            answer.out = answers::corosync::only_latency(&answer.out);
            text.extend(self.report("latency", "corosync-cmapctl", &answer, ""));
        }
        if self.clock_at.is_none_or(|at| world.now.since(at).as_millis() >= 59_990) {
            self.clock_at = Some(world.now);
            text.extend(self.frame("clock", &format!("s={}", world.now.micros() / 1_000_000), None));
        }
        text
    }

    pub(super) fn look_at_drbd(&mut self, world: &mut World, node: Ix) -> Vec<u8> {
        let now = world.now;
        for disk in &mut world.disks {
            disk.account(now);
        }
        let objects = drbd::objects(world, node);
        let here = world.disks.iter().any(|disk| disk.end(node).is_some());
        let asked = core::mem::take(&mut self.asked);
        let text = match &self.objects {
            _ if !here => String::new(),
            None => drbd::dump(&objects),
            Some(before) => drbd::changes(before, &objects, asked),
        };
        if asked || !text.is_empty() || self.objects.is_none() {
            self.objects = Some(objects);
        }
        text.into_bytes()
    }
}
