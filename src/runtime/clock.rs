//! The only reader of the time.
#![expect(clippy::disallowed_methods, reason = "this is the one clock")]

use std::time::{SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::wire::Stamp;

/// A clock that never goes back: the wall clock at its start, moved on by the monotonic one.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    base: Stamp,
    started: Instant,
}

impl Clock {
    /// A clock that starts now.
    pub fn start() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::starting_at(Stamp::from_micros(u64::try_from(since.as_micros()).unwrap_or(u64::MAX)))
    }

    /// A clock that starts at a moment of one's own: for demos and tests.
    pub fn starting_at(base: Stamp) -> Self {
        Self { base, started: Instant::now() }
    }

    /// Now.
    pub fn now(&self) -> Stamp {
        self.base + self.started.elapsed()
    }
}

/// Now, by the monotonic clock: for deadlines.
pub(super) fn instant() -> Instant {
    Instant::now()
}

/// Seconds by which local time is ahead of UTC now; 0 where the zone is not known.
pub fn utc_offset_seconds() -> i32 {
    jiff::Zoned::now().offset().seconds()
}
