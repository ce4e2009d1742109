//! A resource, or a set of them: where it is, what it is told to do, and what keeps it from doing so.

use std::collections::BTreeSet;

use super::{Context, Line, Sheet, Tone, findings_about, names, what_nodes_say};
use crate::app::say::{self, yes_no};
use crate::app::{Branch, ResourcePath};
use crate::model::{
    Count, FactKey, FailCount, Failure, Item, LeftOver, Location, PacemakerStatus, Primitive, ResourceId,
};

/// Writes all that is known of it.
pub(super) fn write(context: &Context<'_>, path: &ResourcePath, sheet: &mut Sheet) {
    let Some(status) = context.cluster.picture().status.as_deref() else {
        super::gone(&format!("resource {}", path.id), sheet);
        return;
    };
    let Some((place, branch)) = path.find(&status.resources) else {
        super::gone(&format!("resource {}", path.id), sheet);
        return;
    };
    let primitives = primitives(branch);
    let ids: BTreeSet<&ResourceId> = primitives.iter().map(|primitive| &primitive.id).chain([branch.id()]).collect();
    kind(branch, sheet);
    if let Some(primitive) = branch.primitive() {
        single(context, primitive, sheet);
    }
    above(status, &place, sheet);
    places(context, branch, &primitives, sheet);
    findings_about(context, |subject| ids.iter().any(|id| names(subject, id.as_str())), sheet);
    failures(status, &ids, sheet);
    constraints(context, status, &place, &ids, sheet);
    let keys: Vec<FactKey> = ids.iter().map(|id| FactKey::Resource((*id).clone())).collect();
    what_nodes_say(context, &keys, sheet);
}

fn primitives(branch: Branch<'_>) -> Vec<&Primitive> {
    match branch {
        Branch::Member(primitive) => vec![primitive],
        Branch::Item(item) => {
            let mut found = Vec::new();
            item.each_primitive(&mut |primitive| found.push(primitive));
            found
        }
    }
}

fn kind(branch: Branch<'_>, sheet: &mut Sheet) {
    let words = match branch {
        Branch::Member(_) | Branch::Item(Item::Primitive(_)) => return,
        Branch::Item(Item::Group(_)) => {
            "a group: its members run together on one node, started in this order".to_owned()
        }
        Branch::Item(Item::Clone(clone)) if clone.promotable => {
            "a promotable clone: copies on several nodes, of which one or more are promoted".to_owned()
        }
        Branch::Item(Item::Clone(_)) => "a clone: copies on several nodes".to_owned(),
        Branch::Item(Item::Bundle(bundle)) => format!("a bundle of {} containers of {}", bundle.kind, bundle.image),
    };
    sheet.put(Line::plain(words));
    let flags = match branch {
        Branch::Item(Item::Group(group)) => (group.managed, group.disabled, group.maintenance),
        Branch::Item(Item::Clone(clone)) => (clone.managed, clone.disabled, clone.maintenance),
        Branch::Item(Item::Bundle(bundle)) => (bundle.managed, None, bundle.maintenance),
        _ => return,
    };
    if flags.0 == Some(false) {
        sheet.item(2, Line::of(Tone::Warn, "unmanaged: the cluster neither starts nor stops it"));
    }
    if flags.1 == Some(true) {
        sheet.item(2, Line::of(Tone::Warn, "told to stop (disabled)"));
    }
    if flags.2 == Some(true) {
        sheet.item(2, Line::of(Tone::Warn, "in maintenance: left alone"));
    }
}

fn single(context: &Context<'_>, primitive: &Primitive, sheet: &mut Sheet) {
    let (tone, role) = context.role(primitive);
    let mut line = Line::of(tone, role);
    if primitive.failed == Some(true) {
        line = line.and(Tone::Bad, ", FAILED");
    }
    sheet.put(line);
    if let Some(doubt) = context.doubt(primitive) {
        sheet.item(2, Line::of(Tone::Bad, doubt));
    }
    sheet.field("agent", Line::plain(primitive.agent.to_string()));
    let on: Vec<_> = primitive.on.iter().map(ToString::to_string).collect();
    sheet.field("on", Line::plain(if on.is_empty() { "no node".to_owned() } else { on.join(", ") }));
    if let Some(target) = &primitive.target {
        sheet.field("told to be", Line::plain(target.to_string()));
    }
    if let Some(pending) = &primitive.pending {
        sheet.field("under way", Line::of(Tone::Warn, pending.to_string()));
    }
    let managed = if primitive.managed == Some(false) { Tone::Warn } else { Tone::Plain };
    sheet.field("managed", Line::of(managed, yes_no(primitive.managed)));
    let blocked = if primitive.blocked == Some(true) { Tone::Bad } else { Tone::Plain };
    let mut words = Line::of(blocked, yes_no(primitive.blocked));
    if primitive.blocked == Some(true) {
        words = words.and(Tone::Dim, ": the cluster does not touch it until someone looks and cleans up");
    }
    sheet.field("blocked", words);
    sheet.field("failed", Line::plain(yes_no(primitive.failed)));
    if primitive.failure_ignored == Some(true) {
        sheet.item(2, Line::of(Tone::Warn, "its failures are ignored"));
    }
    if primitive.orphaned == Some(true) {
        sheet.item(2, Line::of(Tone::Warn, "orphaned: it runs though it is not configured any more"));
    }
    if primitive.maintenance == Some(true) {
        sheet.item(2, Line::of(Tone::Warn, "in maintenance: left alone"));
    }
    if let Some(node) = &primitive.locked_to {
        sheet.item(2, Line::of(Tone::Warn, format!("kept for {node} while that is down (shutdown-lock)")));
    }
}

/// The sets that it stands in.
fn above(status: &PacemakerStatus, place: &[usize], sheet: &mut Sheet) {
    let mut names = Vec::new();
    for depth in 1..place.len() {
        let branch = place.get(..depth).and_then(|above| Branch::at(&status.resources, above));
        names.extend(branch.map(|branch| branch.id().to_string()));
    }
    if !names.is_empty() {
        sheet.field("part of", Line::plain(names.join(", ")));
    }
}

/// What it holds, and where each of it is.
fn places(context: &Context<'_>, branch: Branch<'_>, primitives: &[&Primitive], sheet: &mut Sheet) {
    if branch.primitive().is_some() {
        return;
    }
    sheet.heading("what it holds");
    let rows = primitives.iter().map(|primitive| {
        let on: Vec<_> = primitive.on.iter().map(ToString::to_string).collect();
        let mut notes = vec![primitive.agent.to_string()];
        for word in primitive.troubles() {
            notes.insert(0, word.to_owned());
        }
        let bad = primitive.failed == Some(true) || primitive.blocked == Some(true);
        vec![
            (Tone::Plain, primitive.id.to_string()),
            context.role(primitive),
            (Tone::Plain, if on.is_empty() { "-".to_owned() } else { on.join(" ") }),
            (if bad { Tone::Bad } else { Tone::Dim }, notes.join("  ")),
        ]
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        sheet.note("nothing");
    }
    if let Some(doubt) = primitives.iter().find_map(|primitive| context.doubt(primitive)) {
        sheet.item(2, Line::of(Tone::Bad, doubt));
    }
    sheet.table(2, rows);
}

fn failures(status: &PacemakerStatus, ids: &BTreeSet<&ResourceId>, sheet: &mut Sheet) {
    let failures: Vec<_> = status.failures.iter().filter(|failure| ids.contains(&failure.resource)).collect();
    let counts: Vec<_> = status.fail_counts.iter().filter(|count| ids.contains(&count.resource)).collect();
    if failures.is_empty() && counts.is_empty() {
        return;
    }
    sheet.heading("failures");
    for it in failures {
        failure(it, &format!("{} on {}", it.resource, it.node), sheet);
    }
    for count in counts {
        fail_count(count, &format!("{} on {}", count.resource, count.node), sheet);
    }
}

/// A failed operation in one line.
pub(super) fn failure(failure: &Failure, of: &str, sheet: &mut Sheet) {
    let task = failure.task.as_deref().unwrap_or("an operation");
    let every = match failure.interval_ms {
        Some(0) | None => String::new(),
        Some(ms) => format!(" (each {} s)", ms / 1000),
    };
    let code = failure.code.map_or_else(|| "code unknown".to_owned(), |code| format!("code {code}"));
    let words = failure.code_words.as_ref().map_or_else(String::new, |words| format!(" {words}"));
    let became = failure.status.as_ref().filter(|status| **status != "complete");
    let became = became.map_or_else(String::new, |status| format!(", {status}"));
    let when = failure.last_change.as_ref().map_or_else(String::new, |at| format!(", at {at} by that node's clock"));
    sheet.item(
        2,
        Line::of(Tone::Bad, format!("{of}: {task}{every} failed")).then(format!(": {code}{words}{became}{when}")),
    );
    if let Some(reason) = failure.reason.as_ref().filter(|reason| !reason.is_empty()) {
        sheet.item(4, Line::of(Tone::Dim, "the agent says: ").then(reason.to_string()));
    }
}

/// A fail count and its threshold in one line.
pub(super) fn fail_count(count: &FailCount, of: &str, sheet: &mut Sheet) {
    let limit = match count.threshold {
        None => "its threshold is unknown".to_owned(),
        Some(Count::Of(0)) => "no threshold".to_owned(),
        Some(limit) if count.count >= limit => format!("the threshold of {limit} is reached: it may not run there"),
        Some(Count::Infinity) => "it may fail without limit".to_owned(),
        Some(limit) => format!("it must leave at {limit}"),
    };
    let over = count.threshold.is_some_and(|limit| limit != Count::Of(0) && count.count >= limit);
    let when =
        count.last_failure.as_ref().map_or_else(String::new, |at| format!(", last at {at} by that node's clock"));
    let tone = if over { Tone::Bad } else { Tone::Warn };
    sheet.item(2, Line::of(tone, format!("{of}: fail count {}", count.count)).then(format!(": {limit}{when}")));
}

/// The constraints that bear on it, on what holds it, or on what it holds.
fn constraints(
    context: &Context<'_>,
    status: &PacemakerStatus,
    place: &[usize],
    ids: &BTreeSet<&ResourceId>,
    sheet: &mut Sheet,
) {
    let mut bearing: BTreeSet<&ResourceId> = ids.clone();
    for depth in 1..place.len() {
        let branch = place.get(..depth).and_then(|above| Branch::at(&status.resources, above));
        bearing.extend(branch.map(Branch::id));
    }
    let views = context.cluster.views();
    let told = context.cluster.witness().into_iter().chain(views.values()).find_map(|view| view.locations.as_ref());
    sheet.heading("constraints on where it runs");
    let mut any = false;
    for location in told.iter().flat_map(|said| &said.value) {
        if location.resource.as_ref().is_some_and(|resource| bearing.contains(resource)) {
            any = true;
            one_location(location, sheet);
        }
    }
    for ban in status.bans.iter().filter(|ban| bearing.contains(&ban.resource)) {
        if told.is_some_and(|said| said.value.iter().any(|location| location.id == ban.id)) {
            continue;
        }
        any = true;
        let role = if ban.promoted_only { " (promoted only)" } else { "" };
        let words = format!("{}: {} away from {}{role}, score {}", ban.id, ban.resource, ban.node, ban.weight);
        sheet.item(2, Line::of(Tone::Warn, words));
    }
    if !any {
        sheet.note(if told.is_some() { "none that names it" } else { "nobody told the constraints" });
    }
}

fn one_location(location: &Location, sheet: &mut Sheet) {
    let resource = location.resource.as_ref().map_or_else(|| "a pattern or set".to_owned(), ToString::to_string);
    let node = location.node.as_ref().map_or_else(|| "nodes by rule".to_owned(), ToString::to_string);
    let role = location.role.as_ref().map_or_else(String::new, |role| format!(" as {role}"));
    let ends = location.ends.as_ref().map_or_else(String::new, |ends| format!(", until {ends}"));
    let words = format!("{}: {resource}{role} on {node}, score {}{ends}", location.id, say::score(location.score));
    match location.left_by_move() {
        None => sheet.item(2, Line::plain(words)),
        Some(left) => {
            sheet.item(2, Line::of(Tone::Warn, words));
            sheet.item(4, Line::of(Tone::Dim, say::left_over(left)));
            if left != LeftOver::DrbdHandler {
                let words = format!("u, or :constraint remove {}", location.id);
                sheet.item(4, Line::of(Tone::Dim, "helps: ").and(Tone::Accent, words));
            }
        }
    }
}
