//! `drbdsetup status --json` (drbd-utils 8.9.8 and later, DRBD 9) → the model's changes.
//!
//! Read where the tools do not know `events2 --full --poll`: beside the states it tells speed and time left of a
//! resync, which `events2 --now` of those tools does not. Keys that are not there were not told; others are left out.

use hatui_parsers::events2::{ConnectionState, Disk, Replication, Role};
use serde::Deserialize;

use super::drbd;
use crate::model::{DrbdChange, DrbdName, Peer, PeerVolume, Text, Volume};

/// What the tool prints for a time left that it cannot tell.
const NO_ESTIMATE: u64 = 987_654_321;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::struct_excessive_bools, reason = "as the tool prints them")]
struct Resource {
    name: String,
    role: Option<String>,
    suspended: Option<bool>,
    #[serde(default)]
    suspended_user: bool,
    #[serde(default)]
    suspended_no_data: bool,
    #[serde(default)]
    suspended_fencing: bool,
    #[serde(default)]
    suspended_quorum: bool,
    #[serde(default)]
    devices: Vec<Device>,
    #[serde(default)]
    connections: Vec<Connection>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Device {
    volume: u32,
    minor: Option<u32>,
    disk_state: Option<String>,
    client: Option<bool>,
    quorum: Option<bool>,
    /// KiB.
    size: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Connection {
    peer_node_id: u32,
    name: Option<String>,
    #[serde(rename = "connection-state")]
    state: Option<String>,
    congested: Option<bool>,
    peer_role: Option<String>,
    #[serde(default, rename = "peer_devices")]
    peer_devices: Vec<PeerDevice>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct PeerDevice {
    volume: u32,
    replication_state: Option<String>,
    peer_disk_state: Option<String>,
    peer_client: Option<bool>,
    /// `no` or a comma list.
    resync_suspended: Option<String>,
    /// KiB.
    out_of_sync: Option<u64>,
    /// Seconds.
    estimated_seconds_to_finish: Option<u64>,
    /// The speed over the last marks, which `events2` calls `dbdt1`.
    #[serde(rename = "db1/dt1 [MiB/s]")]
    speed: Option<f64>,
    percent_resync_done: Option<f64>,
}

/// All that one look tells, in an order in which it can be applied.
///
/// # Errors
/// What is no such JSON, with the line and column.
pub(super) fn changes(text: &[u8]) -> Result<Vec<DrbdChange>, serde_json::Error> {
    let resources: Vec<Resource> = serde_json::from_slice(text)?;
    let mut changes = Vec::new();
    for resource in &resources {
        let name = DrbdName::new(&resource.name);
        let role = resource.role.as_deref().map(|word| drbd::role(&Role::from_word(word)));
        changes.push(DrbdChange::Resource(name.clone(), role, suspended(resource)));
        for device in &resource.devices {
            changes.push(DrbdChange::Volume(name.clone(), device.volume, volume(device)));
        }
        for connection in &resource.connections {
            changes.push(DrbdChange::Peer(name.clone(), connection.peer_node_id, peer(connection)));
            for device in &connection.peer_devices {
                let told = peer_volume(device);
                changes.push(DrbdChange::PeerVolume(name.clone(), connection.peer_node_id, device.volume, told));
            }
        }
    }
    Ok(changes)
}

fn suspended(resource: &Resource) -> Option<Vec<Text>> {
    let reasons = [
        (resource.suspended_user, "user"),
        (resource.suspended_no_data, "no-data"),
        (resource.suspended_fencing, "fencing"),
        (resource.suspended_quorum, "quorum"),
    ];
    let mut words: Vec<_> = reasons.iter().filter(|(is, _)| *is).map(|(_, word)| Text::new(word)).collect();
    if resource.suspended? && words.is_empty() {
        words.push(Text::new("another reason"));
    }
    Some(words)
}

fn volume(device: &Device) -> Volume {
    Volume {
        minor: device.minor,
        disk: device.disk_state.as_deref().map(|word| drbd::disk(&Disk::from_word(word))),
        client: device.client,
        quorum: device.quorum,
        size_kib: device.size,
    }
}

fn peer(connection: &Connection) -> Peer {
    let state = connection.state.as_deref();
    Peer {
        name: drbd::peer_name(connection.name.as_deref()),
        connection: state.map(|word| drbd::connection(&ConnectionState::from_word(word))),
        role: connection.peer_role.as_deref().map(|word| drbd::role(&Role::from_word(word))),
        congested: connection.congested,
        volumes: std::collections::BTreeMap::new(),
    }
}

fn peer_volume(device: &PeerDevice) -> PeerVolume {
    let suspended = device.resync_suspended.as_deref();
    PeerVolume {
        replication: device.replication_state.as_deref().map(|word| drbd::replication(&Replication::from_word(word))),
        disk: device.peer_disk_state.as_deref().map(|word| drbd::disk(&Disk::from_word(word))),
        client: device.peer_client,
        resync_suspended: suspended.map(|words| words.split(',').filter(|word| *word != "no").map(Text::new).collect()),
        done: device.percent_resync_done.map(hundredths),
        out_of_sync_kib: device.out_of_sync,
        rate_kib_s: device.speed.map(kib),
        eta_s: device.estimated_seconds_to_finish.filter(|seconds| *seconds < NO_ESTIMATE),
    }
}

/// Hundredths of a percent, at most 100.00: a resync may briefly be more, or less than nothing.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits; NaN becomes 0")]
fn hundredths(percent: f64) -> u16 {
    (percent * 100.0).round().clamp(0.0, 10_000.0) as u16
}

/// MiB/s in KiB/s.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates; NaN becomes 0")]
fn kib(mib: f64) -> u64 {
    (mib * 1024.0).max(0.0) as u64
}
