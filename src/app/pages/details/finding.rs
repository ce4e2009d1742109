//! A finding: what it means, who said what it rests on, and what helps.

use super::{Context, Line, Sheet, Tone};
use crate::app::clock::span;
use crate::app::say::severity_tone;
use crate::model::{FindingKey, View};

/// Writes all that is known of it.
pub(super) fn write(context: &Context<'_>, key: &FindingKey, sheet: &mut Sheet) {
    let Some(finding) = context.cluster.findings().iter().find(|finding| finding.key == *key) else {
        sheet.put(Line::of(Tone::Good, format!("{} of {} is over", key.rule, key.subject)));
        return;
    };
    let tone = severity_tone(finding.severity);
    sheet.put(Line::of(tone, format!("{}: ", finding.severity.word())).then(finding.words.to_string()));
    sheet.note(&context.since(finding.since));
    if let Some(meaning) = &finding.meaning {
        sheet.heading("what it means");
        sheet.item(2, Line::plain(meaning.to_string()));
    }
    sheet.heading("who says so");
    if finding.evidence.is_empty() {
        sheet.note("hatui itself: it follows from what is heard and what is not");
    }
    for evidence in &finding.evidence {
        let line = Line::of(Tone::Accent, context.called(&evidence.node))
            .then(format!(" says {},", evidence.words))
            .and(Tone::Dim, format!(" {}", context.since(evidence.at)));
        sheet.item(2, line);
        let heard = context.cluster.views().get(&evidence.node).and_then(View::last_heard);
        let words = heard.map_or_else(
            || "it was never heard".to_owned(),
            |heard| format!("last heard {} ago", span(context.now.since(heard))),
        );
        sheet.item(4, Line::of(Tone::Dim, words));
    }
    if let Some(help) = &finding.help {
        sheet.heading("what helps");
        sheet.item(2, Line::of(Tone::Accent, help.to_string()));
    }
    sheet.heading("where it comes from");
    sheet.field("rule", Line::plain(key.rule));
    sheet.field("subject", Line::plain(key.subject.to_string()));
}
