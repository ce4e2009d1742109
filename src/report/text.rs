//! One look in plain text: for a pager, a mail, a log.

use std::collections::BTreeMap;

use super::told;
use crate::app::ascii::to_ascii;
use crate::app::clock::{date, span, time, zone};
use crate::app::{Branch, Context, Line, Sheet, Tone, say, units};
use crate::model::{
    Cluster, Feed, Finding, Freshness, NodeName, Picture, ReplicaVolume, Severity, Sync, Text, headline,
};
use crate::wire::Stamp;
use core::time::Duration;

/// How the text is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextOptions {
    /// Whether only ASCII may stand in it; what is none becomes a sign that is.
    pub ascii: bool,
    /// How far the times told are ahead of UTC, in seconds.
    pub utc_offset_s: i32,
    /// The columns that a line may take, from 20.
    pub width: usize,
    /// Whether the cluster is a simulated one: then the text says so.
    pub simulated: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { ascii: false, utc_offset_s: 0, width: 80, simulated: false }
    }
}

/// The text about `cluster`, called `title`, at `now`.
pub fn text(cluster: &Cluster, title: Option<&str>, now: Stamp, options: &TextOptions) -> String {
    let context = Context { cluster, now, utc_offset_s: options.utc_offset_s, filter: "" };
    let mut sheet = Sheet::new(options.width.max(20));
    head(&context, title, options, &mut sheet);
    findings(&context, &mut sheet);
    nodes(&context, &mut sheet);
    resources(&context, &mut sheet);
    replication(&context, &mut sheet);
    quorum(&context, &mut sheet);
    not_seen(&context, &mut sheet);
    let mut text = String::new();
    for line in sheet.into_lines() {
        let words = line.words();
        if options.ascii {
            text.extend(words.chars().map(to_ascii));
        } else {
            text.push_str(&words);
        }
        text.push('\n');
    }
    text
}

fn plain(words: impl Into<String>) -> Line {
    Line::of(Tone::Plain, words)
}

fn head(context: &Context<'_>, title: Option<&str>, options: &TextOptions, sheet: &mut Sheet) {
    let cluster = context.cluster;
    let simulated = if options.simulated { " (SIMULATED)" } else { "" };
    let name = title.unwrap_or("cluster");
    sheet.put(plain(format!("{}: {name}{simulated}: {}", cluster.verdict(), headline(cluster, context.now))));
    let moment = format!(
        "looked at {} {} {}",
        date(context.now, options.utc_offset_s),
        time(context.now, options.utc_offset_s),
        zone(options.utc_offset_s)
    );
    let witness = match &cluster.picture().witness {
        Some((key, fresh)) => format!("by the word of {} ({})", context.called(key), say::freshness(*fresh)),
        None => "no node told its status".to_owned(),
    };
    sheet.put(plain(format!("{moment} by this machine's clock, {witness}")));
    if let Some((key, _)) = cluster.picture().witness.as_ref().filter(|(_, fresh)| *fresh > Freshness::Late) {
        let heard = cluster.views().get(key).and_then(|view| view.heard.get(&Feed::Pacemaker));
        let ago =
            heard.map_or_else(|| "long ago".to_owned(), |heard| format!("{} ago", span(context.now.since(*heard))));
        let who = context.called(key);
        sheet.put(plain(format!("NO NODE TELLS ITS STATUS NOW: what stands below is what {who} said {ago}")));
    }
    if let Some(status) = &cluster.picture().status {
        let dc = status.dc.name().map_or("none or unknown", NodeName::as_str);
        let version = status.version.as_ref().map_or("unknown", |version| version.as_str());
        let fencing = say::yes_no(status.options.fencing_enabled);
        sheet.put(plain(format!("DC {dc}, Pacemaker {version}, fencing enabled: {fencing}")));
    }
}

fn findings(context: &Context<'_>, sheet: &mut Sheet) {
    sheet.heading("FINDINGS");
    let findings = context.cluster.findings();
    if findings.is_empty() && context.cluster.unknown().is_empty() {
        sheet.item(2, plain("none"));
    } else if findings.is_empty() {
        sheet.item(2, plain("none, as far as is known: not everything could be looked at (see below)"));
    }
    for finding in findings {
        one_finding(context, finding, sheet);
    }
}

fn one_finding(context: &Context<'_>, finding: &Finding, sheet: &mut Sheet) {
    let severity = match finding.severity {
        Severity::Info => "info",
        Severity::Warning => "WARNING",
        Severity::Critical => "CRITICAL",
    };
    let since = context.since(finding.since);
    sheet.item(2, plain(format!("{severity}: {} [{}], {since}", finding.words, finding.key.rule)));
    if let Some(meaning) = &finding.meaning {
        sheet.item(6, plain(meaning.to_string()));
    }
    for evidence in &finding.evidence {
        let who = context.called(&evidence.node);
        sheet.item(6, plain(format!("{who} says {}, {}", evidence.words, context.since(evidence.at))));
    }
    if let Some(help) = &finding.help {
        sheet.item(6, plain(format!("helps: {help}")));
    }
}

fn nodes(context: &Context<'_>, sheet: &mut Sheet) {
    sheet.heading("NODES");
    let rows = context.cluster.picture().nodes.iter().map(|row| {
        let (_, sight, _) = say::sight(&row.sight, context.now, context.utc_offset_s);
        let running =
            row.running.map_or_else(|| "? resources".to_owned(), |number| units::count(number as usize, "resource"));
        let cell = |words: String| (Tone::Plain, words);
        vec![
            cell(row.name.to_string()),
            cell(row.state.word().to_owned()),
            cell(if row.is_dc { "DC".to_owned() } else { String::new() }),
            cell(running),
            cell(sight),
        ]
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        sheet.item(2, plain("none known"));
    }
    sheet.table(2, rows);
}

fn resources(context: &Context<'_>, sheet: &mut Sheet) {
    sheet.heading("RESOURCES");
    let Some(status) = &context.cluster.picture().status else {
        sheet.item(2, plain("unknown: no node told its status"));
        return;
    };
    let mut rows = Vec::new();
    for item in &status.resources {
        branch(Branch::Item(item), 0, &mut rows);
    }
    if rows.is_empty() {
        sheet.item(2, plain("none"));
    }
    sheet.table(2, rows);
    if !status.failures.is_empty() {
        sheet.heading("FAILED OPERATIONS");
    }
    for failure in &status.failures {
        let task = failure.task.as_deref().unwrap_or("an operation");
        let code = failure.code.map_or_else(|| "code unknown".to_owned(), |code| format!("code {code}"));
        let words = [&failure.code_words, &failure.status, &failure.reason];
        let words: Vec<_> = words.into_iter().flatten().map(Text::as_str).filter(|word| !word.is_empty()).collect();
        let line = format!("{} on {}: {task} failed, {code}: {}", failure.resource, failure.node, words.join(", "));
        sheet.item(2, plain(line));
    }
}

fn branch(branch: Branch<'_>, depth: usize, rows: &mut Vec<Vec<(Tone, String)>>) {
    let cell = |words: String| (Tone::Plain, words);
    let id = format!("{}{}", "  ".repeat(depth), branch.id());
    if let Some(primitive) = branch.primitive() {
        let mut notes: Vec<String> = primitive.on.iter().map(ToString::to_string).collect();
        notes.extend(primitive.troubles().map(str::to_owned));
        if let Some(target) = &primitive.target {
            notes.push(format!("told to be {target}"));
        }
        rows.push(vec![cell(id), cell(primitive.role.to_string()), cell(notes.join("  "))]);
    } else {
        let kind = match branch {
            Branch::Item(crate::model::Item::Group(_)) => "group",
            Branch::Item(crate::model::Item::Clone(clone)) if clone.promotable => "promotable clone",
            Branch::Item(crate::model::Item::Clone(_)) => "clone",
            _ => "bundle",
        };
        rows.push(vec![cell(id), cell(kind.to_owned()), cell(String::new())]);
    }
    for child in branch.children() {
        self::branch(child, depth + 1, rows);
    }
}

fn replication(context: &Context<'_>, sheet: &mut Sheet) {
    let replicas = &context.cluster.picture().replicas;
    let told = told::replication(context.cluster, context.now);
    if replicas.is_empty() && told {
        return;
    }
    sheet.heading("REPLICATION (DRBD)");
    if !told {
        sheet.item(2, plain("unknown: no node tells it now"));
    }
    for replica in replicas {
        for volume in &replica.volumes {
            let size = volume.size_kib.map_or_else(|| "size unknown".to_owned(), units::size);
            let copies = format!("{} of {} copies up to date", volume.up_to_date(), volume.wanted());
            sheet.item(2, plain(format!("{}/{}, {size}: {copies}", replica.name, volume.number)));
            self::copies(replica, volume, sheet);
            for sync in &volume.syncs {
                sheet.item(4, plain(self::sync(sync)));
            }
        }
        for tie in &replica.ties {
            let says = |state: &Option<crate::model::ConnectionState>| {
                state.as_ref().map_or_else(|| "unknown".to_owned(), |state| state.word().to_owned())
            };
            let split = if tie.looks_split() { "; this looks like a split brain" } else { "" };
            let line = format!("{} says {}, {} says {}{split}", tie.a, says(&tie.a_says), tie.b, says(&tie.b_says));
            sheet.item(4, plain(line));
        }
    }
}

fn copies(replica: &crate::model::ReplicaSet, volume: &ReplicaVolume, sheet: &mut Sheet) {
    let rows = volume.copies.iter().map(|copy| {
        let cell = |words: &str| (Tone::Plain, words.to_owned());
        let role = replica.roles.get(&copy.node).map_or("role unknown", |role| role.word());
        let disk = copy.disk.as_ref().map_or("disk unknown", |disk| disk.word());
        let word = if copy.own_word { "" } else { "(by a peer's word)" };
        vec![cell(copy.node.as_str()), cell(role), cell(disk), cell(word)]
    });
    sheet.table(4, rows.collect());
}

fn sync(sync: &Sync) -> String {
    let what = if sync.verify { "verify" } else { "resync" };
    let done = sync.done.map_or_else(|| "progress unknown".to_owned(), units::percent);
    let left = sync.left_kib.map_or_else(|| "unknown".to_owned(), units::size);
    let rate = sync.rate_kib_s.map_or_else(|| "rate unknown".to_owned(), units::rate);
    let end =
        sync.eta_s.map_or_else(|| "end unknown".to_owned(), |eta| format!("{} to go", span(Duration::from_secs(eta))));
    format!(
        "{what} from {} to {} ({}, by the word of {}): {done}, {left} left, {rate}, {end}",
        sync.source,
        sync.target,
        sync.state.word(),
        sync.witness
    )
}

fn quorum(context: &Context<'_>, sheet: &mut Sheet) {
    let picture: &Picture = context.cluster.picture();
    sheet.heading("QUORUM AND LINKS");
    match &picture.quorum {
        Some(quorum) => {
            let flags: Vec<_> = quorum.flags.iter().map(Text::as_str).collect();
            let old =
                if told::quorum(context.cluster, context.now) { "" } else { "as last told, no node tells it now: " };
            let line = format!(
                "{old}quorum {}: votes {}, needed {}, expected {}; ring {}; flags {}",
                say::yes_no(quorum.quorate),
                say::known(quorum.total_votes),
                say::known(quorum.quorum),
                say::known(quorum.expected_votes),
                say::known(quorum.ring.as_ref()),
                if flags.is_empty() { "none".to_owned() } else { flags.join(" ") },
            );
            sheet.item(2, plain(line));
        }
        None => sheet.item(2, plain("quorum unknown: no node tells it")),
    }
    if picture.is_partitioned() {
        for partition in &picture.partitions {
            let members: Vec<_> = partition.members.iter().map(NodeName::as_str).collect();
            let line = format!(
                "partition {}: ring {}, quorum {}, DC {}",
                members.join(" "),
                say::known(partition.ring.as_ref()),
                say::yes_no(partition.quorate),
                say::known(partition.dc.as_ref())
            );
            sheet.item(2, plain(line));
        }
    }
    if !told::links(context.cluster, context.now) {
        sheet.item(2, plain("links unknown: no node tells them now"));
    }
    let rows = picture.links.iter().map(|row| {
        let cell = |words: String| (Tone::Plain, words);
        let state = row.state().map_or("unknown", |state| state.word());
        let average = row.latency.and_then(|latency| latency.average_us);
        let latency = average.map_or_else(|| "latency unknown".to_owned(), units::latency);
        let disputed = if row.disputed() { "  the ends contradict each other" } else { "" };
        vec![
            cell(format!("link {}", row.number)),
            cell(format!("{} to {}", row.a, row.b)),
            cell(state.to_owned()),
            cell(format!("{latency}{disputed}")),
        ]
    });
    sheet.table(2, rows.collect());
}

/// What could not be seen, and why; rules that lack the same thing share a line.
fn not_seen(context: &Context<'_>, sheet: &mut Sheet) {
    let mut lines = Vec::new();
    for row in &context.cluster.picture().nodes {
        if !row.sight.is_fresh() {
            let (_, words, help) = say::sight(&row.sight, context.now, context.utc_offset_s);
            let help = help.map_or_else(String::new, |help| format!("; helps: {help}"));
            lines.push(format!("{}: {words}{help}", row.name));
        }
    }
    for (key, view) in context.cluster.views() {
        for ((_, tool), said) in &view.failing {
            let trouble = &said.value;
            let line = format!("{}: {tool} {}: {}", context.called(key), trouble.kind.word(), trouble.cause);
            let help = if trouble.hint.is_empty() { String::new() } else { format!("; helps: {}", trouble.hint) };
            lines.push(format!("{line}{help}"));
        }
        for (feed, said) in &view.ended {
            lines.push(format!("{}: {feed} does not run: {}", context.called(key), said.value));
        }
        for (feed, said) in &view.unreadable {
            lines.push(format!("{}: {feed} said something unreadable: {}", context.called(key), said.value));
        }
    }
    let mut missing: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (key, what) in context.cluster.unknown() {
        let rules = missing.entry(what.as_str()).or_default();
        if !rules.contains(&key.rule) {
            rules.push(key.rule);
        }
    }
    lines.extend(missing.into_iter().map(|(what, rules)| {
        let some: Vec<_> = rules.iter().take(3).copied().collect();
        let more = rules.len().saturating_sub(some.len());
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        format!("{what}, so hatui cannot tell: {}{more}", some.join(", "))
    }));
    if !lines.is_empty() {
        sheet.heading("NOT SEEN, AND WHY");
        for line in lines {
            sheet.item(2, plain(line));
        }
    }
}
