//! What every part of the screen is drawn from: the app, its cluster, the moment that is shown, and the signs.

use super::symbols::Signs;
use super::theme::{Part, Theme};
use super::{Look, Symbols};
use crate::app::{App, Tone};
use crate::model::{Cluster, Feed, Freshness, NodeName, NodeState, Picture, Severity, Verdict};
use crate::wire::Stamp;
use ratatui::style::Style;

/// What is drawn, and how.
pub(super) struct Scene<'a> {
    pub(super) app: &'a App,
    pub(super) cluster: &'a Cluster,
    pub(super) picture: &'a Picture,
    /// The moment that is shown.
    pub(super) now: Stamp,
    pub(super) signs: &'static Signs,
    pub(super) ascii: bool,
    pub(super) theme: Theme,
    /// How far local time is ahead of UTC, in seconds.
    pub(super) clock: i32,
}

impl<'a> Scene<'a> {
    pub(super) fn new(app: &'a App, look: Look) -> Self {
        let cluster = app.cluster();
        Self {
            app,
            cluster,
            picture: cluster.picture(),
            now: app.shown_at(),
            signs: look.symbols.signs(),
            ascii: look.symbols == Symbols::Ascii,
            theme: look.theme,
            clock: look.clock,
        }
    }

    pub(super) fn tone(&self, tone: Tone) -> Style {
        self.theme.tone(tone)
    }

    pub(super) fn part(&self, part: Part) -> Style {
        self.theme.part(part)
    }

    /// Whether the status of the cluster that is shown is of now.
    pub(super) fn status_is_fresh(&self) -> bool {
        self.picture.witness.as_ref().is_some_and(|(_, freshness)| *freshness <= Freshness::Late)
    }

    /// Since when nobody has told what a kind of feed tells; `None`: someone does, or nobody ever did.
    pub(super) fn old_since(&self, feed: Feed) -> Option<Stamp> {
        if self.cluster.hears(feed, self.now) {
            return None;
        }
        self.cluster.views().values().filter_map(|view| view.heard.get(&feed).copied()).max()
    }

    /// The state of a node by the status that is shown.
    pub(super) fn state(&self, name: &NodeName) -> NodeState {
        self.picture.node(name).map_or(NodeState::Unknown, |row| row.state)
    }

    pub(super) fn severity(&self, severity: Severity) -> (Tone, &'static str) {
        match severity {
            Severity::Critical => (Tone::Bad, self.signs.bad),
            Severity::Warning => (Tone::Warn, self.signs.warn),
            Severity::Info => (Tone::Dim, self.signs.info),
        }
    }

    pub(super) fn verdict(&self, verdict: Verdict) -> (Tone, &'static str) {
        match verdict {
            Verdict::Healthy => (Tone::Good, self.signs.good),
            Verdict::Degraded => (Tone::Warn, self.signs.warn),
            Verdict::Critical => (Tone::Bad, self.signs.bad),
            Verdict::Unknown => (Tone::Warn, self.signs.unknown),
        }
    }
}
