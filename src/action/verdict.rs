//! What came of it.

use core::time::Duration;

use super::basis::Moved;

/// How an action ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// In one word.
    pub outcome: Outcome,
    /// How long it took, from the first command to the last thing that was waited for.
    pub took: Duration,
    /// What is to be known besides: why, what is still missing, what it left, in the order of weight.
    pub notes: Vec<String>,
}

/// How an action ended, in one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All that was expected is so.
    Done,
    /// What was wanted is so; not all that was predicted.
    DoneWithWarnings,
    /// What was wanted is not so.
    NotDone,
    /// Something had moved since the preview: nothing was run. A new preview is due.
    Moved(Vec<Moved>),
    /// It was cancelled.
    Cancelled,
    /// It cannot be told whether a command ran: nothing was run again.
    Unknown,
}

impl Outcome {
    /// The word shown.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::DoneWithWarnings => "done, with warnings",
            Self::NotDone => "not done",
            Self::Moved(_) => "not begun",
            Self::Cancelled => "cancelled",
            Self::Unknown => "not known",
        }
    }

    /// The exit code of `hatui run`: 0 done, 1 with warnings, 2 not done or cancelled, 3 not known, 4 something had moved.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Done => 0,
            Self::DoneWithWarnings => 1,
            Self::NotDone | Self::Cancelled => 2,
            Self::Unknown => 3,
            Self::Moved(_) => 4,
        }
    }
}
