//! What an expert would notice, the worst first.

use crate::app::{Line, Tone};
use crate::model::{Cluster, FindingKey, Severity};
use crate::ui::scene::Scene;
use crate::ui::widgets::line::{Cells, width, wrap};
use crate::ui::widgets::time;

/// The columns at the right for how long it has been so.
const SINCE: usize = 8;

/// The columns that are left for the words of a finding where `room` are free.
fn words_room(room: usize) -> usize {
    room.saturating_sub(2 + SINCE).max(10)
}

/// How many lines a finding takes in a pane of `columns` columns.
pub(super) fn height(cluster: &Cluster, key: &FindingKey, columns: usize) -> u16 {
    let finding = cluster.findings().iter().find(|finding| finding.key == *key);
    let room = words_room(columns.saturating_sub(1));
    match finding {
        Some(finding) if width(&finding.words) > room => 2,
        _ => 1,
    }
}

/// The lines of a finding, at most `most` of them.
pub(super) fn lines(key: &FindingKey, room: usize, most: usize, scene: &Scene<'_>) -> Vec<Line> {
    let Some(finding) = scene.cluster.findings().iter().find(|finding| finding.key == *key) else { return Vec::new() };
    let (tone, sign) = scene.severity(finding.severity);
    let words_tone = if finding.severity == Severity::Info { Tone::Plain } else { tone };
    let since = time::whole(scene.now.since(finding.since).as_secs());
    let words = wrap(&finding.words, words_room(room), most.max(1), scene.signs.cut);
    words
        .iter()
        .enumerate()
        .map(|(at, words)| {
            if at > 0 {
                return Line::of(Tone::Plain, "  ").and(words_tone, words.as_str());
            }
            Cells::new()
                .text(tone, format!("{sign} "))
                .cell(words_room(room), words_tone, words, scene.signs.cut)
                .right(SINCE, Tone::Dim, &since, scene.signs.cut)
                .line()
        })
        .collect()
}

/// How many there are of each severity, in words.
pub(super) fn counts(scene: &Scene<'_>) -> Line {
    let of =
        |severity: Severity| scene.cluster.findings().iter().filter(|finding| finding.severity == severity).count();
    let mut line = Line::default();
    for severity in [Severity::Critical, Severity::Warning, Severity::Info] {
        let number = of(severity);
        if number > 0 {
            let (tone, sign) = scene.severity(severity);
            line = line.and(tone, format!("{sign} {number} {} ", severity.word()));
        }
    }
    line
}
