//! Side-by-side measurement: every contender once a round, in turns, by the CPU time of this thread. A loaded machine
//! then slows all of them alike, and the ratios hold.

use core::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The CPU time that this thread has used.
pub(crate) fn cpu() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or_default())
}

/// The CPU time of one call.
pub(crate) fn time<T>(call: impl FnOnce() -> T) -> f64 {
    let before = cpu();
    let result = call();
    let used = cpu().saturating_sub(before);
    drop(core::hint::black_box(result));
    used.as_secs_f64()
}

/// The value below which `part` of all values lie.
pub(crate) fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1) as f64;
    sorted.get((part * last).round() as usize).copied().unwrap_or(f64::NAN)
}

/// The system's load over the last minute, so that figures can be judged.
pub(crate) fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}
