//! Moments as they stand in rules.

/// Seconds since 1970 of `2026-11-25 22:00:00Z`, `2026-11-25T22:00:00+01:00`, `2026-11-25`; `None` if it is none.
pub(super) fn moment(text: &str) -> Option<u64> {
    let text = text.trim();
    let (date, clock) = match text.find(['T', ' ']) {
        Some(at) => (&text[..at], text[at + 1..].trim()),
        None => (text, ""),
    };
    let mut parts = date.split('-');
    let mut part = || parts.next()?.parse::<i64>().ok();
    let (year, month, day) = (part()?, part()?, part()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days since 1970, counted in years that begin in March.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * m + 2) / 5 + day - 1 - 719_468;
    let zone = clock.find(['Z', '+', '-']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at(zone);
    let mut parts = clock.trim().split(':');
    let mut part = || parts.next().filter(|text| !text.is_empty()).map_or(Some(0), |text| text.parse::<i64>().ok());
    let seconds = days * 86_400 + part()? * 3600 + part()? * 60 + part()?;
    let offset = match zone.as_bytes().first() {
        Some(sign @ (b'+' | b'-')) => {
            let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
            let hours = digits.get(..2)?.parse::<i64>().ok()?;
            let minutes = digits.get(2..4).map_or(Some(0), |text| text.parse::<i64>().ok())?;
            let offset = hours * 3600 + minutes * 60;
            if *sign == b'+' { offset } else { -offset }
        }
        _ => 0,
    };
    u64::try_from(seconds - offset).ok()
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn moments_are_read_as_they_stand_in_rules() {
        assert_eq!(moment("2026-11-23 07:19:44Z"), Some(1_795_418_384));
        assert_eq!(moment("2026-11-23T08:19:44+01:00"), Some(1_795_418_384));
        assert_eq!(moment("2024-02-29"), Some(1_709_164_800));
        assert_eq!(moment("tomorrow"), None);
    }
}
