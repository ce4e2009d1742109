//! Pages of words that lie over the overview: help, details, raw output, truth, logs.
//!
//! Words and tones, no colours: the screen, and anything else that shows text, draw them alike. Pages change nothing,
//! read no clock, and say of what is not known that it is not known.

use super::clock::{span, time};
use super::{App, Overlay};
use crate::model::{Cluster, Freshness, NodeName, NodeState, Primitive};
use crate::wire::{NodeKey, Stamp};

mod action;
mod commands;
mod details;
mod events;
mod help;
mod matrix;
mod raw;
mod rolling;
mod sheet;
mod times;
mod truth;

pub(crate) use sheet::{Sheet, padded};

/// What a piece of text means; how that looks is the theme's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tone {
    /// Nothing special.
    Plain,
    /// Less important.
    Dim,
    /// A heading.
    Title,
    /// A key to press.
    Key,
    /// Well.
    Good,
    /// Worth attention.
    Warn,
    /// Bad.
    Bad,
    /// Neutral, but of note: promoted, primary, DC.
    Accent,
    /// Where nodes contradict each other.
    Differs,
}

/// A line: pieces of text with their tones.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line(pub Vec<(Tone, String)>);

impl Line {
    /// A line with one piece.
    pub fn of(tone: Tone, words: impl Into<String>) -> Self {
        Self(vec![(tone, words.into())])
    }

    /// The line with one more piece.
    #[must_use]
    pub fn and(mut self, tone: Tone, words: impl Into<String>) -> Self {
        self.0.push((tone, words.into()));
        self
    }
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// Its lines, none wider than asked for.
    pub lines: Vec<Line>,
    /// How many lines at the top stay when the rest scrolls.
    pub fixed: usize,
    /// What can be pressed there besides scrolling and closing: keys, and a word or two for each.
    pub keys: &'static [(&'static str, &'static str)],
}

/// What pages look at: the cluster that is shown, and the moment that is shown.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The cluster.
    pub(crate) cluster: &'a Cluster,
    /// The moment.
    pub(crate) now: Stamp,
    /// How far the clock on the wall is ahead of UTC, in seconds.
    pub(crate) utc_offset_s: i32,
    /// What the lines of logs, of raw output and of the truth must contain to be shown; empty: all are.
    pub(crate) filter: &'a str,
}

impl<'a> Context<'a> {
    /// A moment on the clock of the wall.
    pub(crate) fn time(&self, at: Stamp) -> String {
        time(at, self.utc_offset_s)
    }

    /// Since when, and how long that is: `since 08:00:05 (12 s)`.
    pub(crate) fn since(&self, at: Stamp) -> String {
        format!("since {} ({})", self.time(at), span(self.now.since(at)))
    }

    /// Whether the filter lets words through.
    pub(crate) fn matches(&self, words: &str) -> bool {
        self.filter.is_empty() || words.to_lowercase().contains(&self.filter.to_lowercase())
    }

    /// For a title: what alone is shown.
    pub(crate) fn only(&self) -> String {
        if self.filter.is_empty() { String::new() } else { format!(", only what contains \"{}\"", self.filter) }
    }

    /// That there is something, but the filter lets none of it through.
    pub(crate) fn no_match(&self) -> String {
        format!("nothing here contains \"{}\"", self.filter)
    }

    /// Whether the status of the cluster that is shown is of now.
    pub(crate) fn status_is_fresh(&self) -> bool {
        self.cluster.picture().witness.as_ref().is_some_and(|(_, freshness)| *freshness <= Freshness::Late)
    }

    /// Why what the status says of a resource may not be so: a node of it is lost, or the status is old.
    pub(crate) fn doubt(&self, primitive: &Primitive) -> Option<String> {
        let state = |node: &NodeName| self.cluster.picture().node(node).map(|row| row.state);
        let lost = primitive.on.iter().find_map(|node| {
            let state = state(node)?;
            (!state.is_up() && state != NodeState::Unknown).then_some((node, state))
        });
        if let Some((node, state)) = lost {
            let until = if state.is_unclean() { " until that is fenced" } else { "" };
            return Some(format!("{node} is {}: whether it runs there nobody knows{until}", state.word()));
        }
        (!self.status_is_fresh()).then(|| "nobody tells the state of the cluster now: so it was told last".to_owned())
    }

    /// The role of a resource as it may be told: with a `?` where it may not be so.
    pub(crate) fn role(&self, primitive: &Primitive) -> (Tone, String) {
        match self.doubt(primitive) {
            Some(_) => (Tone::Warn, format!("{}?", primitive.role)),
            None => (super::say::role_tone(&primitive.role), primitive.role.to_string()),
        }
    }

    /// How a node is called: as the cluster does, or, while that is not known, as the user did.
    pub(crate) fn called(&self, key: &'a NodeKey) -> &'a str {
        let view = self.cluster.views().get(key);
        view.and_then(|view| view.name()).map_or(key.as_str(), NodeName::as_str)
    }
}

/// The page of an overlay, in lines of at most `width` columns; `None`: it is no page (a line that is typed, a menu).
pub fn page(app: &App, overlay: &Overlay, width: usize) -> Option<Page> {
    let filter = app.screen().filter.as_str();
    let context = Context { cluster: app.cluster(), now: app.shown_at(), utc_offset_s: app.utc_offset_s(), filter };
    match overlay {
        Overlay::Help { .. } => Some(help::page(app.source(), app.is_read_only(), width)),
        Overlay::Details { subject, .. } => {
            let mut page = details::page(&context, subject, width);
            if let super::Subject::Finding(key) = subject {
                page.lines.extend(action::if_cleared(app, key, width));
            }
            Some(page)
        }
        Overlay::Raw { node, which, .. } => Some(raw::page(app, &context, node, *which, width)),
        Overlay::Truth { only_different, .. } => Some(truth::page(&context, *only_different, width)),
        Overlay::CommandLog { .. } => Some(commands::page(app, &context, width)),
        Overlay::Events { .. } => Some(events::page(&context, width)),
        Overlay::Action { .. } => Some(action::page(app, width, action::Commands::Folded)),
        Overlay::Times { .. } => Some(times::page(app, &context, width)),
        Overlay::Matrix { chosen, .. } => Some(matrix::page(app, &context, *chosen, width)),
        Overlay::Answer { row, .. } => Some(matrix::answer(app, *row, width)),
        Overlay::Reboots { .. } => Some(matrix::reboots(app, &context, width)),
        Overlay::Rolling { .. } => Some(rolling::page(app, width)),
        Overlay::Choose { .. }
        | Overlay::Faults
        | Overlay::Palette { .. }
        | Overlay::FilterInput { .. }
        | Overlay::Failure { .. } => None,
    }
}

/// The page of the action in lines of at most `width` columns, but for its commands: each is whole on a line of its own.
pub fn action_to_copy(app: &App, width: usize) -> Page {
    action::page(app, width, action::Commands::Whole)
}

impl App {
    /// How far the page on top can be scrolled: until its last line is at the bottom.
    pub(super) fn furthest_scroll(&self) -> usize {
        let (columns, rows) = self.screen.size;
        let width = usize::from(columns.saturating_sub(4));
        let page = self.screen.overlays.last().and_then(|overlay| page(self, overlay, width));
        // Two lines of the header, two of the frame, one of the footer.
        let room = usize::from(rows.saturating_sub(5));
        page.map_or(0, |page| page.lines.len().saturating_sub(room.max(page.fixed + 1)))
    }
}
