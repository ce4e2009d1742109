//! How long failovers and actions took, newest first.

use core::time::Duration;

use super::action::{exact, stopwatch};
use super::{Context, Line, Page, Sheet, Tone};
use crate::app::App;
use crate::app::clock::date;
use crate::app::units::count;
use crate::wire::Stamp;

/// The page.
pub(super) fn page(app: &App, context: &Context<'_>, width: usize) -> Page {
    let mut sheet = Sheet::new(width);
    if let Some(course) = app.acts().stopwatch().running() {
        sheet.put(Line::of(Tone::Accent, format!("now: {}", course.title)));
        stopwatch(&mut sheet, course, app.now(), context.utc_offset_s);
        sheet.blank();
    }
    let mut number = 0_usize;
    for past in app.times() {
        number += 1;
        let at = Stamp::from_micros(past.at);
        let start = Line::of(Tone::Dim, format!("{} {}  ", date(at, context.utc_offset_s), context.time(at)));
        let mut line = Line::plain(past.title.as_str())
            .and(Tone::Dim, format!("  {}", exact(Duration::from_millis(past.took_ms))));
        if let (Some(away), Some(service)) = (past.away_ms, &past.service) {
            let still = if past.still_away { " and still away" } else { "" };
            let words = format!("{service} away for {}{still}", exact(Duration::from_millis(away)));
            line = line.then("  ").and(Tone::Accent, words);
        }
        if let Some(outcome) = past.outcome.as_ref().filter(|_| !past.is_measure()) {
            line = line.and(Tone::Warn, format!("  {outcome}"));
        }
        sheet.hung(start, line);
        let phases: Vec<String> =
            past.phases.iter().map(|(phase, ms)| format!("{phase} {}", exact(Duration::from_millis(*ms)))).collect();
        sheet.note(&phases.join(" · "));
    }
    if number == 0 && app.acts().stopwatch().running().is_none() {
        sheet.put(Line::of(
            Tone::Dim,
            "nothing was timed yet: the watch starts when a service goes away, or with an action",
        ));
    }
    let title = match number {
        0 => "times".to_owned(),
        _ => format!("{}, newest first", count(number, "time")),
    };
    Page { title, lines: sheet.into_lines(), fixed: 0, keys: &[] }
}
