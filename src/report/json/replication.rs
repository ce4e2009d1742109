//! Replication, with both ends' words.

use serde::Serialize;

use super::words;
use crate::app::clock::rfc3339;
use crate::model::{Cluster, ConnectionState, ReplicaSet, ReplicaVolume, Sync, Tie};

#[derive(Serialize)]
pub(super) struct Replica {
    name: String,
    roles: Vec<RoleOf>,
    suspended: Vec<Suspended>,
    volumes: Vec<Volume>,
    connections: Vec<Connection>,
}

#[derive(Serialize)]
struct RoleOf {
    node: String,
    role: String,
}

#[derive(Serialize)]
struct Suspended {
    node: String,
    why: Vec<String>,
}

#[derive(Serialize)]
struct Volume {
    number: u32,
    size_kib: Option<u64>,
    up_to_date: usize,
    wanted: usize,
    copies: Vec<CopyOf>,
    syncs: Vec<SyncOf>,
}

#[derive(Serialize)]
struct CopyOf {
    node: String,
    disk: Option<String>,
    own_word: bool,
    client: bool,
}

#[derive(Serialize)]
struct SyncOf {
    from: String,
    to: String,
    state: String,
    told_by: String,
    verify: bool,
    done_percent: Option<f64>,
    left_kib: Option<u64>,
    rate_kib_s: Option<u64>,
    eta_s: Option<u64>,
    held_back_by: Vec<String>,
    still_since: Option<String>,
}

#[derive(Serialize)]
struct Connection {
    ends: Vec<End>,
    looks_split: bool,
}

#[derive(Serialize)]
struct End {
    node: String,
    says: Option<String>,
}

pub(super) fn replication(cluster: &Cluster) -> Vec<Replica> {
    cluster.picture().replicas.iter().map(replica).collect()
}

fn replica(replica: &ReplicaSet) -> Replica {
    Replica {
        name: replica.name.to_string(),
        roles: replica
            .roles
            .iter()
            .map(|(node, role)| RoleOf { node: node.to_string(), role: role.word().to_owned() })
            .collect(),
        suspended: replica
            .suspended
            .iter()
            .map(|(node, why)| Suspended { node: node.to_string(), why: words(why) })
            .collect(),
        volumes: replica.volumes.iter().map(volume).collect(),
        connections: replica.ties.iter().map(connection).collect(),
    }
}

fn volume(volume: &ReplicaVolume) -> Volume {
    Volume {
        number: volume.number,
        size_kib: volume.size_kib,
        up_to_date: volume.up_to_date(),
        wanted: volume.wanted(),
        copies: volume
            .copies
            .iter()
            .map(|copy| CopyOf {
                node: copy.node.to_string(),
                disk: copy.disk.as_ref().map(|disk| disk.word().to_owned()),
                own_word: copy.own_word,
                client: copy.client,
            })
            .collect(),
        syncs: volume.syncs.iter().map(sync).collect(),
    }
}

fn sync(sync: &Sync) -> SyncOf {
    SyncOf {
        from: sync.source.to_string(),
        to: sync.target.to_string(),
        state: sync.state.word().to_owned(),
        told_by: sync.witness.to_string(),
        verify: sync.verify,
        done_percent: sync.done.map(|done| f64::from(done) / 100.0),
        left_kib: sync.left_kib,
        rate_kib_s: sync.rate_kib_s,
        eta_s: sync.eta_s,
        held_back_by: words(&sync.held_back),
        still_since: sync.still_since.map(rfc3339),
    }
}

fn connection(tie: &Tie) -> Connection {
    let end = |node: &crate::model::NodeName, says: &Option<ConnectionState>| End {
        node: node.to_string(),
        says: says.as_ref().map(|state| state.word().to_owned()),
    };
    Connection { ends: vec![end(&tie.a, &tie.a_says), end(&tie.b, &tie.b_says)], looks_split: tie.looks_split() }
}
