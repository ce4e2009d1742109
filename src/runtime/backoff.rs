//! When to try again.

use core::time::Duration;

/// The pause before attempt number `failures` + 1 (1: the first has failed), with `jitter` from 0 to 1 so that many do
/// not come at once: 1 s, 2 s, 4 s, 8 s, then 15 s, each 25 % less to 25 % more.
pub fn pause(failures: u32, jitter: f64) -> Duration {
    let seconds = 2_u64.saturating_pow(failures.saturating_sub(1).min(8)).min(15);
    Duration::from_secs(seconds).mul_f64(0.75 + 0.5 * jitter.clamp(0.0, 1.0))
}

/// The pause after a refusal: asking again at once would only fill the node's logs.
pub const REFUSED: Duration = Duration::from_mins(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound() {
        let middle: Vec<_> = (1..8).map(|failures| pause(failures, 0.5).as_secs()).collect();
        assert_eq!(middle, [1, 2, 4, 8, 15, 15, 15]);
        assert_eq!(pause(u32::MAX, 1.0), Duration::from_millis(18_750));
        assert_eq!(pause(1, 0.0), Duration::from_millis(750));
    }
}
