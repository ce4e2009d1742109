//! What was played as an asciicast (version 2), for programs that make pictures of it.

use core::fmt::Write as _;
use std::time::Instant;

use serde_json::json;

/// From when to when it is not filmed. What the terminal showed meanwhile takes no time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    pub(crate) from: Instant,
    pub(crate) to: Instant,
}

/// How long after the start something is seen in the film, in seconds.
fn film_time(at: Instant, start: Instant, cuts: &[Cut]) -> f64 {
    let span = |from: Instant, to: Instant| to.saturating_duration_since(from).as_secs_f64();
    let cut: f64 = cuts.iter().map(|cut| span(cut.from.max(start), cut.to.min(at))).sum();
    span(start, at) - cut
}

/// A film of these bytes, which arrived at these times.
pub(crate) fn film(
    size: (u16, u16),
    start: Instant,
    cuts: &[Cut],
    arrivals: &[(Instant, usize)],
    bytes: &[u8],
) -> String {
    let mut film = format!("{}\n", header(size));
    let (mut told, mut words) = (0, String::new());
    for (place, (at, length)) in arrivals.iter().enumerate() {
        let time = film_time(*at, start, cuts);
        let rest = bytes.get(told..*length).unwrap_or_default();
        // A character that is cut in two waits for its other half.
        let whole = match core::str::from_utf8(rest) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => rest.len(),
        };
        words += &String::from_utf8_lossy(&rest[..whole]);
        told += whole;
        let next = arrivals.get(place + 1).map(|(at, _)| film_time(*at, start, cuts));
        if words.is_empty() || next.is_some_and(|next| next - time < 1e-6) {
            continue;
        }
        let _ = writeln!(film, "{}", json!([(time * 1e6).round() / 1e6, "o", words]));
        words.clear();
    }
    film
}

/// A film of one picture.
pub(crate) fn still(size: (u16, u16), screen: &str) -> String {
    format!("{}\n{}\n", header(size), json!([0.0, "o", screen]))
}

fn header((columns, rows): (u16, u16)) -> serde_json::Value {
    json!({ "version": 2, "width": columns, "height": rows, "env": { "TERM": "xterm-256color", "SHELL": "bash" } })
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test of times")]
mod tests {
    use core::time::Duration;

    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn what_is_hidden_takes_no_time_and_a_character_is_never_cut() {
        let before = Instant::now();
        let start = before + seconds(1);
        let bytes = "a●bc".as_bytes();
        let at = |after: u64| start + seconds(after);
        let arrivals = [(before, 1), (at(1), 2), (at(3), 4), (at(4), 5), (at(8), 6)];
        let cuts = [Cut { from: at(3), to: at(7) }];
        let film = film((80, 24), start, &cuts, &arrivals, bytes);
        let lines: Vec<&str> = film.lines().collect();
        assert!(lines[0].contains("\"version\":2") && lines[0].contains("\"width\":80"), "{film}");
        assert_eq!(lines[1..], ["[0.0,\"o\",\"a\"]", "[3.0,\"o\",\"●b\"]", "[4.0,\"o\",\"c\"]"]);
    }
}
