//! The bytes that a terminal sends for the keys of a tape.

use super::grammar::{Held, Key};

/// Ctrl and Alt and Shift, as they stand in the sequences of xterm.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Modifiers {
    pub(crate) ctrl: bool,
    pub(crate) alt: bool,
    pub(crate) shift: bool,
}

/// The bytes of a key alone; `None`: it moves the view of a terminal that has a scrollback, and sends nothing.
pub(crate) fn plain(key: Key, application: bool) -> Option<String> {
    let arrow = |letter: char| format!("\x1b{}{letter}", if application { 'O' } else { '[' });
    Some(match key {
        Key::Backspace => "\x7f".to_owned(),
        Key::Delete => "\x1b[3~".to_owned(),
        Key::Insert => "\x1b[2~".to_owned(),
        Key::Enter => "\r".to_owned(),
        Key::Escape => "\x1b".to_owned(),
        Key::Tab => "\t".to_owned(),
        Key::Space => " ".to_owned(),
        Key::Up => arrow('A'),
        Key::Down => arrow('B'),
        Key::Right => arrow('C'),
        Key::Left => arrow('D'),
        Key::PageUp => "\x1b[5~".to_owned(),
        Key::PageDown => "\x1b[6~".to_owned(),
        Key::ScrollUp | Key::ScrollDown => return None,
    })
}

fn control(character: char) -> Option<char> {
    let upper = character.to_ascii_uppercase();
    match upper {
        '@'..='_' => Some(char::from(u8::try_from(upper).ok()? & 0x1f)),
        '-' => Some('\x1f'),
        ' ' => Some('\0'),
        _ => None,
    }
}

/// The bytes of a key with others held down; `None`: there are none for it.
pub(crate) fn held(key: &Held, modifiers: Modifiers) -> Option<String> {
    let Modifiers { ctrl, alt, shift } = modifiers;
    let letter = match key {
        Held::Key(Key::Up) => Some('A'),
        Held::Key(Key::Down) => Some('B'),
        Held::Key(Key::Right) => Some('C'),
        Held::Key(Key::Left) => Some('D'),
        _ => None,
    };
    if let Some(letter) = letter {
        let number = 1 + u8::from(shift) + 2 * u8::from(alt) + 4 * u8::from(ctrl);
        return Some(format!("\x1b[1;{number}{letter}"));
    }
    let bytes = match key {
        Held::Key(Key::Tab) if shift => "\x1b[Z".to_owned(),
        Held::Key(Key::Space) if ctrl => "\0".to_owned(),
        Held::Key(Key::Backspace) if ctrl => "\x08".to_owned(),
        Held::Key(key) => plain(*key, false)?,
        Held::Text(text) if ctrl => text.chars().map(control).collect::<Option<String>>()?,
        Held::Text(text) if shift => text.to_uppercase().replace('[', "{").replace(']', "}"),
        Held::Text(text) => text.clone(),
    };
    Some(if alt { format!("\x1b{bytes}") } else { bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_send_what_xterm_sends() {
        for (key, bytes) in [
            (Key::Enter, "\r"),
            (Key::Backspace, "\x7f"),
            (Key::Up, "\x1b[A"),
            (Key::PageDown, "\x1b[6~"),
            (Key::Delete, "\x1b[3~"),
        ] {
            assert_eq!(plain(key, false).as_deref(), Some(bytes), "{key:?}");
        }
        assert_eq!(plain(Key::Left, true).as_deref(), Some("\x1bOD"));
        assert_eq!(plain(Key::ScrollUp, false), None);
    }

    #[test]
    fn held_keys_send_what_xterm_sends() {
        let ctrl = Modifiers { ctrl: true, ..Modifiers::default() };
        let alt = Modifiers { alt: true, ..Modifiers::default() };
        let shift = Modifiers { shift: true, ..Modifiers::default() };
        let text = |text: &str| Held::Text(text.to_owned());
        for (key, modifiers, bytes) in [
            (text("c"), ctrl, "\x03"),
            (text("["), ctrl, "\x1b"),
            (text("-"), ctrl, "\x1f"),
            (Held::Key(Key::Space), ctrl, "\0"),
            (Held::Key(Key::Left), ctrl, "\x1b[1;5D"),
            (text("c"), Modifiers { alt: true, ..ctrl }, "\x1b\x03"),
            (text("x"), alt, "\x1bx"),
            (Held::Key(Key::Enter), alt, "\x1b\r"),
            (Held::Key(Key::Tab), shift, "\x1b[Z"),
            (text("a"), shift, "A"),
            (text("["), shift, "{"),
        ] {
            assert_eq!(held(&key, modifiers).as_deref(), Some(bytes), "{key:?} {modifiers:?}");
        }
        assert_eq!(held(&text("é"), ctrl), None);
    }
}
