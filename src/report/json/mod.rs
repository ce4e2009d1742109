//! The cluster as JSON, in a shape of its own that does not follow the model: `docs/status-json.md` documents it.
//!
//! Every key is always there; what is not known is `null`. Words of the field are as the tools write them; hatui's own
//! (`verdict`, `severity`, `freshness`, …) are lower case.

use serde::Serialize;

use super::{exit_code, told};
use crate::app::clock::rfc3339;
use crate::model::{Cluster, Freshness, NodeName, Text, headline};
use crate::wire::{NodeKey, Stamp};

mod findings;
mod membership;
mod nodes;
mod replication;
mod resources;

/// The version of the shape: one more when a key changes its meaning or goes; new keys do not change it.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Status {
    #[serde(rename = "hatui-status")]
    version: u32,
    at: String,
    title: Option<String>,
    simulated: bool,
    verdict: crate::model::Verdict,
    exit_code: u8,
    headline: String,
    witness: Option<Witness>,
    cluster: Option<resources::ClusterState>,
    findings: Vec<findings::Finding>,
    unknown: Vec<findings::Unjudged>,
    disagreements: Vec<findings::Disagreement>,
    nodes: Vec<nodes::Node>,
    resources: Option<Vec<resources::Resource>>,
    failures: Option<Vec<resources::Failure>>,
    fail_counts: Option<Vec<resources::FailCount>>,
    fencing: Option<Vec<resources::Fencing>>,
    constraints: Option<Vec<resources::Constraint>>,
    quorum: Option<membership::Quorum>,
    partitions: Vec<membership::Partition>,
    links: Option<Vec<membership::Link>>,
    replication: Option<Vec<replication::Replica>>,
}

#[derive(Serialize)]
struct Witness {
    node: String,
    freshness: Freshness,
}

/// The JSON about `cluster`, called `title`, at `now`: one object and a line end.
pub fn json(cluster: &Cluster, title: Option<&str>, simulated: bool, now: Stamp) -> String {
    let picture = cluster.picture();
    let status = picture.status.as_deref();
    let all = Status {
        version: VERSION,
        at: rfc3339(now),
        title: title.map(clean),
        simulated,
        verdict: cluster.verdict(),
        exit_code: exit_code(cluster.verdict()),
        headline: headline(cluster, now).to_string(),
        witness: picture
            .witness
            .as_ref()
            .map(|(key, freshness)| Witness { node: called(cluster, key), freshness: *freshness }),
        cluster: status.map(resources::cluster_state),
        findings: findings::findings(cluster),
        unknown: findings::unknown(cluster),
        disagreements: findings::disagreements(cluster, now),
        nodes: nodes::nodes(cluster, now),
        resources: status.map(resources::resources),
        failures: status.map(resources::failures),
        fail_counts: status.map(resources::fail_counts),
        fencing: status.and_then(resources::fencing),
        constraints: resources::constraints(cluster),
        quorum: picture.quorum.as_ref().map(|quorum| membership::quorum(quorum, told::quorum(cluster, now))),
        partitions: membership::partitions(cluster),
        links: told::links(cluster, now).then(|| membership::links(cluster)),
        replication: told::replication(cluster, now).then(|| replication::replication(cluster)),
    };
    // Plain data of strings, numbers and lists: there is nothing that cannot be written.
    let mut text = serde_json::to_string_pretty(&all).unwrap_or_else(|error| format!("{{\"error\": \"{error}\"}}"));
    text.push('\n');
    text
}

/// How a node is called: as the cluster does, or, while that is not known, as the user did.
fn called(cluster: &Cluster, key: &NodeKey) -> String {
    let name = cluster.views().get(key).and_then(|view| view.name());
    name.map_or_else(|| clean(key.as_str()), NodeName::to_string)
}

/// Words that did not come through the model, cleaned as those that did.
fn clean(words: &str) -> String {
    Text::new(words).to_string()
}

/// A list of words.
fn words(of: impl IntoIterator<Item = impl ToString>) -> Vec<String> {
    of.into_iter().map(|word| word.to_string()).collect()
}

/// Milliseconds from `then` to `now`.
fn age_ms(then: Stamp, now: Stamp) -> u64 {
    u64::try_from(now.since(then).as_millis()).unwrap_or(u64::MAX)
}
