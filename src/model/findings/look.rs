//! What the rules look at, and the questions that several of them ask.

use core::time::Duration;

use super::{Finding, Judgement};
use crate::model::{
    Cluster, ClusterOptions, Feed, Freshness, NodeName, NodeRow, NodeState, PacemakerStatus, Picture, Primitive, Text,
    View,
};
use crate::wire::{NodeKey, Stamp};

/// What the rules look at.
pub(in crate::model) struct Look<'a> {
    /// What each node said.
    pub(in crate::model) cluster: &'a Cluster,
    /// The picture put together from it.
    pub(in crate::model) picture: &'a Picture,
    /// The moment of looking.
    pub(in crate::model) now: Stamp,
}

impl<'a> Look<'a> {
    /// The status that is shown; possibly an old one.
    pub(super) fn status(&self) -> Option<&'a PacemakerStatus> {
        self.picture.status.as_deref()
    }

    /// The options that the status repeats.
    pub(super) fn told_options(&self) -> Option<&'a ClusterOptions> {
        self.status().map(|status| &status.options)
    }

    /// The node whose status is shown.
    pub(super) fn witness(&self) -> Option<(&'a NodeKey, &'a View)> {
        let (key, _) = self.picture.witness.as_ref()?;
        Some((key, self.cluster.views().get(key)?))
    }

    /// Whether the status shown is of now.
    pub(super) fn status_is_fresh(&self) -> bool {
        self.picture.witness.as_ref().is_some_and(|(_, freshness)| *freshness <= Freshness::Late)
    }

    /// The nodes that one feed is heard of.
    pub(super) fn fresh(&self, feed: Feed) -> impl Iterator<Item = (&'a NodeKey, &'a View)> {
        let now = self.now;
        self.cluster.views().iter().filter(move |(_, view)| view.feed_freshness(feed, now) <= Freshness::Late)
    }

    /// How the words name a node: as the cluster does, or as the user did.
    pub(super) fn called(&self, key: &'a NodeKey) -> &'a str {
        let name = self.cluster.views().get(key).and_then(View::name);
        name.map_or(key.as_str(), NodeName::as_str)
    }

    /// The state of a node by the status that is shown.
    pub(super) fn state(&self, name: &NodeName) -> NodeState {
        self.picture.node(name).map_or(NodeState::Unknown, |row| row.state)
    }

    /// Whether the cluster holds a node for gone, so that its silence is no news.
    pub(super) fn is_gone(&self, name: &NodeName) -> bool {
        let gone = |state: NodeState| {
            state.is_unclean()
                || matches!(state, NodeState::Offline | NodeState::OfflineStandby | NodeState::OfflineMaintenance)
        };
        self.status_is_fresh() && gone(self.state(name))
    }

    /// Whether the node reached under `key` is held for gone.
    pub(super) fn key_is_gone(&self, key: &NodeKey) -> bool {
        self.row(key).is_some_and(|row| self.is_gone(&row.name))
    }

    /// The row of the node reached under `key`.
    pub(super) fn row(&self, key: &NodeKey) -> Option<&'a NodeRow> {
        self.picture.nodes.iter().find(|row| row.key.as_ref() == Some(key))
    }

    /// Whether any node waits for its fencing.
    pub(super) fn any_unclean(&self) -> bool {
        self.picture.nodes.iter().any(|row| row.state.is_unclean())
    }

    /// The value of an option set in the configuration, by the witness where it tells.
    pub(super) fn option(&self, name: &str) -> Option<&'a Text> {
        let (_, options) = self.options()?;
        options.iter().find(|(option, _)| *option == name).map(|(_, value)| value)
    }

    /// The options set in the configuration: the witness's, else anyone's who is fresh.
    pub(super) fn options(&self) -> Option<(&'a NodeKey, &'a [(Text, Text)])> {
        let told = |(key, view): (&'a NodeKey, &'a View)| Some((key, view.options.as_ref()?.value.as_slice()));
        self.witness().and_then(told).or_else(|| self.fresh(Feed::Pacemaker).find_map(told))
    }

    /// Whether the partition that is shown has quorum: Corosync's word, else Pacemaker's.
    pub(super) fn has_quorum(&self) -> Option<bool> {
        use crate::model::Dc;
        let corosync = || {
            let fresh = self.fresh(Feed::Corosync).any(|(_, view)| view.quorum.is_some());
            self.picture.quorum.as_ref().filter(|_| fresh).and_then(|quorum| quorum.quorate)
        };
        let pacemaker = || match &self.status()?.dc {
            Dc::Node { with_quorum, .. } => *with_quorum,
            Dc::Unknown | Dc::None => None,
        };
        corosync().or_else(pacemaker)
    }

    /// The members of the cluster that have Corosync.
    pub(super) fn full_members(&self) -> impl Iterator<Item = &'a crate::model::Member> {
        use crate::model::NodeKind;
        let members = self.status().into_iter().flat_map(|status| &status.members);
        members.filter(|member| !matches!(member.kind, NodeKind::Remote | NodeKind::Guest(_)))
    }

    /// The fence devices.
    pub(super) fn fence_devices(&self) -> Vec<&'a Primitive> {
        let mut devices = Vec::new();
        for item in self.status().into_iter().flat_map(|status| &status.resources) {
            item.each_primitive(&mut |primitive| {
                if primitive.is_fence_device() {
                    devices.push(primitive);
                }
            });
        }
        devices
    }

    /// Whether DRBD replicates anything, as far as known.
    pub(super) fn replicates(&self) -> bool {
        !self.picture.replicas.is_empty()
    }

    /// The finding with the word of the witness of the status.
    pub(super) fn by_witness(&self, finding: Finding, words: impl AsRef<str>) -> Finding {
        match self.witness() {
            Some((key, view)) => {
                let at = view.pacemaker.as_ref().map_or(self.now, |said| said.since);
                finding.said(key, at, words)
            }
            None => finding,
        }
    }
}

/// It is so.
pub(super) fn fires(finding: Finding) -> Judgement {
    Judgement::Fires(finding)
}

/// It is so, and worth telling once it has been so for some seconds.
pub(super) fn brews(finding: Finding, seconds: u64) -> Judgement {
    Judgement::Brews(finding, Duration::from_secs(seconds))
}

/// Names with commas, and `and` before the last: at most three, then how many more.
pub(super) fn list(names: &[impl AsRef<str>]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [one, two] => format!("{} and {}", one.as_ref(), two.as_ref()),
        [one, two, three] => format!("{}, {} and {}", one.as_ref(), two.as_ref(), three.as_ref()),
        [one, two, rest @ ..] => format!("{}, {} and {} more", one.as_ref(), two.as_ref(), rest.len()),
    }
}

/// `1 thing`, `2 things`.
pub(super) fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// A duration as short as it is still useful: `37 s`, `4 min`, `3 h`.
pub(in crate::model) fn span(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

/// A size in KiB for people.
pub(super) fn size(kib: u64) -> String {
    match kib {
        0..=1023 => format!("{kib} KiB"),
        1024..=1_048_575 => format!("{:.1} MiB", kib as f64 / 1024.0),
        _ => format!("{:.1} GiB", kib as f64 / 1_048_576.0),
    }
}
