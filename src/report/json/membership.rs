//! Quorum, partitions and links.

use serde::Serialize;

use super::{called, words};
use crate::model::{Cluster, QuorumStatus};

#[derive(Serialize)]
pub(super) struct Quorum {
    fresh: bool,
    quorate: Option<bool>,
    blocked: bool,
    votes: Option<u32>,
    needed: Option<u32>,
    expected: Option<u32>,
    qdevice_votes: Option<u32>,
    ring: Option<String>,
    flags: Vec<String>,
    members: Vec<Voter>,
}

#[derive(Serialize)]
struct Voter {
    node: String,
    id: u32,
    votes: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct Partition {
    members: Vec<String>,
    told_by: Vec<String>,
    ring: Option<String>,
    quorate: Option<bool>,
    dc: Option<String>,
    cib: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Link {
    number: u32,
    state: Option<String>,
    ends: Vec<End>,
    latency_us: Option<u32>,
    latency_max_us: Option<u32>,
    down_count: Option<u32>,
}

#[derive(Serialize)]
struct End {
    node: String,
    says: Option<String>,
    address: Option<String>,
}

pub(super) fn quorum(quorum: &QuorumStatus, fresh: bool) -> Quorum {
    Quorum {
        fresh,
        quorate: quorum.quorate,
        blocked: quorum.blocked,
        votes: quorum.total_votes,
        needed: quorum.quorum,
        expected: quorum.expected_votes,
        qdevice_votes: quorum.qdevice_votes,
        ring: quorum.ring.as_ref().map(ToString::to_string),
        flags: words(&quorum.flags),
        members: quorum
            .members
            .iter()
            .map(|voter| Voter { node: voter.name.to_string(), id: voter.id.0, votes: voter.votes })
            .collect(),
    }
}

pub(super) fn partitions(cluster: &Cluster) -> Vec<Partition> {
    let one = |partition: &crate::model::Partition| Partition {
        members: words(&partition.members),
        told_by: partition.speakers.iter().map(|key| called(cluster, key)).collect(),
        ring: partition.ring.as_ref().map(ToString::to_string),
        quorate: partition.quorate,
        dc: partition.dc.as_ref().map(ToString::to_string),
        cib: partition.cib.map(|cib| cib.to_string()),
    };
    cluster.picture().partitions.iter().map(one).collect()
}

pub(super) fn links(cluster: &Cluster) -> Vec<Link> {
    let one = |row: &crate::model::LinkRow| {
        let ends = [(&row.a, &row.a_says, &row.addresses.0), (&row.b, &row.b_says, &row.addresses.1)];
        Link {
            number: row.number,
            state: row.state().map(|state| state.word().to_owned()),
            ends: ends
                .into_iter()
                .map(|(node, says, address)| End {
                    node: node.to_string(),
                    says: says.as_ref().map(|state| state.word().to_owned()),
                    address: address.as_ref().map(ToString::to_string),
                })
                .collect(),
            latency_us: row.latency.and_then(|latency| latency.average_us),
            latency_max_us: row.latency.and_then(|latency| latency.max_us),
            down_count: row.latency.and_then(|latency| latency.down_count),
        }
    };
    cluster.picture().links.iter().map(one).collect()
}
