//! Pages of words that lie over the overview: help, details, raw output, truth, logs.
//!
//! Words and tones, no colours: the screen, and anything else that shows text, draw them alike.

use super::{App, Overlay};

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
    /// What can be done there, in a word or two: keys and words.
    pub hint: String,
}

/// The page of an overlay, in lines of at most `width` columns; `None`: it is no page (a line that is typed, a menu).
pub fn page(app: &App, overlay: &Overlay, width: usize) -> Option<Page> {
    let _ = (app, overlay, width);
    None
}

impl App {
    /// How many lines the page on top has that scroll.
    pub(super) fn overlay_lines(&self) -> usize {
        let width = usize::from(self.screen.size.0.saturating_sub(4));
        let page = self.screen.overlays.last().and_then(|overlay| page(self, overlay, width));
        page.map_or(0, |page| page.lines.len().saturating_sub(page.fixed))
    }
}
