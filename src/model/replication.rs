//! What one node's DRBD says, kept up to date by events.
//!
//! A dump replaces everything: stale facts must not outlive a lost stream.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{DrbdName, NodeName, Text};

/// All DRBD resources of one node, as that node tells.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct DrbdStatus {
    /// By name.
    pub resources: BTreeMap<DrbdName, DrbdResource>,
}

/// One resource on one node.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct DrbdResource {
    /// The node's role.
    pub role: Option<DrbdRole>,
    /// Why I/O is suspended, in DRBD's words; empty: it is not; `None`: not told.
    pub suspended: Option<Vec<Text>>,
    /// Its volumes here.
    pub volumes: BTreeMap<u32, Volume>,
    /// Its connections, by the peer's number in DRBD (0 in DRBD 8.4, which knows one peer).
    pub peers: BTreeMap<u32, Peer>,
}

/// A role in DRBD.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum DrbdRole {
    /// Data may be used.
    Primary,
    /// Data may not be used.
    Secondary,
    /// Not known.
    Unknown,
    /// Another word, as written.
    Other(Text),
}

impl DrbdRole {
    /// The word shown.
    pub fn word(&self) -> &str {
        match self {
            Self::Primary => "Primary",
            Self::Secondary => "Secondary",
            Self::Unknown => "Unknown",
            Self::Other(word) => word,
        }
    }
}

/// A volume on one node.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Volume {
    /// Its minor number (`/dev/drbdN`).
    pub minor: Option<u32>,
    /// The state of the copy here.
    pub disk: Option<DiskState>,
    /// Whether it is meant to have no disk.
    pub client: Option<bool>,
    /// Whether DRBD's own quorum is there.
    pub quorum: Option<bool>,
    /// Its size in KiB.
    pub size_kib: Option<u64>,
}

/// The state of a copy, in rising quality.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum DiskState {
    /// No disk.
    Diskless,
    /// Being attached.
    Attaching,
    /// Being detached.
    Detaching,
    /// The disk failed.
    Failed,
    /// Being compared with the peer.
    Negotiating,
    /// Partly old, partly new: useless alone.
    Inconsistent,
    /// Whole, but known to be old.
    Outdated,
    /// Not known (of a peer).
    DUnknown,
    /// Whole; whether it is the newest is not known.
    Consistent,
    /// Whole and the newest.
    UpToDate,
    /// Another word, as written.
    Other(Text),
}

impl DiskState {
    /// The word shown.
    pub fn word(&self) -> &str {
        match self {
            Self::Diskless => "Diskless",
            Self::Attaching => "Attaching",
            Self::Detaching => "Detaching",
            Self::Failed => "Failed",
            Self::Negotiating => "Negotiating",
            Self::Inconsistent => "Inconsistent",
            Self::Outdated => "Outdated",
            Self::DUnknown => "DUnknown",
            Self::Consistent => "Consistent",
            Self::UpToDate => "UpToDate",
            Self::Other(word) => word,
        }
    }
}

/// A connection to a peer, as one end tells.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Peer {
    /// The peer's name; `None` in DRBD 8.4, which does not tell it.
    pub name: Option<NodeName>,
    /// The state of the connection.
    pub connection: Option<ConnectionState>,
    /// The peer's role, as known here.
    pub role: Option<DrbdRole>,
    /// Whether the connection is congested.
    pub congested: Option<bool>,
    /// Its volumes.
    pub volumes: BTreeMap<u32, PeerVolume>,
}

/// The state of a connection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum ConnectionState {
    /// Given up: a split brain, or an administrator.
    StandAlone,
    /// Being taken down.
    Disconnecting,
    /// About to try.
    Unconnected,
    /// The peer did not answer.
    Timeout,
    /// The transport broke.
    BrokenPipe,
    /// The network failed.
    NetworkFailure,
    /// The peer said something that cannot be.
    ProtocolError,
    /// The peer takes it down.
    TearDown,
    /// Trying.
    Connecting,
    /// There.
    Connected,
    /// Another word, as written.
    Other(Text),
}

impl ConnectionState {
    /// The word shown.
    pub fn word(&self) -> &str {
        match self {
            Self::StandAlone => "StandAlone",
            Self::Disconnecting => "Disconnecting",
            Self::Unconnected => "Unconnected",
            Self::Timeout => "Timeout",
            Self::BrokenPipe => "BrokenPipe",
            Self::NetworkFailure => "NetworkFailure",
            Self::ProtocolError => "ProtocolError",
            Self::TearDown => "TearDown",
            Self::Connecting => "Connecting",
            Self::Connected => "Connected",
            Self::Other(word) => word,
        }
    }
}

/// A volume seen over a connection.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct PeerVolume {
    /// What replication does.
    pub replication: Option<Replication>,
    /// The state of the peer's copy, as known here.
    pub disk: Option<DiskState>,
    /// Whether the peer is meant to have no disk.
    pub client: Option<bool>,
    /// Who holds a resync back, in DRBD's words; empty: nobody; `None`: not told.
    pub resync_suspended: Option<Vec<Text>>,
    /// How far a resync or verify is, in hundredths of a percent, 0 to 10000.
    pub done: Option<u16>,
    /// What is not in sync, in KiB.
    pub out_of_sync_kib: Option<u64>,
    /// The rate of the resync as DRBD measures it, in KiB/s.
    pub rate_kib_s: Option<u64>,
    /// Seconds until the resync ends as DRBD estimates it; `None`: it cannot tell.
    pub eta_s: Option<u64>,
}

/// What replication of a volume does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Replication {
    /// Nothing: not connected.
    Off,
    /// Each write goes to both.
    Established,
    /// A full sync from here is about to begin.
    StartingSyncS,
    /// A full sync to here is about to begin.
    StartingSyncT,
    /// Exchanging bitmaps, source.
    WFBitMapS,
    /// Exchanging bitmaps, target.
    WFBitMapT,
    /// Waiting for the other's generation.
    WFSyncUUID,
    /// Data flows from here.
    SyncSource,
    /// Data flows to here.
    SyncTarget,
    /// Comparing, source.
    VerifyS,
    /// Comparing, target.
    VerifyT,
    /// A resync from here is paused.
    PausedSyncS,
    /// A resync to here is paused.
    PausedSyncT,
    /// Writes are ahead of what was sent.
    Ahead,
    /// The peer is ahead.
    Behind,
    /// Another word, as written.
    Other(Text),
}

impl Replication {
    /// The word shown.
    pub fn word(&self) -> &str {
        match self {
            Self::Off => "Off",
            Self::Established => "Established",
            Self::StartingSyncS => "StartingSyncS",
            Self::StartingSyncT => "StartingSyncT",
            Self::WFBitMapS => "WFBitMapS",
            Self::WFBitMapT => "WFBitMapT",
            Self::WFSyncUUID => "WFSyncUUID",
            Self::SyncSource => "SyncSource",
            Self::SyncTarget => "SyncTarget",
            Self::VerifyS => "VerifyS",
            Self::VerifyT => "VerifyT",
            Self::PausedSyncS => "PausedSyncS",
            Self::PausedSyncT => "PausedSyncT",
            Self::Ahead => "Ahead",
            Self::Behind => "Behind",
            Self::Other(word) => word,
        }
    }

    /// Whether data flows, or is about to, or is held back.
    pub fn is_resync(&self) -> bool {
        matches!(
            self,
            Self::StartingSyncS
                | Self::StartingSyncT
                | Self::WFBitMapS
                | Self::WFBitMapT
                | Self::WFSyncUUID
                | Self::SyncSource
                | Self::SyncTarget
                | Self::PausedSyncS
                | Self::PausedSyncT
        )
    }

    /// Whether the peer gets the data: this end is the source.
    pub fn is_source(&self) -> bool {
        matches!(self, Self::StartingSyncS | Self::WFBitMapS | Self::SyncSource | Self::PausedSyncS)
    }

    /// Whether a comparison runs.
    pub fn is_verify(&self) -> bool {
        matches!(self, Self::VerifyS | Self::VerifyT)
    }

    /// Whether a resync is held back.
    pub fn is_paused(&self) -> bool {
        matches!(self, Self::PausedSyncS | Self::PausedSyncT)
    }
}

/// One change of a node's DRBD. Parts that are `None` were not told and stay as they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DrbdChange {
    /// A new stream begins: what was known is void, and what follows up to [`DumpEnd`](Self::DumpEnd) is all there is.
    DumpBegin,
    /// The dump is complete.
    DumpEnd,
    /// Events were lost; only a new dump can be trusted.
    Lost,
    /// A resource appeared or changed.
    Resource(DrbdName, Option<DrbdRole>, Option<Vec<Text>>),
    /// A resource got another name.
    Renamed(DrbdName, DrbdName),
    /// A volume appeared or changed.
    Volume(DrbdName, u32, Volume),
    /// A connection appeared or changed; its `volumes` say nothing.
    Peer(DrbdName, u32, Peer),
    /// A volume of a connection appeared or changed.
    PeerVolume(DrbdName, u32, u32, PeerVolume),
    /// A resource, with all it had, is gone.
    ResourceGone(DrbdName),
    /// A volume is gone.
    VolumeGone(DrbdName, u32),
    /// A connection, with its volumes, is gone.
    PeerGone(DrbdName, u32),
    /// A volume of a connection is gone.
    PeerVolumeGone(DrbdName, u32, u32),
}

/// Keeps the old value where the new one was not told.
fn told<T>(old: &mut Option<T>, new: Option<T>) {
    if new.is_some() {
        *old = new;
    }
}

impl DrbdStatus {
    /// Takes a change in. `DumpBegin`, `DumpEnd` and `Lost` are the keeper's business, not of one status.
    pub fn apply(&mut self, change: DrbdChange) {
        if !self.fits(&change) {
            return;
        }
        match change {
            DrbdChange::DumpBegin | DrbdChange::DumpEnd | DrbdChange::Lost => {}
            DrbdChange::Resource(name, role, suspended) => {
                let resource = self.resources.entry(name).or_default();
                told(&mut resource.role, role);
                told(&mut resource.suspended, suspended);
            }
            DrbdChange::Renamed(old, new) => {
                if let Some(resource) = self.resources.remove(&old) {
                    self.resources.insert(new, resource);
                }
            }
            DrbdChange::Volume(name, number, new) => {
                let volume = self.resources.entry(name).or_default().volumes.entry(number).or_default();
                told(&mut volume.minor, new.minor);
                told(&mut volume.disk, new.disk);
                told(&mut volume.client, new.client);
                told(&mut volume.quorum, new.quorum);
                told(&mut volume.size_kib, new.size_kib);
            }
            DrbdChange::Peer(name, id, new) => {
                let peer = self.resources.entry(name).or_default().peers.entry(id).or_default();
                told(&mut peer.name, new.name);
                told(&mut peer.connection, new.connection);
                told(&mut peer.role, new.role);
                told(&mut peer.congested, new.congested);
            }
            DrbdChange::PeerVolume(name, id, number, new) => {
                let peer = self.resources.entry(name).or_default().peers.entry(id).or_default();
                peer.volumes.entry(number).or_default().apply(new);
            }
            DrbdChange::ResourceGone(name) => {
                self.resources.remove(&name);
            }
            DrbdChange::VolumeGone(name, number) => {
                if let Some(resource) = self.resources.get_mut(&name) {
                    resource.volumes.remove(&number);
                }
            }
            DrbdChange::PeerGone(name, id) => {
                if let Some(resource) = self.resources.get_mut(&name) {
                    resource.peers.remove(&id);
                }
            }
            DrbdChange::PeerVolumeGone(name, id, number) => {
                if let Some(peer) = self.resources.get_mut(&name).and_then(|resource| resource.peers.get_mut(&id)) {
                    peer.volumes.remove(&number);
                }
            }
        }
    }
}

impl PeerVolume {
    fn apply(&mut self, new: Self) {
        told(&mut self.replication, new.replication);
        told(&mut self.disk, new.disk);
        told(&mut self.client, new.client);
        told(&mut self.resync_suspended, new.resync_suspended);
        told(&mut self.out_of_sync_kib, new.out_of_sync_kib);
        let runs = self.replication.as_ref().is_some_and(|state| state.is_resync() || state.is_verify());
        if runs {
            told(&mut self.done, new.done);
            told(&mut self.rate_kib_s, new.rate_kib_s);
            // An estimate that is not repeated beside new progress is withdrawn.
            if new.done.is_some() || new.eta_s.is_some() {
                self.eta_s = new.eta_s;
            }
        } else {
            // Progress of a resync that ended says nothing of the next one.
            (self.done, self.rate_kib_s, self.eta_s) = (None, None, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> DrbdName {
        DrbdName::new("store")
    }

    fn syncing(done: u16, eta: Option<u64>) -> DrbdChange {
        let volume = PeerVolume {
            replication: Some(Replication::SyncTarget),
            done: Some(done),
            eta_s: eta,
            ..PeerVolume::default()
        };
        DrbdChange::PeerVolume(store(), 1, 0, volume)
    }

    #[test]
    fn what_is_not_told_stays() {
        let mut status = DrbdStatus::default();
        status.apply(DrbdChange::Resource(store(), Some(DrbdRole::Primary), Some(vec![])));
        status.apply(DrbdChange::Resource(store(), None, Some(vec![Text::new("quorum")])));
        assert_eq!(status.resources[&store()].role, Some(DrbdRole::Primary));
    }

    #[test]
    fn progress_ends_with_the_resync() {
        let mut status = DrbdStatus::default();
        status.apply(syncing(5000, Some(30)));
        status.apply(syncing(6000, None));
        let volume = |status: &DrbdStatus| status.resources[&store()].peers[&1].volumes[&0].clone();
        assert_eq!((volume(&status).done, volume(&status).eta_s), (Some(6000), None));
        let ended = PeerVolume { replication: Some(Replication::Established), ..PeerVolume::default() };
        status.apply(DrbdChange::PeerVolume(store(), 1, 0, ended));
        assert_eq!(volume(&status).done, None);
    }

    #[test]
    fn a_connection_takes_its_volumes_along() {
        let mut status = DrbdStatus::default();
        status.apply(syncing(5000, None));
        status.apply(DrbdChange::PeerGone(store(), 1));
        assert!(status.resources[&store()].peers.is_empty());
    }
}
