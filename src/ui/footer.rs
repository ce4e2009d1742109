//! The lines at the bottom: panes without room, filter and freeze, and the keys, each of which can be clicked.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::layout::Regions;
use super::panes::summary;
use super::scene::Scene;
use super::theme::Part;
use super::widgets::frame::highlight;
use super::widgets::line::{fit, put, put_line, width};
use super::{overlays, widgets::time};
use crate::app::{Aside, COMMANDS, Command, Entry, Group, Line, Overlay, Pane, Source, Tone};

/// What keeps its word in the footer when there is room for few.
const FIRST: [Command; 3] = [Command::Open, Command::Filter, Command::Zoom];

/// A word of the footer, and where it stands.
struct Word {
    key: String,
    doc: &'static str,
    command: Command,
    x: u16,
    wide: u16,
}

/// Draws the lines at the bottom, as far as no overlay has them.
pub(super) fn draw(buffer: &mut Buffer, regions: &Regions, scene: &Scene<'_>) {
    if let Some(area) = regions.strip.filter(|_| !overlays::hide_overview(scene)) {
        for (pane, place) in strip_places(regions, scene) {
            put_line(buffer, place.intersection(area), &strip_words(pane, scene), scene);
        }
    }
    if let Some(area) = regions.status.filter(|_| !overlays::hide_overview(scene)) {
        draw_status(buffer, area, scene);
    }
    if let Some(Overlay::FilterInput { .. }) = scene.app.screen().overlays.last() {
        return;
    }
    if let Some(notice) = &scene.app.screen().notice {
        let line = Line::of(Tone::Warn, format!(" {} ", scene.signs.warn)).and(Tone::Plain, notice.as_str());
        put_line(buffer, regions.footer, &line, scene);
        return;
    }
    if !scene.app.screen().overlays.is_empty() {
        return;
    }
    for word in words(regions.footer.width, scene) {
        let place = Rect { x: word.x, width: word.wide, ..regions.footer };
        let line = Line::of(Tone::Key, word.key).and(Tone::Plain, format!(" {}", word.doc));
        put_line(buffer, place, &line, scene);
    }
}

/// The command of the word at a place, where the footer shows words.
pub(super) fn command_at(regions: &Regions, scene: &Scene<'_>, at: Position) -> Option<Command> {
    let screen = scene.app.screen();
    if !regions.footer.contains(at) || !screen.overlays.is_empty() || screen.notice.is_some() {
        return None;
    }
    let words = words(regions.footer.width, scene);
    words.into_iter().find(|word| (word.x..word.x + word.wide).contains(&at.x)).map(|word| word.command)
}

/// The words that fit: those of the program itself always, of the others as many as there is room for.
fn words(columns: u16, scene: &Scene<'_>) -> Vec<Word> {
    let demo = matches!(scene.app.source(), Source::Simulated(_));
    let acts = |entry: &Entry| entry.group != Group::Act || scene.app.is_offered(entry.command);
    let shown = |entry: &&Entry| !entry.footer.is_empty() && (entry.command != Command::Faults || demo) && acts(entry);
    let entries: Vec<&Entry> = COMMANDS.iter().filter(shown).collect();
    let label = |entry: &Entry| entry.keys.first().map(|key| key.label()).unwrap_or_default();
    let wide = |entry: &Entry| width(&label(entry)) + 1 + width(entry.footer);
    let gap = 2;
    let mut kept: Vec<&Entry> = entries.iter().copied().filter(|entry| entry.group == Group::Program).collect();
    let needed: usize = kept.iter().map(|entry| wide(entry) + gap).sum();
    let mut free = (usize::from(columns) + gap).saturating_sub(1 + needed);
    let (first, rest): (Vec<&Entry>, Vec<&Entry>) =
        entries.iter().filter(|entry| entry.group != Group::Program).partition(|entry| FIRST.contains(&entry.command));
    for entry in first.into_iter().chain(rest) {
        if wide(entry) + gap <= free {
            free -= wide(entry) + gap;
            kept.push(entry);
        }
    }
    kept.sort_by_key(|entry| entries.iter().position(|other| other.command == entry.command));
    let mut x = 1;
    let mut words = Vec::new();
    for entry in kept {
        let Ok(wide) = u16::try_from(wide(entry)) else { continue };
        if x + wide <= columns {
            words.push(Word { key: label(entry), doc: entry.footer, command: entry.command, x, wide });
            x += wide + 2;
        }
    }
    words
}

/// The pane whose words in the strip are at a place.
pub(super) fn strip_at(regions: &Regions, scene: &Scene<'_>, at: Position) -> Option<Pane> {
    regions.strip.filter(|area| area.contains(at))?;
    strip_places(regions, scene).into_iter().find(|(_, place)| place.contains(at)).map(|(pane, _)| pane)
}

fn strip_words(pane: Pane, scene: &Scene<'_>) -> Line {
    let (tone, words) = summary::of(pane, scene);
    Line::of(Tone::Key, format!("{} ", pane.number())).and(Tone::Title, format!("{} ", pane.title())).and(tone, words)
}

/// Where the words of each hidden pane stand in the strip.
fn strip_places(regions: &Regions, scene: &Scene<'_>) -> Vec<(Pane, Rect)> {
    let Some(area) = regions.strip else { return Vec::new() };
    let mut x = area.x + 1;
    let end = area.x + area.width;
    let mut places = Vec::new();
    for (index, pane) in regions.hidden.iter().enumerate() {
        let wanted: usize = strip_words(*pane, scene).0.iter().map(|(_, text)| width(text)).sum();
        // Each that follows keeps room for its key and title.
        let later: usize = regions.hidden.iter().skip(index + 1).map(|pane| width(pane.title()) + 5).sum();
        let room = usize::from(end.saturating_sub(x)).saturating_sub(later);
        let wide = u16::try_from(wanted.min(room)).unwrap_or(0);
        places.push((*pane, Rect { x, width: wide, ..area }));
        x = (x + wide + 3).min(end);
    }
    places
}

/// How far an action is whose page was left.
fn action_words(aside: &Aside, scene: &Scene<'_>) -> Line {
    let sign = match aside.tone {
        Tone::Good => scene.signs.good,
        Tone::Warn => scene.signs.warn,
        _ => scene.signs.mark,
    };
    let span = aside
        .since
        .map_or_else(String::new, |since| format!(", {}", time::whole(scene.app.now().since(since).as_secs())));
    Line::of(aside.tone, format!(" {sign} {}: ", aside.title))
        .and(Tone::Plain, format!("{}{span}", aside.words))
        .and(Tone::Dim, "  a shows it")
}

fn draw_status(buffer: &mut Buffer, area: Rect, scene: &Scene<'_>) {
    let filter = &scene.app.screen().filter;
    let mut rest = area;
    if let Some(since) = scene.app.frozen_since() {
        let age = time::whole(scene.app.now().since(since).as_secs());
        let at = time::clock(since, scene.clock);
        let words = format!(" FROZEN at {at}, {age} old; P: go on ");
        highlight(buffer, area, scene.part(Part::Frozen));
        let took = put(buffer, rest, &words, scene.part(Part::Frozen), scene);
        rest = Rect { x: rest.x + took, width: rest.width.saturating_sub(took), ..rest };
    }
    if let Some(aside) = scene.app.aside() {
        let line = action_words(&aside, scene);
        let wide = u16::try_from(line.0.iter().map(|(_, text)| width(text)).sum::<usize>() + 2).unwrap_or(rest.width);
        put_line(buffer, rest, &line, scene);
        let took = wide.min(rest.width);
        rest = Rect { x: rest.x + took, width: rest.width - took, ..rest };
    }
    if !filter.is_empty() {
        let shown = fit(filter, usize::from(rest.width / 2), scene.signs.cut);
        let line = Line::of(Tone::Key, format!(" {} filter ", scene.signs.mark))
            .and(Tone::Title, format!("\"{shown}\""))
            .and(Tone::Dim, "  n N next and previous, / changes, Esc clears");
        put_line(buffer, rest, &line, scene);
    }
}
