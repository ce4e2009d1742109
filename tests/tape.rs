//! `demo.tape` on the real binary: the story of the README, told on a real terminal, and the film of it.
//!
//! `HATUI_CAST=FILE` plays it at the pace of people and writes an asciicast, and one for each still beside it; the
//! script `docs/picture` makes pictures of them.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test with real processes")]

#[path = "tape/cast.rs"]
mod cast;
#[path = "tape/grammar.rs"]
mod grammar;
#[path = "tape/keys.rs"]
mod keys;
#[path = "tape/lexer.rs"]
mod lexer;
#[path = "tape/player.rs"]
mod player;
#[path = "tape/readings.rs"]
mod readings;
#[path = "tape/settings.rs"]
mod settings;
#[path = "support/terminal.rs"]
#[expect(dead_code, reason = "shared with the other tests of the screen")]
mod terminal;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use grammar::{Command, Key, Scope, Tape, read};
use player::{Played, Stage, play};

/// A folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("hatui-tape-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn demo() -> Tape {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("demo.tape")).unwrap();
    read(&text).unwrap_or_else(|fault| panic!("demo.tape:{fault}"))
}

fn perform(tape: &Tape, name: &str, home: &Folder, pace: u32) -> Played {
    let programs = Path::new(env!("CARGO_BIN_EXE_hatui")).parent().unwrap().to_owned();
    play(tape, name, &Stage { pace, programs, home: home.0.clone() })
}

/// What is said of a small tape that cannot be played to its end.
fn fails(tape: &str) -> String {
    let home = Folder::new("fails");
    let tape = read(tape).unwrap();
    let failed = catch_unwind(AssertUnwindSafe(|| perform(&tape, "a.tape", &home, 0)));
    let Err(said) = failed else { panic!("it was played to its end") };
    said.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn the_story_of_the_demo_is_played_to_its_end() {
    let home = Folder::new("demo");
    let film = std::env::var_os("HATUI_CAST").map(PathBuf::from);
    let mut played = perform(&demo(), "demo.tape", &home, u32::from(film.is_some()));
    for still in &played.stills {
        assert!(still.rows.iter().any(|row| row.contains("SIMULATED")), "{}: {:?}", still.path, still.rows);
    }
    if let Some(film) = film {
        played.write(&film);
    }
    let shown = |screen: &vt100::Screen| (screen.alternate_screen(), screen.hide_cursor());
    assert_eq!(played.terminal.look(shown), (false, false), "the terminal is not as it was");
    played.terminal.keys("echo it ended with $?\r");
    played.terminal.wait_for("it ended with 0", 10);
    played.terminal.keys("exit\r");
    assert_eq!(played.terminal.wait_given_back(10), 0);
}

#[test]
fn the_demo_needs_nothing_but_hatui_and_no_luck() {
    let tape = demo();
    assert!(tape.size.is_some());
    let commands: Vec<&Command> = tape.steps.iter().map(|step| &step.command).collect();
    let required: Vec<_> = commands
        .iter()
        .filter_map(|command| if let Command::Require(name) = command { Some(name) } else { None })
        .collect();
    assert_eq!(required, ["hatui"]);
    for (place, command) in commands.iter().enumerate() {
        match command {
            // A key right after Escape looks like one that was pressed with Alt.
            Command::Press { key: Key::Escape, .. } => {
                assert!(
                    matches!(commands.get(place + 1), Some(Command::Wait { .. })),
                    "nothing is waited for after Escape"
                );
            }
            // The cursor of a full screen is anywhere.
            Command::Wait { scope, pattern, .. } => {
                assert!(*scope == Scope::Screen || pattern.is_none(), "{command:?}");
            }
            Command::Screenshot(path) => assert!(path.starts_with("docs/"), "{path}"),
            _ => {}
        }
    }
    let last = commands.iter().rfind(|command| matches!(command, Command::Wait { .. }));
    assert_eq!(last, Some(&&Command::Wait { scope: Scope::Line, limit: None, pattern: None }), "it ends at the prompt");
}

#[test]
fn the_readme_shows_the_pictures_that_the_tape_asks_for() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    for step in demo().steps {
        let (Command::Output(path) | Command::Screenshot(path)) = step.command else { continue };
        assert!(readme.contains(&format!("({path})")), "README does not show {path}");
        assert!(folder.join(&path).is_file(), "there is no {path}: docs/picture makes it");
    }
}

#[test]
fn keys_reach_the_shell_and_what_is_hidden_takes_no_time() {
    let tape = "# hatui-player: cols=60 rows=10\nEnv WORD 'it is'\nType 'echo [$WORD'\nSpace\nHide\nType 'hexf'\nLeft\n\
        Backspace\nType 're'\nDelete\nShow\nType \"]\" Ctrl+A Ctrl+E Enter Wait+Screen /(?m)^.it is here.$/ \
        Copy 'echo c\"\"opied' Paste Enter Wait+Screen /(?m)^copied$/ Wait Screenshot a/b.png";
    let home = Folder::new("keys");
    let played = perform(&read(tape).unwrap(), "keys.tape", &home, 0);
    let film = home.0.join("keys.cast");
    played.write(&film);
    let still = std::fs::read_to_string(home.0.join("b.cast")).unwrap();
    assert!(still.lines().count() == 2 && still.contains("copied"), "{still}");
    let film = std::fs::read_to_string(film).unwrap();
    let head: serde_json::Value = serde_json::from_str(film.lines().next().unwrap()).unwrap();
    assert_eq!((head["width"].as_u64(), head["height"].as_u64()), (Some(60), Some(10)));
    let events: Vec<(f64, String, String)> =
        film.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(events.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{film}");
    // Played again, the film ends with the same screen.
    let mut screen = vt100::Parser::new(10.try_into().unwrap(), 60.try_into().unwrap(), 0);
    for (_, _, words) in &events {
        screen.process(words.as_bytes());
    }
    assert_eq!(player::rows(screen.screen()), played.terminal.look(player::rows));
}

#[test]
fn a_wait_that_is_not_met_tells_where_and_what_the_screen_was() {
    let said = fails("Type 'echo on the screen'\nEnter\nWait+Screen /(?m)^on the screen$/\nWait+Screen@200ms /never/");
    for word in ["a.tape:4:1", "never", "waited 200ms", "the screen was:", "\non the screen\n"] {
        assert!(said.contains(word), "{word:?} is not in {said}");
    }
}

#[test]
fn a_shell_that_ends_is_not_waited_for() {
    let said = fails("Type exit Enter Wait+Screen@30m /never/");
    assert!(said.contains("the shell has ended") && said.contains("a.tape:1:17"), "{said}");
}

#[test]
fn a_program_that_is_not_there_is_told_before_anything_is_played() {
    let said = fails("Require no-such-program\nType x");
    assert!(said.contains("a.tape:1: no-such-program is not to be found"), "{said}");
}

#[test]
fn a_wait_without_a_limit_has_the_one_that_was_set() {
    let said = fails("Set WaitTimeout 2s\nType 'echo on; sleep 9'\nEnter\nWait+Screen /(?m)^on$/\nWait");
    assert!(said.contains("waited 2s") && said.contains("a.tape:5:1"), "{said}");
}
