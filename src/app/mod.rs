//! One event in, effects out: all that hatui knows and shows, with no I/O, no clock and no colour.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

mod act;
pub mod ascii;
pub mod clock;
mod command;
mod event;
mod keys;
mod line;
mod mouse;
mod navigate;
mod pages;
mod palette;
pub(crate) mod say;
mod screen;
mod subject;
pub mod units;
mod words;

pub use act::{Acts, Aside, Asked, Audit, Current, IfCleared, Inquiries, Inquiry, Offer, PastTime, Stage};
pub use command::{COMMANDS, Command, Entry, Group};
pub use event::{CommandLine, Effect, Event, FaultOffer, Hit, Job, Key, Mouse};
pub use line::LineEdit;
pub(crate) use pages::{Context, Sheet};
pub use pages::{Line, Page, Tone, action_to_copy, page};
pub use palette::{Completion, OFFERED, completions};
pub use screen::{Overlay, Screen};
pub use subject::{Branch, Pane, ResourcePath, Row, Subject};

use crate::model::{Cluster, Contact, Feed, Freshness, Observation, Seen, Text, Trouble, TroubleKind, strangers};
use crate::observe::{Decoded, FeedDecoder, RawOutput};
use crate::wire::{Exit, NodeKey, Stamp};

/// Where the nodes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// On real machines.
    Real,
    /// In the simulator: the scenario's name.
    Simulated(String),
    /// In a recording.
    Recorded(String),
}

/// How many commands the log keeps.
const COMMANDS_KEPT: usize = 1000;

/// From how many resource instances on one node of a partition sends documents and the rest headers.
const LARGE: usize = 100;

/// All that hatui knows and shows.
#[derive(Debug)]
pub struct App {
    cluster: Cluster,
    /// The cluster as it was when the picture was frozen, and when that was.
    frozen: Option<(Box<Cluster>, Stamp)>,
    decoders: BTreeMap<(NodeKey, Feed), FeedDecoder>,
    raw: BTreeMap<(NodeKey, &'static str), RawOutput>,
    commands: VecDeque<(Stamp, CommandLine)>,
    faults: Vec<FaultOffer>,
    screen: Screen,
    source: Source,
    title: Option<Text>,
    read_only: bool,
    now: Stamp,
    /// When the session began.
    began: Stamp,
    /// Whether a node was told to send headers only.
    paces: BTreeMap<NodeKey, bool>,
    /// The nodes in the order in which they were named: the first decides which cluster is meant.
    named: Vec<NodeKey>,
    /// Nodes of other clusters: what they say is not listened to.
    dismissed: BTreeSet<NodeKey>,
    stale: bool,
    acts: Acts,
    inquiries: Inquiries,
    rolling: Option<crate::action::rolling::Rolling>,
    /// How far the clock on the wall is ahead of UTC, in seconds.
    utc_offset_s: i32,
    /// Whether the screen may look different than when last asked.
    changed: bool,
}

impl App {
    /// hatui with a cluster whose nodes are to be reached under these keys, at `now`.
    pub fn new(source: Source, title: Option<&str>, nodes: &[NodeKey], now: Stamp) -> Self {
        let mut cluster = Cluster::new(nodes.iter().cloned(), now);
        cluster.refresh(now);
        Self {
            cluster,
            frozen: None,
            decoders: BTreeMap::new(),
            raw: BTreeMap::new(),
            commands: VecDeque::new(),
            faults: Vec::new(),
            screen: Screen::default(),
            source,
            title: title.map(Text::new),
            read_only: false,
            now,
            began: now,
            paces: BTreeMap::new(),
            named: nodes.to_vec(),
            dismissed: BTreeSet::new(),
            stale: false,
            acts: Acts::default(),
            inquiries: Inquiries::default(),
            rolling: None,
            utc_offset_s: 0,
            changed: true,
        }
    }

    /// hatui with no way to change anything.
    #[must_use]
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// hatui with the clock on the wall so many seconds ahead of UTC; 0 until told.
    #[must_use]
    pub fn utc_offset(mut self, seconds: i32) -> Self {
        self.utc_offset_s = seconds;
        self
    }

    /// hatui showing a cluster that is known already.
    #[must_use]
    pub fn with_cluster(mut self, cluster: Cluster) -> Self {
        self.cluster = cluster;
        self
    }

    /// How far the clock on the wall is ahead of UTC, in seconds.
    pub fn utc_offset_s(&self) -> i32 {
        self.utc_offset_s
    }

    /// Whether nothing can be changed.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// The cluster that is shown: the frozen one while the picture is held still.
    pub fn cluster(&self) -> &Cluster {
        self.frozen.as_ref().map_or(&self.cluster, |(cluster, _)| cluster)
    }

    /// The cluster as it is now, frozen or not.
    pub fn live(&self) -> &Cluster {
        &self.cluster
    }

    /// Since when the picture is held still.
    pub fn frozen_since(&self) -> Option<Stamp> {
        self.frozen.as_ref().map(|(_, at)| *at)
    }

    /// The moment that is shown: that of the last event, or of the freeze.
    pub fn shown_at(&self) -> Stamp {
        self.frozen_since().unwrap_or(self.now)
    }

    /// The moment of the last event.
    pub fn now(&self) -> Stamp {
        self.now
    }

    /// What shapes the screen.
    pub fn screen(&self) -> &Screen {
        &self.screen
    }

    /// Where the nodes are.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The name of the cluster: as the user gives it, else as its own configuration does (`cluster-name`).
    pub fn title(&self) -> Option<&Text> {
        self.title.as_ref().or_else(|| self.cluster().name())
    }

    /// What can be broken in the demo now.
    pub fn faults(&self) -> &[FaultOffer] {
        &self.faults
    }

    /// The commands that hatui ran, newest first.
    pub fn commands(&self) -> impl Iterator<Item = &(Stamp, CommandLine)> {
        self.commands.iter().rev()
    }

    /// The tools whose output is kept of a node, in order.
    pub fn raw_of<'a>(&'a self, node: &'a NodeKey) -> impl Iterator<Item = &'a RawOutput> {
        self.raw.iter().filter(move |((of, _), _)| of == node).map(|(_, raw)| raw)
    }

    /// The nodes of which any output is kept, in order.
    pub fn raw_nodes(&self) -> Vec<&NodeKey> {
        let mut nodes: Vec<_> = self.raw.keys().map(|(node, _)| node).collect();
        nodes.dedup();
        nodes
    }

    /// Whether the screen may look different than when this was last asked.
    pub fn take_changed(&mut self) -> bool {
        core::mem::take(&mut self.changed)
    }

    /// Takes an event in, at `at`; what is to be done outside comes back.
    pub fn update(&mut self, event: Event, at: Stamp) -> Vec<Effect> {
        self.now = self.now.max(at);
        let at = self.now;
        let mut effects = Vec::new();
        if self.is_of_dismissed(&event) {
            return effects;
        }
        // Bytes change the screen only if they tell something; everything else may.
        self.changed |= !matches!(event, Event::FeedBytes { .. } | Event::Logged(_));
        match event {
            Event::Key(key) => effects = self.press(key),
            Event::Mouse(mouse) => effects = self.mouse(mouse),
            Event::Resize { columns, rows } => self.screen.size = (columns, rows),
            Event::Tick => {
                let keys: Vec<NodeKey> = self.cluster.views().keys().cloned().collect();
                for key in keys {
                    self.check_belonging(&key, at, &mut effects);
                }
                self.stale = true;
            }
            Event::Contact(node, contact) => self.observe(&Observation { node, at, seen: Seen::Contact(contact) }),
            Event::FeedStarted { node, feed, nonce } => {
                if let Some(decoder) = FeedDecoder::new(node.clone(), feed, &nonce) {
                    if feed == Feed::Pacemaker {
                        // It begins with documents, whatever it was told before.
                        self.paces.remove(&node);
                        self.cluster.pace(&node, false);
                    }
                    self.decoders.insert((node, feed), decoder);
                }
            }
            Event::FeedBytes { node, feed, bytes } => self.bytes(&(node, feed), &bytes, at, &mut effects),
            Event::FeedEnded { node, feed, exit } => self.feed_ended(node, feed, &exit, at),
            Event::Ran { run, exit, stdout, stderr, nonce } => {
                effects = self.ran(run, &exit, &stdout, &stderr, nonce.as_deref());
            }
            Event::Past { left, times } => {
                self.take_journal(left);
                self.acts.times = times.into();
            }
            Event::Logged(line) => self.log_command(line),
            Event::Faults(faults) => self.faults = faults,
            Event::Failed(words) => self.pop_up(Overlay::Failure { words: words.to_string() }),
            Event::Terminate => effects = self.terminate(),
        }
        if self.stale {
            self.stale = false;
            self.changed = true;
            let under_the_cursor = self.selected();
            self.cluster.refresh(at);
            self.note_slide(under_the_cursor);
            self.pace(&mut effects);
            self.look_at_acts(&mut effects);
            self.look_at_rolling(&mut effects);
        }
        effects
    }

    fn log_command(&mut self, line: CommandLine) {
        if self.commands.len() >= COMMANDS_KEPT {
            self.commands.pop_front();
        }
        self.commands.push_back((self.now, line));
    }

    /// A command that the log has as running ended.
    fn end_command(&mut self, node: &NodeKey, words: &Text, exit: &Exit, began: Stamp) {
        let took = self.now.since(began);
        let runs = |line: &CommandLine| line.ended.is_none() && line.node == *node && line.words == *words;
        if let Some((_, line)) = self.commands.iter_mut().rev().find(|(_, line)| runs(line)) {
            line.ended = Some((exit.clone(), took));
        }
    }

    fn observe(&mut self, observation: &Observation) {
        self.cluster.apply(observation);
        self.stale = true;
    }

    fn bytes(&mut self, feed: &(NodeKey, Feed), bytes: &[u8], at: Stamp, effects: &mut Vec<Effect>) {
        let Some(decoder) = self.decoders.get_mut(feed) else { return };
        let mut told = Vec::new();
        decoder.push(bytes, at, |one| told.push(one));
        for one in told {
            match one {
                Decoded::Observed(observation) => {
                    if let Seen::Beat(_) = observation.seen {
                        // A beat moves ages only: the next tick shows them.
                        self.cluster.apply(&observation);
                    } else {
                        self.observe(&observation);
                        if let Seen::Pacemaker(_) | Seen::Options(_) | Seen::Quorum(_) = observation.seen {
                            self.check_belonging(&observation.node, at, effects);
                            if self.dismissed.contains(&observation.node) {
                                return;
                            }
                        }
                    }
                }
                Decoded::Raw(raw) => {
                    self.raw.insert((raw.node.clone(), raw.tool), raw);
                }
            }
        }
    }

    fn feed_ended(&mut self, node: NodeKey, feed: Feed, exit: &Exit, at: Stamp) {
        if let Some(mut decoder) = self.decoders.remove(&(node.clone(), feed)) {
            let mut told = Vec::new();
            decoder.finish(at, |one| told.push(one));
            for one in told {
                if let Decoded::Observed(observation) = one {
                    self.observe(&observation);
                }
            }
        }
        self.observe(&Observation { node, at, seen: Seen::Ended(feed, Text::from(exit.to_string())) });
    }

    /// Whether it comes from a node of another cluster, of which some events may still be on their way.
    fn is_of_dismissed(&self, event: &Event) -> bool {
        match event {
            Event::Contact(node, _)
            | Event::FeedStarted { node, .. }
            | Event::FeedBytes { node, .. }
            | Event::FeedEnded { node, .. } => self.dismissed.contains(node),
            _ => false,
        }
    }

    /// Leaves a node out that is of another cluster than one that was named before it, or those named after it.
    fn check_belonging(&mut self, node: &NodeKey, at: Stamp, effects: &mut Vec<Effect>) {
        let rank = |key: &NodeKey| self.named.iter().position(|named| named == key).unwrap_or(usize::MAX);
        let Some(view) = self.cluster.views().get(node).filter(|_| !self.dismissed.contains(node)) else { return };
        let others = self.cluster.views().iter().filter(|(key, _)| *key != node && !self.dismissed.contains(*key));
        let mut left = Vec::new();
        for (key, other) in others {
            let ((first, before), (late, after)) = if (rank(key), key) < (rank(node), node) {
                ((key, other), (node, view))
            } else {
                ((node, view), (key, other))
            };
            if let (Some(why), Some(name)) = (strangers(after, before, at), before.name()) {
                left.push((rank(first), late.clone(), why, name.clone()));
            }
        }
        // Whoever was named first stays; this node itself may go only once.
        left.sort_by_key(|(rank, ..)| *rank);
        for (_, key, cause, stranger) in left {
            if self.dismissed.contains(node) || !self.dismissed.insert(key.clone()) {
                break;
            }
            let trouble = Trouble {
                kind: TroubleKind::OtherCluster,
                cause,
                hint: Text::new("name the nodes of one cluster only, or give each cluster a name in the clusters file"),
            };
            self.cluster.leave(&key, Contact::Refused(trouble), at);
            self.decoders.retain(|(of, _), _| *of != key);
            self.raw.retain(|(of, _), _| *of != key);
            self.stale = true;
            effects.push(Effect::Dismiss(key, stranger));
        }
    }

    /// In a large cluster one node per partition sends documents, the rest headers. While none tells a status, all do.
    fn pace(&mut self, effects: &mut Vec<Effect>) {
        let picture = self.cluster.picture();
        let mut instances = 0_usize;
        for item in picture.status.iter().flat_map(|status| &status.resources) {
            item.each_primitive(&mut |_| instances += 1);
        }
        let large = instances >= LARGE;
        if !large && self.paces.values().all(|headers| !headers) {
            return;
        }
        let tells = |key: &NodeKey| {
            let view = self.cluster.views().get(key);
            view.is_some_and(|view| {
                view.status().is_some() && view.feed_freshness(Feed::Pacemaker, self.now) <= Freshness::Late
            })
        };
        let mut wanted: BTreeMap<NodeKey, bool> = BTreeMap::new();
        for partition in &picture.partitions {
            let mut able = partition.speakers.iter().filter(|key| tells(key)).peekable();
            let first = able.peek().copied();
            // The one that sends documents already goes on, so that the duty does not wander.
            let sender = able.find(|key| self.paces.get(*key) == Some(&false)).or(first);
            for key in &partition.speakers {
                wanted.insert(key.clone(), large && sender.is_some_and(|sender| sender != key));
            }
        }
        for (node, headers_only) in wanted {
            if self.paces.insert(node.clone(), headers_only) != Some(headers_only) {
                self.cluster.pace(&node, headers_only);
                self.stale = true;
                effects.push(Effect::Pace { node, headers_only });
            }
        }
    }
}
