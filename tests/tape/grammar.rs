//! What a VHS tape says, read strictly: what VHS would ignore or only warn of is a fault here, with its place.

use core::fmt;
use core::time::Duration;

use regex::Regex;

use super::lexer::{Kind, Place, Token, tokens};
use super::settings::{self, Setting};

/// Why a tape cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    place: Place,
    words: String,
}

impl Fault {
    pub(crate) fn at(place: Place, words: String) -> Self {
        Self { place, words }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.place.line, self.place.column, self.words)
    }
}

/// A tape.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tape {
    /// Columns and rows, by the comment `# hatui-player: cols=120 rows=36`; VHS reckons them from pixels and fonts.
    pub(crate) size: Option<(u16, u16)>,
    /// What to do, in order.
    pub(crate) steps: Vec<Step>,
}

/// A command and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    pub(crate) place: Place,
    pub(crate) command: Command,
}

/// What a tape can ask for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Command {
    /// Type a text, one character at a time.
    Type { pause: Option<Duration>, text: String },
    /// Press a key, some times.
    Press { key: Key, pause: Option<Duration>, count: u16 },
    /// Press a key with Ctrl, and perhaps Alt or Shift, held down.
    Ctrl { alt: bool, shift: bool, key: Held },
    /// Press a key, or type a text, with Alt held down.
    Alt(Held),
    /// The same with Shift.
    Shift(Held),
    /// Do nothing for a while.
    Sleep(Duration),
    /// Wait until the screen, or the line of the cursor, matches.
    Wait { scope: Scope, limit: Option<Duration>, pattern: Option<Pattern> },
    /// How it looks, and how long things take.
    Set(Setting),
    /// Where the film goes.
    Output(String),
    /// A program that has to be there.
    Require(String),
    /// What follows is not filmed.
    Hide,
    /// It is filmed again.
    Show,
    /// A still.
    Screenshot(String),
    /// Into the clipboard.
    Copy(String),
    /// From the clipboard.
    Paste,
    /// A variable of the environment.
    Env { name: String, value: String },
    /// The commands of another tape.
    Source(String),
}

/// A key that VHS can press by itself. It knows no Home, End or function keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Backspace,
    Delete,
    Insert,
    Enter,
    Escape,
    Tab,
    Space,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    ScrollUp,
    ScrollDown,
}

const KEYS: &[(&str, Key)] = &[
    ("Backspace", Key::Backspace),
    ("Delete", Key::Delete),
    ("Insert", Key::Insert),
    ("Enter", Key::Enter),
    ("Escape", Key::Escape),
    ("Tab", Key::Tab),
    ("Space", Key::Space),
    ("Up", Key::Up),
    ("Down", Key::Down),
    ("Left", Key::Left),
    ("Right", Key::Right),
    ("PageUp", Key::PageUp),
    ("PageDown", Key::PageDown),
    ("ScrollUp", Key::ScrollUp),
    ("ScrollDown", Key::ScrollDown),
];

/// What is pressed while another key is held down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Held {
    Key(Key),
    Text(String),
}

/// Where to look for a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// In the line that has the cursor.
    Line,
    /// On the whole screen.
    Screen,
}

/// A regular expression; equal to another of the same words.
#[derive(Debug, Clone)]
pub(crate) struct Pattern(pub(crate) Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

/// Nothing in a tape lasts longer.
const LONGEST: f64 = 3600.0;

/// The tokens that are still to be read.
pub(super) struct Parser {
    rest: std::collections::VecDeque<Token>,
    place: Place,
}

impl Parser {
    pub(super) fn peek(&self) -> Option<&Token> {
        self.rest.front()
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        let next = self.rest.pop_front()?;
        self.place = next.place;
        Some(next)
    }

    /// A fault of the next token, or of the last if there is none.
    pub(super) fn fault(&self, wanted: &str) -> Fault {
        match self.peek() {
            Some(token) => Fault::at(token.place, format!("{wanted}, not {:?}", token.text)),
            None => Fault::at(self.place, format!("{wanted}, not the end of the tape")),
        }
    }

    pub(super) fn sign(&mut self, sign: char) -> bool {
        let found = self.peek().is_some_and(|token| token.kind == Kind::Sign(sign));
        if found {
            self.next();
        }
        found
    }

    pub(super) fn word(&mut self, words: &[&str]) -> Option<String> {
        let found = self.peek().filter(|token| matches!(token.kind, Kind::Keyword | Kind::Text));
        let found = found.filter(|token| words.contains(&token.text.as_str())).map(|token| token.text.clone())?;
        self.next();
        Some(found)
    }

    pub(super) fn kind(&mut self, kind: &Kind, wanted: &str) -> Result<Token, Fault> {
        if self.peek().is_some_and(|token| token.kind == *kind) {
            return self.next().ok_or_else(|| self.fault(wanted));
        }
        let unit = self.peek().is_some_and(|token| token.kind == Kind::Keyword && *kind == Kind::Text);
        Err(self.fault(&format!("{wanted}{}", if unit { " (quote what is a keyword)" } else { "" })))
    }

    pub(super) fn number(&mut self, wanted: &str) -> Result<f64, Fault> {
        let token = self.kind(&Kind::Number, wanted)?;
        let number = token.text.parse().map_err(|_| Fault::at(token.place, format!("{:?} is no number", token.text)));
        number.and_then(|number: f64| {
            if number < 1e6 { Ok(number) } else { Err(Fault::at(token.place, format!("{} is too much", token.text))) }
        })
    }

    /// A number with a unit; seconds if it has none.
    pub(super) fn time(&mut self) -> Result<Duration, Fault> {
        let place = self.peek().map_or(self.place, |token| token.place);
        let number = self.number("a time is wanted")?;
        let unit = match self.word(&["ms", "s", "m"]).as_deref() {
            Some("ms") => 0.001,
            Some("m") => 60.0,
            _ => 1.0,
        };
        if number * unit > LONGEST {
            return Err(Fault::at(place, "that is longer than an hour".to_owned()));
        }
        Ok(Duration::from_secs_f64(number * unit))
    }

    pub(super) fn pattern(&mut self) -> Result<Pattern, Fault> {
        let token = self.kind(&Kind::Pattern, "a /pattern/ is wanted")?;
        let words = |error: regex::Error| Fault::at(token.place, format!("/{}/: {error}", token.text));
        Regex::new(&token.text).map(Pattern).map_err(words)
    }

    fn pause(&mut self) -> Result<Option<Duration>, Fault> {
        if self.sign('@') { self.time().map(Some) } else { Ok(None) }
    }

    /// One string or more, joined by blanks.
    fn texts(&mut self, command: &str) -> Result<String, Fault> {
        let mut texts = vec![self.kind(&Kind::Text, &format!("{command} wants a string"))?.text];
        while self.peek().is_some_and(|token| token.kind == Kind::Text) {
            texts.extend(self.next().map(|token| token.text));
        }
        Ok(texts.join(" "))
    }

    fn path(&mut self, command: &str, endings: &[&str]) -> Result<String, Fault> {
        let token = self.kind(&Kind::Text, &format!("{command} wants a path"))?;
        if endings.iter().any(|ending| token.text.ends_with(ending)) {
            return Ok(token.text);
        }
        let words = format!("{command} wants a path that ends in {}, not {:?}", endings.join(" or "), token.text);
        Err(Fault::at(token.place, words))
    }

    fn press(&mut self, key: Key) -> Result<Command, Fault> {
        let pause = self.pause()?;
        let mut count = 1;
        if let Some(token) = self.peek().filter(|token| token.kind == Kind::Number).cloned() {
            let whole = token.text.parse().ok().filter(|count| (1..=1000).contains(count));
            count =
                whole.ok_or_else(|| Fault::at(token.place, format!("{} is no count from 1 to 1000", token.text)))?;
            self.next();
        }
        Ok(Command::Press { key, pause, count })
    }

    /// What is pressed after `Ctrl+`, `Alt+` or `Shift+`.
    fn held(&mut self, keys: &[Key], signs: &str, characters: usize, wanted: &str) -> Result<Held, Fault> {
        let Some(token) = self.peek().cloned() else { return Err(self.fault(wanted)) };
        let held = match token.kind {
            Kind::Text if (1..=characters).contains(&token.text.chars().count()) => Some(Held::Text(token.text)),
            Kind::Sign(sign) if signs.contains(sign) => Some(Held::Text(token.text)),
            Kind::Keyword => {
                let key = KEYS.iter().find(|(word, key)| *word == token.text && keys.contains(key));
                key.map(|(_, key)| Held::Key(*key))
            }
            _ => None,
        };
        let held = held.ok_or_else(|| self.fault(wanted))?;
        self.next();
        Ok(held)
    }

    fn ctrl(&mut self) -> Result<Command, Fault> {
        const KEYS: &[Key] = &[Key::Enter, Key::Space, Key::Backspace, Key::Left, Key::Right, Key::Up, Key::Down];
        const WANTED: &str = "Ctrl wants + and one character or key (quote a letter that is a unit)";
        let (mut alt, mut shift) = (false, false);
        loop {
            if !self.sign('+') {
                return Err(self.fault(WANTED));
            }
            match self.word(&["Alt", "Shift"]).as_deref() {
                Some("Alt") => alt = true,
                Some(_) => shift = true,
                None => return Ok(Command::Ctrl { alt, shift, key: self.held(KEYS, "-@[]^\\", 1, WANTED)? }),
            }
        }
    }

    fn with(&mut self, modifier: &str) -> Result<Held, Fault> {
        let wanted = format!("{modifier} wants + and a character, Enter, Tab, [ or ]");
        if !self.sign('+') {
            return Err(self.fault(&wanted));
        }
        self.held(&[Key::Enter, Key::Tab], "[]", usize::MAX, &wanted)
    }

    fn wait(&mut self) -> Result<Command, Fault> {
        let mut scope = Scope::Line;
        if self.sign('+') {
            scope = match self.word(&["Screen", "Line"]).as_deref() {
                Some("Screen") => Scope::Screen,
                Some(_) => Scope::Line,
                None => return Err(self.fault("Wait+ wants Screen or Line")),
            };
        }
        let limit = self.pause()?;
        if limit == Some(Duration::ZERO) {
            return Err(Fault::at(self.place, "Wait wants more time than none".to_owned()));
        }
        let given = self.peek().is_some_and(|token| token.kind == Kind::Pattern);
        let pattern = if given { Some(self.pattern()?) } else { None };
        Ok(Command::Wait { scope, limit, pattern })
    }

    fn env(&mut self) -> Result<Command, Fault> {
        let name = self.kind(&Kind::Text, "Env wants a name")?;
        let plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
        if name.text.is_empty() || !name.text.chars().all(plain) {
            return Err(Fault::at(name.place, format!("{:?} is no name of a variable", name.text)));
        }
        let value = self.kind(&Kind::Text, "Env wants a name and a string")?;
        Ok(Command::Env { name: name.text, value: value.text })
    }

    fn command(&mut self, first: &Token) -> Result<Command, Fault> {
        if first.kind != Kind::Keyword {
            return Err(Fault::at(first.place, format!("there is no command {:?}", first.text)));
        }
        if let Some((_, key)) = KEYS.iter().find(|(word, _)| *word == first.text) {
            return self.press(*key);
        }
        Ok(match first.text.as_str() {
            "Type" => Command::Type { pause: self.pause()?, text: self.texts("Type")? },
            "Ctrl" => self.ctrl()?,
            "Alt" => Command::Alt(self.with("Alt")?),
            "Shift" => Command::Shift(self.with("Shift")?),
            "Sleep" => Command::Sleep(self.time()?),
            "Wait" => self.wait()?,
            "Set" => Command::Set(settings::read(self)?),
            "Output" => {
                let endings = [".gif", ".mp4", ".webm", ".txt", ".ascii", ".test", ".png", "/"];
                Command::Output(self.path("Output", &endings)?)
            }
            "Require" => Command::Require(self.kind(&Kind::Text, "Require wants a program")?.text),
            "Hide" => Command::Hide,
            "Show" => Command::Show,
            "Screenshot" => Command::Screenshot(self.path("Screenshot", &[".png"])?),
            "Copy" => Command::Copy(self.texts("Copy")?),
            "Paste" => Command::Paste,
            "Env" => self.env()?,
            "Source" => Command::Source(self.path("Source", &[".tape"])?),
            word => return Err(Fault::at(first.place, format!("there is no command {word:?}"))),
        })
    }
}

/// Columns and rows of a comment for the player; `None`: it is a comment for people.
fn size(comment: &Token) -> Result<Option<(u16, u16)>, Fault> {
    let Some(told) = comment.text.trim().strip_prefix("hatui-player:") else { return Ok(None) };
    let fault = || Fault::at(comment.place, format!("cols=… rows=… are wanted (20 to 500, 5 to 200), not {told:?}"));
    let words: Vec<&str> = told.split_whitespace().collect();
    let [columns, rows] = words[..] else { return Err(fault()) };
    let columns = columns.strip_prefix("cols=").and_then(|number| number.parse().ok());
    let rows = rows.strip_prefix("rows=").and_then(|number| number.parse().ok());
    match (columns, rows) {
        (Some(columns @ 20..=500), Some(rows @ 5..=200)) => Ok(Some((columns, rows))),
        _ => Err(fault()),
    }
}

/// What VHS would pass over where it stands.
fn misplaced(command: &Command) -> Option<&'static str> {
    match command {
        Command::Set(Setting::TypingSpeed(_)) => None,
        Command::Set(_) => Some("Set, but for TypingSpeed, stands before all that is played"),
        Command::Output(_) => Some("Output stands before all that is played"),
        Command::Require(_) => Some("Require stands before all that is played"),
        _ => None,
    }
}

/// Reads a tape.
pub(crate) fn read(tape: &str) -> Result<Tape, Fault> {
    let (mut steps, mut at, mut playing) = (Vec::new(), None, false);
    let (comments, rest): (Vec<_>, Vec<_>) = tokens(tape)?.into_iter().partition(|token| token.kind == Kind::Comment);
    for comment in &comments {
        let Some(found) = size(comment)? else { continue };
        if at.replace(found).is_some() {
            return Err(Fault::at(comment.place, "the size was given before".to_owned()));
        }
    }
    let mut parser = Parser { rest: rest.into(), place: Place { line: 1, column: 1 } };
    while let Some(first) = parser.next() {
        let command = parser.command(&first)?;
        if let Some(words) = misplaced(&command).filter(|_| playing) {
            return Err(Fault::at(first.place, words.to_owned()));
        }
        playing |= !matches!(command, Command::Set(_) | Command::Output(_) | Command::Require(_));
        steps.push(Step { place: first.place, command });
    }
    Ok(Tape { size: at, steps })
}
