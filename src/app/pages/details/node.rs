//! A node: what the cluster, each witness and hatui see of it.

use super::{Context, Line, Sheet, Tone, findings_about, names, what_nodes_say};
use crate::app::clock::span;
use crate::app::say::{self, known, yes_no};
use crate::app::units;
use crate::model::{
    DrbdMode, FactKey, Feed, FenceEvent, FenceStatus, Freshness, LinkState, NodeKind, NodeName, NodeRow, NodeState,
    PacemakerStatus, View,
};

/// Writes all that is known of it.
pub(super) fn write(context: &Context<'_>, name: &NodeName, sheet: &mut Sheet) {
    let picture = context.cluster.picture();
    let Some(row) = picture.node(name) else {
        super::gone(&format!("node {name}"), sheet);
        return;
    };
    let view = row.key.as_ref().and_then(|key| context.cluster.views().get(key));
    state(context, row, sheet);
    findings_about(context, |subject| names(subject, name.as_str()), sheet);
    what_nodes_say(context, &[FactKey::Node(name.clone()), FactKey::Fencing(name.clone())], sheet);
    identity(row, view, sheet);
    if let Some(view) = view {
        feeds(context, view, sheet);
    }
    if let Some(status) = picture.status.as_deref() {
        resources(context, status, name, sheet);
        failures(status, name, sheet);
        fencing(status, name, sheet);
    }
    links(context, name, sheet);
    copies(context, name, sheet);
    attributes(context, view, name, sheet);
}

fn state(context: &Context<'_>, row: &NodeRow, sheet: &mut Sheet) {
    let old = !context.status_is_fresh() && row.state != NodeState::Unknown;
    let mut line = if old {
        Line::of(Tone::Warn, format!("was {}", row.state.word()))
    } else {
        Line::of(say::node_tone(row.state), row.state.word())
    };
    if row.is_dc {
        line = line.and(Tone::Accent, ", DC: it decides for the cluster");
    }
    sheet.put(line);
    if old {
        sheet.note("so it was told last: nobody tells the state of the cluster now");
    }
    sheet.note(say::node_means(row.state));
    if let Some(member) = &row.member {
        let flags = [
            (member.standby, "told to run nothing (standby)"),
            (member.maintenance, "its resources are left alone (maintenance)"),
            (member.shutdown, "it is shutting down"),
        ];
        for (_, words) in flags.into_iter().filter(|(flag, _)| *flag == Some(true)) {
            sheet.item(2, Line::of(Tone::Warn, words));
        }
        if let Some(health) = member.health {
            sheet.item(2, Line::plain(format!("its health is {}", format!("{health:?}").to_lowercase())));
        }
    }
    let (tone, words, help) = say::sight(&row.sight, context.now, context.utc_offset_s);
    sheet.field("seen by hatui", Line::of(tone, words));
    if let Some(help) = help {
        sheet.field("helps", Line::of(Tone::Accent, help));
    }
}

fn identity(row: &NodeRow, view: Option<&View>, sheet: &mut Sheet) {
    sheet.heading("who it is");
    let address = row.key.as_ref().map_or("nobody connects to it", |key| key.as_str());
    sheet.field("address", Line::plain(address));
    let identity = view.and_then(|view| view.identity.as_ref());
    sheet.field("host", Line::plain(known(identity.map(|identity| identity.host.as_str()))));
    let named = identity.and_then(|identity| identity.name.as_ref()).map(NodeName::as_str);
    sheet.field("cluster name", Line::plain(named.unwrap_or("it does not say").to_owned()));
    let user = match identity.and_then(|identity| identity.uid) {
        Some(0) => "root (0)".to_owned(),
        user => known(user),
    };
    sheet.field("tools run as", Line::plain(format!("user {user}")));
    sheet.field("corosync id", Line::plain(known(row.id)));
    if let Some(member) = &row.member {
        let kind = match &member.kind {
            NodeKind::Member => "full member".to_owned(),
            NodeKind::Remote => "remote node".to_owned(),
            NodeKind::Guest(resource) => format!("guest node, by resource {resource}"),
            NodeKind::Other(word) => word.to_string(),
        };
        sheet.field("kind", Line::plain(kind));
        sheet.field("feature set", Line::plain(known(member.feature_set.as_ref())));
    }
    let versions = view.map(|view| view.versions.as_slice()).unwrap_or_default();
    let words: Vec<_> = versions.iter().map(|(tool, version)| format!("{tool} {version}")).collect();
    sheet.field("versions", Line::plain(if words.is_empty() { "unknown".to_owned() } else { words.join(", ") }));
}

fn feeds(context: &Context<'_>, view: &View, sheet: &mut Sheet) {
    sheet.heading("its feeds");
    let rows = Feed::ALL.map(|feed| {
        let (tone, words) = say::feed_age(view, feed, context.now);
        let how = match view.drbd_mode.filter(|_| feed == Feed::Drbd) {
            Some(DrbdMode::Events) => ", watched by its events",
            Some(DrbdMode::Polled) => ", looked at now and then: this version has no better",
            Some(DrbdMode::Absent) => ", there is no DRBD",
            None => "",
        };
        vec![(Tone::Plain, feed.word().to_owned()), (tone, format!("{words}{how}"))]
    });
    sheet.table(2, rows.into());
    for (feed, said) in &view.ended {
        let words = format!("{feed} does not run: {}, {}", said.value, context.since(said.since));
        sheet.item(2, Line::of(Tone::Bad, words));
    }
    for ((_, tool), said) in &view.failing {
        let words = format!("{tool} {}: ", said.value.kind.word());
        let line = Line::of(Tone::Bad, words)
            .then(format!("{},", said.value.cause))
            .and(Tone::Dim, format!(" {}", context.since(said.since)));
        sheet.item(2, line);
        if !said.value.hint.is_empty() {
            sheet.item(4, Line::of(Tone::Dim, "helps: ").and(Tone::Accent, said.value.hint.to_string()));
        }
    }
    if let Some(Err(trouble)) = view.pacemaker.as_ref().map(|said| said.value.as_ref()) {
        let words = format!("Pacemaker has no status to tell: {}", trouble.cause);
        sheet.item(2, Line::of(Tone::Bad, words));
    }
    for (feed, said) in &view.unreadable {
        let words = format!("{feed} said something unreadable: {}, {}", said.value, context.since(said.since));
        sheet.item(2, Line::of(Tone::Warn, words));
    }
}

fn resources(context: &Context<'_>, status: &PacemakerStatus, name: &NodeName, sheet: &mut Sheet) {
    let mut rows = Vec::new();
    let mut doubt = None;
    for item in &status.resources {
        item.each_primitive(&mut |primitive| {
            if primitive.on.contains(name) {
                let failed = if primitive.failed == Some(true) { "FAILED  " } else { "" };
                doubt = doubt.take().or_else(|| context.doubt(primitive));
                rows.push(vec![
                    (Tone::Plain, primitive.id.to_string()),
                    context.role(primitive),
                    (Tone::Dim, format!("{failed}{}", primitive.agent)),
                ]);
            }
        });
    }
    let witness = context.cluster.picture().witness.as_ref();
    let witness = witness.map_or_else(String::new, |(key, _)| format!(", by the word of {}", context.called(key)));
    sheet.heading(&format!("{} there{witness}", units::count(rows.len(), "resource")));
    if rows.is_empty() {
        sheet.note("nothing");
    }
    if let Some(doubt) = doubt {
        sheet.item(2, Line::of(Tone::Warn, doubt));
    }
    sheet.table(2, rows);
}

fn failures(status: &PacemakerStatus, name: &NodeName, sheet: &mut Sheet) {
    let failures: Vec<_> = status.failures.iter().filter(|failure| failure.node == *name).collect();
    let counts: Vec<_> = status.fail_counts.iter().filter(|count| count.node == *name).collect();
    if failures.is_empty() && counts.is_empty() {
        return;
    }
    sheet.heading("failures there");
    for failure in failures {
        super::resource::failure(failure, &failure.resource.to_string(), sheet);
    }
    for count in counts {
        super::resource::fail_count(count, &count.resource.to_string(), sheet);
    }
}

fn fencing(status: &PacemakerStatus, name: &NodeName, sheet: &mut Sheet) {
    let Some(events) = &status.fencing else {
        sheet.heading("fencing of it");
        sheet.note("the history is not told");
        return;
    };
    let events: Vec<_> = events.iter().filter(|event| event.target == *name).collect();
    if events.is_empty() {
        return;
    }
    sheet.heading("fencing of it, newest first");
    for event in events {
        let (tone, words) = fence(event);
        sheet.item(2, Line::of(tone, words));
    }
}

/// A fencing in one line.
fn fence(event: &FenceEvent) -> (Tone, String) {
    let (tone, done) = match &event.status {
        FenceStatus::Pending => (Tone::Warn, "under way".to_owned()),
        FenceStatus::Success => (Tone::Good, "done".to_owned()),
        FenceStatus::Failed => (Tone::Bad, "failed".to_owned()),
        FenceStatus::Other(word) => (Tone::Warn, word.to_string()),
    };
    let mut words = vec![format!("{} {done}", event.action)];
    words.extend(event.delegate.as_ref().map(|node| format!("by {node}")));
    words.extend(match (&event.client, &event.origin) {
        (Some(client), Some(origin)) => Some(format!("asked for by {client} on {origin}")),
        (Some(client), None) => Some(format!("asked for by {client}")),
        (None, Some(origin)) => Some(format!("asked for on {origin}")),
        (None, None) => None,
    });
    words.extend(event.completed.as_ref().map(|at| format!("ended at {at} by that node's clock")));
    words.extend(event.reason.as_ref().map(|why| format!("because: {why}")));
    (tone, words.join(", "))
}

fn links(context: &Context<'_>, name: &NodeName, sheet: &mut Sheet) {
    let links = &context.cluster.picture().links;
    let mut rows = Vec::new();
    for row in links.iter().filter(|row| row.a == *name || row.b == *name) {
        let other = if row.a == *name { &row.b } else { &row.a };
        let (tone, word) = row.state().map_or((Tone::Dim, "unknown"), |state| (say::link_tone(state), state.word()));
        let average = row.latency.and_then(|latency| latency.average_us);
        let latency = match row.state() {
            Some(LinkState::Connected) => average.map_or_else(|| "latency unknown".to_owned(), units::latency),
            _ => String::new(),
        };
        let disputed = if row.disputed() { "  the ends contradict each other" } else { "" };
        rows.push(vec![
            (Tone::Plain, format!("link {}", row.number)),
            (Tone::Plain, format!("to {other}")),
            (tone, word.to_owned()),
            (Tone::Dim, format!("{latency}{disputed}")),
        ]);
    }
    if !rows.is_empty() {
        sheet.heading("its links");
        sheet.table(2, rows);
    }
}

fn copies(context: &Context<'_>, name: &NodeName, sheet: &mut Sheet) {
    let mut rows = Vec::new();
    for replica in &context.cluster.picture().replicas {
        let role = replica.roles.get(name);
        for volume in &replica.volumes {
            for copy in volume.copies.iter().filter(|copy| copy.node == *name) {
                let (tone, disk) =
                    copy.disk.as_ref().map_or((Tone::Dim, "unknown"), |disk| (say::disk_tone(disk), disk.word()));
                let (role_tone, role) =
                    role.map_or((Tone::Dim, "unknown"), |role| (say::drbd_role_tone(role), role.word()));
                let word = if copy.own_word { "its own word" } else { "by a peer's word" };
                rows.push(vec![
                    (Tone::Plain, format!("{}/{}", replica.name, volume.number)),
                    (role_tone, role.to_owned()),
                    (tone, disk.to_owned()),
                    (Tone::Dim, word.to_owned()),
                ]);
            }
        }
    }
    if !rows.is_empty() {
        sheet.heading("its copies (DRBD)");
        sheet.table(2, rows);
    }
}

fn attributes(context: &Context<'_>, view: Option<&View>, name: &NodeName, sheet: &mut Sheet) {
    let status = context.cluster.picture().status.as_deref();
    let told = status.into_iter().flat_map(|status| &status.attributes).map(|told| (told, "status"));
    let kept = view.and_then(|view| view.node_attributes.as_ref()).map(|said| said.value.as_slice());
    let kept = kept.unwrap_or_default().iter().map(|kept| (kept, "configuration"));
    let rows: Vec<_> = told
        .chain(kept)
        .filter(|((node, _, _), _)| node == name)
        .map(|((_, attribute, value), from)| {
            vec![
                (Tone::Plain, attribute.to_string()),
                (Tone::Plain, value.to_string()),
                (Tone::Dim, format!("({from})")),
            ]
        })
        .collect();
    if !rows.is_empty() {
        sheet.heading("its attributes");
        sheet.table(2, rows);
    }
    if let Some((view, said)) = view.and_then(|view| Some((view, view.cib.as_ref()?))) {
        let (version, ago) = (said.value.version, span(context.now.since(said.since)));
        sheet.heading("its configuration (CIB)");
        if view.feed_freshness(Feed::Pacemaker, context.now) > Freshness::Late {
            let (tone, age) = say::feed_age(view, Feed::Pacemaker, context.now);
            sheet.item(2, Line::of(tone, format!("its last word: {age}")));
        }
        sheet.field("version", Line::plain(version.to_string()).and(Tone::Dim, format!(" for {ago}")));
        sheet.field("quorum", Line::plain(yes_no(said.value.have_quorum)));
        let witness = context.cluster.picture().witness.as_ref().map(|(key, _)| key);
        if view.headers_only
            && let Some(witness) = witness
        {
            let theirs = context.cluster.views().get(witness).and_then(|view| view.cib.as_ref());
            let same = theirs.is_some_and(|said| said.value.version == version);
            let word = if same { "the same CIB version as" } else { "another CIB version than" };
            sheet.field("status", Line::plain(format!("{word} {witness}, which sends the status for both")));
        }
    }
}
