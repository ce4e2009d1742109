//! Times as the tools print them with `TZ=UTC`.

use crate::wire::Stamp;

/// Year, month (1 to 12), day of the month, days since 1970.
fn civil(stamp: Stamp) -> (u64, u64, u64, u64) {
    let days = stamp.secs() / 86_400;
    // Days since 0000-03-01, in eras of 400 years.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day, days)
}

fn clock(stamp: Stamp) -> (u64, u64, u64) {
    let of_day = stamp.secs() % 86_400;
    (of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// As C's `ctime`: `Mon Nov 23 07:19:44 2026`.
pub(super) fn ctime(stamp: Stamp) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let (year, month, day, days) = civil(stamp);
    let (hour, minute, second) = clock(stamp);
    let name =
        |names: &[&'static str], at: u64| usize::try_from(at).ok().and_then(|at| names.get(at).copied()).unwrap_or("");
    let (weekday, month) = (name(&DAYS, days % 7), name(&MONTHS, month - 1));
    format!("{weekday} {month} {day:>2} {hour:02}:{minute:02}:{second:02} {year}")
}

/// As Pacemaker's own: `2026-11-23 07:19:44Z`.
pub(super) fn iso(stamp: Stamp) -> String {
    let (year, month, day, _) = civil(stamp);
    let (hour, minute, second) = clock(stamp);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_that_date_prints() {
        assert_eq!(ctime(Stamp::from_secs(1_795_418_384)), "Mon Nov 23 07:19:44 2026");
        assert_eq!(iso(Stamp::from_secs(1_795_418_384)), "2026-11-23 07:19:44Z");
        assert_eq!(ctime(Stamp::from_secs(1_709_164_799)), "Wed Feb 28 23:59:59 2024");
        assert_eq!(iso(Stamp::from_secs(1_709_164_800)), "2024-02-29 00:00:00Z");
        assert_eq!(ctime(Stamp::from_secs(0)), "Thu Jan  1 00:00:00 1970");
    }
}
