//! A cluster that plans are made for: a situation played to its end, in which the nodes can then say more.

#![allow(dead_code, reason = "each test uses other parts of it")]
#![expect(clippy::unwrap_used, reason = "a situation that is written wrongly ends the test")]

#[path = "../findings/cluster.rs"]
mod cluster;
#[path = "../findings/replication.rs"]
mod replication;
#[path = "../findings/situation.rs"]
mod situation;
#[path = "../findings/words.rs"]
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use cluster::Voice;
use cluster::{numbers, voices};
use hatui::action::Situation;
use hatui::model::{Cluster, Feed, Item, Location, Observation, PacemakerStatus, Seen};
use hatui::wire::{NodeKey, Stamp};
use situation::{Base, Case, File, Step};

const START: u64 = 1_800_000_000;

/// The cluster, and the voices of its nodes.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) name: String,
    pub(crate) voices: BTreeMap<String, Voice>,
    pub(crate) cluster: Cluster,
    pub(crate) now: Stamp,
    base: Base,
}

fn files() -> Vec<Case> {
    let files = [
        include_str!("situations.toml"),
        include_str!("../findings/well.toml"),
        include_str!("../findings/nodes.toml"),
        include_str!("../findings/quorum.toml"),
        include_str!("../findings/fencing.toml"),
        include_str!("../findings/resources.toml"),
        include_str!("../findings/replication.toml"),
        include_str!("../findings/config.toml"),
        include_str!("../findings/feeds.toml"),
    ];
    files.into_iter().flat_map(|text| toml::from_str::<File>(text).expect("a file of cases").case).collect()
}

/// The situations have agents that do nothing: here the store is DRBD's.
fn by_drbd(voice: &mut Voice) {
    for item in &mut voice.status.resources {
        let Item::Clone(set) = item else { continue };
        for instance in &mut set.instances {
            if let Item::Primitive(primitive) = instance
                && primitive.id.as_str() == "store"
            {
                primitive.agent = "ocf:linbit:drbd".into();
            }
        }
    }
}

impl World {
    /// The situation whose name begins so, played to its end.
    pub(crate) fn named(start: &str) -> Self {
        let case = files().into_iter().find(|case| case.name.starts_with(start));
        Self::play(&case.unwrap_or_else(|| panic!("no situation begins with `{start}`")))
    }

    /// Every situation.
    pub(crate) fn all() -> Vec<Self> {
        files().iter().map(Self::play).collect()
    }

    fn play(case: &Case) -> Self {
        let mut voices = voices(case);
        voices.values_mut().for_each(by_drbd);
        let now = Stamp::from_secs(START);
        let watched = numbers(case.base).into_iter().filter(|(_, name)| !case.unwatched.iter().any(|it| it == name));
        let cluster = Cluster::new(watched.map(|(_, name)| NodeKey::new(name)), now);
        let mut world = Self { name: case.name.clone(), voices, cluster, now, base: case.base };
        world.cluster.refresh(now);
        if case.base != Base::Unheard {
            let spoken: Vec<_> = world.voices.values().filter(|voice| voice.silent.is_empty()).collect();
            let spoken: Vec<Observation> = spoken.into_iter().flat_map(|voice| voice.all(now)).collect();
            world.hear(spoken);
        }
        let end = case.at.unwrap_or_else(|| case.step.iter().map(|step| step.at).max().unwrap_or(0));
        for second in 0..=end {
            world.now = Stamp::from_secs(START + second);
            if case.base != Base::Unheard {
                world.beat();
            }
            for step in case.step.iter().filter(|step| step.at == second) {
                world.step(step);
            }
        }
        world
    }

    fn hear(&mut self, spoken: Vec<Observation>) {
        for observation in spoken {
            self.cluster.apply(&observation);
        }
        self.cluster.refresh(self.now);
    }

    fn beat(&mut self) {
        let beats = self.voices.values().flat_map(|voice| voice.beat(self.now)).collect();
        self.hear(beats);
    }

    fn step(&mut self, step: &Step) {
        let (base, now) = (self.base, self.now);
        let speakers = self.voices.iter_mut().filter(|(name, _)| step.by.is_empty() || step.by.contains(name));
        let spoken = speakers.flat_map(|(_, voice)| {
            let mut said = voice.step(step, base, now);
            by_drbd(voice);
            said.extend(voice.say([Seen::Pacemaker(Arc::new(voice.status.clone()))], now));
            // What is said of the connection itself is seen by hatui, not heard.
            let deaf = !voice.silent.is_empty();
            said.retain(|it| !deaf || matches!(it.seen, Seen::Contact(_)));
            said
        });
        let spoken = spoken.collect();
        self.hear(spoken);
    }

    /// What is written in the words of the situations happens now.
    pub(crate) fn happens(&mut self, toml: &str) {
        let step: Step = toml::from_str(toml).unwrap_or_else(|error| panic!("{error}"));
        self.step(&step);
    }

    /// Time passes, second by second, and who is not silent says that nothing is new.
    pub(crate) fn pass(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.now = self.now + Duration::from_secs(1);
            self.beat();
        }
    }

    /// Pacemaker's status changes in what all nodes say that are not silent.
    pub(crate) fn status(&mut self, change: impl Fn(&mut PacemakerStatus)) {
        let now = self.now;
        for voice in self.voices.values_mut() {
            change(&mut voice.status);
        }
        self.say(now);
    }

    /// The constraints change.
    pub(crate) fn constraints(&mut self, change: impl Fn(&mut Vec<Location>)) {
        let now = self.now;
        for voice in self.voices.values_mut() {
            voice.cib.epoch += 1;
            change(voice.locations.get_or_insert_default());
        }
        self.say(now);
    }

    /// The configuration changes by so many epochs.
    pub(crate) fn bump(&mut self, by: u64) {
        let now = self.now;
        for voice in self.voices.values_mut() {
            voice.cib.epoch += by;
        }
        self.say(now);
    }

    /// Nobody is heard any more.
    pub(crate) fn silence(&mut self) {
        self.voices.values_mut().for_each(|voice| voice.silent = Feed::ALL.into());
    }

    /// Everybody is heard again, and says all anew.
    pub(crate) fn speak(&mut self) {
        self.voices.values_mut().for_each(|voice| voice.silent.clear());
        let now = self.now;
        let spoken = self.voices.values().flat_map(|voice| voice.all(now)).collect();
        self.hear(spoken);
    }

    fn say(&mut self, at: Stamp) {
        let speaking = self.voices.values().filter(|voice| voice.silent.is_empty());
        let spoken = speaking.flat_map(|voice| voice.say(voice.facts(), at)).collect();
        self.hear(spoken);
    }

    /// The cluster now.
    pub(crate) fn situation(&self) -> Situation<'_> {
        Situation { cluster: &self.cluster, now: self.now }
    }
}
