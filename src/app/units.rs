//! Amounts as words: sizes, rates, latencies, percentages.

/// A size for people, from KiB: `12 KiB`, `3.5 MiB`, `4.0 GiB`.
pub fn size(kib: u64) -> String {
    match kib {
        0..=1023 => format!("{kib} KiB"),
        1024..=1_048_575 => format!("{:.1} MiB", kib as f64 / 1024.0),
        1_048_576..=1_073_741_823 => format!("{:.1} GiB", kib as f64 / 1_048_576.0),
        _ => format!("{:.1} TiB", kib as f64 / 1_073_741_824.0),
    }
}

/// A rate for people, from KiB/s.
pub fn rate(kib_s: u64) -> String {
    format!("{}/s", size(kib_s))
}

/// A latency for people, from microseconds: `0.21 ms`, `14 ms`.
pub fn latency(micros: u32) -> String {
    if micros < 10_000 {
        format!("{}.{:02} ms", micros / 1000, micros % 1000 / 10)
    } else {
        format!("{} ms", micros / 1000)
    }
}

/// Progress for people, from hundredths of a percent: `62.5 %`. Cut, never rounded up: 100 % means all.
pub fn percent(hundredths: u16) -> String {
    format!("{}.{} %", hundredths / 100, hundredths % 100 / 10)
}

/// `1 thing`, `2 things`.
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_told_for_people() {
        assert_eq!([size(12), size(3584), size(4_194_304)], ["12 KiB", "3.5 MiB", "4.0 GiB"]);
        assert_eq!([latency(214), latency(9_999), latency(14_321)], ["0.21 ms", "9.99 ms", "14 ms"]);
        assert_eq!(
            [percent(0), percent(6250), percent(9999), percent(10_000)],
            ["0.0 %", "62.5 %", "99.9 %", "100.0 %"]
        );
        assert_eq!([count(1, "node"), count(0, "node")], ["1 node", "0 nodes"]);
    }
}
