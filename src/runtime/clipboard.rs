//! The terminal's clipboard, by OSC 52: also over SSH; a terminal that does not know it ignores it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What is written to the terminal to put `text` there.
pub(super) fn sequence(text: &str) -> String {
    format!("\x1b]52;c;{}\x07", base64(text.as_bytes()))
}

/// RFC 4648, with padding: no byte of the text itself reaches the terminal.
fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_encoded_as_the_standard_says() {
        let cases =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE=")];
        for (text, encoded) in cases {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
        assert_eq!(base64("\x1b]0;ü\u{7f}".as_bytes()), "G10wO8O8fw==");
    }

    #[test]
    fn nothing_of_the_text_steers_the_terminal() {
        let sequence = sequence("a\x07\x1b[2Jb");
        assert!(sequence.starts_with("\x1b]52;c;") && sequence.ends_with('\x07'));
        let within = &sequence[7..sequence.len() - 1];
        assert!(within.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)), "{within}");
    }
}
