//! Plays a tape as VHS does: a bare bash on a terminal, keys for it, and a look at its screen.

use core::cell::Cell;
use core::time::Duration;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use regex::Regex;

use super::cast::{self, Cut};
use super::grammar::{self, Command, Held, Scope, Step, Tape};
use super::keys::{self, Modifiers};
use super::settings::Setting;
use crate::terminal::Terminal;

/// How a tape is played.
pub(crate) struct Stage {
    /// By what the pauses of the tape are multiplied: 1 for people, 0 for tests.
    pub(crate) pace: u32,
    /// Where programs are looked for before the rest of the path.
    pub(crate) programs: PathBuf,
    /// A home that belongs to this play alone.
    pub(crate) home: PathBuf,
}

/// A still that the tape asked for.
pub(crate) struct Still {
    pub(crate) path: String,
    /// The rows, without the blanks at their ends.
    pub(crate) rows: Vec<String>,
    /// What draws the screen.
    formatted: String,
}

/// A tape that was played; its shell is still there.
pub(crate) struct Played {
    pub(crate) terminal: Terminal,
    pub(crate) stills: Vec<Still>,
    size: (u16, u16),
    start: Instant,
    cuts: Vec<Cut>,
    /// How much there was to be seen when the tape ended.
    end: usize,
}

impl Played {
    /// Writes the film to a file, and each still as a film of one picture beside it.
    pub(crate) fn write(&self, film: &Path) {
        let (mut arrivals, bytes) = (self.terminal.arrivals(), self.terminal.bytes());
        arrivals.retain(|(_, length)| *length <= self.end);
        std::fs::write(film, cast::film(self.size, self.start, &self.cuts, &arrivals, &bytes)).unwrap();
        for still in &self.stills {
            let name = Path::new(&still.path).with_extension("cast");
            std::fs::write(film.with_file_name(name.file_name().unwrap()), cast::still(self.size, &still.formatted))
                .unwrap();
        }
    }
}

/// The rows of a screen, as VHS sees them.
pub(crate) fn rows(screen: &vt100::Screen) -> Vec<String> {
    let columns = screen.size().1.get();
    screen.rows(0, columns).map(|row| row.trim_end().to_owned()).collect()
}

fn seen(screen: &vt100::Screen, scope: Scope) -> String {
    let rows = rows(screen);
    match scope {
        Scope::Screen => rows.join("\n"),
        Scope::Line => rows.into_iter().nth(usize::from(screen.cursor_position().0)).unwrap_or_default(),
    }
}

/// What has been set so far, as VHS sets it at the start.
struct Settings {
    pause: Duration,
    limit: Duration,
    pattern: Regex,
}

impl Default for Settings {
    fn default() -> Self {
        let (pause, limit) = (Duration::from_millis(50), Duration::from_secs(15));
        Self { pause, limit, pattern: Regex::new(">$").unwrap() }
    }
}

impl Settings {
    fn set(&mut self, setting: &Setting) {
        match setting {
            Setting::TypingSpeed(pause) => self.pause = *pause,
            Setting::WaitTimeout(limit) => self.limit = *limit,
            Setting::WaitPattern(pattern) => self.pattern = pattern.0.clone(),
            // The first is heeded before the start.
            Setting::Shell(_) | Setting::Number(..) | Setting::Text(..) | Setting::CursorBlink(_) => {}
        }
    }
}

struct Player<'a> {
    name: &'a str,
    pace: u32,
    settings: Settings,
    terminal: Terminal,
    clipboard: String,
    hidden: Option<Instant>,
    cuts: Vec<Cut>,
    stills: Vec<Still>,
}

/// Plays a tape, which is called `name` in what is said of it.
pub(crate) fn play(tape: &Tape, name: &str, stage: &Stage) -> Played {
    let path = format!("{}:{}", stage.programs.display(), std::env::var("PATH").unwrap());
    for step in &tape.steps {
        match &step.command {
            Command::Require(program) => {
                let found = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
                assert!(found, "{name}:{}: {program} is not to be found in {path}", step.place.line);
            }
            Command::Set(Setting::Shell(shell)) => {
                assert_eq!(shell, "bash", "{name}:{}: the player has a bash only", step.place.line);
            }
            _ => {}
        }
    }
    let home = stage.home.to_str().unwrap();
    let mut environment = vec![("PATH", path.as_str()), ("HOME", home), ("PS1", "> "), ("XDG_STATE_HOME", home)];
    environment.extend(["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"].map(|name| (name, home)));
    environment.extend(tape.steps.iter().filter_map(|step| match &step.command {
        Command::Env { name, value } => Some((name.as_str(), value.as_str())),
        _ => None,
    }));
    let size = tape.size.unwrap_or((80, 24));
    let shell = ["bash", "--noprofile", "--norc", "--login", "+o", "history"];
    let terminal = Terminal::start(&shell, size.0, size.1, &environment);
    let (pace, clipboard) = (stage.pace, String::new());
    let (settings, hidden, cuts, stills) = (Settings::default(), None, Vec::new(), Vec::new());
    let mut player = Player { name, pace, settings, terminal, clipboard, hidden, cuts, stills };
    player.wait("the first prompt", Duration::from_secs(20), Scope::Line, &player.settings.pattern);
    let start = clock();
    for step in &tape.steps {
        player.step(step, true);
    }
    player.show();
    let Player { terminal, cuts, stills, .. } = player;
    let end = terminal.bytes().len();
    Played { terminal, stills, size, start, cuts, end }
}

#[expect(clippy::disallowed_methods, reason = "a film has times")]
fn clock() -> Instant {
    Instant::now()
}

impl Player<'_> {
    fn rest(&self, pause: Duration) {
        // For those who look at it; what comes next waits for a word on the screen, never for this.
        if self.pace > 0 {
            thread::sleep(pause * self.pace);
        }
    }

    fn wait(&self, what: &str, limit: Duration, scope: Scope, pattern: &Regex) {
        let found = Cell::new(false);
        self.terminal.wait_raw(what, limit, |parser, ended, _| {
            found.set(pattern.is_match(&seen(parser.screen(), scope)));
            found.get() || ended
        });
        assert!(found.get(), "{what}: the shell has ended; the screen was:\n{}", self.terminal.screen());
    }

    fn send(&mut self, bytes: &str, pause: Option<Duration>) {
        self.terminal.keys(bytes);
        self.rest(pause.unwrap_or(self.settings.pause));
    }

    fn press(&mut self, key: &Held, modifiers: Modifiers, what: &str) {
        let bytes = keys::held(key, modifiers);
        self.send(&bytes.unwrap_or_else(|| panic!("{what}: a terminal has no bytes for this")), None);
    }

    fn show(&mut self) {
        if let Some(from) = self.hidden.take() {
            self.cuts.push(Cut { from, to: clock() });
        }
    }

    fn step(&mut self, step: &Step, may_source: bool) {
        let what = format!("{}:{}:{}: {:?}", self.name, step.place.line, step.place.column, step.command);
        match &step.command {
            Command::Type { pause, text } => {
                for character in text.chars() {
                    self.send(&character.to_string(), *pause);
                }
            }
            Command::Press { key, pause, count } => {
                for _ in 0..*count {
                    let application = self.terminal.look(vt100::Screen::application_cursor);
                    let bytes = keys::plain(*key, application);
                    self.send(&bytes.unwrap_or_else(|| panic!("{what}: the player has no scrollback")), *pause);
                }
            }
            Command::Ctrl { alt, shift, key } => {
                self.press(key, Modifiers { ctrl: true, alt: *alt, shift: *shift }, &what);
            }
            Command::Alt(key) => self.press(key, Modifiers { alt: true, ..Modifiers::default() }, &what),
            Command::Shift(key) => self.press(key, Modifiers { shift: true, ..Modifiers::default() }, &what),
            Command::Sleep(pause) => self.rest(*pause),
            Command::Wait { scope, limit, pattern } => {
                let pattern = pattern.as_ref().map_or(&self.settings.pattern, |pattern| &pattern.0);
                self.wait(&what, limit.unwrap_or(self.settings.limit), *scope, pattern);
            }
            Command::Set(setting) => self.settings.set(setting),
            Command::Hide => {
                self.hidden.get_or_insert_with(clock);
            }
            Command::Show => self.show(),
            Command::Screenshot(path) => {
                let path = path.clone();
                let still = self.terminal.look(|screen| Still {
                    path,
                    rows: rows(screen),
                    formatted: screen.contents_formatted(),
                });
                self.stills.push(still);
            }
            Command::Copy(text) => self.clipboard.clone_from(text),
            Command::Paste => {
                let brackets = self.terminal.look(vt100::Screen::bracketed_paste);
                let (begin, end) = if brackets { ("\x1b[200~", "\x1b[201~") } else { ("", "") };
                let bytes = format!("{begin}{}{end}", self.clipboard);
                self.send(&bytes, None);
            }
            Command::Source(path) => {
                assert!(may_source, "{what}: a tape that is sourced sources none");
                let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
                let text = text.unwrap_or_else(|error| panic!("{what}: {error}"));
                let tape = grammar::read(&text).unwrap_or_else(|fault| panic!("{what}: {path}:{fault}"));
                for step in &tape.steps {
                    self.step(step, false);
                }
            }
            // Heeded before the start, or meant for VHS.
            Command::Output(_) | Command::Require(_) | Command::Env { .. } => {}
        }
    }
}
