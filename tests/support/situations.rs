//! The situations that the findings are tested with, for whatever else shows a cluster: played to their end.

#![expect(dead_code, reason = "each test looks at other parts of an outcome")]
#![expect(clippy::unwrap_used, reason = "a situation that is written wrongly ends the test")]

#[path = "../findings/cluster.rs"]
mod cluster;
#[path = "../findings/play.rs"]
mod play;
#[path = "../findings/replication.rs"]
mod replication;
#[path = "../findings/situation.rs"]
mod situation;
#[path = "../findings/words.rs"]
mod words;

use hatui::app::{App, Pane, Source, Subject};
use hatui::model::{Cluster, Observation, Seen};
use hatui::wire::{NodeKey, Stamp};
use situation::{Case, File};

/// A cluster at a moment.
pub(crate) struct Situation {
    /// What it shows, as a sentence.
    pub(crate) name: String,
    pub(crate) cluster: Cluster,
    pub(crate) now: Stamp,
}

fn cases() -> Vec<Case> {
    let files = [
        include_str!("../findings/well.toml"),
        include_str!("../findings/nodes.toml"),
        include_str!("../findings/quorum.toml"),
        include_str!("../findings/fencing.toml"),
        include_str!("../findings/resources.toml"),
        include_str!("../findings/replication.toml"),
        include_str!("../findings/links.toml"),
        include_str!("../findings/config.toml"),
        include_str!("../findings/feeds.toml"),
        include_str!("../findings/hosts.toml"),
        include_str!("../findings/log.toml"),
    ];
    files.into_iter().flat_map(|text| toml::from_str::<File>(text).expect("a file of cases").case).collect()
}

fn played(case: &Case) -> Situation {
    let outcome = play::play(case, play::Order::Named);
    Situation { name: case.name.clone(), cluster: outcome.cluster, now: outcome.now }
}

/// All of them.
pub(crate) fn all() -> Vec<Situation> {
    cases().iter().map(played).collect()
}

/// The one whose name begins so.
pub(crate) fn named(start: &str) -> Situation {
    let cases = cases();
    let case = cases.iter().find(|case| case.name.starts_with(start));
    played(case.unwrap_or_else(|| panic!("no situation begins with `{start}`")))
}

impl Situation {
    /// Lets a node say more.
    pub(crate) fn hear(&mut self, node: &str, seen: impl IntoIterator<Item = Seen>) {
        for seen in seen {
            self.cluster.apply(&Observation { node: NodeKey::new(node), at: self.now, seen });
        }
        self.cluster.refresh(self.now);
    }

    /// hatui showing it.
    pub(crate) fn app(&self) -> App {
        App::new(Source::Real, Some("my_cluster"), &[], self.now).with_cluster(self.cluster.clone())
    }

    /// Everything in it that can be selected.
    pub(crate) fn subjects(&self) -> Vec<Subject> {
        let app = self.app();
        Pane::ALL.into_iter().flat_map(|pane| app.rows(pane)).map(|row| row.subject).collect()
    }
}
