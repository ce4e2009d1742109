//! The words of the situations on DRBD, turned into what nodes say.

use hatui::model::*;

use super::situation::Drbd;

fn text(words: &str) -> Text {
    Text::new(words)
}

fn disk(word: &str) -> DiskState {
    let known = [
        DiskState::Diskless,
        DiskState::Attaching,
        DiskState::Failed,
        DiskState::Inconsistent,
        DiskState::Outdated,
        DiskState::DUnknown,
        DiskState::Consistent,
        DiskState::UpToDate,
    ];
    known.into_iter().find(|disk| disk.word() == word).unwrap_or_else(|| DiskState::Other(text(word)))
}

fn drbd_role(word: &str) -> DrbdRole {
    match word {
        "Primary" => DrbdRole::Primary,
        "Secondary" => DrbdRole::Secondary,
        "Unknown" => DrbdRole::Unknown,
        other => DrbdRole::Other(text(other)),
    }
}

fn connection(word: &str) -> ConnectionState {
    match word {
        "StandAlone" => ConnectionState::StandAlone,
        "Connecting" => ConnectionState::Connecting,
        "Connected" => ConnectionState::Connected,
        other => ConnectionState::Other(text(other)),
    }
}

fn replication(word: &str) -> Replication {
    let known = [
        Replication::Off,
        Replication::Established,
        Replication::SyncSource,
        Replication::SyncTarget,
        Replication::PausedSyncS,
        Replication::PausedSyncT,
        Replication::VerifyS,
        Replication::VerifyT,
    ];
    known.into_iter().find(|state| state.word() == word).unwrap_or_else(|| Replication::Other(text(word)))
}

/// Changes what node `id` of two says of a resource. DRBD numbers its peers from 0.
pub(crate) fn change(status: &mut DrbdStatus, name: &str, change: &Drbd, id: u32, old: bool) {
    let name = DrbdName::new(name);
    if change.gone {
        status.resources.remove(&name);
        return;
    }
    let texts = |words: &Vec<String>| words.iter().map(|word| text(word)).collect::<Vec<_>>();
    let peer_id = if old { 0 } else { 2 - id };
    let peer_name = (!old).then(|| NodeName::new(if id == 1 { "ha-node-2" } else { "ha-node-1" }));
    let role = change.role.as_deref().map(drbd_role);
    status.apply(DrbdChange::Resource(name.clone(), role, change.suspended.as_ref().map(texts)));
    let volume = Volume {
        minor: Some(0),
        disk: change.disk.as_deref().map(disk),
        client: change.client.filter(|_| !old),
        quorum: change.quorum.filter(|_| !old),
        size_kib: None,
    };
    status.apply(DrbdChange::Volume(name.clone(), 0, volume));
    if change.no_peer {
        status.apply(DrbdChange::PeerGone(name, peer_id));
        return;
    }
    let peer = Peer {
        name: peer_name,
        connection: change.connection.as_deref().map(connection),
        role: change.peer_role.as_deref().map(drbd_role),
        ..Peer::default()
    };
    status.apply(DrbdChange::Peer(name.clone(), peer_id, peer));
    let volume = PeerVolume {
        replication: change.replication.as_deref().map(replication),
        disk: change.peer_disk.as_deref().map(disk),
        client: None,
        resync_suspended: change.held_by.as_ref().map(texts),
        done: change.done,
        out_of_sync_kib: change.out_of_sync,
        rate_kib_s: change.rate,
        eta_s: change.eta,
    };
    status.apply(DrbdChange::PeerVolume(name, peer_id, 0, volume));
}

/// The dump that tells a status.
pub(crate) fn changes(status: &DrbdStatus) -> Vec<DrbdChange> {
    let mut changes = Vec::new();
    for (name, resource) in &status.resources {
        changes.push(DrbdChange::Resource(name.clone(), resource.role.clone(), resource.suspended.clone()));
        for (&number, volume) in &resource.volumes {
            changes.push(DrbdChange::Volume(name.clone(), number, volume.clone()));
        }
        for (&id, peer) in &resource.peers {
            changes.push(DrbdChange::Peer(name.clone(), id, peer.clone()));
            for (&number, volume) in &peer.volumes {
                changes.push(DrbdChange::PeerVolume(name.clone(), id, number, volume.clone()));
            }
        }
    }
    changes
}
