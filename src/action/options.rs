//! Options of the cluster's configuration that actions go by.

use core::time::Duration;

use super::situation::Situation;

impl<'a> Situation<'a> {
    /// An option of the configuration, by any of its names.
    pub(super) fn option(&self, names: &[&str]) -> Option<&'a str> {
        let told = self.cluster.views().values().filter_map(|view| view.options.as_ref());
        let mut options = told.flat_map(|said| &said.value);
        options.find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value.as_str())
    }

    /// How long fencing may take: the cluster's own limit, where it is told, and at least a minute.
    pub(super) fn fencing_limit(&self) -> Duration {
        let told = self.option(&["stonith-timeout", "fencing-timeout"]).and_then(span);
        told.unwrap_or(LEAST).clamp(LEAST, LONGEST)
    }
}

/// Pacemaker's own `stonith-timeout`.
const LEAST: Duration = Duration::from_mins(1);

const LONGEST: Duration = Duration::from_mins(20);

/// A time as Pacemaker's options have it: a number, of seconds where no unit is told.
fn span(value: &str) -> Option<Duration> {
    let value = value.trim();
    let (number, unit) = value.split_at(value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len()));
    let number: u64 = number.parse().ok()?;
    let seconds = match unit.trim() {
        "" | "s" | "sec" => 1,
        "m" | "min" => 60,
        "h" | "hr" => 3600,
        "ms" | "msec" => return Some(Duration::from_millis(number)),
        _ => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_options_are_read_with_their_units() {
        let cases = [("90", 90), ("90s", 90), ("2min", 120), ("3 m", 180), ("1h", 3600), ("120000ms", 120)];
        for (value, seconds) in cases {
            assert_eq!(span(value), Some(Duration::from_secs(seconds)), "{value}");
        }
        for value in ["", "P1D", "fast", "99999999999999999999"] {
            assert_eq!(span(value), None, "{value}");
        }
    }
}
