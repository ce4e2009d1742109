//! All that happened, newest first, with a line where the day changes.

use super::{Context, Line, Page, Sheet, Tone};
use crate::app::clock::{date, zone};
use crate::app::say::severity_tone;
use crate::app::units::count;
use crate::model::Severity;

/// The page.
pub(super) fn page(context: &Context<'_>, width: usize) -> Page {
    let log = context.cluster.log();
    let mut sheet = Sheet::new(width);
    let mut day = String::new();
    for happening in log.newest_first() {
        let its = date(happening.at, context.utc_offset_s);
        if its != day {
            sheet.heading(&format!("{its} {}", zone(context.utc_offset_s)));
            day = its;
        }
        let sign = match happening.severity {
            Severity::Info => "      ",
            Severity::Warning => "warn  ",
            Severity::Critical => "CRIT  ",
        };
        let tone = severity_tone(happening.severity);
        let start = Line::of(Tone::Dim, format!("{} ", context.time(happening.at))).and(tone, sign);
        let words = Line::of(tone, format!("{} {}", happening.subject, happening.words))
            .and(Tone::Dim, format!(" (says {})", context.called(&happening.witness)));
        sheet.hung(start, words);
    }
    if log.is_empty() {
        sheet.put(Line::of(Tone::Dim, "nothing has happened since hatui started"));
    }
    let title = format!("{}, newest first", count(log.len(), "event"));
    Page { title, lines: sheet.into_lines(), fixed: 0, keys: &[] }
}
