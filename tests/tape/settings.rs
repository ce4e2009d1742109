//! What a tape can set.

use core::time::Duration;

use super::grammar::{Fault, Parser, Pattern};
use super::lexer::Kind;

/// A setting and its value; the player heeds the first four, the others are for the looks of a film of VHS.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Setting {
    /// The program on the terminal.
    Shell(String),
    /// The pause after each key.
    TypingSpeed(Duration),
    /// How long `Wait` waits that says nothing else.
    WaitTimeout(Duration),
    /// What `Wait` waits for that says nothing else.
    WaitPattern(Pattern),
    /// A number of this name.
    Number(&'static str, f64),
    /// A string of this name.
    Text(&'static str, String),
    /// Whether the cursor blinks.
    CursorBlink(bool),
}

const NUMBERS: &[&str] = &[
    "FontSize",
    "LetterSpacing",
    "LineHeight",
    "Framerate",
    "PlaybackSpeed",
    "Height",
    "Width",
    "Padding",
    "Margin",
    "WindowBarSize",
    "BorderRadius",
];

const BARS: &[&str] = &["", "Colorful", "ColorfulRight", "Rings", "RingsRight"];

fn text(parser: &mut Parser, name: &'static str) -> Result<String, Fault> {
    Ok(parser.kind(&Kind::Text, &format!("{name} wants a string"))?.text)
}

/// A colour is `#` and six hexadecimal digits; anything else is the name of a file.
fn is_fill(fill: &str) -> bool {
    let digits = |digits: &str| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    !fill.is_empty() && fill.strip_prefix('#').is_none_or(digits)
}

/// What stands after `Set`.
pub(super) fn read(parser: &mut Parser) -> Result<Setting, Fault> {
    let Some(name) = parser.peek().cloned() else { return Err(parser.fault("Set wants a setting")) };
    let unknown = || Fault::at(name.place, format!("there is no setting {:?}", name.text));
    if name.kind != Kind::Keyword {
        return Err(unknown());
    }
    parser.next();
    if let Some(number) = NUMBERS.iter().find(|number| **number == name.text) {
        return Ok(Setting::Number(number, parser.number(&format!("{number} wants a number"))?));
    }
    let value = parser.peek().map_or(name.place, |token| token.place);
    Ok(match name.text.as_str() {
        "Shell" => Setting::Shell(text(parser, "Shell")?),
        "TypingSpeed" => Setting::TypingSpeed(parser.time()?),
        "WaitTimeout" => Setting::WaitTimeout(parser.time()?),
        "WaitPattern" => Setting::WaitPattern(parser.pattern()?),
        "LoopOffset" => {
            let number = parser.number("LoopOffset wants a number")?;
            parser.sign('%');
            Setting::Number("LoopOffset", number)
        }
        "FontFamily" => Setting::Text("FontFamily", text(parser, "FontFamily")?),
        "Theme" if parser.peek().is_some_and(|token| token.kind == Kind::Json) => {
            let json = parser.kind(&Kind::Json, "Theme wants a name or JSON")?.text;
            let valid = serde_json::from_str::<serde_json::Value>(&json);
            valid.map_err(|error| Fault::at(value, format!("Theme: {error}")))?;
            Setting::Text("Theme", json)
        }
        "Theme" => Setting::Text("Theme", text(parser, "Theme")?),
        "MarginFill" => {
            let fill = text(parser, "MarginFill")?;
            if !is_fill(&fill) {
                return Err(Fault::at(value, format!("{fill:?} is no colour and no file")));
            }
            Setting::Text("MarginFill", fill)
        }
        "WindowBar" => {
            let bar = text(parser, "WindowBar")?;
            if !BARS.contains(&bar.as_str()) {
                return Err(Fault::at(value, format!("there is no window bar {bar:?}")));
            }
            Setting::Text("WindowBar", bar)
        }
        "CursorBlink" => match parser.word(&["true", "false"]).as_deref() {
            Some(word) => Setting::CursorBlink(word == "true"),
            None => return Err(parser.fault("CursorBlink wants true or false")),
        },
        _ => return Err(unknown()),
    })
}
