//! A pane in a few words, for when it has no room.

use super::empty;
use crate::app::{Pane, Tone};
use crate::model::{DrbdMode, Feed, LinkState, ReplicaVolume};
use crate::ui::scene::Scene;
use crate::ui::widgets::time;

/// What matters most of a pane.
pub(in crate::ui) fn of(pane: Pane, scene: &Scene<'_>) -> (Tone, String) {
    match pane {
        Pane::Nodes => {
            let nodes = &scene.picture.nodes;
            let up = nodes.iter().filter(|row| row.state.is_up()).count();
            let tone = if up == nodes.len() && scene.status_is_fresh() { Tone::Good } else { Tone::Warn };
            (tone, format!("{up}/{} up", nodes.len()))
        }
        Pane::Resources => {
            let mut all = 0;
            for item in scene.picture.status.iter().flat_map(|status| &status.resources) {
                item.each_primitive(&mut |_| all += 1);
            }
            (Tone::Plain, format!("{all}"))
        }
        Pane::Findings => {
            let findings = scene.cluster.findings();
            let tone = findings.first().map_or(Tone::Dim, |finding| scene.severity(finding.severity).0);
            (tone, format!("{}", findings.len()))
        }
        Pane::Replication => {
            let volumes = || scene.picture.replicas.iter().flat_map(|replica| &replica.volumes);
            let all: usize = volumes().map(ReplicaVolume::wanted).sum();
            let whole: usize = volumes().map(ReplicaVolume::up_to_date).sum();
            if all == 0 {
                let absent = |view: &crate::model::View| view.drbd_mode == Some(DrbdMode::Absent);
                let none = scene.cluster.views().values().all(absent);
                return if none { (Tone::Dim, "no DRBD".to_owned()) } else { unknown(Feed::Drbd, scene) };
            }
            let syncs = volumes().any(|volume| !volume.syncs.is_empty());
            let alone =
                scene.picture.replicas.iter().flat_map(|replica| &replica.ties).any(crate::model::Tie::given_up);
            if alone {
                return (Tone::Bad, format!("{} StandAlone", scene.signs.bad));
            }
            let tone = if whole == all { Tone::Good } else { Tone::Warn };
            (tone, format!("{whole}/{all} up to date{}", if syncs { ", resync" } else { "" }))
        }
        Pane::Quorum => {
            if scene.picture.is_partitioned() {
                return (Tone::Bad, format!("{} SPLIT", scene.signs.bad));
            }
            let links = &scene.picture.links;
            if links.is_empty() {
                return unknown(Feed::Corosync, scene);
            }
            let up = links.iter().filter(|row| row.state() == Some(&LinkState::Connected)).count();
            let tone = if up == links.len() { Tone::Good } else { Tone::Warn };
            (tone, format!("{up}/{} up", links.len()))
        }
        Pane::Events => match scene.cluster.log().newest_first().next() {
            None => (Tone::Dim, "none".to_owned()),
            Some(happening) => {
                let at = time::when(happening.at, scene.now, scene.clock);
                let tone = scene.severity(happening.severity).0;
                (tone, format!("{} {} {}", at.trim_start(), happening.subject, happening.words))
            }
        },
    }
}

/// Why nothing can be told of a feed.
fn unknown(feed: Feed, scene: &Scene<'_>) -> (Tone, String) {
    if empty::is_denied(feed, scene) {
        return (Tone::Warn, "not permitted".to_owned());
    }
    (Tone::Dim, "not known".to_owned())
}
