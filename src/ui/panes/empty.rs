//! Why a pane is empty: nothing there, nothing known yet, not permitted, nothing that matches.

use std::collections::BTreeSet;

use crate::app::{Pane, Tone};
use crate::model::{Contact, DrbdMode, Feed, Freshness, NodeName, Trouble, TroubleKind, Verdict, View};
use crate::ui::scene::Scene;
use crate::ui::widgets::line::wrap;
use crate::ui::widgets::time;
use crate::wire::NodeKey;

/// How many lines each of the words of an empty pane may take.
const MOST: usize = 6;

/// The tool whose word on Pacemaker says most.
const STATUS: &str = "crm_mon";

/// What gives a plain user the right to ask what only root may.
const SUDO: &str = "the rules that `hatui sudoers` prints, in /etc/sudoers.d/hatui there, and `sudo = true`";

/// Words, and how they look.
type Said = (Tone, String);

/// The lines for a pane without rows, where `room` columns are free: why there are none, and what helps.
pub(super) fn lines(pane: Pane, room: usize, scene: &Scene<'_>) -> Vec<Said> {
    let wrapped = |(tone, words): Said| {
        wrap(&words, room, MOST, scene.signs.cut).into_iter().map(move |line| (tone, line)).collect::<Vec<_>>()
    };
    why(pane, scene).into_iter().flat_map(wrapped).collect()
}

fn why(pane: Pane, scene: &Scene<'_>) -> Vec<Said> {
    let filter = &scene.app.screen().filter;
    if !filter.is_empty() && has_any(pane, scene) {
        return vec![(Tone::Dim, format!("nothing here contains \"{filter}\""))];
    }
    match pane {
        Pane::Nodes => vec![(Tone::Warn, "no node is named and none is known".to_owned())],
        Pane::Resources => unheard(Feed::Pacemaker, scene).unwrap_or_else(|| {
            vec![if scene.picture.status.is_some() {
                (Tone::Dim, "no resources are configured".to_owned())
            } else {
                (Tone::Warn, "no node tells the state of the cluster".to_owned())
            }]
        }),
        Pane::Replication => unheard(Feed::Drbd, scene).unwrap_or_else(|| vec![replication(scene)]),
        Pane::Quorum => unheard(Feed::Corosync, scene)
            .unwrap_or_else(|| vec![(Tone::Warn, "no node tells its quorum or links".to_owned())]),
        Pane::Events => vec![(Tone::Dim, "nothing has happened since hatui started".to_owned())],
        Pane::Findings => vec![findings(scene)],
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
fn findings(scene: &Scene<'_>) -> Said {
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

fn replication(scene: &Scene<'_>) -> Said {
    let views = scene.cluster.views();
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
fn unheard(feed: Feed, scene: &Scene<'_>) -> Option<Vec<Said>> {
    let views = scene.cluster.views();
    if let Some(why) = refusal(feed, scene) {
        return Some(why);
    }
    if scene.cluster.hears(feed, scene.now) {
        return None;
    }
    if let Some(since) = scene.old_since(feed) {
        let span = time::whole(scene.now.since(since).as_secs());
        return Some(vec![(Tone::Warn, format!("not known now: no node has told of it for {span}"))]);
    }
    if let Some((name, trouble)) = views.iter().find_map(|(key, view)| match &view.contact.value {
        Contact::Refused(trouble) | Contact::Lost { trouble, .. } => Some((called(key, view), trouble)),
        Contact::NotWatched | Contact::Connecting | Contact::Connected => None,
    }) {
        let mut said = vec![(Tone::Warn, format!("not known: {name}: {}", trouble.kind.word()))];
        said.extend(helps(&trouble.hint));
        return Some(said);
    }
    Some(vec![(Tone::Dim, "not known yet".to_owned())])
}

fn helps(hint: &str) -> Option<Said> {
    (!hint.is_empty()).then(|| (Tone::Accent, format!("helps: {hint}")))
}

/// Tools of a feed that fail where nobody else tells what they would tell: in hatui's words where the login lacks a
/// right, else in those of the tool that tells most.
fn refusal(feed: Feed, scene: &Scene<'_>) -> Option<Vec<Said>> {
    let mut failing: Vec<(&str, &str, &Trouble)> = Vec::new();
    for (key, view) in scene.cluster.views() {
        if view.feed_freshness(feed, scene.now) > Freshness::Late {
            continue;
        }
        let name = called(key, view);
        let tools = view.failing.iter().filter(|((of, _), _)| *of == feed);
        failing.extend(tools.map(|((_, tool), said)| (name, tool.as_str(), &said.value)));
        let status = view.pacemaker.as_ref().filter(|_| feed == Feed::Pacemaker);
        failing.extend(status.and_then(|said| said.value.as_ref().err()).map(|trouble| (name, STATUS, trouble)));
    }
    let denied = |(_, _, trouble): &&(&str, &str, &Trouble)| trouble.kind == TroubleKind::Denied;
    if failing.iter().any(|it| denied(&it)) {
        let each = |of: fn(&(&str, &str, &Trouble)) -> String| {
            let words: BTreeSet<String> = failing.iter().filter(denied).map(of).collect();
            words.into_iter().collect::<Vec<_>>().join(", ")
        };
        let (nodes, tools) = (each(|(name, ..)| (*name).to_owned()), each(|(_, tool, _)| (*tool).to_owned()));
        let (whom, help) = rights(feed);
        let words = format!("not permitted on {nodes}: the user that hatui logs in as may not ask {whom} ({tools})");
        return Some(vec![(Tone::Warn, words), (Tone::Accent, format!("helps: {help}"))]);
    }
    let (name, tool, trouble) =
        failing.iter().find(|(_, tool, _)| *tool == STATUS).or_else(|| failing.first()).copied()?;
    let mut said = vec![(Tone::Warn, format!("{} on {name}: {tool}: {}", trouble.kind.word(), trouble.cause))];
    said.extend(helps(&trouble.hint));
    Some(said)
}

/// Whether a feed tells nothing because the login lacks a right.
pub(super) fn is_denied(feed: Feed, scene: &Scene<'_>) -> bool {
    let denied = |view: &View| {
        let tools = view.failing.iter().filter(|((of, _), _)| *of == feed);
        tools.into_iter().any(|(_, said)| said.value.kind == TroubleKind::Denied)
    };
    scene.cluster.views().values().any(denied)
}

/// Whom a feed asks, and what gives a plain user the right to.
fn rights(feed: Feed) -> (&'static str, &'static str) {
    match feed {
        Feed::Pacemaker => (
            "Pacemaker",
            "there `usermod -aG haclient USER`, then start hatui anew; or the rules that `hatui sudoers` prints",
        ),
        Feed::Corosync => ("Corosync", SUDO),
        Feed::Drbd => ("DRBD", SUDO),
    }
}

fn called<'a>(key: &'a NodeKey, view: &'a View) -> &'a str {
    view.name().map_or(key.as_str(), NodeName::as_str)
}
