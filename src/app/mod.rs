//! One event in, effects out: all that hatui knows and shows, with no I/O, no clock and no colour.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

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

pub use command::{COMMANDS, Command, Entry, Group};
pub use event::{CommandLine, Effect, Event, FaultOffer, Hit, Key, Mouse};
pub use line::LineEdit;
pub(crate) use pages::{Context, Sheet};
pub use pages::{Line, Page, Tone, page};
pub use palette::{Completion, completions};
pub use screen::{Overlay, Screen};
pub use subject::{Branch, Pane, ResourcePath, Row, Subject};

use crate::model::{Cluster, Feed, Freshness, NodeName, Observation, Seen, Text, Trouble, TroubleKind};
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
    /// Whether a node was told to send headers only.
    paces: BTreeMap<NodeKey, bool>,
    dismissed: BTreeSet<NodeKey>,
    stale: bool,
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
            paces: BTreeMap::new(),
            dismissed: BTreeSet::new(),
            stale: false,
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
        // Bytes change the screen only if they tell something; everything else may.
        self.changed |= !matches!(event, Event::FeedBytes { .. } | Event::Logged(_));
        match event {
            Event::Key(key) => effects = self.press(key),
            Event::Mouse(mouse) => effects = self.mouse(mouse),
            Event::Resize { columns, rows } => self.screen.size = (columns, rows),
            Event::Tick => self.stale = true,
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
            Event::Ran { .. } => {}
            Event::Logged(line) => {
                if self.commands.len() >= COMMANDS_KEPT {
                    self.commands.pop_front();
                }
                self.commands.push_back((at, line));
            }
            Event::Faults(faults) => self.faults = faults,
            Event::Failed(words) => self.screen.overlays.push(Overlay::Failure { words: words.to_string() }),
            Event::Terminate => effects.push(Effect::Quit),
        }
        if self.stale {
            self.stale = false;
            self.changed = true;
            self.cluster.refresh(at);
            self.pace(&mut effects);
        }
        effects
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
                        self.check_belonging(&observation, effects);
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

    /// A node whose cluster does not know the others, and is not known by them, is of another cluster.
    fn check_belonging(&mut self, observation: &Observation, effects: &mut Vec<Effect>) {
        let Seen::Pacemaker(status) = &observation.seen else { return };
        let node = &observation.node;
        if self.dismissed.contains(node) {
            return;
        }
        let mine: Vec<&NodeName> = status.members.iter().map(|member| &member.name).collect();
        let Some(me) = self.cluster.views().get(node).and_then(|view| view.name()).cloned() else { return };
        // The first node named decides which cluster is meant; of those that speak, the first by key stands for it.
        let other = self.cluster.views().iter().find_map(|(key, view)| {
            let known = key != node && !self.dismissed.contains(key);
            let (name, status) = (view.name()?, view.status()?);
            let strangers = !mine.contains(&name) && !status.members.iter().any(|member| member.name == me);
            (known && strangers).then(|| name.clone())
        });
        if let Some(stranger) = other {
            self.dismissed.insert(node.clone());
            let trouble = Trouble {
                kind: TroubleKind::OtherCluster,
                cause: Text::from(format!(
                    "its cluster does not know {stranger}, and that of {stranger} does not know it"
                )),
                hint: Text::new("name the nodes of one cluster only, or give each cluster a name in the clusters file"),
            };
            let contact = crate::model::Contact::Refused(trouble);
            self.cluster.leave(node, contact, observation.at);
            self.stale = true;
            effects.push(Effect::Dismiss(node.clone(), stranger));
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
