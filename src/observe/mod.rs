//! From bytes to observations: the table of feeds, what their frames mean, and what failures mean.
//!
//! Pure: chunks and stamps in, [`Observation`]s out. What cannot be read becomes an observation too.

mod corosync;
mod decode;
mod drbd;
mod pacemaker;
mod redact;
mod sources;
mod trouble;

pub use decode::{Decoded, FeedDecoder, RawOutput};
pub use sources::{FeedOptions, KEEPALIVE, STREAM_DEADLINE, keepalive, tool_path, watch_argv};
pub use trouble::{connection_trouble, tool_trouble};

pub use crate::model::Observation;
