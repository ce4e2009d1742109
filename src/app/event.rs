//! Everything that can come in, and everything that can be asked for: plain data, so that inputs can be written down
//! and played again.

use core::time::Duration;

use super::{Audit, Command, Pane, PastTime};
use crate::action::JournalEntry;
use crate::model::{Contact, Feed, NodeName, Text};
use crate::wire::{Argv, Exit, NodeKey, RunId};

/// Something that happened outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something.
    Mouse(Mouse),
    /// The terminal has this size now, in cells.
    Resize {
        /// Columns.
        columns: u16,
        /// Rows.
        rows: u16,
    },
    /// Time passed.
    Tick,
    /// The connection to a node changed.
    Contact(NodeKey, Contact),
    /// A feed was started; its frames bear this nonce.
    FeedStarted {
        /// On which node.
        node: NodeKey,
        /// Which feed.
        feed: Feed,
        /// The nonce, 16 hexadecimal digits.
        nonce: String,
    },
    /// A feed printed something.
    FeedBytes {
        /// On which node.
        node: NodeKey,
        /// Which feed.
        feed: Feed,
        /// What it printed, cut anywhere.
        bytes: Vec<u8>,
    },
    /// A feed ended.
    FeedEnded {
        /// On which node.
        node: NodeKey,
        /// Which feed.
        feed: Feed,
        /// How.
        exit: Exit,
    },
    /// A command that the app asked for ended.
    Ran {
        /// The run.
        run: RunId,
        /// How it ended.
        exit: Exit,
        /// What it printed, bounded.
        stdout: Vec<u8>,
        /// What it complained of, bounded.
        stderr: Vec<u8>,
        /// The nonce of its frames, if it is a program that prints frames.
        nonce: Option<String>,
    },
    /// What earlier sessions left behind in this cluster, and how long things took then.
    Past {
        /// What was not taken back.
        left: Vec<JournalEntry>,
        /// Times, oldest first.
        times: Vec<PastTime>,
    },
    /// Something was run somewhere: for the log of commands.
    Logged(CommandLine),
    /// What can be broken in the demo now.
    Faults(Vec<FaultOffer>),
    /// A part of hatui failed; the rest goes on.
    Failed(Text),
    /// hatui is told to end (a signal).
    Terminate,
}

/// A key, with what was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// A character, as typed (shift included).
    Char(char),
    /// A letter with Ctrl.
    Ctrl(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// An arrow.
    Up,
    /// An arrow.
    Down,
    /// An arrow.
    Left,
    /// An arrow.
    Right,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the start.
    Home,
    /// To the end.
    End,
}

/// What the mouse did, and what it pointed at as the layout tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mouse {
    /// A click of the left button.
    Click(Hit),
    /// The wheel: rows down, negative for up.
    Wheel(Hit, i8),
}

/// What the mouse points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// A pane, and the row among its rows; `None`: its frame, or below the last row.
    Pane(Pane, Option<usize>),
    /// What lies over the panes.
    Overlay,
    /// A word of the footer.
    Footer(Command),
    /// Nothing that listens.
    Nothing,
}

/// A command that hatui ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// Where.
    pub node: NodeKey,
    /// What, as one would type it; long scripts are named, not shown.
    pub words: Text,
    /// How it ended, and how long it took; `None`: it runs.
    pub ended: Option<(Exit, Duration)>,
}

/// Something that can be broken or mended in the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultOffer {
    /// The key after `!`.
    pub key: char,
    /// What it does.
    pub words: Text,
    /// Whether it mends.
    pub mends: bool,
}

/// A command on a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Job {
    /// A tool that only tells something; without environment and sudo.
    Ask(Argv),
    /// A tool that changes something: it has a channel kept free for it.
    Change(Argv),
    /// The preview program, with its words.
    Preview(Vec<String>),
}

impl core::fmt::Display for Job {
    /// As the log of commands shows it.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Ask(argv) | Self::Change(argv) => write!(f, "{argv}"),
            Self::Preview(words) => {
                write!(f, "sh -c '…' hatui-preview {}", Argv::new("on a copy:").args(words.iter().cloned()))
            }
        }
    }
}

/// Something to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Leave.
    Quit,
    /// Stop like any job of the shell, and draw anew when continued.
    Suspend,
    /// Clear the terminal and draw everything anew.
    Redraw,
    /// Put this into the terminal's clipboard.
    Copy(String),
    /// Run a command on a node and tell its end.
    Run {
        /// Its number.
        run: RunId,
        /// Where.
        node: NodeKey,
        /// What.
        job: Job,
        /// When to give it up.
        deadline: Duration,
        /// What it leaves behind: to be written down first. What cannot be written down is not run.
        first: Option<JournalEntry>,
    },
    /// It was taken back.
    Forget(JournalEntry),
    /// Write a command that changed something into the audit.
    Audit(Audit),
    /// Keep how long something took.
    KeepTime(PastTime),
    /// Send documents, or headers only, from a node's Pacemaker.
    Pace {
        /// Which node.
        node: NodeKey,
        /// Whether headers are enough.
        headers_only: bool,
    },
    /// Break or mend something in the demo.
    Inject(char),
    /// Connect to a member that was not named.
    Watch(NodeKey),
    /// A node belongs to another cluster: do not watch it.
    Dismiss(NodeKey, NodeName),
}
