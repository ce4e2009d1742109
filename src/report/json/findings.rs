//! Findings, what could not be told, and where nodes contradict each other.

use serde::Serialize;

use super::called;
use crate::app::clock::rfc3339;
use crate::model::{Cluster, Severity};
use crate::wire::Stamp;

#[derive(Serialize)]
pub(super) struct Finding {
    severity: Severity,
    rule: &'static str,
    subject: String,
    words: String,
    meaning: Option<String>,
    since: String,
    help: Option<String>,
    evidence: Vec<Evidence>,
}

#[derive(Serialize)]
struct Evidence {
    node: String,
    since: String,
    words: String,
}

#[derive(Serialize)]
pub(super) struct Unjudged {
    rule: &'static str,
    subject: String,
    missing: String,
}

#[derive(Serialize)]
pub(super) struct Disagreement {
    fact: String,
    since: String,
    said: Vec<Said>,
}

#[derive(Serialize)]
struct Said {
    node: String,
    freshness: crate::model::Freshness,
    value: Option<String>,
}

pub(super) fn findings(cluster: &Cluster) -> Vec<Finding> {
    let one = |finding: &crate::model::Finding| Finding {
        severity: finding.severity,
        rule: finding.key.rule,
        subject: finding.key.subject.to_string(),
        words: finding.words.to_string(),
        meaning: finding.meaning.as_ref().map(ToString::to_string),
        since: rfc3339(finding.since),
        help: finding.help.as_ref().map(ToString::to_string),
        evidence: finding
            .evidence
            .iter()
            .map(|said| Evidence {
                node: called(cluster, &said.node),
                since: rfc3339(said.at),
                words: said.words.to_string(),
            })
            .collect(),
    };
    cluster.findings().iter().map(one).collect()
}

pub(super) fn unknown(cluster: &Cluster) -> Vec<Unjudged> {
    let one = |(key, missing): &(crate::model::FindingKey, crate::model::Text)| Unjudged {
        rule: key.rule,
        subject: key.subject.to_string(),
        missing: missing.to_string(),
    };
    cluster.unknown().iter().map(one).collect()
}

pub(super) fn disagreements(cluster: &Cluster, now: Stamp) -> Vec<Disagreement> {
    let truth = cluster.truth(now);
    let mut found = Vec::new();
    for (key, since) in cluster.disagreements(now) {
        let row = truth.rows.iter().find(|row| row.key == *key);
        let cells = row.map(|row| row.cells.as_slice()).unwrap_or_default();
        let said = truth.nodes.iter().zip(cells).map(|((node, _), cell)| Said {
            node: called(cluster, node),
            freshness: cluster
                .views()
                .get(node)
                .map_or(crate::model::Freshness::Never, |view| view.feed_freshness(key.feed(), now)),
            value: cell.as_ref().map(ToString::to_string),
        });
        found.push(Disagreement { fact: key.to_string(), since: rfc3339(since), said: said.collect() });
    }
    found
}
