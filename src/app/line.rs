//! A line that is being typed.

use super::Key;

/// The text and the cursor of a line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineEdit {
    text: String,
    /// In characters from the start.
    cursor: usize,
}

/// The most that can be typed, in characters.
const LONGEST: usize = 200;

impl LineEdit {
    /// A line with `text`, the cursor at its end.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), cursor: text.chars().count() }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the cursor is, in characters from the start.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    fn byte(&self, place: usize) -> usize {
        self.text.char_indices().nth(place).map_or(self.text.len(), |(at, _)| at)
    }

    /// Takes a key; `false` if it means nothing in a line.
    pub fn press(&mut self, key: Key) -> bool {
        match key {
            Key::Char(c) if !c.is_control() && self.text.chars().count() < LONGEST => {
                let at = self.byte(self.cursor);
                self.text.insert(at, c);
                self.cursor += 1;
            }
            Key::Backspace if self.cursor > 0 => {
                self.cursor -= 1;
                let at = self.byte(self.cursor);
                self.text.remove(at);
            }
            Key::Delete if self.cursor < self.text.chars().count() => {
                let at = self.byte(self.cursor);
                self.text.remove(at);
            }
            Key::Left => self.cursor = self.cursor.saturating_sub(1),
            Key::Right => self.cursor = (self.cursor + 1).min(self.text.chars().count()),
            Key::Home | Key::Ctrl('a') => self.cursor = 0,
            Key::End | Key::Ctrl('e') => self.cursor = self.text.chars().count(),
            Key::Ctrl('u') => *self = Self::default(),
            Key::Char(_) | Key::Backspace | Key::Delete => {}
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_edited_where_the_cursor_is() {
        let mut line = LineEdit::new("wéb");
        for key in [Key::Left, Key::Backspace, Key::Char('e'), Key::End, Key::Char('!')] {
            assert!(line.press(key));
        }
        assert_eq!((line.text(), line.cursor()), ("web!", 4));
        assert!(!line.press(Key::Enter));
    }
}
