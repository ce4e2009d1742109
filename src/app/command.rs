//! The one table of what can be done, from which keys, footer, help, palette and the manual are made.

use super::Key;

/// What a key or a word in the palette means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Command {
    /// Focus a pane by number.
    FocusNodes,
    /// Focus the resources.
    FocusResources,
    /// Focus replication.
    FocusReplication,
    /// Focus quorum and links.
    FocusQuorum,
    /// Focus the events.
    FocusEvents,
    /// Focus the findings.
    FocusFindings,
    /// The next pane.
    NextPane,
    /// The pane before.
    PreviousPane,
    /// One up.
    Up,
    /// One down.
    Down,
    /// Close a branch, or go to its parent.
    Left,
    /// Open a branch.
    Right,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first.
    First,
    /// To the last.
    Last,
    /// Details of what is selected.
    Open,
    /// One step back.
    Back,
    /// One pane over the whole screen.
    Zoom,
    /// Show only what matches.
    Filter,
    /// The next match.
    NextMatch,
    /// The match before.
    PreviousMatch,
    /// Type a command.
    Palette,
    /// Explain the keys.
    Help,
    /// Mark what is selected.
    Mark,
    /// Hold the picture still.
    Freeze,
    /// Raw output of a tool.
    Raw,
    /// Every command that hatui ran.
    CommandLog,
    /// Facts by node, disagreements lit.
    Truth,
    /// All events.
    Events,
    /// Fail something over to another node.
    Failover,
    /// Promote a copy on a node.
    Promote,
    /// Fence a node.
    Fence,
    /// Standby of nodes, and its end.
    Standby,
    /// Maintenance, and its end.
    Maintenance,
    /// Forget failures.
    Cleanup,
    /// Start, stop, restart, manage.
    StartStop,
    /// Remove constraints that were left behind.
    Unmove,
    /// Tell DRBD something.
    Drbd,
    /// The action that is on its way, or was the last.
    Action,
    /// How long things took.
    Times,
    /// What would happen if nodes were lost or resources failed.
    Matrix,
    /// Which nodes are safe to reboot.
    Reboots,
    /// Maintenance of one node after the other.
    Rolling,
    /// Take back what an earlier session left behind.
    TakeBack,
    /// Break something in the demo.
    Faults,
    /// Draw everything anew.
    Redraw,
    /// Stop like any job of the shell.
    Suspend,
    /// Leave.
    Quit,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// What it is.
    pub command: Command,
    /// The keys, the first being the one that is shown.
    pub keys: &'static [Key],
    /// Its word in the palette.
    pub word: &'static str,
    /// What it does, a short sentence without a full stop.
    pub doc: &'static str,
    /// The heading in the help.
    pub group: Group,
    /// Its word in the footer; empty: it is not shown there.
    pub footer: &'static str,
}

/// Headings of the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// What to change.
    Act,
    /// Where to look.
    Look,
    /// How to move.
    Move,
    /// The program itself.
    Program,
}

impl Group {
    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Act => "Act",
            Self::Look => "Look",
            Self::Move => "Move",
            Self::Program => "Program",
        }
    }
}

const fn entry(
    command: Command,
    keys: &'static [Key],
    word: &'static str,
    doc: &'static str,
    group: Group,
    footer: &'static str,
) -> Entry {
    Entry { command, keys, word, doc, group, footer }
}

use Key::Char;

/// The table.
pub const COMMANDS: &[Entry] = &[
    entry(
        Command::Failover,
        &[Char('f')],
        "fail-over",
        "move what is selected to another node",
        Group::Act,
        "failover",
    ),
    entry(Command::Promote, &[Char('p')], "promote-here", "promote a copy on a node", Group::Act, "promote"),
    entry(Command::Fence, &[Char('F')], "fence-node", "fence the selected node", Group::Act, "fence"),
    entry(Command::Standby, &[Char('s')], "standby-node", "standby of nodes, and its end", Group::Act, "standby"),
    entry(
        Command::Maintenance,
        &[Char('m')],
        "maintenance",
        "maintenance of nodes, resources or all, and its end",
        Group::Act,
        "maintenance",
    ),
    entry(Command::Cleanup, &[Char('c')], "cleanup", "forget failures, or look up states anew", Group::Act, "cleanup"),
    entry(
        Command::StartStop,
        &[Char('t')],
        "start-stop",
        "start, stop, restart, demote, manage a resource",
        Group::Act,
        "start/stop",
    ),
    entry(Command::Unmove, &[Char('u')], "unmove", "remove constraints that were left behind", Group::Act, "unmove"),
    entry(
        Command::Drbd,
        &[Char('d')],
        "drbd",
        "tell DRBD: connect, disconnect, verify, hold a resync …",
        Group::Act,
        "drbd",
    ),
    entry(Command::Action, &[Char('a')], "action", "show the action that is on its way", Group::Act, ""),
    entry(Command::Times, &[Char('T')], "times", "show how long failovers and actions took", Group::Look, ""),
    entry(
        Command::Matrix,
        &[Char('W')],
        "matrix",
        "show what would happen if any node were lost, or any resource failed",
        Group::Look,
        "",
    ),
    entry(Command::Reboots, &[Char('b')], "reboot", "show which nodes are safe to reboot, and why", Group::Look, ""),
    entry(
        Command::Rolling,
        &[Char('R')],
        "rolling",
        "maintenance of one node after the other, step by step",
        Group::Act,
        "",
    ),
    entry(
        Command::TakeBack,
        &[Char('U')],
        "take-back",
        "take back what an earlier session of hatui left behind",
        Group::Act,
        "",
    ),
    entry(Command::Open, &[Key::Enter], "details", "show details of what is selected", Group::Look, "details"),
    entry(
        Command::Truth,
        &[Char('w')],
        "truth",
        "show what each node holds to be true, disagreements lit",
        Group::Look,
        "truth",
    ),
    entry(Command::Events, &[Char('e')], "events", "show all events", Group::Look, "events"),
    entry(Command::Raw, &[Char('y')], "raw", "show a tool's output as it came", Group::Look, "raw"),
    entry(Command::CommandLog, &[Char('@')], "commands", "show every command that hatui ran", Group::Look, "commands"),
    entry(Command::Zoom, &[Char('z')], "zoom", "give the focused pane the whole screen, and back", Group::Look, "zoom"),
    entry(Command::Filter, &[Char('/')], "filter", "show only what contains a word", Group::Look, "filter"),
    entry(Command::Freeze, &[Char('P')], "freeze", "hold the picture still, and let it go on", Group::Look, "freeze"),
    entry(Command::FocusNodes, &[Char('1')], "nodes", "go to the nodes", Group::Move, ""),
    entry(Command::FocusResources, &[Char('2')], "resources", "go to the resources", Group::Move, ""),
    entry(Command::FocusReplication, &[Char('3')], "replication", "go to replication", Group::Move, ""),
    entry(Command::FocusQuorum, &[Char('4')], "quorum", "go to quorum and links", Group::Move, ""),
    entry(Command::FocusEvents, &[Char('5')], "event-pane", "go to the events", Group::Move, ""),
    entry(Command::FocusFindings, &[Char('6')], "findings", "go to the findings", Group::Move, ""),
    entry(Command::NextPane, &[Key::Tab], "next-pane", "go to the next pane", Group::Move, ""),
    entry(Command::PreviousPane, &[Key::BackTab], "previous-pane", "go to the pane before", Group::Move, ""),
    entry(Command::Up, &[Key::Up, Char('k')], "up", "one line up", Group::Move, ""),
    entry(Command::Down, &[Key::Down, Char('j')], "down", "one line down", Group::Move, ""),
    entry(Command::Left, &[Key::Left, Char('h')], "left", "close a branch, or go to its parent", Group::Move, ""),
    entry(Command::Right, &[Key::Right, Char('l')], "right", "open a branch", Group::Move, ""),
    entry(Command::PageUp, &[Key::PageUp, Key::Ctrl('b')], "page-up", "one page up", Group::Move, ""),
    entry(Command::PageDown, &[Key::PageDown, Key::Ctrl('f')], "page-down", "one page down", Group::Move, ""),
    entry(Command::First, &[Char('g'), Key::Home], "first", "to the first line", Group::Move, ""),
    entry(Command::Last, &[Char('G'), Key::End], "last", "to the last line", Group::Move, ""),
    entry(Command::NextMatch, &[Char('n')], "next-match", "to the next match of the filter", Group::Move, ""),
    entry(Command::PreviousMatch, &[Char('N')], "previous-match", "to the match before", Group::Move, ""),
    entry(
        Command::Back,
        &[Key::Esc],
        "back",
        "one step back: close, clear the filter, leave the zoom",
        Group::Move,
        "",
    ),
    entry(Command::Mark, &[Char(' ')], "mark", "mark what is selected, or take the mark away", Group::Move, ""),
    entry(Command::Faults, &[Char('!')], "break", "break or mend something (demo only)", Group::Program, "break"),
    entry(Command::Palette, &[Char(':')], "palette", "type a command, with completion", Group::Program, "command"),
    entry(Command::Help, &[Char('?')], "help", "explain the keys", Group::Program, "help"),
    entry(Command::Redraw, &[Key::Ctrl('l')], "redraw", "draw everything anew", Group::Program, ""),
    entry(
        Command::Suspend,
        &[Key::Ctrl('z')],
        "suspend",
        "stop like any job of the shell; `fg` goes on",
        Group::Program,
        "",
    ),
    entry(
        Command::Quit,
        &[Char('q'), Key::Ctrl('c')],
        "quit",
        "leave; the terminal, the nodes and the cluster stay as they are",
        Group::Program,
        "quit",
    ),
];

impl Command {
    /// Its row.
    pub fn entry(self) -> Option<&'static Entry> {
        COMMANDS.iter().find(|entry| entry.command == self)
    }

    /// The command of a key.
    pub fn of_key(key: Key) -> Option<Self> {
        COMMANDS.iter().find(|entry| entry.keys.contains(&key)).map(|entry| entry.command)
    }

    /// The command of a word in the palette.
    pub fn of_word(word: &str) -> Option<Self> {
        COMMANDS.iter().find(|entry| entry.word == word).map(|entry| entry.command)
    }
}

impl Key {
    /// How a key is written in the footer, the help and the manual.
    pub fn label(self) -> String {
        match self {
            Self::Char(' ') => "Space".to_owned(),
            Self::Char(c) => c.to_string(),
            Self::Ctrl(c) => format!("Ctrl-{}", c.to_ascii_uppercase()),
            Self::Enter => "Enter".to_owned(),
            Self::Esc => "Esc".to_owned(),
            Self::Tab => "Tab".to_owned(),
            Self::BackTab => "Shift-Tab".to_owned(),
            Self::Backspace => "Backspace".to_owned(),
            Self::Delete => "Delete".to_owned(),
            Self::Up => "Up".to_owned(),
            Self::Down => "Down".to_owned(),
            Self::Left => "Left".to_owned(),
            Self::Right => "Right".to_owned(),
            Self::PageUp => "PgUp".to_owned(),
            Self::PageDown => "PgDn".to_owned(),
            Self::Home => "Home".to_owned(),
            Self::End => "End".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_key_and_no_word_means_two_things() {
        let mut keys = Vec::new();
        let mut words = BTreeSet::new();
        for entry in COMMANDS {
            assert!(!entry.keys.is_empty() && !entry.doc.is_empty(), "{}", entry.word);
            assert!(words.insert(entry.word), "{} stands twice", entry.word);
            for key in entry.keys {
                assert!(!keys.contains(key), "{} stands twice", key.label());
                keys.push(*key);
            }
        }
    }

    #[test]
    fn no_command_needs_a_key_that_some_terminals_lack() {
        for entry in COMMANDS {
            assert!(entry.keys.iter().any(|key| !matches!(key, Key::Home | Key::End | Key::Delete)), "{}", entry.word);
        }
    }
}
