//! From bytes to observations: the table of feeds, what their frames mean, and what failures mean.
//!
//! Pure: chunks and stamps in, [`Observation`]s out. What cannot be read becomes an observation too.

mod answers;
mod corosync;
mod decode;
mod drbd;
mod drbd_json;
mod pacemaker;
mod preview;
mod redact;
mod sources;
mod trouble;

pub use answers::{read_revision, read_why};
pub use decode::{Decoded, FeedDecoder, RawOutput};
pub use preview::{PREVIEW_LIMIT, preview_argv, read_preview};
pub use redact::{Mask, masked, redact_options};
pub use sources::{FeedOptions, KEEPALIVE, STREAM_DEADLINE, keepalive, tool_argv, tool_path, watch_argv};
pub use trouble::{connection_trouble, tool_trouble};

pub use crate::model::Observation;
