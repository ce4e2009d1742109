//! What a line of `drbdsetup events2` says, borrowed from the line. It must not add up lines.

use super::flags::{Blocked, ResyncSuspended, Suspended};
use super::units::{Eta, Kib, MibPerSecond, Percent, Requests, Sectors, Writes};
use super::words::{Answer, ConnectionState, Disk, Kind, Replication, Role, WriteOrdering};

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// Only with `--timestamps`.
    pub timestamp: Option<Timestamp>,
    /// The rest of the line.
    pub what: What<'a>,
}

/// When the node's clock says that the line was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Microseconds since 1970-01-01 00:00 UTC.
    pub unix_micros: i64,
    /// The node's zone, minutes east of UTC.
    pub offset_minutes: i16,
}

/// The rest of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "almost every line is an event, and a box would be an allocation each")]
pub enum What<'a> {
    /// `exists -`: the dump is complete.
    DumpEnd,
    /// `- skipped N`: so many events were lost; start over (DRBD 8.4 and drbd-utils before 9.14).
    Skipped(u64),
    /// An event.
    Event(Event<'a>),
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<'a> {
    /// What happened.
    pub kind: Kind<&'a str>,
    /// To what, with the values that the line carries.
    pub object: Object<'a>,
    /// What did not fit: keys that this version does not know, and known keys whose value it cannot read.
    pub unknown: Unknown<'a>,
}

/// Pairs that did not fit, as written. It allocates only when there is one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unknown<'a> {
    /// Key and value, at most [`Unknown::MAX`].
    pub pairs: Vec<(&'a str, &'a str)>,
    /// How many more there were.
    pub more: usize,
}

impl Unknown<'_> {
    /// The most pairs kept of a line.
    pub const MAX: usize = 32;

    /// The value of `key`, if it is among the pairs kept.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }

    /// Nothing is here.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}

/// The object of an event. `None` in it means that the line does not carry the key: nothing changed, or not known.
///
/// A statistic that the kernel does not send (printed as 2⁶² or more) is `None` too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object<'a> {
    /// `resource`
    Resource(Resource<'a>),
    /// `device`: a volume on this node.
    Device(Device<'a>),
    /// `connection` to a peer.
    Connection(Connection<'a>),
    /// `peer-device`: a volume on a peer.
    PeerDevice(PeerDevice<'a>),
    /// `path` of a connection (DRBD 9).
    Path(Path<'a>),
    /// `helper`: a program called by the kernel.
    Helper(Helper<'a>),
    /// An object of another version; its pairs are in [`Event::unknown`].
    Other(&'a str),
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resource<'a> {
    /// Its name.
    pub name: &'a str,
    /// Of a `rename`: the name from now on.
    pub new_name: Option<&'a str>,
    /// Of this node.
    pub role: Option<Role<&'a str>>,
    /// Whether and why I/O is frozen.
    pub suspended: Option<Suspended>,
    /// Every I/O fails on purpose (drbd-utils ≥ 9.21).
    pub force_io_failures: Option<bool>,
    /// How writes are ordered.
    pub write_ordering: Option<WriteOrdering<&'a str>>,
    /// No node is primary and this one could be (drbd-utils ≥ 9.14).
    pub may_promote: Option<bool>,
    /// How well this node could be primary; 0 means not at all (drbd-utils ≥ 9.14).
    pub promotion_score: Option<u32>,
}

/// The disk below a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BackingDev<'a> {
    /// `none`: no disk.
    None,
    /// Its path, printed raw.
    Path(&'a str),
}

/// A volume on this node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device<'a> {
    /// The resource.
    pub name: &'a str,
    /// The volume's number in the resource.
    pub volume: u32,
    /// The number of `/dev/drbdN`.
    pub minor: Option<u32>,
    /// The disk below (drbd-utils ≥ 9.17). A path with spaces ends before the next word that begins with a key of a
    /// device and a colon.
    pub backing_dev: Option<BackingDev<'a>>,
    /// The state of the data here.
    pub disk: Option<Disk<&'a str>>,
    /// Without a disk on purpose.
    pub client: Option<Answer<&'a str>>,
    /// Somebody has the device open (drbd-utils ≥ 9.29).
    pub open: Option<Answer<&'a str>>,
    /// Quorum of the resource (drbd-utils ≥ 9.2); not the cluster's.
    pub quorum: Option<bool>,
    /// The size of the device.
    pub size: Option<Kib>,
    /// Read from the disk since it was attached.
    pub read: Option<Kib>,
    /// Written to the disk since it was attached.
    pub written: Option<Kib>,
    /// Updates of the activity log.
    pub al_writes: Option<Writes>,
    /// Updates of the bitmap.
    pub bm_writes: Option<Writes>,
    /// Requests of the file system not yet answered.
    pub upper_pending: Option<Requests>,
    /// Requests to the disk not yet answered.
    pub lower_pending: Option<Requests>,
    /// The activity log is frozen.
    pub al_suspended: Option<bool>,
    /// Requests wait.
    pub blocked: Option<Blocked>,
}

/// A connection to a peer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Connection<'a> {
    /// The resource.
    pub name: &'a str,
    /// DRBD's number of the peer; always 0 under 8.4.
    pub peer_node_id: Option<u32>,
    /// The peer's host name; `peer` under 8.4.
    pub conn_name: Option<&'a str>,
    /// The state of the connection.
    pub connection: Option<ConnectionState<&'a str>>,
    /// The role of the peer.
    pub role: Option<Role<&'a str>>,
    /// The send buffer is full.
    pub congested: Option<bool>,
    /// Application data on the way (drbd-utils ≥ 9.4).
    pub ap_in_flight: Option<Sectors>,
    /// Sync data on the way (drbd-utils ≥ 9.4).
    pub rs_in_flight: Option<Sectors>,
}

/// A volume on a peer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeerDevice<'a> {
    /// The resource.
    pub name: &'a str,
    /// DRBD's number of the peer; always 0 under 8.4.
    pub peer_node_id: Option<u32>,
    /// The peer's host name; `peer` under 8.4.
    pub conn_name: Option<&'a str>,
    /// The volume's number in the resource.
    pub volume: u32,
    /// What replication does.
    pub replication: Option<Replication<&'a str>>,
    /// The state of the data there.
    pub peer_disk: Option<Disk<&'a str>>,
    /// The peer has no disk on purpose.
    pub peer_client: Option<Answer<&'a str>>,
    /// Whether and why a sync is paused.
    pub resync_suspended: Option<ResyncSuspended>,
    /// How far the sync or verify is, clamped to 100 %; only while one is under way, never under 8.4.
    pub done: Option<Percent>,
    /// Received since the connection came up.
    pub received: Option<Kib>,
    /// Sent since the connection came up.
    pub sent: Option<Kib>,
    /// Known to differ.
    pub out_of_sync: Option<Kib>,
    /// Requests sent and not yet answered.
    pub pending: Option<Requests>,
    /// Requests received and not yet answered.
    pub unacked: Option<Requests>,
    /// The rate since the last mark, 3 to 6 s (drbd-utils ≥ 9.4).
    pub dbdt1: Option<MibPerSecond>,
    /// The time left at that rate (drbd-utils ≥ 9.4).
    pub eta: Option<Eta>,
}

/// One end of a path: `ipv4:10.0.0.1:7788` or `ipv6:[fe80::1%eth0]:7788`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Endpoint<'a>(pub &'a str);

impl<'a> Endpoint<'a> {
    /// `ipv4`, `ipv6`, `ssocks`, `sdp`; none if there is no colon.
    pub fn family(self) -> Option<&'a str> {
        self.0.split_once(':').map(|(family, _)| family)
    }

    /// The address without brackets, with its zone.
    pub fn host(self) -> &'a str {
        let rest = self.0.split_once(':').map_or(self.0, |(_, rest)| rest);
        let host = rest.rsplit_once(':').map_or(rest, |(host, _)| host);
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
    }

    /// The port, if it can be read.
    pub fn port(self) -> Option<u16> {
        self.0.rsplit_once(':').and_then(|(_, port)| port.parse().ok())
    }
}

/// A path of a connection. Kernels before 9.0.29 do not announce paths: the first line may be a `change`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Path<'a> {
    /// The resource.
    pub name: &'a str,
    /// DRBD's number of the peer.
    pub peer_node_id: Option<u32>,
    /// The peer's host name.
    pub conn_name: Option<&'a str>,
    /// This end.
    pub local: Option<Endpoint<'a>>,
    /// The other end.
    pub peer: Option<Endpoint<'a>>,
    /// It works.
    pub established: Option<bool>,
}

/// A program called by the kernel, for example `split-brain` or `fence-peer`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Helper<'a> {
    /// The resource.
    pub name: &'a str,
    /// DRBD's number of the peer, if it is about one.
    pub peer_node_id: Option<u32>,
    /// The peer's host name, if it is about one.
    pub conn_name: Option<&'a str>,
    /// This end of the path, if it is about one.
    pub local: Option<Endpoint<'a>>,
    /// The other end.
    pub peer: Option<Endpoint<'a>>,
    /// The volume, if it is about one.
    pub volume: Option<u32>,
    /// The number of `/dev/drbdN`, if it is about one.
    pub minor: Option<u32>,
    /// The name of the helper.
    pub helper: Option<&'a str>,
    /// Of a `response`: its exit status; without a handler configured it is 0.
    pub status: Option<i32>,
}
