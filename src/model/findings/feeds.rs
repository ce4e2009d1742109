//! How well hatui sees: nodes it cannot reach, feeds that are silent, tools that refuse. Old facts must not pass for news.

use std::collections::BTreeMap;

use super::look::{Look, brews, fires, list, span};
use super::{Finding, Judgement, Severity};
use crate::model::{Contact, DrbdMode, Feed, Freshness, NodeKind, Sight, Text, TroubleKind, View};
use crate::wire::NodeKey;

/// How long a first connection or a first word may take, in seconds.
const PATIENCE: u64 = 10;

/// Nobody fresh tells the state of the cluster.
pub(super) fn blind(look: &Look<'_>) -> Vec<Judgement> {
    if look.cluster.views().is_empty() || look.status_is_fresh() {
        return Vec::new();
    }
    if let Some(down) = cluster_down(look) {
        return vec![down];
    }
    // Before the first word the verdict says "unknown"; that is no fault yet.
    let Some((key, view)) = look.witness() else {
        let whys: Vec<String> =
            look.cluster.views().iter().filter_map(|(key, view)| why_no_status(look, key, view)).collect();
        let words = match whys.first() {
            Some(why) => format!("no node tells the state of the cluster: {why}"),
            None => "no node has told the state of the cluster yet".to_owned(),
        };
        let finding = Finding::new("blind", "cluster", Severity::Critical, words, look.now)
            .help("see each node's own finding; hatui connect NODE… asks for what the login needs");
        let known = !whys.is_empty() && whys.len() == look.cluster.views().len();
        return vec![if known { fires(finding) } else { brews(finding, PATIENCE) }];
    };
    let heard = view.heard.get(&Feed::Pacemaker).copied();
    let age = heard.map_or_else(|| "a while".to_owned(), |at| span(look.now.since(at).as_secs()));
    let words = format!("what is shown is old: no node has told the cluster's state for {age}");
    let finding = Finding::new("blind", "cluster", Severity::Critical, words, heard.unwrap_or(look.now))
        .said(key, heard.unwrap_or(look.now), "the last status")
        .meaning("Everything may have changed since; nothing here can be taken for the state of now")
        .help("log in to a node and run crm_mon -1");
    vec![fires(finding)]
}

/// Every node that is watched says, now, that its Pacemaker does not run.
fn cluster_down(look: &Look<'_>) -> Option<Judgement> {
    let mut said = Vec::new();
    for (key, view) in look.cluster.views().iter().filter(|(_, view)| view.contact.value != Contact::NotWatched) {
        let pacemaker =
            view.pacemaker.as_ref().filter(|_| view.feed_freshness(Feed::Pacemaker, look.now) <= Freshness::Late)?;
        let trouble = pacemaker.value.as_ref().err().filter(|trouble| trouble.kind == TroubleKind::NotRunning)?;
        said.push((key, pacemaker.since, trouble));
    }
    let since = said.iter().map(|(_, since, _)| *since).max()?;
    let words = "Pacemaker runs on no node: the cluster is down";
    let mut finding = Finding::new("cluster-down", "cluster", Severity::Critical, words, since)
        .help("crm cluster start on each node, or pcs cluster start --all");
    for (key, since, trouble) in said {
        finding = finding.said(key, since, &*trouble.cause);
    }
    Some(fires(finding))
}

/// Why a node tells no status, if it is known.
fn why_no_status(look: &Look<'_>, key: &NodeKey, view: &View) -> Option<String> {
    let name = look.called(key);
    match &view.contact.value {
        Contact::Refused(trouble) => return Some(format!("{name}: {}", trouble.kind.word())),
        Contact::Lost { trouble, .. } => return Some(format!("{name}: {}", trouble.kind.word())),
        Contact::NotWatched | Contact::Connecting | Contact::Connected => {}
    }
    let trouble = view.pacemaker.as_ref()?.value.as_ref().err()?;
    Some(format!("Pacemaker on {name}: {}", trouble.kind.word()))
}

/// Nodes that hatui cannot see, and feeds of those that it sees.
pub(super) fn sight(look: &Look<'_>) -> Vec<Judgement> {
    // When all are silent that is told once.
    let all_silent = look.cluster.views().values().all(|view| view.freshness(look.now) > Freshness::Late);
    let blind = all_silent && look.picture.witness.is_some();
    look.cluster.views().iter().filter_map(|(key, view)| node(look, key, view, blind)).collect()
}

fn node(look: &Look<'_>, key: &NodeKey, view: &View, blind: bool) -> Option<Judgement> {
    let name = look.called(key);
    let new = |rule, severity, words: String| Finding::new(rule, name, severity, words, look.now);
    match &view.contact.value {
        Contact::NotWatched => return None,
        Contact::Refused(trouble) if trouble.kind == TroubleKind::OtherCluster => {
            let words = format!("{name} belongs to another cluster: it is left out");
            let finding = new("other-cluster", Severity::Warning, words).said(key, view.contact.since, &*trouble.cause);
            return Some(fires(finding.help("name the nodes of one cluster only")));
        }
        Contact::Refused(trouble) => {
            let finding = new(
                "node-refused",
                Severity::Warning,
                format!("{name} refuses hatui: {}", trouble.kind.word()),
            )
            .said(key, view.contact.since, &*trouble.cause);
            let help = if trouble.hint.is_empty() { format!("hatui connect {key}") } else { trouble.hint.to_string() };
            return Some(fires(finding.help(help)));
        }
        Contact::Lost { .. } | Contact::Connecting | Contact::Connected => {}
    }
    // A node that is gone cannot be heard; the finding of the node says so.
    if blind || look.key_is_gone(key) {
        return None;
    }
    let state = look.row(key).filter(|row| row.member.is_some() && look.status_is_fresh()).map(|row| row.state.word());
    let cluster_says = state.map_or_else(String::new, |state| format!("; the cluster says {state}"));
    match view.freshness(look.now) {
        Freshness::Live | Freshness::Late => feed(look, key, view),
        Freshness::Silent => {
            let heard = view.last_heard().unwrap_or(look.now);
            let why = match &view.contact.value {
                Contact::Lost { trouble, .. } => format!(" ({})", trouble.kind.word()),
                _ => String::new(),
            };
            let finding =
                new("node-silent", Severity::Warning, format!("{name} does not answer hatui{why}{cluster_says}"))
                    .said(key, heard, "last heard")
                    .meaning("What it said last is old; its copies, links and tools are not known now")
                    .help(format!("ssh {key} true; hatui connects again by itself"));
            Some(fires(Finding { since: heard, ..finding }))
        }
        Freshness::Never => {
            let (words, after) = match &view.contact.value {
                Contact::Lost { trouble, .. } => {
                    (format!("{name} cannot be reached: {}{cluster_says}", trouble.kind.word()), 0)
                }
                _ => (format!("{name} has not told anything yet{cluster_says}"), PATIENCE),
            };
            let help = match &view.contact.value {
                Contact::Lost { trouble, .. } if !trouble.hint.is_empty() => trouble.hint.to_string(),
                _ => format!("ssh {key} true"),
            };
            Some(brews(new("node-silent", Severity::Warning, words).help(help), after))
        }
    }
}

/// The feeds that a node owes while it is heard otherwise: one finding a node.
fn feed(look: &Look<'_>, key: &NodeKey, view: &View) -> Option<Judgement> {
    // That nobody tells the status is one finding, unless this node has a reason to tell.
    let told = |feed: Feed| {
        feed == Feed::Pacemaker
            && !look.status_is_fresh()
            && look.witness().is_some()
            && !view.ended.contains_key(&feed)
    };
    let is_silent = |feed: &Feed| view.feed_freshness(*feed, look.now) > Freshness::Late && !told(*feed);
    let silent: Vec<Feed> = Feed::ALL.into_iter().filter(is_silent).collect();
    let first = *silent.first()?;
    let name = look.called(key);
    let words: Vec<&str> = silent.iter().map(|feed| feed.word()).collect();
    let feeds = if silent.len() == 1 { "feed" } else { "feeds" };
    let (why, seconds) = match view.ended.get(&first) {
        Some(said) => (format!(": {}", said.value), 0),
        None if view.heard.contains_key(&first) => (String::new(), 0),
        None => (String::new(), PATIENCE),
    };
    let finding = Finding::new(
        "feed-stale",
        name,
        Severity::Warning,
        format!("{name}: no news from the {} {feeds}{why}", list(&words)),
        look.now,
    );
    let finding = match view.heard.get(&first) {
        Some(heard) => finding.said(key, *heard, format!("{first} last heard")),
        None => finding,
    };
    let finding = finding
        .meaning("What it told last is old and not taken for what is")
        .help(format!("ssh {key} true; the raw output (y) shows what the tools print"));
    Some(brews(finding, seconds))
}

/// A tool that fails: of which feed, its name, the cause.
type Failing = (Feed, Text, Text);

/// Tools that refuse or fail: one finding a node and kind of trouble.
pub(super) fn tools(look: &Look<'_>) -> Vec<Judgement> {
    let mut judgements = Vec::new();
    if cluster_down(look).is_some() {
        return judgements;
    }
    for (key, view) in look.cluster.views() {
        if view.freshness(look.now) > Freshness::Late || look.key_is_gone(key) {
            continue;
        }
        let mut by_kind: BTreeMap<&str, (TroubleKind, Vec<Failing>, Text)> = BTreeMap::new();
        let mut note = |feed: Feed, tool: Text, trouble: &crate::model::Trouble| {
            let known = by_kind.entry(trouble.kind.word()).or_insert((trouble.kind, Vec::new(), trouble.hint.clone()));
            known.1.push((feed, tool, trouble.cause.clone()));
        };
        for ((feed, tool), said) in &view.failing {
            note(*feed, tool.clone(), &said.value);
        }
        let known = view.failing.contains_key(&(Feed::Pacemaker, Text::new("crm_mon")));
        if let Some(Err(trouble)) = view.pacemaker.as_ref().map(|said| &said.value).filter(|_| !known) {
            note(Feed::Pacemaker, Text::new("crm_mon"), trouble);
        }
        let no_drbd = view.drbd_mode == Some(DrbdMode::Absent);
        for (kind, mut failing, hint) in by_kind.into_values() {
            failing.retain(|(feed, ..)| !(no_drbd && *feed == Feed::Drbd && kind == TroubleKind::Missing));
            failing.dedup_by(|a, b| a.1 == b.1);
            if failing.is_empty() {
                continue;
            }
            judgements.extend(tool(look, key, kind, &failing, &hint));
        }
    }
    judgements
}

fn tool(look: &Look<'_>, key: &NodeKey, kind: TroubleKind, failing: &[Failing], hint: &Text) -> Option<Judgement> {
    let name = look.called(key);
    let names: Vec<&str> = failing.iter().map(|(_, tool, _)| tool.as_str()).collect();
    let pacemaker = failing.iter().any(|(feed, ..)| *feed == Feed::Pacemaker);
    let others = failing.iter().any(|(feed, ..)| *feed != Feed::Pacemaker);
    let (rule, words, help) = match kind {
        TroubleKind::Denied => {
            let help = match (pacemaker, others) {
                (true, false) => "usermod -aG haclient USER, then log in anew; or the lines of `hatui sudoers`",
                (true, true) => "Pacemaker: usermod -aG haclient USER; Corosync and DRBD: the lines of `hatui sudoers`",
                _ => "put the lines of `hatui sudoers` into /etc/sudoers.d/hatui there",
            };
            ("not-permitted", format!("{name}: this user may not run {}", list(&names)), help.to_owned())
        }
        TroubleKind::Missing => {
            ("tool-missing", format!("{name}: {} not installed", list(&names)), format!("install it on {name}"))
        }
        // A node whose Pacemaker does not run while its Corosync does is told with the nodes.
        TroubleKind::NotRunning if look.row(key).is_some_and(|row| row.member.is_some()) && pacemaker && !others => {
            return None;
        }
        TroubleKind::NotRunning => {
            let what = match (pacemaker, others) {
                (true, true) => "the cluster does not run",
                (true, false) => "Pacemaker does not run",
                _ => "a service does not run",
            };
            (
                "service-down",
                format!("{name}: {what} ({})", list(&names)),
                "systemctl status corosync pacemaker".to_owned(),
            )
        }
        other => ("tool-failed", format!("{name}: {} {}", list(&names), other.word()), String::new()),
    };
    let help =
        if help.is_empty() || (!hint.is_empty() && kind != TroubleKind::Denied) { hint.to_string() } else { help };
    let mut finding = Finding::new(rule, name, Severity::Warning, words, look.now);
    if !help.is_empty() {
        finding = finding.help(help);
    }
    for (_, tool, cause) in failing {
        finding = finding.said(key, look.now, format!("{tool}: {cause}"));
    }
    // A tool may fail once while a service starts; a refusal stays.
    let seconds = if matches!(kind, TroubleKind::Denied | TroubleKind::Missing) { 0 } else { 3 };
    Some(brews(finding, seconds))
}

/// Output that makes no sense: what it would have told is not known.
pub(super) fn unreadable(look: &Look<'_>) -> Vec<Judgement> {
    let mut judgements = Vec::new();
    for (key, view) in look.cluster.views() {
        for (feed, said) in &view.unreadable {
            let name = look.called(key);
            let words = format!("{name}: {feed} output cannot be read: {}", said.value);
            judgements.push(fires(
                Finding::new("unreadable", &format!("{name} {feed}"), Severity::Warning, words, said.since)
                    .said(key, said.since, &*said.value)
                    .help("the raw output (y) shows what it printed; please report it with the tool's version"),
            ));
        }
    }
    judgements
}

/// Members that nobody looks at, and nodes whose name in the cluster is not known.
pub(super) fn unknown_nodes(look: &Look<'_>) -> Vec<Judgement> {
    let mut judgements = Vec::new();
    for row in look.picture.nodes.iter().filter(|row| row.sight == Sight::NotWatched) {
        let remote =
            row.member.as_ref().is_some_and(|member| matches!(member.kind, NodeKind::Remote | NodeKind::Guest(_)));
        if !remote {
            let words = format!("{} is not watched: only what others say of it is known", row.name);
            let help = format!("start hatui with --node {} too", row.name);
            judgements.push(fires(
                Finding::new("not-watched", row.name.as_str(), Severity::Info, words, look.now).help(help),
            ));
        }
    }
    for (key, view) in look.cluster.views() {
        let speaks = view.freshness(look.now) <= Freshness::Late && view.identity.is_some();
        // Where Pacemaker does not run nobody can tell the name.
        let stopped = view.pacemaker.as_ref().is_some_and(|said| said.value.is_err());
        if speaks && view.name().is_none() && !stopped {
            let words = format!("{key} does not tell its name in the cluster: its words stay apart");
            judgements.push(brews(
                Finding::new("nameless", key.as_str(), Severity::Warning, words, look.now)
                    .help(format!("ssh {key} crm_node -n")),
                5,
            ));
        }
    }
    judgements
}
