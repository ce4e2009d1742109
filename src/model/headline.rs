//! What stands beside the verdict: the worst that is known, in one short line.

use super::findings::look::span;
use super::{Cluster, Feed, FenceStatus, Finding, NodeName, Severity, Text, Verdict};
use crate::wire::Stamp;

/// The line beside the verdict at `now`, the worst first.
pub fn headline(cluster: &Cluster, now: Stamp) -> Text {
    let acting: Vec<&Finding> = cluster.findings().iter().filter(|finding| finding.severity > Severity::Info).collect();
    let Some(worst) = acting.first() else { return well(cluster, now) };
    let lost = acting.iter().find(|finding| finding.key.rule == "node-unclean");
    // Of a node that is lost the two things that count stand together: that it is, and what its fencing does.
    let (line, told) = match lost.filter(|lost| lost.key == worst.key) {
        Some(lost) => lost_line(cluster, &acting, lost),
        None => (brief(cluster, worst), 1),
    };
    let more = acting.len().saturating_sub(told);
    Text::from(if more == 0 { line } else { format!("{line} (+{more})") })
}

fn lost_line(cluster: &Cluster, acting: &[&Finding], lost: &Finding) -> (String, usize) {
    let of =
        |rule: &str| acting.iter().any(|finding| finding.key.rule == rule && finding.key.subject == lost.key.subject);
    let node = &lost.key.subject;
    let disabled = cluster.picture().status.as_ref().and_then(|status| status.options.fencing_enabled) == Some(false);
    if disabled {
        (format!("{node} lost, fencing is disabled"), 1)
    } else if of("fencing-pending") {
        (format!("{node} lost, fencing pending"), 2)
    } else if of("fencing-failed") {
        (format!("{node} lost, fencing failed"), 2)
    } else {
        (format!("{node} lost, to be fenced"), 1)
    }
}

/// A finding in few words, where its sentence is long.
fn brief(cluster: &Cluster, finding: &Finding) -> String {
    if finding.key.rule == "drbd-resync" {
        let syncs = cluster.picture().replicas.iter().flat_map(|replica| {
            replica.volumes.iter().flat_map(move |volume| volume.syncs.iter().map(move |sync| (replica, volume, sync)))
        });
        // The words name the copy; the header only says how many are whole, and when all are.
        for (replica, volume, sync) in syncs {
            let named = finding.words.starts_with(replica.name.as_str());
            if named && !sync.verify {
                let state =
                    format!("{}: {} of {} copies up to date", replica.name, volume.up_to_date(), volume.wanted());
                return match sync.eta_s {
                    Some(eta) => format!("{state}, redundant again in {}", span(eta)),
                    None => state,
                };
            }
        }
    }
    finding.words.to_string()
}

/// When there is nothing to act on.
fn well(cluster: &Cluster, now: Stamp) -> Text {
    if cluster.verdict() == Verdict::Unknown {
        let unheard: Vec<&str> = cluster
            .views()
            .iter()
            .filter(|(_, view)| view.last_heard().is_none())
            .map(|(key, view)| view.name().map_or(key.as_str(), NodeName::as_str))
            .collect();
        return match unheard.as_slice() {
            [] if !cluster.hears(Feed::Pacemaker, now) => Text::from("waiting for the state of the cluster"),
            [] => Text::from("no node tells the state of the cluster"),
            [one] => Text::from(format!("waiting for {one}")),
            many => Text::from(format!("waiting for {} nodes", many.len())),
        };
    }
    let Some(status) = &cluster.picture().status else { return Text::from("no status") };
    let mut resources = 0_usize;
    for item in &status.resources {
        item.each_primitive(&mut |_| resources += 1);
    }
    let nodes = status.members.len();
    let plural = |number: usize, thing: &str| format!("{number} {thing}{}", if number == 1 { "" } else { "s" });
    let fenced = status.fencing.iter().flatten().filter(|event| event.status == FenceStatus::Success).count();
    let history = if fenced > 0 { format!(", {} in the history", plural(fenced, "fencing")) } else { String::new() };
    Text::from(format!("all well: {}, {}{history}", plural(nodes, "node"), plural(resources, "resource")))
}
