//! Why a pane is empty: nothing there, nothing known yet, not permitted, nothing that matches.

use crate::app::{Pane, Tone};
use crate::model::{Contact, DrbdMode, Feed, Freshness, NodeName, TroubleKind, Verdict, View};
use crate::ui::scene::Scene;
use crate::ui::widgets::time;
use crate::wire::NodeKey;

/// The words for a pane without rows.
pub(super) fn why(pane: Pane, scene: &Scene<'_>) -> (Tone, String) {
    let filter = &scene.app.screen().filter;
    if !filter.is_empty() && has_any(pane, scene) {
        return (Tone::Dim, format!("nothing here contains \"{filter}\""));
    }
    match pane {
        Pane::Nodes => (Tone::Warn, "no node is named and none is known".to_owned()),
        Pane::Resources => unheard(Feed::Pacemaker, scene).unwrap_or_else(|| {
            if scene.picture.status.is_some() {
                (Tone::Dim, "no resources are configured".to_owned())
            } else {
                (Tone::Warn, "no node tells the state of the cluster".to_owned())
            }
        }),
        Pane::Replication => replication(scene),
        Pane::Quorum => unheard(Feed::Corosync, scene)
            .unwrap_or_else(|| (Tone::Warn, "no node tells its quorum or links".to_owned())),
        Pane::Events => (Tone::Dim, "nothing has happened since hatui started".to_owned()),
        Pane::Findings => findings(scene),
    }
}

/// Whether the pane has rows that a filter keeps away.
fn has_any(pane: Pane, scene: &Scene<'_>) -> bool {
    let picture = scene.picture;
    match pane {
        Pane::Nodes => !picture.nodes.is_empty(),
        Pane::Resources => picture.status.as_ref().is_some_and(|status| !status.resources.is_empty()),
        Pane::Replication => !picture.replicas.is_empty(),
        Pane::Quorum => picture.quorum.is_some() || !picture.links.is_empty(),
        Pane::Events => !scene.cluster.log().is_empty(),
        Pane::Findings => !scene.cluster.findings().is_empty(),
    }
}

/// Nothing to report is said only when enough is known to say so.
fn findings(scene: &Scene<'_>) -> (Tone, String) {
    if scene.cluster.verdict() == Verdict::Healthy {
        let unknown = scene.cluster.unknown().len();
        if unknown == 0 {
            return (Tone::Good, format!("{} nothing to report: all checks are well", scene.signs.good));
        }
        let things = if unknown == 1 { "check" } else { "checks" };
        return (Tone::Plain, format!("nothing to report; {unknown} {things} cannot be made: {}", missing(scene)));
    }
    (Tone::Warn, format!("{} too little is known to say that all is well: {}", scene.signs.unknown, missing(scene)))
}

/// What is missing, each thing once, in words.
fn missing(scene: &Scene<'_>) -> String {
    let mut missing: Vec<&str> = Vec::new();
    for (_, what) in scene.cluster.unknown() {
        if !missing.contains(&what.as_str()) {
            missing.push(what.as_str());
        }
    }
    if missing.is_empty() { "not every node has told what it sees".to_owned() } else { missing.join("; ") }
}

fn replication(scene: &Scene<'_>) -> (Tone, String) {
    let views = scene.cluster.views();
    if let Some(why) = unheard(Feed::Drbd, scene) {
        return why;
    }
    let told: Vec<DrbdMode> = views.values().filter_map(|view| view.drbd_mode).collect();
    if !told.is_empty() && told.iter().all(|mode| *mode == DrbdMode::Absent) {
        let where_ = if told.len() == views.len() { "on these nodes" } else { "on the nodes that speak" };
        return (Tone::Dim, format!("no DRBD {where_}"));
    }
    if views.values().any(|view| view.drbd.is_some()) {
        return (Tone::Dim, "DRBD is there, with no resource up".to_owned());
    }
    (Tone::Dim, "not known yet".to_owned())
}

/// Why nothing of a feed is known now; `None`: it is heard.
fn unheard(feed: Feed, scene: &Scene<'_>) -> Option<(Tone, String)> {
    let views = scene.cluster.views();
    if let Some((name, kind, cause)) = refusal(feed, scene) {
        return Some((Tone::Warn, format!("{} on {name}: {cause}", kind.word())));
    }
    if scene.cluster.hears(feed, scene.now) {
        return None;
    }
    if let Some(since) = scene.old_since(feed) {
        let span = time::whole(scene.now.since(since).as_secs());
        return Some((Tone::Warn, format!("not known now: no node has told of it for {span}")));
    }
    if let Some((name, kind)) = views.iter().find_map(|(key, view)| match &view.contact.value {
        Contact::Refused(trouble) | Contact::Lost { trouble, .. } => Some((called(key, view), trouble.kind)),
        Contact::NotWatched | Contact::Connecting | Contact::Connected => None,
    }) {
        return Some((Tone::Warn, format!("not known: {name}: {}", kind.word())));
    }
    Some((Tone::Dim, "not known yet".to_owned()))
}

/// A tool of a feed that refuses where nobody else tells what it would tell.
fn refusal<'a>(feed: Feed, scene: &Scene<'a>) -> Option<(&'a str, TroubleKind, String)> {
    scene.cluster.views().iter().find_map(|(key, view)| {
        if view.feed_freshness(feed, scene.now) > Freshness::Late {
            return None;
        }
        let by_tool = view.failing.iter().find(|((of, _), _)| *of == feed).map(|((_, tool), said)| (tool, &said.value));
        if let Some((tool, trouble)) = by_tool {
            return Some((called(key, view), trouble.kind, format!("{tool}: {}", trouble.cause)));
        }
        let status = view.pacemaker.as_ref().filter(|_| feed == Feed::Pacemaker)?;
        let trouble = status.value.as_ref().err()?;
        Some((called(key, view), trouble.kind, trouble.cause.to_string()))
    })
}

fn called<'a>(key: &'a NodeKey, view: &'a View) -> &'a str {
    view.name().map_or(key.as_str(), NodeName::as_str)
}
