//! A cluster that is read-only has no actions: not in the footer, the help or the palette, on no key, by no click, and not
//! from the command line.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a situation that is not as it should be ends the test"
)]

#[path = "screens/paint.rs"]
#[expect(dead_code, reason = "shared with the golden screens")]
mod paint;
#[path = "screens/scenes.rs"]
#[expect(dead_code, reason = "shared with the golden screens")]
mod scenes;
#[path = "support/situations.rs"]
mod situations;

use std::process::Command as Process;

use hatui::action::{JournalEntry, Left};
use hatui::app::{App, COMMANDS, Command, Effect, Event, Group, Hit, Key, Mouse, Overlay, completions, page};
use hatui::model::Text;
use hatui::ui::{Look, Symbols, Theme};
use paint::{painted, words};
use scenes::scene;

const LOOK: Look = Look { theme: Theme::NoColor, symbols: Symbols::Ascii, clock: 0 };
const WELL: &str = "two nodes with DRBD 9, all well";

fn told(app: &mut App, event: Event) -> Vec<Effect> {
    let now = app.now();
    app.update(event, now)
}

/// The cluster, with something that an earlier session left.
fn read_only() -> App {
    let mut app = scene(WELL).read_only(true);
    let left = Left::Constraint { id: Text::new("hatui-move-web") };
    let cluster = app.title().map(ToString::to_string).unwrap_or_default();
    let entry = JournalEntry::new((&cluster, Vec::new()), "move web to ha-node-2", 1, &left);
    told(&mut app, Event::Past { left: vec![entry], times: Vec::new() });
    told(&mut app, Event::Tick);
    assert_eq!(app.left_behind().len(), 1);
    app
}

fn shown(app: &mut App) -> String {
    words(&painted(app, LOOK, 200, 60))
}

/// Nothing was asked for, offered or begun; the refusal is told.
fn refused(app: &mut App, effects: &[Effect], how: &str) {
    assert!(effects.is_empty(), "{how}: {effects:?}");
    assert!(app.acts().current().is_none() && app.rolling().is_none(), "{how}");
    let offers = |overlay: &Overlay| matches!(overlay, Overlay::Choose { .. } | Overlay::Action { .. });
    assert!(!app.screen().overlays.iter().any(offers), "{how}: {:?}", app.screen().overlays);
    assert!(app.screen().notice.is_some(), "{how}: nothing is said");
}

fn acts() -> impl Iterator<Item = (Command, Key, &'static str)> {
    let acts = COMMANDS.iter().filter(|entry| entry.group == Group::Act);
    acts.map(|entry| (entry.command, *entry.keys.first().expect("a key"), entry.word))
}

#[test]
fn no_key_word_or_click_acts() {
    for (command, key, word) in acts() {
        for pane in ['1', '2', '3', '6'] {
            let mut app = read_only();
            told(&mut app, Event::Key(Key::Char(pane)));
            let effects = told(&mut app, Event::Key(key));
            refused(&mut app, &effects, word);
        }
        let mut app = read_only();
        let effects = told(&mut app, Event::Mouse(Mouse::Click(Hit::Footer(command))));
        refused(&mut app, &effects, &format!("a click on {word}"));
        let (mut app, effects) = typed(word);
        refused(&mut app, &effects, &format!("`{word}` typed"));
    }
    for line in ["node standby ha-node-1", "resource move web ha-node-2", "fence ha-node-2", "pcs resource cleanup"] {
        let (mut app, effects) = typed(line);
        refused(&mut app, &effects, line);
    }
}

fn typed(line: &str) -> (App, Vec<Effect>) {
    let mut app = read_only();
    told(&mut app, Event::Key(Key::Char(':')));
    for c in line.chars() {
        told(&mut app, Event::Key(Key::Char(c)));
    }
    let effects = told(&mut app, Event::Key(Key::Enter));
    (app, effects)
}

#[test]
fn no_page_names_an_action_and_every_screen_says_why() {
    let mut app = read_only();
    let screen = shown(&mut app);
    assert!(screen.contains("READ-ONLY"), "{screen}");
    let footer = screen.lines().last().expect("a footer");
    for word in ["failover", "fence", "standby", "cleanup", "unmove"] {
        assert!(!footer.contains(word), "{footer}");
    }
    assert!(!shown(&mut scene(WELL)).contains("READ-ONLY"));
    let help = page(&app, &Overlay::Help { scroll: 0 }, 100).expect("a page");
    let text = |line: &hatui::app::Line| line.0.iter().map(|(_, text)| text.as_str()).collect::<String>();
    let help: String = help.lines.iter().map(|line| text(line) + "\n").collect();
    for entry in COMMANDS.iter().filter(|entry| entry.group == Group::Act) {
        assert!(!help.contains(entry.doc), "the help tells of {}", entry.word);
    }
    for start in ["", "res", "node sta", "fence", "take"] {
        told(&mut app, Event::Key(Key::Char(':')));
        for c in start.chars() {
            told(&mut app, Event::Key(Key::Char(c)));
        }
        let offered: Vec<String> = completions(&app).into_iter().map(|completion| completion.words).collect();
        let acts = |words: &String| {
            acts().any(|(_, _, word)| word == words) || words.starts_with("node standby") || words.contains("move")
        };
        assert!(!offered.iter().any(acts), "{start}: {offered:?}");
        told(&mut app, Event::Key(Key::Esc));
    }
}

#[test]
fn the_command_line_plans_and_runs_nothing() {
    for words in [&["plan"][..], &["run", "--yes"]] {
        let output = Process::new(env!("CARGO_BIN_EXE_hatui"))
            .args(words)
            .args(["node standby ha-node-1", "--demo", "two-nodes", "--read-only"])
            .env_remove("HATUI_CONFIG")
            .output()
            .expect("hatui runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(64), "{words:?}: {said}");
        assert!(said.contains("read-only"), "{words:?}: {said}");
    }
}
