//! A chart of one row.

use crate::ui::symbols::Signs;

/// The last `columns` of `values` as a chart from 0 to the highest of them, or to `least` where all are below.
pub(in crate::ui) fn sparkline(values: &[u32], columns: usize, least: u32, signs: &Signs) -> String {
    let shown = values.get(values.len().saturating_sub(columns)..).unwrap_or_default();
    let highest = u64::from(shown.iter().copied().max().unwrap_or(0).max(least).max(1));
    let steps = signs.spark.len() - 1;
    shown
        .iter()
        .map(|value| {
            let step = usize::try_from(u64::from(*value) * steps as u64 / highest).unwrap_or(steps);
            signs.spark.get(step.min(steps)).copied().unwrap_or(" ")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Symbols;

    #[test]
    fn small_differences_of_small_values_are_no_mountains() {
        let signs = Symbols::Unicode.signs();
        assert_eq!(sparkline(&[200, 210, 190], 8, 1000, signs), "▂▂▂");
        assert_eq!(sparkline(&[200, 4000], 8, 1000, signs), "▁█");
        assert_eq!(sparkline(&[1, 2, 3, 4], 2, 4, signs), "▆█");
        assert_eq!(sparkline(&[], 8, 1000, signs), "");
    }
}
