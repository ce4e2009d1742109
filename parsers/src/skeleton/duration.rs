//! Durations as they are written in a CIB.

/// A duration as written, and as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Duration {
    /// As written.
    pub text: String,
    /// In ms; `None` if it is of no notation that Pacemaker knows.
    pub ms: Option<u64>,
}

impl Duration {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), ms: milliseconds(text) }
    }
}

/// A duration in any of Pacemaker's notations, in ms: `60s`, `60` (seconds), `500ms`, `1min`, `1h`, `PT1M30S`.
///
/// `None` if it is no duration, or one that depends on the calendar (months, years).
pub fn milliseconds(text: &str) -> Option<u64> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix(['P', 'p']) {
        return iso(&rest.to_ascii_uppercase());
    }
    let (number, rest) = leading_number(text)?;
    // What Pacemaker does with a fraction: it is cut off.
    let unit = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit()).trim_start();
    let known = [
        ("msec", 1),
        ("ms", 1),
        ("min", 60_000),
        ("m", 60_000),
        ("sec", 1000),
        ("s", 1000),
        ("hr", 3_600_000),
        ("h", 3_600_000),
    ];
    if unit.is_empty() {
        return number.checked_mul(1000);
    }
    if ["usec", "us"].iter().any(|micros| unit.eq_ignore_ascii_case(micros)) {
        return Some(number / 1000);
    }
    let factor = known.into_iter().find(|(word, _)| unit.eq_ignore_ascii_case(word)).map(|(_, factor)| factor)?;
    number.checked_mul(factor)
}

/// ISO 8601, after the `P`: `1DT2H3M4S`, `2W`.
fn iso(text: &str) -> Option<u64> {
    let (days, times) = text.split_once('T').unwrap_or((text, ""));
    if days.is_empty() && times.is_empty() {
        return None;
    }
    let in_days = parts(days, &[('W', 604_800_000), ('D', 86_400_000)])?;
    let in_times = parts(times, &[('H', 3_600_000), ('M', 60_000), ('S', 1000)])?;
    in_days.checked_add(in_times)
}

/// Numbers with a letter each, which stand in the order of `units`.
fn parts(mut text: &str, mut units: &[(char, u64)]) -> Option<u64> {
    let mut sum: u64 = 0;
    while !text.is_empty() {
        let (number, rest) = leading_number(text)?;
        let letter = rest.chars().next()?;
        let at = units.iter().position(|(unit, _)| *unit == letter)?;
        let (_, factor) = units.get(at)?;
        sum = sum.checked_add(number.checked_mul(*factor)?)?;
        units = units.get(at + 1..)?;
        text = rest.get(1..)?;
    }
    Some(sum)
}

fn leading_number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn every_notation_is_read() {
        for (text, ms) in [
            ("60s", 60_000),
            ("60", 60_000),
            (" 60 s ", 60_000),
            ("60sec", 60_000),
            ("1min", 60_000),
            ("1m", 60_000),
            ("2h", 7_200_000),
            ("2hr", 7_200_000),
            ("500ms", 500),
            ("500msec", 500),
            ("1500us", 1),
            ("1.9s", 1000),
            ("0", 0),
            ("20S", 20_000),
            ("PT1M", 60_000),
            ("PT1M30S", 90_000),
            ("P1D", 86_400_000),
            ("P1DT1H", 90_000_000),
            ("P1W", 604_800_000),
            ("pt10s", 10_000),
        ] {
            assert_eq!(milliseconds(text), Some(ms), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_none() {
        for text in [
            "",
            "s",
            "-1",
            "-5s",
            "5 parsecs",
            "INFINITY",
            "P",
            "PT",
            "PT5",
            "P1M",
            "P1Y",
            "PT1S1M",
            "P1H",
            "1 0s",
            "99999999999999999999",
            "9999999999999999999h",
            "P99999999999999999W",
            "PT\u{fc}",
        ] {
            assert_eq!(milliseconds(text), None, "{text}");
        }
    }
}
