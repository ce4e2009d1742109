//! Words that came from a node, made safe to show.

use core::borrow::Borrow;
use core::fmt;
use core::ops::Deref;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// The longest text kept, in bytes; what is longer is cut and ends in `…`.
const LONGEST: usize = 4096;

/// Text from outside with nothing in it that could steer a terminal.
///
/// Control characters (C0, DEL, C1), line and paragraph separators, bidirectional overrides and invisible marks are
/// replaced by `·`; the length is bounded. Everything the model keeps of what nodes print is of this type, so that no
/// screen, report or log can forget to clean it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<str>);

impl Text {
    /// Cleans `raw`.
    pub fn new(raw: &str) -> Self {
        if raw.len() <= LONGEST && !raw.chars().any(steers) {
            return Self(Arc::from(raw));
        }
        let mut clean = String::with_capacity(raw.len().min(LONGEST) + 3);
        for c in raw.chars() {
            if clean.len() >= LONGEST {
                clean.push('…');
                break;
            }
            clean.push(if steers(c) { '·' } else { c });
        }
        Self(Arc::from(clean))
    }

    /// Cleans bytes, of which those that are no UTF-8 become `�`.
    pub fn from_bytes(raw: &[u8]) -> Self {
        let cut = raw.get(..4 * LONGEST).unwrap_or(raw);
        Self::new(&String::from_utf8_lossy(cut))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether `c` can move the cursor, hide text or turn its direction.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl From<String> for Text {
    fn from(raw: String) -> Self {
        Self::new(&raw)
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_gets_through() {
        let text = Text::new("a\x1b[2Jb\u{9b}31mc\u{202e}d\u{200b}e\nf\u{7f}");
        assert_eq!(text, "a·[2Jb·31mc·d·e·f·");
    }

    #[test]
    fn plain_and_foreign_words_stay_as_they_are() {
        assert_eq!(Text::new("Überwachung läuft 日本"), "Überwachung läuft 日本");
    }

    #[test]
    fn length_is_bounded() {
        assert!(Text::new(&"x".repeat(100_000)).len() <= LONGEST + 3);
        assert!(Text::from_bytes(&vec![0xff; 100_000]).len() <= LONGEST + 6);
    }
}
