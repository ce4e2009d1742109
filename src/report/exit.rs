//! The verdict as an exit code, with the numbers that monitoring plugins use.

use crate::model::Verdict;

/// The exit code of a verdict: 0 healthy, 1 degraded, 2 critical, 3 unknown or unreachable.
pub fn exit_code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Healthy => 0,
        Verdict::Degraded => 1,
        Verdict::Critical => 2,
        Verdict::Unknown => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_exit_as_monitoring_plugins_do() {
        let codes = [Verdict::Healthy, Verdict::Degraded, Verdict::Critical, Verdict::Unknown].map(exit_code);
        assert_eq!(codes, [0, 1, 2, 3]);
    }
}
