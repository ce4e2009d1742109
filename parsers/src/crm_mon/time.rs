//! Times in the two forms that Pacemaker prints, and scores.

use nom::bytes::complete::{tag, take_while_m_n};
use nom::character::complete::{char, one_of, space0, space1};
use nom::combinator::{eof, map_opt, opt};
use nom::sequence::preceded;
use nom::{IResult, Parser};

use crate::xml::{Attribute, Fault, Text};

/// A point in time as printed, and as read where its form is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Time<'a> {
    /// As printed.
    pub text: Text<'a>,
    /// As read; `None` if it is of no known form (also when it is empty).
    pub at: Option<Instant>,
}

/// A point in time, or, where the zone is not stated, a civil time as if it were UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    pub seconds: i64,
    /// Microseconds of that second, 0 to 999 999.
    pub micros: u32,
    /// Whether the zone is known.
    pub zone: Zone,
}

/// Whether a time says which zone it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// `Z` or an offset, taken into account.
    Stated,
    /// None, as with `ctime`: the zone of the process that wrote it. That of the tool is UTC if it ran under
    /// `TZ=UTC`; that of `last_change` (and of `cib-last-written`) is the zone of whoever changed the CIB.
    Unstated,
}

impl<'a> From<Text<'a>> for Time<'a> {
    fn from(text: Text<'a>) -> Self {
        let at = iso(text.trim()).or_else(|_| ctime(text.trim())).ok().map(|(_, at)| at);
        Self { text, at }
    }
}

/// At most `most` and at least `least` digits as a number of at most `max`.
fn digits(least: usize, most: usize, max: u32) -> impl Fn(&str) -> IResult<&str, u32> {
    move |input| {
        map_opt(take_while_m_n(least, most, |c: char| c.is_ascii_digit()), |text: &str| {
            text.parse().ok().filter(|&number| number <= max)
        })
        .parse(input)
    }
}

/// `Tue May  5 12:04:36 2020`.
fn ctime(input: &str) -> IResult<&str, Instant> {
    let name = |input| take_while_m_n(3, 3, |c: char| c.is_ascii_alphabetic())(input);
    let (input, _) = name(input)?;
    let (input, month) = preceded(space1, map_opt(name, month_of)).parse(input)?;
    let (input, day) = preceded(space1, digits(1, 2, 31)).parse(input)?;
    let (input, second_of_day) = preceded(space1, clock).parse(input)?;
    let (input, year) = preceded(space1, digits(4, 4, 9999)).parse(input)?;
    let (input, _) = eof(input)?;
    let seconds = i64::from(second_of_day) + 86_400 * days_since_epoch(year, month, day);
    Ok((input, Instant { seconds, micros: 0, zone: Zone::Unstated }))
}

fn month_of(name: &str) -> Option<u32> {
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    (1..).zip(names).find(|(_, known)| *known == name).map(|(number, _)| number)
}

/// `12:04:36`, as the second of the day.
fn clock(input: &str) -> IResult<&str, u32> {
    let (input, (hour, _, minute, _, second)) =
        (digits(2, 2, 23), char(':'), digits(2, 2, 59), char(':'), digits(2, 2, 60)).parse(input)?;
    Ok((input, 3600 * hour + 60 * minute + second))
}

/// `2020-05-08 15:21:24.000001 -04:00`, `…Z`, with `T`, without time or zone.
fn iso(input: &str) -> IResult<&str, Instant> {
    let (input, (year, _, month, _, day)) =
        (digits(4, 4, 9999), char('-'), digits(1, 2, 12), char('-'), digits(1, 2, 31)).parse(input)?;
    let (input, second_of_day) = opt(preceded(one_of("T "), clock)).parse(input)?;
    let (input, fraction) = opt(preceded(one_of(".,"), fraction)).parse(input)?;
    let (input, offset) = preceded(space0, opt(offset)).parse(input)?;
    let (input, _) = eof(input)?;
    let local = i64::from(second_of_day.unwrap_or(0)) + 86_400 * days_since_epoch(year, month, day);
    let zone = if offset.is_some() { Zone::Stated } else { Zone::Unstated };
    Ok((input, Instant { seconds: local - offset.unwrap_or(0), micros: fraction.unwrap_or(0), zone }))
}

/// The digits after a decimal point as microseconds; finer ones are cut off.
fn fraction(input: &str) -> IResult<&str, u32> {
    map_opt(take_while_m_n(1, 9, |c: char| c.is_ascii_digit()), |digits: &str| {
        format!("{digits:0<6}").get(..6).and_then(|micros| micros.parse().ok())
    })
    .parse(input)
}

/// `Z`, `+02:00`, `+0200` or `+02`, as seconds east of Greenwich.
fn offset(input: &str) -> IResult<&str, i64> {
    let (input, sign) = one_of("Z+-")(input)?;
    if sign == 'Z' {
        return Ok((input, 0));
    }
    let (input, (hours, _, minutes)) = (digits(2, 2, 23), opt(tag(":")), opt(digits(2, 2, 59))).parse(input)?;
    let east = 3600 * i64::from(hours) + 60 * i64::from(minutes.unwrap_or(0));
    Ok((input, if sign == '-' { -east } else { east }))
}

/// Days from 1970-01-01 in the Gregorian calendar; years begin in March, so that the leap day is their last.
fn days_since_epoch(year: u32, month: u32, day: u32) -> i64 {
    let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

/// A score, a weight or a count that has an infinity, which is 1 000 000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Score {
    /// Less than infinite.
    Finite(i32),
    /// `INFINITY`, or 1 000 000 or more.
    Infinity,
    /// `-INFINITY`, or −1 000 000 or less.
    MinusInfinity,
}

impl Score {
    /// A score as the CIB and the tools write it.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "INFINITY" | "+INFINITY" | "infinity" | "+infinity" => return Some(Self::Infinity),
            "-INFINITY" | "-infinity" => return Some(Self::MinusInfinity),
            _ => {}
        }
        let number: i64 = text.parse().ok()?;
        Some(match i32::try_from(number) {
            Ok(finite @ -999_999..=999_999) => Self::Finite(finite),
            _ if number < 0 => Self::MinusInfinity,
            _ => Self::Infinity,
        })
    }
}

impl Attribute<'_> {
    pub(crate) fn score_into(&self, place: &mut Option<Score>) -> Result<bool, Fault> {
        if !self.value.is_empty() {
            *place = Some(Score::parse(&self.value).ok_or_else(|| self.fault("a score: a number or INFINITY"))?);
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<(i64, u32, Zone)> {
        Time::from(Text::from(text)).at.map(|at| (at.seconds, at.micros, at.zone))
    }

    #[test]
    fn both_forms_are_read() {
        assert_eq!(seconds("Tue May  5 12:04:36 2020"), Some((1_588_680_276, 0, Zone::Unstated)));
        assert_eq!(seconds("2020-05-08 15:21:24Z"), Some((1_588_951_284, 0, Zone::Stated)));
        assert_eq!(seconds("2020-05-08 11:21:24 -04:00"), Some((1_588_951_284, 0, Zone::Stated)));
        assert_eq!(seconds("2020-05-08 11:21:24.012345 -04:00"), Some((1_588_951_284, 12_345, Zone::Stated)));
        assert_eq!(seconds("2020-05-08T15:21:24"), Some((1_588_951_284, 0, Zone::Unstated)));
        assert_eq!(seconds("1970-01-01"), Some((0, 0, Zone::Unstated)));
        assert_eq!(seconds("2000-02-29 00:00:00Z"), Some((951_782_400, 0, Zone::Stated)));
        assert_eq!(seconds("1969-12-31 23:59:59Z"), Some((-1, 0, Zone::Stated)));
    }

    #[test]
    fn another_form_is_kept_as_text() {
        for text in ["", "yesterday", "2020-13-01", "Tue Mai  5 12:04:36 2020", "2020-05-08 15:21:24Zulu", "(null)"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn scores_end_at_infinity() {
        assert_eq!(Score::parse("-1000000"), Some(Score::MinusInfinity));
        assert_eq!(Score::parse("99999999999"), Some(Score::Infinity));
        assert_eq!(Score::parse("-10000"), Some(Score::Finite(-10_000)));
        assert_eq!(Score::parse("much"), None);
    }
}
