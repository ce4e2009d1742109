//! The only time that the pure layers know.

use core::ops::Add;
use core::time::Duration;

/// A moment: microseconds since 1970-01-01 00:00 UTC by the clock of the host hatui runs on.
///
/// The runtime makes stamps so that they never go back within a session, even when the clock is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stamp(u64);

impl Stamp {
    /// The moment `micros` microseconds after the epoch.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// The moment `seconds` after the epoch.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// Whole seconds since the epoch.
    pub const fn secs(self) -> u64 {
        self.0 / 1_000_000
    }

    /// The moment in UTC, as ISO 8601 with a space: `2026-11-25 22:00:00Z`.
    pub fn utc(self) -> String {
        let (year, month, day) = civil(self.secs() / 86_400);
        let second = self.secs() % 86_400;
        format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
    }

    /// The moment that is written as [`Stamp::utc`] writes it, also with a `T` for the space; `None`: it is written otherwise.
    pub fn from_utc(text: &str) -> Option<Self> {
        let (date, time) = text.strip_suffix('Z')?.split_once([' ', 'T'])?;
        let [year, month, day] = numbers(date, '-')?;
        let [hour, minute, second] = numbers(time, ':')?;
        let sound = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        let sound = sound && hour < 24 && minute < 60 && second <= 60;
        sound.then(|| Self::from_secs(days_to(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second))
    }

    /// The moment that was `span` before; the first moment of all where there is none.
    #[must_use]
    pub fn before(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(u64::try_from(span.as_micros()).unwrap_or(u64::MAX)))
    }

    /// The time from `earlier` to this moment; zero if `earlier` is later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

/// Year, month and day of the day counted from 1970-01-01, in the Gregorian calendar.
///
/// Counted in eras of 400 years that begin with a March, so that the leap day is the last of its year.
pub fn civil(days: u64) -> (u64, u64, u64) {
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

/// The days from 1970-01-01 to a day in the Gregorian calendar: [`civil`] the other way round.
fn days_to(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era).saturating_sub(719_468)
}

/// Three numbers with a sign between them.
fn numbers(text: &str, between: char) -> Option<[u64; 3]> {
    let mut parts = text.split(between).map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

impl Add<Duration> for Stamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_utc() {
        assert_eq!(Stamp::from_secs(1_800_000_000).utc(), "2027-01-15 08:00:00Z");
        assert_eq!(Stamp::from_secs(951_782_400).utc(), "2000-02-29 00:00:00Z");
    }

    #[test]
    fn what_is_told_in_utc_is_read_back() {
        for secs in [0, 951_782_399, 951_782_400, 951_868_800, 1_800_000_000, 4_102_444_799] {
            let at = Stamp::from_secs(secs);
            assert_eq!(Stamp::from_utc(&at.utc()), Some(at), "{}", at.utc());
        }
        assert_eq!(Stamp::from_utc("2027-01-15T08:00:00Z"), Some(Stamp::from_secs(1_800_000_000)));
        for text in
            ["", "Z", "2027-01-15", "2027-01-15 08:00:00", "2027-13-15 08:00:00Z", "x-1-1 1:1:1Z", "1-1-1-1 1:1:1Z"]
        {
            assert_eq!(Stamp::from_utc(text), None, "{text}");
        }
    }

    #[test]
    fn time_since_a_later_moment_is_zero() {
        let (early, late) = (Stamp::from_secs(10), Stamp::from_secs(12));
        assert_eq!(late.since(early), Duration::from_secs(2));
        assert_eq!(early.since(late), Duration::ZERO);
        assert_eq!(early + Duration::from_secs(2), late);
    }
}
