//! DRBD's events → the model's changes.

use hatui_parsers::events2::{
    Answer, Connection, ConnectionState as RawConnection, Device, Disk, Eta, Event, Kind, Object, PeerDevice,
    Replication as RawReplication, Resource, Role,
};
use hatui_parsers::proc_drbd::ProcDrbd;

use crate::model::{
    ConnectionState, DiskState, DrbdChange, DrbdName, DrbdRole, DrbdStatus, NodeName, Peer, PeerVolume, Replication,
    Text, Volume,
};

/// Maps words that are spelled alike on both sides.
macro_rules! alike {
    ($from:ident => $to:ident, $word:expr; $($variant:ident)+) => {
        match $word {
            $($from::$variant => $to::$variant,)+
            $from::Other(word) => $to::Other(Text::new(word)),
        }
    };
}

pub(super) fn role(word: &Role<&str>) -> DrbdRole {
    alike!(Role => DrbdRole, word; Primary Secondary Unknown)
}

pub(super) fn disk(word: &Disk<&str>) -> DiskState {
    alike!(Disk => DiskState, word; Diskless Attaching Detaching Failed Negotiating Inconsistent Outdated DUnknown
        Consistent UpToDate)
}

pub(super) fn connection(word: &RawConnection<&str>) -> ConnectionState {
    alike!(RawConnection => ConnectionState, word; StandAlone Disconnecting Unconnected Timeout BrokenPipe
        NetworkFailure ProtocolError TearDown Connecting Connected)
}

pub(super) fn replication(word: &RawReplication<&str>) -> Replication {
    alike!(RawReplication => Replication, word; Off Established StartingSyncS StartingSyncT WFBitMapS WFBitMapT
        WFSyncUUID SyncSource SyncTarget VerifyS VerifyT PausedSyncS PausedSyncT Ahead Behind)
}

fn answer(word: Option<&Answer<&str>>) -> Option<bool> {
    match word? {
        Answer::Yes => Some(true),
        Answer::No => Some(false),
        Answer::Unknown | Answer::Other(_) => None,
    }
}

/// The change that an event tells; `None` for what the model does not keep (paths, helpers, objects of other versions).
pub(super) fn change(event: &Event<'_>) -> Option<DrbdChange> {
    let gone = event.kind == Kind::Destroy;
    match &event.object {
        Object::Resource(resource) => Some(resource_change(resource, gone)),
        Object::Device(device) => Some(device_change(device, gone)),
        Object::Connection(connection) => Some(connection_change(connection, gone)),
        Object::PeerDevice(device) => Some(peer_device_change(device, gone)),
        Object::Path(_) | Object::Helper(_) | Object::Other(_) => None,
    }
}

fn resource_change(resource: &Resource<'_>, gone: bool) -> DrbdChange {
    let name = DrbdName::new(resource.name);
    if gone {
        return DrbdChange::ResourceGone(name);
    }
    if let Some(new) = resource.new_name {
        return DrbdChange::Renamed(name, DrbdName::new(new));
    }
    let suspended = resource.suspended.map(|flags| {
        let mut words: Vec<_> = flags.words().map(Text::new).collect();
        if flags.unknown() {
            words.push(Text::new("another reason"));
        }
        words
    });
    DrbdChange::Resource(name, resource.role.as_ref().map(role), suspended)
}

fn device_change(device: &Device<'_>, gone: bool) -> DrbdChange {
    let name = DrbdName::new(device.name);
    if gone {
        return DrbdChange::VolumeGone(name, device.volume);
    }
    let volume = Volume {
        minor: device.minor,
        disk: device.disk.as_ref().map(disk),
        client: answer(device.client.as_ref()),
        quorum: device.quorum,
        size_kib: device.size.map(|size| size.0),
    };
    DrbdChange::Volume(name, device.volume, volume)
}

/// The peer's number; DRBD 8.4 knows one peer, which is 0.
fn peer_id(id: Option<u32>) -> u32 {
    id.unwrap_or_default()
}

/// The peer's name. `peer` is what drbd-utils writes for 8.4, which has none.
pub(super) fn peer_name(name: Option<&str>) -> Option<NodeName> {
    name.filter(|name| *name != "peer").map(NodeName::new)
}

fn connection_change(event: &Connection<'_>, gone: bool) -> DrbdChange {
    let (name, id) = (DrbdName::new(event.name), peer_id(event.peer_node_id));
    if gone {
        return DrbdChange::PeerGone(name, id);
    }
    let peer = Peer {
        name: peer_name(event.conn_name),
        connection: event.connection.as_ref().map(connection),
        role: event.role.as_ref().map(role),
        congested: event.congested,
        volumes: std::collections::BTreeMap::new(),
    };
    DrbdChange::Peer(name, id, peer)
}

fn peer_device_change(event: &PeerDevice<'_>, gone: bool) -> DrbdChange {
    let (name, id) = (DrbdName::new(event.name), peer_id(event.peer_node_id));
    if gone {
        return DrbdChange::PeerVolumeGone(name, id, event.volume);
    }
    let volume = PeerVolume {
        replication: event.replication.as_ref().map(replication),
        disk: event.peer_disk.as_ref().map(disk),
        client: answer(event.peer_client.as_ref()),
        resync_suspended: event.resync_suspended.map(|flags| flags.words().map(Text::new).collect()),
        done: event.done.map(hatui_parsers::events2::Percent::hundredths),
        out_of_sync_kib: event.out_of_sync.map(|left| left.0),
        rate_kib_s: event.dbdt1.map(|rate| rate.bytes_per_second() / 1024),
        eta_s: match event.eta {
            Some(Eta::Seconds(seconds)) => Some(seconds),
            Some(Eta::Unknown) | None => None,
        },
    };
    DrbdChange::PeerVolume(name, id, event.volume, volume)
}

/// What `/proc/drbd` of 8.4 adds to a status: progress, speed and time left, which its events do not tell.
pub(super) fn progress(proc: &ProcDrbd, status: &DrbdStatus) -> Vec<DrbdChange> {
    let mut changes = Vec::new();
    for (name, resource) in &status.resources {
        for (&number, volume) in &resource.volumes {
            let device = proc.devices.iter().find(|device| Some(device.minor) == volume.minor);
            let Some(progress) = device.and_then(|device| device.progress.as_ref()) else { continue };
            for &id in resource.peers.keys() {
                let told = PeerVolume {
                    done: Some(progress.done.hundredths()),
                    rate_kib_s: progress.speed.map(|speed| speed.0),
                    eta_s: progress.finish_seconds,
                    ..PeerVolume::default()
                };
                changes.push(DrbdChange::PeerVolume(name.clone(), id, number, told));
            }
        }
    }
    changes
}
