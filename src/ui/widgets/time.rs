//! Moments and ages in few columns.

use core::time::Duration;

use crate::wire::Stamp;

/// The time of day, `hh:mm:ss`, at `ahead` seconds ahead of UTC.
pub(in crate::ui) fn clock(at: Stamp, ahead: i32) -> String {
    let second = (i64::try_from(at.secs()).unwrap_or(0) + i64::from(ahead)).rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// How long, as short as is still useful: `0.4 s`, `37 s`, `4 min`, `3 h`, `2 d`.
pub(in crate::ui) fn span(duration: Duration) -> String {
    let (seconds, tenths) = (duration.as_secs(), duration.subsec_millis() / 100);
    match seconds {
        0..=2 => format!("{seconds}.{tenths} s"),
        _ => whole(seconds),
    }
}

/// How many seconds, in whole units.
pub(in crate::ui) fn whole(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        7200..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// When something was, seen from `now`: the time of day, or how many days ago.
pub(in crate::ui) fn when(at: Stamp, now: Stamp, ahead: i32) -> String {
    let days = now.since(at).as_secs() / 86_400;
    if days == 0 { clock(at, ahead) } else { format!("{:>8}", format!("{days} d ago")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_local() {
        let at = Stamp::from_secs(23 * 3600 + 59 * 60 + 58);
        assert_eq!(clock(at, 0), "23:59:58");
        assert_eq!(clock(at, 3600), "00:59:58");
        assert_eq!(clock(Stamp::from_secs(10), -60), "23:59:10");
    }

    #[test]
    fn spans_are_short() {
        let spans =
            [400, 2999, 3000, 119_000, 120_000, 7_200_000, 200_000_000].map(|ms| span(Duration::from_millis(ms)));
        assert_eq!(spans, ["0.4 s", "2.9 s", "3 s", "119 s", "2 min", "2 h", "2 d"]);
    }
}
