//! Every command that hatui ran, newest first.

use std::collections::BTreeSet;

use super::{Context, Line, Page, Sheet, Tone};
use crate::app::App;
use crate::app::clock::{span, time};
use crate::app::units::count;
use crate::model::Contact;

/// The page.
pub(super) fn page(app: &App, context: &Context<'_>, width: usize) -> Page {
    let mut sheet = Sheet::new(width);
    let mut number = 0_usize;
    let mut newer = BTreeSet::new();
    for (at, line) in app.commands() {
        // Only one feed of a kind runs on a node, and none outlives its connection.
        let again = !newer.insert((&line.node, &line.words));
        let contact = app.cluster().views().get(&line.node).map(|view| &view.contact.value);
        let gone = contact.is_some_and(|contact| matches!(contact, Contact::Lost { .. } | Contact::Refused(_)));
        let (tone, ended) = match &line.ended {
            None if again => (Tone::Dim, "over: started anew".to_owned()),
            None if gone => (Tone::Dim, "over: the connection is gone".to_owned()),
            None => (Tone::Accent, format!("runs for {}", span(app.now().since(*at)))),
            Some((exit, took)) if exit.success() => (Tone::Good, format!("{exit} after {}", span(*took))),
            Some((exit, took)) => (Tone::Bad, format!("{exit} after {}", span(*took))),
        };
        if !context.matches(&format!("{} {} ({ended})", line.node, line.words)) {
            continue;
        }
        number += 1;
        let start = Line::of(Tone::Dim, format!("{} ", time(*at, app.utc_offset_s())));
        let words = Line::of(Tone::Accent, line.node.to_string()).then(format!(" {}", line.words));
        sheet.hung(start, words.then(" ").and(tone, format!("({ended})")));
    }
    if newer.is_empty() {
        sheet.put(Line::of(Tone::Dim, "hatui ran no command yet"));
    } else if number == 0 {
        sheet.put(Line::of(Tone::Dim, context.no_match()));
    }
    let title = format!("{} that hatui ran, newest first{}", count(number, "command"), context.only());
    Page { title, lines: sheet.into_lines(), fixed: 0, keys: &[] }
}
