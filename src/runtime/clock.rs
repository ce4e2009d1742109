//! The only reader of the time.
#![expect(clippy::disallowed_methods, reason = "this is the one clock")]

use core::time::Duration;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::wire::Stamp;

/// By how much the wall clock may be ahead before that counts as a jump: the machine slept, or its clock was set.
const JUMP: Duration = Duration::from_secs(2);

/// How far the wall clock has jumped ahead of the monotonic one, in microseconds. That one stands still in suspend.
static AHEAD: AtomicU64 = AtomicU64::new(0);

/// A clock that never goes back: the wall clock at its start, moved on by the monotonic one.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    base: Stamp,
    started: Instant,
    /// Whether it follows the wall clock where that jumps ahead.
    follows: bool,
}

impl Clock {
    /// A clock that starts now. After a suspend it is where the wall clock is.
    pub fn start() -> Self {
        // What was slept through before is part of where it starts.
        let ahead = Duration::from_micros(AHEAD.load(Ordering::Relaxed));
        Self { base: wall().before(ahead), started: Instant::now(), follows: true }
    }

    /// A clock that starts at a moment of one's own, and stands still in suspend: for demos and tests.
    pub fn starting_at(base: Stamp) -> Self {
        Self { base, started: Instant::now(), follows: false }
    }

    /// Now.
    pub fn now(&self) -> Stamp {
        let steady = self.base + self.started.elapsed();
        if !self.follows {
            return steady;
        }
        let known = Duration::from_micros(AHEAD.load(Ordering::Relaxed));
        let ahead = ahead(known, wall(), steady);
        if ahead > known {
            AHEAD.fetch_max(micros(ahead), Ordering::Relaxed);
        }
        steady + ahead
    }
}

fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

fn wall() -> Stamp {
    Stamp::from_micros(micros(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()))
}

/// How far ahead the wall clock is taken to be: as far as it is known to have jumped, unless it jumped again.
fn ahead(known: Duration, wall: Stamp, steady: Stamp) -> Duration {
    let seen = wall.since(steady);
    if seen > known + JUMP { seen } else { known }
}

/// Now, by the monotonic clock: for deadlines.
pub(super) fn instant() -> Instant {
    Instant::now()
}

/// Seconds by which local time is ahead of UTC now; 0 where the zone is not known.
pub fn utc_offset_seconds() -> i32 {
    jiff::Zoned::now().offset().seconds()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_slept_through_is_made_up_for_and_the_clock_never_goes_back() {
        let at = Stamp::from_secs;
        let secs = Duration::from_secs;
        let ahead = |known, wall, steady| ahead(secs(known), at(wall), at(steady));
        assert_eq!(ahead(0, 1000, 1000), secs(0));
        assert_eq!(ahead(0, 1002, 1000), secs(0), "a clock that runs a little fast is none that slept");
        assert_eq!(ahead(0, 8200, 1000), secs(7200), "two hours of sleep");
        assert_eq!(ahead(7200, 8201, 1000), secs(7200));
        assert_eq!(ahead(7200, 11_805, 1005), secs(10_800), "and another");
        assert_eq!(ahead(7200, 900, 1000), secs(7200), "set back");
        let steady = Clock::starting_at(at(5));
        assert!(steady.now() < at(60), "what starts at a moment of its own stays there");
        let now = Clock::start().now();
        assert!(now.since(wall()) < secs(2) && wall().since(now) < secs(2));
    }
}
