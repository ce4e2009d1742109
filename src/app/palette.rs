//! The palette: words → commands. It knows the words of the table, names of nodes and resources, and says of crmsh's
//! and pcs's verbs what hatui does with them.

use std::collections::BTreeSet;

use super::{App, COMMANDS, Command, Effect, Group, Overlay, Pane, Source, Subject};
use crate::action;
use crate::model::{NodeName, Sight};
use crate::wire::NodeKey;

/// How many completions are offered at most.
pub const OFFERED: usize = 50;

/// Something that the palette offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What is typed if it is taken.
    pub words: String,
    /// What it does.
    pub doc: String,
}

/// crmsh's and pcs's words for looking, and what they are here.
const FOREIGN: &[(&str, Command)] = &[
    ("status", Command::FocusNodes),
    ("crm status", Command::FocusNodes),
    ("pcs status", Command::FocusNodes),
    ("node list", Command::FocusNodes),
    ("node status", Command::FocusNodes),
    ("pcs node status", Command::FocusNodes),
    ("resource list", Command::FocusResources),
    ("resource status", Command::FocusResources),
    ("pcs resource status", Command::FocusResources),
    ("resource failcount", Command::FocusFindings),
    ("quorum status", Command::FocusQuorum),
    ("corosync status", Command::FocusQuorum),
    ("pcs quorum status", Command::FocusQuorum),
    ("corosync link", Command::FocusQuorum),
    ("stonith history", Command::Events),
    ("pcs stonith history", Command::Events),
    ("cluster health", Command::FocusFindings),
    ("history", Command::Events),
];

/// What the palette offers for what is typed, best first.
pub fn completions(app: &App) -> Vec<Completion> {
    let Some(Overlay::Palette { line, .. }) = app.screen().overlays.last() else { return Vec::new() };
    let typed = line.text().trim_start().to_lowercase();
    let mut offers: Vec<Completion> = Vec::new();
    let demo = matches!(app.source(), Source::Simulated(_));
    for entry in COMMANDS {
        let allowed = entry.group != Group::Act || !app.is_read_only();
        if (entry.command != Command::Faults || demo) && allowed && !is_step(entry.command) {
            offers.push(Completion { words: entry.word.to_owned(), doc: entry.doc.to_owned() });
        }
    }
    for (words, command) in FOREIGN {
        if let Some(entry) = command.entry() {
            offers.push(Completion { words: (*words).to_owned(), doc: entry.doc.to_owned() });
        }
    }
    if !app.is_read_only() {
        for (words, doc) in action::completions(&typed, app.situation()) {
            offers.push(Completion { words, doc: doc.to_owned() });
        }
    }
    for name in app.not_watched() {
        offers.push(Completion { words: format!("watch {name}"), doc: format!("connect to {name} as well") });
    }
    let mut shown = BTreeSet::new();
    for pane in [Pane::Nodes, Pane::Resources, Pane::Replication] {
        for row in app.rows(pane) {
            let (name, kind) = match &row.subject {
                Subject::Node(name) => (name.as_str(), "node"),
                Subject::Resource(path) => (path.id.as_str(), "resource"),
                Subject::Replica(name) => (name.as_str(), "replication"),
                _ => continue,
            };
            // The copies of a clone bear one name: the first stands for it, as it does when the words are taken.
            if shown.insert(name.to_owned()) {
                let doc = format!("show details of {kind} {name}");
                offers.push(Completion { words: format!("show {name}"), doc });
            }
        }
    }
    let mut ranked: Vec<(usize, Completion)> = offers
        .into_iter()
        .filter_map(|offer| rank(&offer.words.to_lowercase(), &typed).map(|rank| (rank, offer)))
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, offer)| offer).take(OFFERED).collect()
}

/// Commands that only make sense on a key.
fn is_step(command: Command) -> bool {
    matches!(
        command,
        Command::Up
            | Command::Down
            | Command::Left
            | Command::Right
            | Command::PageUp
            | Command::PageDown
            | Command::First
            | Command::Last
            | Command::Back
            | Command::NextPane
            | Command::PreviousPane
            | Command::Palette
            | Command::Open
    )
}

/// How well `word` fits what is typed, smaller is better; `None`: not at all.
fn rank(word: &str, typed: &str) -> Option<usize> {
    if word.starts_with(typed) {
        return Some(0);
    }
    if word.contains(typed) {
        return Some(1);
    }
    let mut rest = word.chars();
    typed.chars().filter(|c| *c != ' ').all(|c| rest.by_ref().any(|other| other == c)).then_some(2)
}

impl App {
    /// Does what the words say: as typed if they mean something, else what was picked.
    pub(super) fn run_words(&mut self, typed: &str, picked: Option<&str>) -> Vec<Effect> {
        for words in [Some(typed), picked].into_iter().flatten() {
            if words.is_empty() {
                return Vec::new();
            }
            let foreign = FOREIGN.iter().find(|(known, _)| *known == words).map(|(_, command)| *command);
            if let Some(command) = Command::of_word(words).or(foreign) {
                return self.run(command);
            }
            match action::parse(words, self.situation()) {
                // Where nothing can be changed, that is said, and nothing else is picked for it.
                Ok(intent) => return self.intend(&intent),
                Err(action::WordsError::NoAction) => {}
                Err(wrong) => {
                    self.screen.notice = Some(wrong.to_string());
                    return Vec::new();
                }
            }
            if let Some(name) = words.strip_prefix("watch ") {
                return self.watch(name.trim());
            }
            if let Some(name) = words.strip_prefix("show ")
                && self.show(name.trim())
            {
                return Vec::new();
            }
        }
        self.screen.notice = Some(format!("`{typed}` is no command: `:` and Tab show what there is"));
        Vec::new()
    }

    /// Whether what is typed means nothing yet, and what is picked is an action that wants to be told more.
    pub(super) fn wants_more(&self, typed: &str, picked: &str) -> bool {
        let no_action =
            |words: &str| matches!(action::parse(words, self.situation()), Err(action::WordsError::NoAction));
        let wrong =
            |words: &str| matches!(action::parse(words, self.situation()), Err(action::WordsError::Wrong { .. }));
        Command::of_word(typed).is_none() && Command::of_word(picked).is_none() && no_action(typed) && wrong(picked)
    }

    /// The members that nobody connects to.
    fn not_watched(&self) -> Vec<NodeName> {
        let rows = self.cluster().picture().nodes.iter();
        rows.filter(|row| row.sight == Sight::NotWatched).map(|row| row.name.clone()).collect()
    }

    /// Connects to a member that was not named. Its name must be what ssh knows it by.
    fn watch(&mut self, name: &str) -> Vec<Effect> {
        if !self.not_watched().iter().any(|known| known.as_str() == name) {
            self.screen.notice = Some(format!("`{name}` is no member that is not watched"));
            return Vec::new();
        }
        let key = NodeKey::new(name);
        self.cluster.add(key.clone(), self.now);
        self.stale = true;
        vec![Effect::Watch(key)]
    }

    /// Shows the details of a node or resource by name.
    fn show(&mut self, name: &str) -> bool {
        for pane in [Pane::Nodes, Pane::Resources, Pane::Replication] {
            let found = self.rows(pane).into_iter().find(|row| match &row.subject {
                Subject::Node(node) => node.as_str() == name,
                Subject::Resource(path) => path.id.as_str() == name,
                Subject::Replica(replica) => replica.as_str() == name,
                _ => false,
            });
            if let Some(row) = found {
                self.focus(pane);
                self.select(pane, Some(row.subject.clone()));
                self.lay(Overlay::Details { subject: row.subject, scroll: 0 });
                return true;
            }
        }
        false
    }
}
