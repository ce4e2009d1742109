//! What happened, newest first.

use super::widest;
use crate::app::{Line, Subject, Tone};
use crate::ui::layout::PaneArea;
use crate::ui::scene::Scene;
use crate::ui::widgets::line::Cells;
use crate::ui::widgets::time;

/// The widths of the columns.
pub(super) struct Columns {
    subject: usize,
}

impl Columns {
    pub(super) fn of(pane: &PaneArea, scene: &Scene<'_>, room: usize) -> Self {
        let log = scene.cluster.log();
        // By what is seen: one long name long ago must not narrow the rest for ever.
        let (from, to) = pane.shown;
        let seen = pane.rows.iter().take(to).skip(from);
        let subjects = seen.filter_map(|row| match row.subject {
            Subject::Happening(at) => log.get(at).map(|happening| happening.subject.as_str()),
            _ => None,
        });
        Self { subject: widest(subjects, room / 3) }
    }
}

/// The line of a happening.
pub(super) fn line(at: usize, columns: &Columns, scene: &Scene<'_>) -> Line {
    let Some(happening) = scene.cluster.log().get(at) else { return Line::default() };
    let (tone, sign) = scene.severity(happening.severity);
    let words_tone = if tone == Tone::Dim { Tone::Plain } else { tone };
    Cells::new()
        .text(Tone::Dim, time::when(happening.at, scene.now, scene.clock))
        .space(1)
        .text(tone, sign)
        .space(1)
        .cell(columns.subject, Tone::Plain, &happening.subject, scene.signs.cut)
        .space(1)
        .text(words_tone, happening.words.as_str())
        .line()
}
