//! What shapes the screen besides the cluster: focus, selection, overlays, filter. All of it is here, so that inputs
//! alone bring any screen back.

use std::collections::{BTreeMap, BTreeSet};

use super::act::Offer;
use super::line::LineEdit;
use super::subject::{Pane, ResourcePath, Subject};
use crate::wire::{NodeKey, Stamp};

/// The state of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The pane that has the focus.
    pub focus: Pane,
    /// Whether that pane has the whole screen.
    pub zoomed: bool,
    /// What is selected in each pane; a pane without an entry has its first row selected.
    pub selected: BTreeMap<Pane, Subject>,
    /// What is marked.
    pub marked: BTreeSet<Subject>,
    /// Branches of the resource tree that are closed.
    pub closed: BTreeSet<ResourcePath>,
    /// What rows must contain to be shown; empty: no filter.
    pub filter: String,
    /// What lies over the overview, the last on top.
    pub overlays: Vec<Overlay>,
    /// A word to the user, until the next key.
    pub notice: Option<String>,
    /// When the row under the cursor last became another by itself.
    pub slid: Option<Stamp>,
    /// When what lies on top came up, if nobody asked for it.
    pub popped: Option<Stamp>,
}

/// Whether what changed by itself then has been there for as long as it takes to see it (a second). Else a key may have been
/// meant for what was there before.
pub(super) fn has_stood(since: Option<Stamp>, now: Stamp) -> bool {
    since.is_none_or(|since| now.since(since) >= core::time::Duration::from_secs(1))
}

/// Something that lies over the overview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// The keys.
    Help {
        /// Lines scrolled.
        scroll: usize,
    },
    /// Details of something.
    Details {
        /// Of what.
        subject: Subject,
        /// Lines scrolled.
        scroll: usize,
    },
    /// Output of a tool as it came.
    Raw {
        /// Where it ran; the first that has any where that is gone.
        node: NodeKey,
        /// Which of its outputs, counted from the first.
        which: usize,
        /// Lines scrolled.
        scroll: usize,
    },
    /// Facts by node.
    Truth {
        /// Rows scrolled.
        scroll: usize,
        /// Only rows that differ.
        only_different: bool,
    },
    /// Every command that hatui ran.
    CommandLog {
        /// Lines scrolled from the newest.
        scroll: usize,
    },
    /// All events.
    Events {
        /// Lines scrolled from the newest.
        scroll: usize,
    },
    /// The action that is on its way.
    Action {
        /// Lines scrolled.
        scroll: usize,
    },
    /// What would happen if nodes were lost or resources failed, row by row.
    Matrix {
        /// The row that is chosen.
        chosen: usize,
        /// Rows scrolled.
        scroll: usize,
    },
    /// One answer of the matrix.
    Answer {
        /// Its row.
        row: usize,
        /// Lines scrolled.
        scroll: usize,
    },
    /// Which nodes are safe to reboot.
    Reboots {
        /// Lines scrolled.
        scroll: usize,
    },
    /// Maintenance of one node after the other.
    Rolling {
        /// Lines scrolled.
        scroll: usize,
    },
    /// How long things took.
    Times {
        /// Lines scrolled from the newest.
        scroll: usize,
    },
    /// What an action key can mean here.
    Choose {
        /// The action.
        title: String,
        /// What is offered.
        offers: Vec<Offer>,
        /// Which is chosen.
        chosen: usize,
    },
    /// What can be broken in the demo.
    Faults,
    /// A command is typed.
    Palette {
        /// What is typed.
        line: LineEdit,
        /// Which completion is chosen.
        chosen: usize,
    },
    /// A filter is typed.
    FilterInput {
        /// What is typed.
        line: LineEdit,
    },
    /// A part of hatui failed.
    Failure {
        /// What it said.
        words: String,
    },
}

impl Overlay {
    /// Whether the filter holds for its lines as it does for the rows of the panes.
    pub fn is_filtered(&self) -> bool {
        matches!(self, Self::Events { .. } | Self::CommandLog { .. } | Self::Truth { .. } | Self::Raw { .. })
    }

    /// How far it is scrolled, if it can be.
    pub fn scroll_mut(&mut self) -> Option<&mut usize> {
        match self {
            Self::Help { scroll }
            | Self::Details { scroll, .. }
            | Self::Raw { scroll, .. }
            | Self::Truth { scroll, .. }
            | Self::CommandLog { scroll }
            | Self::Action { scroll }
            | Self::Times { scroll }
            | Self::Matrix { scroll, .. }
            | Self::Answer { scroll, .. }
            | Self::Reboots { scroll }
            | Self::Rolling { scroll }
            | Self::Events { scroll } => Some(scroll),
            Self::Choose { .. }
            | Self::Faults
            | Self::Palette { .. }
            | Self::FilterInput { .. }
            | Self::Failure { .. } => None,
        }
    }
}

impl Default for Screen {
    fn default() -> Self {
        Self {
            size: (80, 24),
            focus: Pane::Nodes,
            zoomed: false,
            selected: BTreeMap::new(),
            marked: BTreeSet::new(),
            closed: BTreeSet::new(),
            filter: String::new(),
            overlays: Vec::new(),
            notice: None,
            slid: None,
            popped: None,
        }
    }
}
