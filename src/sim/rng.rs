//! A small deterministic generator (`SplitMix64`): the same seed gives the same cluster, byte for byte.

use core::time::Duration;

/// The generator; its whole state is one number.
#[derive(Debug, Clone)]
pub(super) struct Rng(u64);

impl Rng {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to but not including `end`; 0 if `end` is 0.
    pub(super) const fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.next() % end }
    }

    /// `milliseconds`, up to 15 % less or more, as real operations wander.
    pub(super) fn about(&mut self, milliseconds: u64) -> Duration {
        let micros = milliseconds.saturating_mul(1000);
        let span = micros / 100 * 30;
        Duration::from_micros(micros - span / 2 + self.below(span + 1))
    }

    /// From `low` to `high` milliseconds.
    pub(super) fn between(&mut self, low: u64, high: u64) -> Duration {
        Duration::from_micros(low * 1000 + self.below(high.saturating_sub(low) * 1000 + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_seed_others() {
        let take = |seed| {
            let mut rng = Rng::new(seed);
            [rng.next(), rng.next(), rng.next()]
        };
        assert_eq!(take(7), take(7));
        assert_ne!(take(7), take(8));
    }

    #[test]
    fn about_stays_within_fifteen_per_cent() {
        let mut rng = Rng::new(1);
        for _ in 0..1000 {
            let taken = rng.about(1000).as_micros();
            assert!((850_000..=1_150_000).contains(&taken), "{taken}");
        }
    }
}
