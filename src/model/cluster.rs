//! The reducer: observations in, one cluster out.

use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::facts::differing;
use super::findings::{self, Finding, FindingKey, Verdict};
use super::picture::host_names;
use super::{
    Contact, EventLog, Fact, FactKey, Feed, Freshness, NodeName, Observation, Picture, Seen, Text, Truth, View,
    Witnessed, facts_of, truth,
};
use crate::wire::{NodeKey, Stamp};

/// How long news may be on its way before a difference between nodes counts as a disagreement.
const PROPAGATION: Duration = Duration::from_secs(2);

/// How many changes of the DC are remembered.
const DC_CHANGES: usize = 16;

type Facts = Arc<BTreeMap<FactKey, Fact>>;

/// Everything known of one cluster.
#[derive(Debug, Clone, Default)]
pub struct Cluster {
    views: BTreeMap<NodeKey, View>,
    facts: BTreeMap<NodeKey, Facts>,
    held: BTreeMap<FactKey, Witnessed>,
    differing: BTreeMap<FactKey, Stamp>,
    since: BTreeMap<FindingKey, Stamp>,
    picture: Picture,
    findings: Vec<Finding>,
    unknown: Vec<(FindingKey, Text)>,
    /// The latest changes of the DC, oldest first.
    dc_changes: VecDeque<(Stamp, NodeName)>,
    /// The last DC there was.
    dc: Option<NodeName>,
    log: EventLog,
}

impl Cluster {
    /// A cluster whose nodes are to be reached under these keys.
    pub fn new(nodes: impl IntoIterator<Item = NodeKey>, at: Stamp) -> Self {
        let mut cluster = Self::default();
        for key in nodes {
            cluster.add(key, at);
        }
        cluster
    }

    /// Adds a node that is to be watched.
    pub fn add(&mut self, key: NodeKey, at: Stamp) {
        self.views.entry(key).or_insert_with(|| View::new(Contact::Connecting, at));
    }

    /// What each node said.
    pub fn views(&self) -> &BTreeMap<NodeKey, View> {
        &self.views
    }

    /// The picture as of the last observation or look at the clock.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// What an expert would notice, worst first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What no rule could tell for want of knowledge, and what is missing.
    pub fn unknown(&self) -> &[(FindingKey, Text)] {
        &self.unknown
    }

    /// When the DC changed, and to whom: the latest changes, oldest first; the first DC seen is no change.
    pub fn dc_changes(&self) -> impl Iterator<Item = (Stamp, &NodeName)> {
        self.dc_changes.iter().map(|(at, name)| (*at, name))
    }

    /// The facts that hold: of each, the word of the best witness.
    pub fn held(&self) -> &BTreeMap<FactKey, Witnessed> {
        &self.held
    }

    /// What happened so far.
    pub fn log(&self) -> &EventLog {
        &self.log
    }

    /// Whether all is well, and if not, how bad it is.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.picture, &self.findings)
    }

    /// Facts on which fresh nodes contradict each other for longer than news takes, or that tell of a partition.
    pub fn disagreements(&self, now: Stamp) -> impl Iterator<Item = (&FactKey, Stamp)> {
        self.differing
            .iter()
            .filter(move |(key, since)| key.is_membership() || now.since(**since) >= PROPAGATION)
            .map(|(key, since)| (key, *since))
    }

    /// What each node holds to be true, side by side.
    pub fn truth(&self, now: Stamp) -> Truth {
        truth(&self.facts, &self.views, now)
    }

    /// Stops listening to a node: what it said is forgotten, and `contact` tells why.
    pub fn leave(&mut self, key: &NodeKey, contact: Contact, at: Stamp) {
        self.views.insert(key.clone(), View::new(contact, at));
        self.facts.remove(key);
    }

    /// Notes whether a node sends only headers of its CIB from now on.
    pub fn pace(&mut self, key: &NodeKey, headers_only: bool) {
        if let Some(view) = self.views.get_mut(key) {
            view.pace(headers_only);
            self.facts.remove(key);
        }
    }

    /// Takes an observation in. The picture follows with the next [`refresh`](Self::refresh).
    pub fn apply(&mut self, observation: &Observation) {
        let view = self
            .views
            .entry(observation.node.clone())
            .or_insert_with(|| View::new(Contact::Connecting, observation.at));
        view.apply(observation);
        if !matches!(observation.seen, Seen::Beat(_)) {
            self.facts.remove(&observation.node);
        }
    }

    /// Brings everything derived up to `now`: after observations, and when time alone may have changed something.
    pub fn refresh(&mut self, now: Stamp) {
        let names = host_names(&self.views);
        for (key, view) in &self.views {
            self.facts.entry(key.clone()).or_insert_with(|| Arc::new(facts_of(view, &names)));
        }
        self.facts.retain(|key, _| self.views.contains_key(key));
        self.picture = Picture::of(&self.views, self.picture.witness.as_ref().map(|(key, _)| key), now);
        self.note_changes(now);
        self.note_differences(now);
        let judgements = findings::judge(self, now);
        let settled = findings::settle(judgements, &mut self.since, &self.findings, now);
        (self.findings, self.unknown) = (settled.findings, settled.unknown);
    }

    /// Writes into the log what changed in the facts that hold.
    fn note_changes(&mut self, now: Stamp) {
        let held = self.holding(now);
        if held != self.held {
            self.log.note(&self.held, &held, now);
            self.note_dc(&held, now);
            self.held = held;
        }
    }

    /// Remembers a change from one DC to another; an election between two terms of the same is none.
    fn note_dc(&mut self, held: &BTreeMap<FactKey, Witnessed>, now: Stamp) {
        let Some(Fact::Word(word)) = held.get(&FactKey::Dc).map(|held| &held.fact) else { return };
        if word.as_str() == "none" {
            return;
        }
        let name = NodeName::new(word.as_str());
        let changed = match &self.dc {
            Some(before) => *before != name,
            None => false,
        };
        if changed {
            if self.dc_changes.len() >= DC_CHANGES {
                self.dc_changes.pop_front();
            }
            self.dc_changes.push_back((now, name.clone()));
        }
        self.dc = Some(name);
    }

    /// The facts that hold: of each, the word of the best witness.
    ///
    /// What nobody fresh speaks of any more stays as it was last known, so that silence alone writes no history.
    fn holding(&self, now: Stamp) -> BTreeMap<FactKey, Witnessed> {
        let shown = self.picture.partitions.first();
        let witness = self.picture.witness.as_ref().map(|(key, _)| key);
        let mut ranked: Vec<_> = self
            .views
            .keys()
            .map(|key| {
                let in_shown = shown.is_none_or(|partition| partition.speakers.contains(key));
                ((witness == Some(key), in_shown), key)
            })
            .collect();
        ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let mut held = BTreeMap::new();
        for &(_, key) in &ranked {
            let (Some(facts), Some(view)) = (self.facts.get(key), self.views.get(key)) else { continue };
            let own_name = view.name();
            for (fact_key, fact) in facts.iter() {
                if view.feed_freshness(fact_key.feed(), now) > Freshness::Late {
                    continue;
                }
                let own = matches!(fact_key, FactKey::Disk(_, _, node) | FactKey::DrbdRole(_, node) if Some(node) == own_name);
                if own || !held.contains_key(fact_key) {
                    let witnessed = Witnessed { fact: fact.clone(), witness: key.clone() };
                    held.insert(fact_key.clone(), witnessed);
                }
            }
        }
        for (key, old) in &self.held {
            let spoken_of = ranked.iter().any(|(_, speaker)| self.speaks_of(speaker, key, now));
            if !held.contains_key(key) && !spoken_of {
                held.insert(key.clone(), old.clone());
            }
        }
        held
    }

    /// Whether a node's silence on a fact means that it is no more.
    fn speaks_of(&self, speaker: &NodeKey, key: &FactKey, now: Stamp) -> bool {
        let Some(view) = self.views.get(speaker) else { return false };
        if view.feed_freshness(key.feed(), now) > Freshness::Late {
            return false;
        }
        match key {
            FactKey::Resource(_) | FactKey::Failure(..) | FactKey::Node(_) | FactKey::Fencing(_) => {
                self.picture.witness.as_ref().is_some_and(|(witness, _)| witness == speaker)
            }
            FactKey::DrbdRole(_, node) | FactKey::Disk(_, _, node) => view.name() == Some(node) && view.drbd.is_some(),
            FactKey::Connection(_, from, _) | FactKey::Replication(_, _, from, _) => {
                view.name() == Some(from) && view.drbd.is_some()
            }
            FactKey::Link(_, from, _) => view.name() == Some(from) && view.links.is_some(),
            _ => false,
        }
    }

    /// Notes since when fresh nodes contradict each other.
    fn note_differences(&mut self, now: Stamp) {
        let mut differing = differing(&self.facts, &self.views, now);
        differing.retain(|key| !key.is_own());
        self.differing.retain(|key, _| differing.contains(key));
        for key in differing {
            self.differing.entry(key).or_insert(now);
        }
    }

    /// What the node says whose word on the cluster is shown.
    pub fn witness(&self) -> Option<&View> {
        self.picture.witness.as_ref().and_then(|(key, _)| self.views.get(key))
    }

    /// The name that the cluster's configuration gives it, by the word of the witness or of any node.
    pub fn name(&self) -> Option<&super::Text> {
        self.witness().into_iter().chain(self.views.values()).find_map(|view| {
            let options = view.options.as_ref()?;
            options
                .value
                .iter()
                .find(|(name, value)| *name == "cluster-name" && !value.is_empty())
                .map(|(_, value)| value)
        })
    }

    /// Whether it is known if the cluster has a name of its own: anybody told its options.
    pub fn tells_name(&self) -> bool {
        self.views.values().any(|view| view.options.is_some())
    }

    /// Whether any feed of a kind is heard.
    pub fn hears(&self, feed: Feed, now: Stamp) -> bool {
        self.views.values().any(|view| view.feed_freshness(feed, now) <= Freshness::Late)
    }
}
