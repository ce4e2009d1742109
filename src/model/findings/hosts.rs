//! What is set up wrong on the hosts themselves: clocks that differ, services that start beside Pacemaker.

use super::look::{Look, fires};
use super::{Finding, FindingKey, Judgement, Severity};
use crate::model::{DrbdMode, Feed, Text};
use crate::wire::NodeKey;

/// How far apart clocks may be, in milliseconds: less can be the way that their words took.
const APART: i64 = 5_000;

/// How far hatui's own clock may be from all of the nodes', in milliseconds.
const OWN: i64 = 60_000;

fn unknown(rule: &'static str, subject: &str, missing: &str) -> Judgement {
    Judgement::Unknown(FindingKey { rule, subject: Text::new(subject) }, missing.into())
}

/// A span of milliseconds in words: `12 s`, `3 min`, `2 h`.
fn span(ms: i64) -> String {
    match ms.unsigned_abs().div_ceil(1000) {
        s @ ..120 => format!("{s} s"),
        s @ ..7200 => format!("{} min", s / 60),
        s => format!("{} h", s / 3600),
    }
}

fn ahead_of(ms: i64, whom: &str) -> String {
    format!("{} {} {whom}", span(ms), if ms < 0 { "behind" } else { "ahead of" })
}

/// Clocks of nodes that differ, or hatui's own that differs from theirs.
pub(super) fn clocks(look: &Look<'_>) -> Vec<Judgement> {
    let mut told: Vec<(i64, &NodeKey)> =
        look.fresh(Feed::Corosync).filter_map(|(key, view)| Some((view.clock_ahead_ms?, key))).collect();
    told.sort_by_key(|(ahead, _)| *ahead);
    let fastest = told.last().map(|(ahead, _)| *ahead);
    let (Some(&(slowest, slow)), Some(&(fastest, fast))) =
        (told.first(), told.iter().find(|(ahead, _)| Some(*ahead) == fastest))
    else {
        let missing = "no node tells its time now";
        return vec![unknown("clocks-apart", "cluster", missing), unknown("own-clock", "hatui", missing)];
    };
    let mut found = Vec::new();
    let said = |mut finding: Finding| {
        for (ahead, key) in &told {
            finding = finding.said(key, look.now, format!("its clock is {} hatui's", ahead_of(*ahead, "").trim_end()));
        }
        finding
    };
    if fastest - slowest > APART {
        let words =
            format!("clocks apart: {} is {}", look.called(fast), ahead_of(fastest - slowest, look.called(slow)));
        let finding = Finding::new("clocks-apart", "cluster", Severity::Warning, words, look.now)
            .meaning("Logs of the nodes cannot be put in order, and what ends at a time ends at different moments")
            .help("chronyc tracking (or timedatectl) on each node, and the same source of time for all");
        found.push(fires(said(finding)));
    } else if told.len() < 2 && look.cluster.views().len() > 1 {
        found.push(unknown("clocks-apart", "cluster", "only one node tells its time now"));
    }
    // Where all of them agree that it differs, it is this one that does.
    let own = if slowest > OWN { Some(-slowest) } else { (fastest < -OWN).then_some(-fastest) };
    if let Some(own) = own {
        let words = format!("the clock of this machine is {}", ahead_of(own, "the nodes'"));
        let finding = Finding::new("own-clock", "hatui", Severity::Info, words, look.now)
            .meaning("What hatui shows as times is by this clock; what it lets end by itself ends by the nodes'")
            .help("timedatectl, here");
        found.push(fires(said(finding)));
    }
    found
}

/// `drbd.service` that is started at boot where Pacemaker manages DRBD.
pub(super) fn drbd_service(look: &Look<'_>) -> Vec<Judgement> {
    let mut managed = false;
    for item in look.status().into_iter().flat_map(|status| &status.resources) {
        item.each_primitive(&mut |primitive| managed |= primitive.agent.starts_with("ocf:linbit:drbd"));
    }
    if !managed {
        return Vec::new();
    }
    let uses = |mode: Option<DrbdMode>| matches!(mode, Some(DrbdMode::Events | DrbdMode::Polled));
    let judged = look.fresh(Feed::Corosync).filter_map(|(key, view)| {
        let name = look.called(key);
        let Some(word) = &view.drbd_service else {
            return uses(view.drbd_mode)
                .then(|| unknown("drbd-service", name, "the node does not tell whether drbd.service is enabled"));
        };
        if !word.starts_with("enabled") {
            return None;
        }
        let words = format!("drbd.service starts DRBD at boot on {name}, which Pacemaker manages");
        let finding = Finding::new("drbd-service", name, Severity::Warning, words, look.now)
            .meaning(
                "It brings resources up, and down, beside Pacemaker, which then finds them as it did not leave them",
            )
            .help(format!("systemctl disable drbd.service on {name}"))
            .said(key, look.now, format!("systemctl is-enabled drbd.service: {word}"));
        Some(fires(finding))
    });
    judged.collect()
}
