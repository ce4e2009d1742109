//! Bars, sizes and rates.

use crate::ui::symbols::Signs;

/// A bar of `columns` columns, done by `done` hundredths of a percent. Full only when all is done.
pub(in crate::ui) fn bar(done: u16, columns: usize, signs: &Signs) -> (String, String) {
    let done = usize::from(done.min(10_000));
    let full = done * columns / 10_000;
    (signs.full.repeat(full), signs.empty.repeat(columns - full))
}

/// Hundredths of a percent as `62.5 %`.
pub(in crate::ui) fn percent(done: u16) -> String {
    // Rounded down: 100 % is said when it is so.
    format!("{}.{} %", done / 100, done % 100 / 10)
}

/// A size in KiB for people.
pub(in crate::ui) fn size(kib: u64) -> String {
    let scaled = |unit: u64, name: &str| {
        let value = kib as f64 / unit as f64;
        if value < 100.0 { format!("{value:.1} {name}") } else { format!("{value:.0} {name}") }
    };
    match kib {
        0..1024 => format!("{kib} KiB"),
        1024..1_048_576 => scaled(1024, "MiB"),
        1_048_576..1_073_741_824 => scaled(1_048_576, "GiB"),
        _ => scaled(1_073_741_824, "TiB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Symbols;

    #[test]
    fn a_bar_is_full_only_when_all_is_done() {
        let signs = Symbols::Ascii.signs();
        assert_eq!(bar(9_999, 10, signs), ("#########".to_owned(), ".".to_owned()));
        assert_eq!(bar(10_000, 4, signs), ("####".to_owned(), String::new()));
        assert_eq!(bar(60_000, 4, signs).0, "####");
        assert_eq!((percent(9_999), percent(6_257)), ("99.9 %".to_owned(), "62.5 %".to_owned()));
    }

    #[test]
    fn sizes_have_units() {
        let sizes = [512, 43_008, 1_572_864, 4_194_304, 5_000_000_000].map(size);
        assert_eq!(sizes, ["512 KiB", "42.0 MiB", "1.5 GiB", "4.0 GiB", "4.7 TiB"]);
    }
}
