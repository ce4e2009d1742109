//! Plays a case: who says what when, second by second.

use std::time::Duration;

use hatui::model::{Cluster, Finding, Observation, headline};
use hatui::wire::{NodeKey, Stamp};

use super::cluster::{numbers, voices};
use super::situation::{Base, Case};

/// In which order the nodes are heard that speak at the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// By name.
    Named,
    /// The other way round.
    Reversed,
    /// The last first.
    Rotated,
    /// By name, each word twice.
    Twice,
}

/// What is seen at the end.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) findings: Vec<String>,
    pub(crate) since: Vec<Stamp>,
    pub(crate) raw: Vec<Finding>,
    pub(crate) unknown: Vec<String>,
    pub(crate) verdict: String,
    pub(crate) headline: String,
    pub(crate) log: Vec<String>,
    pub(crate) cluster: Cluster,
    pub(crate) now: Stamp,
}

const START: u64 = 1_800_000_000;

fn moment(second: u64) -> Stamp {
    Stamp::from_secs(START + second)
}

fn hear(cluster: &mut Cluster, mut spoken: Vec<Vec<Observation>>, order: Order, now: Stamp) {
    match order {
        Order::Named | Order::Twice => {}
        Order::Reversed => spoken.reverse(),
        Order::Rotated if spoken.is_empty() => {}
        Order::Rotated => spoken.rotate_right(1),
    }
    for observation in spoken.iter().flatten() {
        cluster.apply(observation);
    }
    if order == Order::Twice {
        cluster.refresh(now);
        for observation in spoken.iter().flatten() {
            cluster.apply(observation);
        }
    }
    cluster.refresh(now);
}

/// Plays a case to its end.
pub(crate) fn play(case: &Case, order: Order) -> Outcome {
    let mut voices = voices(case);
    let watched = numbers(case.base).into_iter().filter(|(_, name)| !case.unwatched.iter().any(|node| node == name));
    let mut cluster = Cluster::new(watched.map(|(_, name)| NodeKey::new(name)), moment(0));
    cluster.refresh(moment(0));
    let heard = case.base != Base::Unheard;
    if heard {
        let spoken =
            voices.values().filter(|voice| voice.silent.is_empty()).map(|voice| voice.all(moment(0))).collect();
        hear(&mut cluster, spoken, order, moment(0));
    }
    let end = case.at.unwrap_or_else(|| case.step.iter().map(|step| step.at).max().unwrap_or(0));
    // Long stretches in which nothing happens are not played: the nodes are heard again well before the next step.
    let soon = |second: u64| {
        case.step.iter().any(|step| step.at <= second + 20 && second < step.at + 70) || second + 20 >= end
    };
    for second in (0..=end).filter(|second| soon(*second)) {
        let now = moment(second);
        let beats = voices.values().filter(|_| heard).map(|voice| voice.beat(now)).collect();
        hear(&mut cluster, beats, order, now);
        for step in case.step.iter().filter(|step| step.at == second) {
            let speaks = |name: &String| step.by.is_empty() || step.by.contains(name);
            let speakers = voices.iter_mut().filter(|(name, _)| speaks(name));
            let spoken = speakers.map(|(_, voice)| voice.step(step, case.base, now)).collect();
            hear(&mut cluster, spoken, order, now);
        }
    }
    let now = moment(end);
    outcome(cluster, now)
}

fn outcome(mut cluster: Cluster, now: Stamp) -> Outcome {
    cluster.refresh(now + Duration::from_millis(1));
    let findings = cluster.findings();
    let line = |finding: &Finding| {
        format!("{} {} {}: {}", finding.severity.word(), finding.key.rule, finding.key.subject, finding.words)
    };
    let mut log: Vec<String> =
        cluster.log().newest_first().map(|it| format!("{} {}: {}", it.severity.word(), it.subject, it.words)).collect();
    log.reverse();
    Outcome {
        findings: findings.iter().map(line).collect(),
        since: findings.iter().map(|finding| finding.since).collect(),
        raw: findings.to_vec(),
        unknown: cluster.unknown().iter().map(|(key, missing)| format!("{}: {missing}", key.rule)).collect(),
        verdict: cluster.verdict().to_string(),
        headline: headline(&cluster, now).to_string(),
        log,
        cluster,
        now,
    }
}
