//! One line of `drbdsetup events2`, all modes, DRBD 8.4 and 9 (drbd-utils 8.9.6 to 9.34).
//!
//! ```text
//! line     = [timestamp SP] ("exists -" / "- skipped " N / event)
//! event    = kind SP object *(SP key ":" value)
//! kind     = exists | create | change | destroy | call | response | rename
//! object   = resource | device | connection | peer-device | path | helper
//! ```
//!
//! A line says what changed; it must not be mistaken for a whole state. Nothing is quoted by the tool: a value ends at
//! the next space, and holds colons (an address). Only `backing_dev` is a path printed raw; see [`Device::backing_dev`].
//! Words that this version does not know are kept: a state as `Other`, a key or a value that does not fit in
//! [`Event::unknown`]. Reading a line of known keys allocates nothing.

mod flags;
mod line;
mod read;
mod units;
mod words;

pub use flags::{Blocked, ResyncSuspended, Suspended};
pub use line::{
    BackingDev, Connection, Device, Endpoint, Event, Helper, Line, Object, Path, PeerDevice, Resource, Timestamp,
    Unknown, What,
};
pub use read::parse_line;
pub use units::{Eta, Kib, MibPerSecond, Percent, Requests, Sectors, Writes};
pub use words::{Answer, ConnectionState, Disk, Kind, Replication, Role, WriteOrdering};
