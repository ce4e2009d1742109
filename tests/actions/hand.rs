//! Who sits before the screen: selects, presses, waits for what comes of it, confirms, reads the verdict.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::lab::{Lab, NODES};
use super::shown::node_row;
use super::terminal::Terminal;

/// How long a screen may take to show what a key does.
const SOON: Duration = Duration::from_secs(15);

/// How long an action may take until its verdict.
pub(super) const VERDICT: Duration = Duration::from_mins(1);

thread_local! {
    static FOLDERS: Cell<u32> = const { Cell::new(0) };
}

/// A hatui on all nodes, with a state of its own, and the hand on its keys.
pub(super) struct Hand {
    pub(super) terminal: Terminal,
    pub(super) state: PathBuf,
}

/// A folder for the state of one hatui.
pub(super) fn folder(lab: &Lab) -> PathBuf {
    FOLDERS.set(FOLDERS.get() + 1);
    lab.home().join(format!("state-{}", FOLDERS.get()))
}

/// What a verdict says: the first line, and all that is below it.
pub(super) struct Verdict {
    pub(super) first: String,
    pub(super) page: String,
}

impl Verdict {
    /// Whether it says this; lines that were too long go on in the next.
    pub(super) fn says(&self, words: &str) -> bool {
        let lines = self.page.lines().map(|line| line.trim_matches(['│', '┃', ' ']));
        lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ").contains(words)
    }
}

impl Hand {
    pub(super) fn on(lab: &Lab) -> Self {
        Self::with(lab, &folder(lab), &[])
    }

    /// With the state of one that ran before, and more arguments.
    pub(super) fn with(lab: &Lab, state: &Path, arguments: &[&str]) -> Self {
        let nodes = ["-n", NODES[0], "-n", NODES[1], "-n", NODES[2]];
        let arguments = [arguments, &nodes].concat();
        let terminal = lab.hatui_keeping(state, &lab.ssh_config(), &arguments, 160, 60);
        // All that a plan relies on. What an earlier session left is offered as soon as its cluster is known, over the panes.
        terminal.wait("three live nodes", Duration::from_secs(40), |screen| {
            screen.contains("left behind by an earlier session")
                || screen.contains("●●●")
                    && screen.contains("quorum 3 of 3 yes")
                    && screen.contains("slow")
                    && NODES.iter().all(|node| node_row(screen, node).is_some())
        });
        Self { terminal, state: state.join("hatui") }
    }

    /// Presses keys, and waits for what they show.
    pub(super) fn press(&mut self, keys: &str, what: &str, wanted: impl Fn(&str) -> bool) {
        self.terminal.keys(keys);
        self.terminal.wait(what, SOON, wanted);
    }

    /// Selects a row of the nodes (pane 1) or the resources (pane 2): from the first one down.
    pub(super) fn select(&mut self, pane: u8, name: &str) {
        let title = if pane == 1 { "1 Nodes" } else { "2 Resources" };
        self.press(&format!("{pane}g"), "the first row selected", |screen| selected(screen, title) == Some(0));
        for _ in 0..rows(&self.terminal.screen(), title).len() {
            let screen = self.terminal.screen();
            let rows = rows(&screen, title);
            let at = selected(&screen, title).unwrap();
            if rows[at].split_whitespace().any(|word| word == name) {
                return;
            }
            self.press("j", "the next row selected", |screen| selected(screen, title).is_some_and(|now| now == at + 1));
        }
        panic!("no {name} in pane {pane}:\n{}", self.terminal.screen());
    }

    /// Presses an action's key; where it offers more than one thing, picks the one with these words.
    pub(super) fn choose(&mut self, key: &str, words: &str) {
        let last = self.offered(key, words);
        self.terminal.keys(&last);
    }

    /// The key that begins an action, after all that come before it: the number of its offer, where there is more than one
    /// (`words` are empty where there is not).
    pub(super) fn offered(&mut self, key: &str, words: &str) -> String {
        if words.is_empty() {
            return key.to_owned();
        }
        self.terminal.keys(key);
        let number = Cell::new(None);
        self.terminal.wait(&format!("an offer to {words}"), SOON, |screen| {
            number.set(offer(screen, words));
            number.get().is_some()
        });
        number.get().unwrap().to_string()
    }

    /// Waits until the preview can be confirmed, and tells how long that took.
    pub(super) fn ready(&self, title: &str) -> Duration {
        self.terminal
            .wait(&format!("the preview of {title}"), SOON, |screen| screen.contains(title) && (can_be_taken(screen)))
    }

    /// Chooses "do it" instead of "cancel", and takes it.
    pub(super) fn confirm(&mut self) {
        // As somebody would who looks before each key: the page may be made anew at any moment.
        let (cancel, choice) = ("▸[ Cancel ]", "▸[ Do it ]");
        let (asking, changed) = ("what the cluster would do …", "this page has just changed");
        let mut pressed = 0;
        loop {
            assert!(pressed < 10, "something moves all the time:\n{}", self.terminal.screen());
            self.terminal.wait("a preview, or an action that has begun", SOON, |screen| {
                can_be_taken(screen) || pressed > 0 && !screen.contains(asking)
            });
            let screen = self.terminal.screen();
            if !can_be_taken(&screen) {
                return;
            }
            if screen.contains(cancel) {
                self.press("\t", "\"do it\" chosen, or another page", |screen| !screen.contains(cancel));
            }
            if self.terminal.screen().contains(choice) {
                pressed += 1;
                self.terminal.keys("\r");
                self.terminal
                    .wait("what Enter did", SOON, |screen| !screen.contains(choice) || screen.contains(changed));
                if self.terminal.screen().contains(changed) {
                    self.terminal.moment();
                    // A key takes the word away.
                    self.press("\t", "\"cancel\" chosen", |screen| {
                        screen.contains(cancel) && !screen.contains(changed)
                    });
                }
            }
        }
    }

    /// Waits for the end of the action with this title.
    pub(super) fn verdict(&self, title: &str, limit: Duration) -> Verdict {
        let begins = format!("{title}: ");
        let line = |screen: &str| {
            let lines = screen.lines().map(|line| line.trim_matches(['│', '┃', ' ']));
            let mut signed = lines.filter(|line| line.starts_with(['●', '▲', '✗', '○']));
            signed
                .find(|line| line[line.chars().next().unwrap().len_utf8()..].trim_start().starts_with(&begins))
                .map(str::to_owned)
        };
        self.terminal.wait(&format!("the verdict of {title}"), limit, |screen| {
            let going_on = ["Predicted", "↻"].iter().any(|word| screen.contains(word));
            line(screen).is_some() && screen.contains("aken back") && !going_on && footer(screen).contains("Esc back")
        });
        let page = self.terminal.screen();
        Verdict { first: line(&page).unwrap(), page }
    }

    /// Selects, chooses, confirms, and waits until it is done.
    pub(super) fn act(&mut self, (pane, name): (u8, &str), key: &str, offer: &str, title: &str) -> Verdict {
        self.select(pane, name);
        self.choose(key, offer);
        self.ready(title);
        self.confirm();
        let verdict = self.verdict(title, VERDICT);
        assert!(verdict.first.contains(": done"), "{}", verdict.page);
        verdict
    }

    /// Leaves the page of the action.
    pub(super) fn leave(&mut self) {
        self.press("\x1b", "the panes again", |screen| screen.contains("1 Nodes") && screen.contains("2 Resources"));
    }

    /// The lines of a file of the state.
    pub(super) fn lines(&self, name: &str) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.state.join(name)).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The commands in the audit, as words.
    pub(super) fn audit(&self) -> Vec<String> {
        let words = |line: serde_json::Value| {
            let argv = line["argv"].as_array().unwrap().clone();
            argv.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect::<Vec<_>>().join(" ")
        };
        self.lines("audit.jsonl").into_iter().map(words).collect()
    }
}

/// The keys at the bottom. They are drawn last: once they are as they should be, so is all above them.
fn footer(screen: &str) -> &str {
    screen.trim_end().lines().last().unwrap_or_default()
}

/// Whether an action waits to be confirmed.
fn can_be_taken(screen: &str) -> bool {
    ["Enter take it", "Enter do it, once"].iter().any(|keys| footer(screen).contains(keys))
}

/// The rows of a pane at the left, with the mark of the selected one.
fn rows(screen: &str, title: &str) -> Vec<String> {
    let from = screen.lines().skip_while(|line| !line.split(['╮', '┓']).next().unwrap_or_default().contains(title));
    let rows = from.skip(1).take_while(|line| !line.starts_with(['╰', '┗']));
    rows.filter_map(|line| line.split(['│', '┃']).nth(1))
        .filter(|row| !row.trim().is_empty())
        .map(str::to_owned)
        .collect()
}

fn selected(screen: &str, title: &str) -> Option<usize> {
    rows(screen, title).iter().position(|row| row.starts_with('▸'))
}

/// The number of an offer in a menu.
fn offer(screen: &str, words: &str) -> Option<u32> {
    screen.lines().find_map(|line| {
        let (before, rest) = line.split_once(words)?;
        let ends = rest.is_empty() || rest.starts_with([' ', '│', '┃']);
        let number = before.strip_suffix(' ')?.chars().last()?.to_digit(10)?;
        ends.then_some(number)
    })
}
