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
    let mut shown = 0;
    for happening in log.newest_first() {
        let called = context.called(&happening.witness);
        if !context.matches(&format!("{} {} (says {called})", happening.subject, happening.words)) {
            continue;
        }
        shown += 1;
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
            .and(Tone::Dim, format!(" (says {called})"));
        sheet.hung(start, words);
    }
    if log.is_empty() {
        sheet.put(Line::of(Tone::Dim, "nothing has happened since hatui started"));
    } else if shown == 0 {
        sheet.put(Line::of(Tone::Dim, context.no_match()));
    }
    let title = format!("{}, newest first{}", count(shown, "event"), context.only());
    Page { title, lines: sheet.into_lines(), fixed: 0, keys: &[] }
}
