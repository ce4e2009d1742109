//! Something that happened: who told it when, and what happened around it.

use super::{Context, Line, Sheet, Tone};
use crate::app::clock::{date, span, zone};
use crate::app::say::severity_tone;

/// How many happenings before and after are told.
const AROUND: usize = 5;

/// Writes all that is known of it.
pub(super) fn write(context: &Context<'_>, at: usize, sheet: &mut Sheet) {
    let log = context.cluster.log();
    let Some(happening) = log.get(at) else {
        super::gone("the event", sheet);
        return;
    };
    let tone = severity_tone(happening.severity);
    sheet.put(Line::of(tone, format!("{} {}", happening.subject, happening.words)));
    let moment = format!(
        "{} {} {}",
        date(happening.at, context.utc_offset_s),
        context.time(happening.at),
        zone(context.utc_offset_s)
    );
    sheet.field(
        "learned at",
        Line::plain(moment).and(Tone::Dim, format!(", {} ago", span(context.now.since(happening.at)))),
    );
    sheet.field("said by", Line::plain(context.called(&happening.witness).to_owned()));
    sheet.field("severity", Line::of(tone, happening.severity.word()));
    sheet.note("the time is when hatui learned of it, by the clock of this machine");
    sheet.heading("around it, newest first");
    let from = at.saturating_sub(AROUND);
    for near in (from..=at.saturating_add(AROUND)).rev() {
        let Some(other) = log.get(near) else { continue };
        let words = format!("{} {}", other.subject, other.words);
        let tone = if near == at { Tone::Accent } else { severity_tone(other.severity) };
        let mark = if near == at { "  > " } else { "    " };
        let start = Line::of(Tone::Dim, format!("{mark}{} ", context.time(other.at)));
        sheet.hung(start, Line::of(tone, words).and(Tone::Dim, format!(" ({})", context.called(&other.witness))));
    }
}
