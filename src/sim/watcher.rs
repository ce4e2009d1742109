//! Runs on the nodes: single commands, and the watcher's three feeds as its protocol describes them.

use core::time::Duration;
use std::collections::BTreeMap;

use super::acts::Acted;
use super::answers::{self, drbd::Object};
use super::status::Ix;
use super::world::{Event, World};
use crate::wire::{Argv, Exit, NodeKey, Output, RunId, Stamp};

/// What a feed reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feed {
    Pacemaker,
    Corosync,
    Drbd,
}

/// A watcher that runs.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) nonce: String,
    pub(super) feed: Feed,
    pub(super) headers_only: bool,
    pub(super) heard: Stamp,
    /// From when on it listens: nothing is said before the greeting.
    ready: Stamp,
    /// The frames sent last, by kind, without what always differs.
    pub(super) sent: BTreeMap<&'static str, Vec<u8>>,
    /// The kinds whose tools fail, with their exit codes.
    pub(super) failing: BTreeMap<&'static str, u8>,
    /// What the last look saw; nothing is rendered while it is the same.
    pub(super) seen: Option<(Option<u64>, u64, u64, bool)>,
    pub(super) epoch: Option<(Option<u64>, u64)>,
    pub(super) latency_at: Option<Stamp>,
    pub(super) clock_at: Option<Stamp>,
    pub(super) objects: Option<Vec<Object>>,
    /// Statistics were asked for.
    pub(super) asked: bool,
    line: Vec<u8>,
}

/// How long after its start a watcher has greeted.
const GREETED: Duration = Duration::from_millis(75);

impl Watch {
    pub(super) fn new(nonce: String, feed: Feed, headers_only: bool, now: Stamp) -> Self {
        Self {
            nonce,
            feed,
            headers_only,
            heard: now,
            ready: now + GREETED,
            sent: BTreeMap::new(),
            failing: BTreeMap::new(),
            seen: None,
            epoch: None,
            latency_at: None,
            clock_at: None,
            objects: None,
            asked: false,
            line: Vec::new(),
        }
    }
}

/// A run on a node.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) node: Ix,
    boot: u64,
    pub(super) watch: Option<Watch>,
}

impl Run {
    pub(super) fn wants_cib(&self) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.feed == Feed::Pacemaker)
    }
}

/// What became of the place where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    Firm,
    Frozen,
    Gone,
}

const KEEPALIVE: Duration = Duration::from_secs(20);
/// An SSH client with `ServerAliveInterval=3`, `ServerAliveCountMax=3` gives up after this.
const SERVER_ALIVE: Duration = Duration::from_secs(9);

impl World {
    fn ground(&self, run: RunId) -> Ground {
        let Some(run) = self.runs.get(&run) else { return Ground::Gone };
        match self.machines.get(run.node) {
            Some(machine) if machine.boot == run.boot && machine.powered && machine.frozen => Ground::Frozen,
            Some(machine) if machine.boot == run.boot && machine.powered => Ground::Firm,
            _ => Ground::Gone,
        }
    }

    pub(super) fn start(&mut self, id: RunId, key: &NodeKey, argv: &Argv) {
        let Some(node) = self.machines.iter().position(|machine| machine.key == *key) else {
            let why = format!("Could not resolve hostname {key}: Name or service not known");
            self.said.push((self.now, id, Output::Exit(Exit::NotStarted(why))));
            return;
        };
        let Some(machine) = self.machines.get(node) else { return };
        let (boot, powered, ssh, frozen) = (machine.boot, machine.powered, machine.ssh, machine.frozen);
        let refused = match (powered, ssh, frozen) {
            (false, ..) | (true, false, _) => Some((3070, "No route to host")),
            (_, _, true) => Some((10_000, "Connection timed out")),
            _ => None,
        };
        if let Some((wait, why)) = refused {
            let why = format!("connect to host {key} port 22: {why}");
            self.runs.insert(id, Run { node, boot, watch: None });
            self.soon(wait, Event::Say(id, Output::Exit(Exit::NotStarted(why))));
            return;
        }
        if let Some(watch) = Watch::from_argv(argv, self.now) {
            self.runs.insert(id, Run { node, boot, watch: Some(watch) });
            self.greet(id, node);
            return;
        }
        self.runs.insert(id, Run { node, boot, watch: None });
        if self.preview(id, node, argv) {
            return;
        }
        let answer = match self.act(id, node, argv) {
            Acted::Now(answer) => answer,
            Acted::Later => return,
            Acted::Reads => answers::answer(self, node, argv),
        };
        let wait = self.rng.about(answer.ms + 4);
        if !answer.out.is_empty() {
            self.after(wait, Event::Say(id, Output::Stdout(answer.out)));
        }
        if !answer.err.is_empty() {
            self.after(wait, Event::Say(id, Output::Stderr(answer.err)));
        }
        self.after(wait + Duration::from_millis(1), Event::Say(id, Output::Exit(Exit::Code(answer.code))));
    }

    fn greet(&mut self, id: RunId, node: Ix) {
        let name = self.name(node);
        let pid = 20_000 + self.fresh() % 9000;
        let cluster = if self.machines.get(node).is_some_and(|machine| machine.pacemaker) { name.as_str() } else { "" };
        let Some(watch) = self.runs.get(&id).and_then(|run| run.watch.as_ref()) else { return };
        let feed = watch.feed;
        let keys = format!("v=1 feed={} uid=0 host={name} node={cluster} pid={pid}", feed.word());
        let mut text = watch.frame("hello", &keys, None);
        match feed {
            Feed::Pacemaker => {}
            Feed::Corosync => text.extend(watch.frame("units", "rc=0", Some(answers::UNITS.as_bytes()))),
            Feed::Drbd => {
                let here = self.disks.iter().any(|disk| disk.end(node).is_some());
                let mode = if here { "mode=poll" } else { "mode=absent" };
                let version = if here { answers::drbd::VERSION } else { "" };
                text.extend(watch.frame("mode", mode, Some(version.as_bytes())));
            }
        }
        self.after(Duration::from_millis(38), Event::Say(id, Output::Stdout(text)));
        self.after(GREETED, Event::Look(id));
        if feed != Feed::Drbd {
            self.after(Duration::from_millis(1040), Event::Beat(id));
        }
        self.after(KEEPALIVE, Event::Keepalive(id));
    }

    pub(super) fn stdin(&mut self, id: RunId, bytes: &[u8]) {
        if self.ground(id) != Ground::Firm {
            return;
        }
        let now = self.now;
        let Some(watch) = self.runs.get_mut(&id).and_then(|run| run.watch.as_mut()) else { return };
        let mut words = Vec::new();
        for byte in bytes {
            if *byte == b'\n' {
                words.push(core::mem::take(&mut watch.line));
            } else if watch.line.len() < 64 {
                watch.line.push(*byte);
            }
        }
        let (mut looks, mut beats) = (false, 0);
        for word in words {
            watch.heard = now;
            match (word.as_slice(), watch.feed) {
                (b"d", Feed::Pacemaker) => (watch.headers_only, watch.seen) = (false, None),
                (b"h", Feed::Pacemaker) => watch.headers_only = true,
                (b"w", _) => watch.seen = None,
                (b"n", Feed::Drbd) => watch.asked = true,
                _ => {}
            }
            looks |= matches!(word.as_slice(), b"w" | b"d") || watch.asked;
            beats += usize::from(watch.feed == Feed::Drbd);
        }
        let beat = watch.frame("beat", "", None);
        let now = now.max(watch.ready);
        for _ in 0..beats {
            self.queue_at(now + Duration::from_millis(5), Event::Say(id, Output::Stdout(beat.clone())));
        }
        if looks {
            self.queue_at(now + Duration::from_millis(9), Event::Look(id));
        }
    }

    pub(super) fn close_stdin(&mut self, id: RunId) {
        if self.ground(id) == Ground::Firm {
            self.end_watch(id, "input");
        }
    }

    pub(super) fn cancel(&mut self, id: RunId) {
        if self.runs.remove(&id).is_some() {
            self.said.push((self.now, id, Output::Exit(Exit::Cancelled)));
        }
    }

    pub(super) fn check_keepalive(&mut self, id: RunId) {
        let now = self.now;
        match self.ground(id) {
            Ground::Gone => return,
            Ground::Frozen => return self.after(Duration::from_secs(1), Event::Keepalive(id)),
            Ground::Firm => {}
        }
        let Some(watch) = self.runs.get(&id).and_then(|run| run.watch.as_ref()) else { return };
        let due = watch.heard + KEEPALIVE;
        if now >= due {
            self.end_watch(id, "keepalive");
        } else {
            self.queue_at(due, Event::Keepalive(id));
        }
    }

    fn end_watch(&mut self, id: RunId, why: &str) {
        let Some(watch) = self.runs.get(&id).and_then(|run| run.watch.as_ref()) else { return };
        let bye = watch.frame("bye", &format!("why={why}"), None);
        self.say_now(id, Output::Stdout(bye));
        self.say_now(id, Output::Exit(Exit::Code(0)));
    }

    /// A machine lost its power: the SSH client on this side notices after a while.
    pub(super) fn lose_streams(&mut self, node: Ix) {
        let lost: Vec<RunId> = self.runs.iter().filter(|(_, run)| run.node == node).map(|(id, _)| *id).collect();
        for id in lost {
            self.after(SERVER_ALIVE, Event::Say(id, Output::Exit(Exit::Lost)));
        }
    }

    pub(super) fn say_now(&mut self, id: RunId, output: Output) {
        let ground = self.ground(id);
        let from_here = matches!(output, Output::Exit(Exit::Lost | Exit::NotStarted(_)));
        match ground {
            _ if !self.runs.contains_key(&id) => return,
            _ if from_here => {}
            Ground::Firm => {}
            Ground::Frozen => return self.after(Duration::from_millis(500), Event::Say(id, output)),
            Ground::Gone => return,
        }
        if matches!(output, Output::Exit(_)) {
            self.runs.remove(&id);
        }
        self.said.push((self.now, id, output));
    }

    pub(super) fn beat(&mut self, id: RunId) {
        match self.ground(id) {
            Ground::Gone => return,
            Ground::Frozen => return self.after(Duration::from_secs(1), Event::Beat(id)),
            Ground::Firm => {}
        }
        let Some(watch) = self.runs.get(&id).and_then(|run| run.watch.as_ref()) else { return };
        let beat = watch.frame("beat", "", None);
        self.say_now(id, Output::Stdout(beat));
        self.after(Duration::from_secs(1), Event::Beat(id));
        self.look(id);
    }

    pub(super) fn look(&mut self, id: RunId) {
        if self.ground(id) != Ground::Firm {
            return;
        }
        let Some(mut run) = self.runs.remove(&id) else { return };
        let mut text = Vec::new();
        if let Some(watch) = run.watch.as_mut() {
            text = match watch.feed {
                Feed::Pacemaker => watch.look_at_pacemaker(self, run.node),
                Feed::Corosync => watch.look_at_corosync(self, run.node),
                Feed::Drbd => watch.look_at_drbd(self, run.node),
            };
        }
        self.runs.insert(id, run);
        if !text.is_empty() {
            self.say_now(id, Output::Stdout(text));
        }
    }

    fn drbd_watchers(&self, index: usize) -> Vec<(RunId, Ix)> {
        let Some(disk) = self.disks.get(index) else { return Vec::new() };
        let drbd = |run: &Run| run.watch.as_ref().is_some_and(|watch| watch.feed == Feed::Drbd);
        let here = self.runs.iter().filter(|(_, run)| drbd(run) && disk.end(run.node).is_some());
        here.map(|(id, run)| (*id, run.node)).collect()
    }

    /// Tells the watchers of a disk that something about it changed.
    pub(super) fn tell_drbd(&mut self, index: usize) {
        for (id, _) in self.drbd_watchers(index) {
            self.after(Duration::from_millis(12), Event::Look(id));
        }
    }

    /// DRBD calls a helper program on both ends, and its watchers see that.
    pub(super) fn helper(&mut self, index: usize, what: &str) {
        for (id, node) in self.drbd_watchers(index) {
            let text = answers::drbd::helper_lines(self, index, node, what);
            if !text.is_empty() {
                self.after(Duration::from_millis(10), Event::Say(id, Output::Stdout(text.into_bytes())));
            }
        }
    }
}
