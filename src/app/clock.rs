//! Moments as words. Pure: the zone comes from whoever knows it, as an offset from UTC.

use core::time::Duration;

use crate::wire::{Stamp, civil};

/// The farthest that a clock on the wall is from UTC, in seconds; what is farther is cut to it.
const FARTHEST: i32 = 24 * 3600;

/// Seconds since 1970 on the clock of the wall.
fn wall(at: Stamp, utc_offset_s: i32) -> u64 {
    at.secs().saturating_add_signed(i64::from(utc_offset_s.clamp(-FARTHEST, FARTHEST)))
}

/// The time of day, `hh:mm:ss`, where the clock on the wall is `utc_offset_s` seconds ahead of UTC.
pub fn time(at: Stamp, utc_offset_s: i32) -> String {
    let second = wall(at, utc_offset_s) % 86_400;
    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// The day, `yyyy-mm-dd`, where the clock on the wall is `utc_offset_s` seconds ahead of UTC.
pub fn date(at: Stamp, utc_offset_s: i32) -> String {
    let (year, month, day) = civil(wall(at, utc_offset_s) / 86_400);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The zone: `UTC`, or how far the clock on the wall is ahead of it (`+02:00`).
pub fn zone(utc_offset_s: i32) -> String {
    let offset = utc_offset_s.clamp(-FARTHEST, FARTHEST);
    if offset == 0 {
        return "UTC".to_owned();
    }
    let minutes = offset.unsigned_abs() / 60;
    format!("{}{:02}:{:02}", if offset < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
}

/// A moment for machines: UTC, `yyyy-mm-ddThh:mm:ss.mmmZ` (RFC 3339).
pub fn rfc3339(at: Stamp) -> String {
    format!("{}T{}.{:03}Z", date(at, 0), time(at, 0), at.micros() / 1000 % 1000)
}

/// How long, as short as it is still useful: `0.4 s`, `37 s`, `4 min`, `3 h`, `2 d`.
pub fn span(length: Duration) -> String {
    let seconds = length.as_secs();
    match seconds {
        0..=9 => format!("{}.{} s", seconds, length.subsec_millis() / 100),
        10..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        7200..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_as_the_clock_on_the_wall_does() {
        let at = Stamp::from_micros(1_800_000_000_123_456);
        assert_eq!((date(at, 0), time(at, 0)), ("2027-01-15".to_owned(), "08:00:00".to_owned()));
        assert_eq!(time(at, 7200), "10:00:00");
        assert_eq!((date(at, -9 * 3600), time(at, -9 * 3600)), ("2027-01-14".to_owned(), "23:00:00".to_owned()));
        assert_eq!(rfc3339(at), "2027-01-15T08:00:00.123Z");
        assert_eq!([zone(0), zone(7200), zone(-12_600)], ["UTC", "+02:00", "-03:30"]);
    }

    #[test]
    fn leap_days_are_days() {
        let day = |seconds| date(Stamp::from_secs(seconds), 0);
        assert_eq!(day(0), "1970-01-01");
        assert_eq!([day(951_782_400), day(951_868_800)], ["2000-02-29", "2000-03-01"]);
        assert_eq!([day(1_709_164_800), day(1_735_603_200)], ["2024-02-29", "2024-12-31"]);
        assert_eq!(day(4_107_542_400), "2100-03-01");
    }

    #[test]
    fn no_moment_and_no_offset_is_too_much() {
        for at in [Stamp::from_micros(0), Stamp::from_micros(u64::MAX)] {
            for offset in [i32::MIN, -1, 0, 1, i32::MAX] {
                assert!(!time(at, offset).is_empty() && !date(at, offset).is_empty() && !zone(offset).is_empty());
            }
        }
    }

    #[test]
    fn spans_are_as_short_as_they_are_useful() {
        let spans = [400, 9_990, 37_000, 300_000, 7_200_000, 200_000_000].map(|ms| span(Duration::from_millis(ms)));
        assert_eq!(spans, ["0.4 s", "9.9 s", "37 s", "5 min", "2 h", "2 d"]);
    }
}
