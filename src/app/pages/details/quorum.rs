//! Votes, membership and partitions.

use super::{Context, Line, Sheet, Tone, findings_about, what_nodes_say};
use crate::app::say::{self, known, yes_no};
use crate::app::units::count;
use crate::model::{FactKey, Feed, Freshness, NodeName, Partition, QuorumStatus, View};

/// Writes all that is known of the votes.
pub(super) fn write(context: &Context<'_>, sheet: &mut Sheet) {
    let picture = context.cluster.picture();
    match &picture.quorum {
        Some(quorum) => {
            let fresh = |view: &View| view.feed_freshness(Feed::Corosync, context.now) <= Freshness::Late;
            let old = !context.cluster.views().values().any(|view| fresh(view) && view.quorum.is_some());
            if old {
                sheet.put(Line::of(Tone::Bad, "no node tells its quorum now: this is what was told last"));
            }
            votes(quorum, old, sheet);
        }
        None => sheet.put(Line::of(Tone::Dim, "no node tells its quorum")),
    }
    findings(context, sheet);
    partitions(context, sheet);
    what_nodes_say(context, &[FactKey::Ring, FactKey::Members, FactKey::Quorate, FactKey::Dc], sheet);
}

/// Writes all that is known of a partition.
pub(super) fn partition(context: &Context<'_>, at: usize, sheet: &mut Sheet) {
    let Some(partition) = context.cluster.picture().partitions.get(at) else {
        super::gone("the partition", sheet);
        return;
    };
    one(context, partition, at == 0, sheet);
    let view = partition.speakers.first().and_then(|key| context.cluster.views().get(key));
    if let Some(quorum) = view.and_then(|view| view.quorum.as_ref()) {
        sheet.heading("votes, as told there");
        votes(&quorum.value, false, sheet);
    }
    findings(context, sheet);
    what_nodes_say(context, &[FactKey::Ring, FactKey::Members, FactKey::Quorate, FactKey::Dc], sheet);
}

fn findings(context: &Context<'_>, sheet: &mut Sheet) {
    findings_about(context, |subject| matches!(subject, "cluster" | "quorum" | "partition"), sheet);
}

fn votes(quorum: &QuorumStatus, old: bool, sheet: &mut Sheet) {
    let (tone, word) = match quorum.quorate {
        Some(true) if old => (Tone::Dim, "it had quorum"),
        Some(false) if old => (Tone::Dim, "it had no quorum"),
        Some(true) => (Tone::Good, "it has quorum: it may run resources"),
        Some(false) => (Tone::Bad, "no quorum: it may not run resources, unless the policy lets it"),
        None => (Tone::Dim, "whether it has quorum is unknown"),
    };
    sheet.put(Line::of(tone, word));
    if quorum.blocked {
        sheet.item(2, Line::of(Tone::Bad, "activity is blocked for want of votes"));
    }
    sheet.field("votes present", Line::plain(known(quorum.total_votes)));
    sheet.field("votes needed", Line::plain(known(quorum.quorum)));
    sheet.field("expected", Line::plain(known(quorum.expected_votes)));
    if quorum.highest_expected != quorum.expected_votes {
        sheet.field("most expected", Line::plain(known(quorum.highest_expected)));
    }
    if let Some(votes) = quorum.qdevice_votes {
        sheet.field("device", Line::plain(format!("{} of a quorum device", count(votes as usize, "vote"))));
    }
    sheet.field("ring", Line::plain(known(quorum.ring.as_ref())));
    if quorum.flags.is_empty() {
        sheet.field("flags", Line::of(Tone::Dim, "none"));
    }
    for flag in &quorum.flags {
        sheet.field("flag", Line::plain(flag.to_string()).and(Tone::Dim, meaning(flag)));
    }
    sheet.heading("members");
    let rows = quorum.members.iter().map(|voter| {
        let votes = voter.votes.map_or_else(|| "votes unknown".to_owned(), |votes| count(votes as usize, "vote"));
        let here = if quorum.local == Some(voter.id) { " (it tells this)" } else { "" };
        vec![
            (Tone::Plain, voter.name.to_string()),
            (Tone::Dim, format!("id {}", voter.id)),
            (Tone::Plain, format!("{votes}{here}")),
        ]
    });
    sheet.table(2, rows.collect());
}

fn meaning(flag: &str) -> String {
    say::quorum_flag(flag).map_or_else(|| ": a flag that hatui does not know".to_owned(), |means| format!(": {means}"))
}

fn partitions(context: &Context<'_>, sheet: &mut Sheet) {
    let picture = context.cluster.picture();
    if picture.is_partitioned() {
        sheet.heading("partitions");
        for (at, partition) in picture.partitions.iter().enumerate() {
            one(context, partition, at == 0, sheet);
        }
    }
}

fn one(context: &Context<'_>, partition: &Partition, shown: bool, sheet: &mut Sheet) {
    let members: Vec<_> = partition.members.iter().map(NodeName::as_str).collect();
    let tone = if partition.quorate == Some(true) { Tone::Good } else { Tone::Bad };
    let mut line = Line::of(Tone::Accent, members.join(", ")).then(": quorum ").and(tone, yes_no(partition.quorate));
    if shown {
        line = line.and(Tone::Dim, " (shown as the cluster)");
    }
    sheet.put(line);
    sheet.field("ring", Line::plain(known(partition.ring.as_ref())));
    sheet.field("DC", Line::plain(known(partition.dc.as_ref())));
    sheet.field("CIB", Line::plain(known(partition.cib)));
    let speakers: Vec<_> = partition.speakers.iter().map(|key| context.called(key)).collect();
    sheet.field("told by", Line::plain(speakers.join(", ")));
}
