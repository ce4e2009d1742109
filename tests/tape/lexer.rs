//! The words of a VHS tape, each with its place. Blanks and line ends only separate.

use super::grammar::Fault;

/// Where something stands, from 1; columns are counted in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// What a piece of a tape is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A bare word that means something to VHS: a command, a key, a setting, a unit.
    Keyword,
    /// A quoted string, or a bare word that is no keyword.
    Text,
    /// Digits and dots.
    Number,
    /// Between slashes.
    Pattern,
    /// Between braces.
    Json,
    /// From `#` to the end of the line.
    Comment,
    /// One of `+ @ = % - ^ \ [ ]`.
    Sign(char),
}

/// A piece of a tape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    pub(crate) place: Place,
}

/// The bare words that are not strings.
const KEYWORDS: &str = "em px ms s m true false Set Sleep Type Enter Space Backspace Delete Insert Ctrl Alt Shift \
    Down Left Right Up PageUp PageDown ScrollUp ScrollDown Tab Escape End Hide Require Show Output Shell FontFamily \
    MarginFill Margin WindowBar WindowBarSize BorderRadius FontSize Framerate Height LetterSpacing LineHeight \
    PlaybackSpeed TypingSpeed Padding Theme Width LoopOffset WaitTimeout WaitPattern Wait Source CursorBlink \
    Screenshot Copy Paste Env";

/// A text that is read from left to right, and knows where it is.
struct Reader<'a> {
    rest: core::str::Chars<'a>,
    place: Place,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest.next()?;
        if next == '\n' {
            self.place = Place { line: self.place.line + 1, column: 1 };
        } else {
            self.place.column += 1;
        }
        Some(next)
    }

    fn while_in(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(next) = self.peek().filter(|next| wanted(*next)) {
            taken.push(next);
            self.next();
        }
        taken
    }

    /// What stands before `end`, which is on the same line unless `lines` says that it need not be. VHS has no escapes;
    /// between slashes `\/` is a slash, as in its documentation.
    fn until(&mut self, end: char, lines: bool) -> Option<String> {
        let mut taken = String::new();
        loop {
            match self.peek()? {
                '\n' | '\r' if !lines => return None,
                next if next == end => {
                    self.next();
                    return Some(taken);
                }
                '\\' if end == '/' => {
                    self.next();
                    match self.peek() {
                        Some('/') => taken.push('/'),
                        Some(next) if next != '\n' && next != '\r' => taken.extend(['\\', next]),
                        _ => return None,
                    }
                    self.next();
                }
                next => {
                    taken.push(next);
                    self.next();
                }
            }
        }
    }
}

/// The pieces of a tape, in order.
pub(crate) fn tokens(tape: &str) -> Result<Vec<Token>, Fault> {
    let mut reader = Reader { rest: tape.chars(), place: Place { line: 1, column: 1 } };
    let mut tokens = Vec::new();
    while let Some(first) = reader.peek() {
        let place = reader.place;
        let (kind, text) = match first {
            ' ' | '\t' | '\r' | '\n' => {
                reader.next();
                continue;
            }
            '#' => {
                reader.next();
                (Kind::Comment, reader.while_in(|next| next != '\n' && next != '\r'))
            }
            '"' | '\'' | '`' | '/' => {
                reader.next();
                let text = reader.until(first, false);
                let text = text.ok_or_else(|| Fault::at(place, format!("no {first} ends this on its line")))?;
                (if first == '/' { Kind::Pattern } else { Kind::Text }, text)
            }
            '{' => {
                reader.next();
                let text = reader.until('}', true);
                let text = text.ok_or_else(|| Fault::at(place, "no } ends this".to_owned()))?;
                (Kind::Json, format!("{{{text}}}"))
            }
            '+' | '@' | '=' | '%' | '-' | '^' | '\\' | '[' | ']' => {
                reader.next();
                (Kind::Sign(first), first.to_string())
            }
            '0'..='9' => (Kind::Number, reader.while_in(|next| next.is_ascii_digit() || next == '.')),
            'A'..='Z' | 'a'..='z' | '.' => {
                let text = reader.while_in(|next| next.is_ascii_alphanumeric() || "._/%-".contains(next));
                let half = text.strip_prefix('.').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
                let kind = if half && text.len() > 1 {
                    Kind::Number
                } else if KEYWORDS.split(' ').any(|word| word == text) {
                    Kind::Keyword
                } else {
                    Kind::Text
                };
                (kind, text)
            }
            _ => return Err(Fault::at(place, format!("{first:?} begins nothing"))),
        };
        tokens.push(Token { kind, text, place });
    }
    Ok(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(tape: &str) -> Vec<(Kind, String)> {
        tokens(tape).unwrap().into_iter().map(|token| (token.kind, token.text)).collect()
    }

    #[test]
    fn strings_have_three_quotes_and_no_escapes() {
        let text = |text: &str| (Kind::Text, text.to_owned());
        assert_eq!(kinds(r#""a'b\" 'c"d' `e'"f`"#), [text(r"a'b\"), text("c\"d"), text("e'\"f")]);
        assert_eq!(kinds("docs/a-b_1.png"), [text("docs/a-b_1.png")]);
    }

    #[test]
    fn a_slash_in_a_pattern_is_escaped() {
        assert_eq!(kinds(r"/1\/2 \d \\/"), [(Kind::Pattern, r"1/2 \d \\".to_owned())]);
    }

    #[test]
    fn a_number_ends_where_its_unit_begins() {
        let expected = [(Kind::Number, "1.5".to_owned()), (Kind::Keyword, "ms".to_owned())];
        assert_eq!(kinds("1.5ms"), expected);
        assert_eq!(kinds(".5"), [(Kind::Number, ".5".to_owned())]);
    }

    #[test]
    fn places_count_lines_and_characters() {
        let all = tokens("Hide # ä\r\n  \"äö\" Show\n\nPaste").unwrap();
        let places: Vec<_> = all.iter().map(|token| (token.place.line, token.place.column)).collect();
        assert_eq!(places, [(1, 1), (1, 6), (2, 3), (2, 8), (4, 1)]);
    }

    #[test]
    fn what_does_not_end_is_told_where_it_begins() {
        for (tape, told) in [
            ("Type 'a\n'", "1:6: no ' ends this on its line"),
            ("\nWait /a\\", "2:6: no / ends this on its line"),
            ("Set Theme {\n", "1:11: no } ends this"),
            ("Hide ä", "1:6: 'ä' begins nothing"),
            ("Hide\u{1b}", "1:5: '\\u{1b}' begins nothing"),
        ] {
            assert_eq!(tokens(tape).unwrap_err().to_string(), told);
        }
    }
}
