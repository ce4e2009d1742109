//! How the screen looks, from what was asked for and what the terminal says of itself.

use crate::ui::{Look, Symbols, Theme};

/// What the environment says that bears on the look; read once, in `main`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Environment {
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `TERM`.
    pub term: String,
    /// `COLORTERM`.
    pub colorterm: String,
    /// The first that is set of `LC_ALL`, `LC_CTYPE`, `LANG`.
    pub locale: String,
    /// `COLORFGBG`, by which some terminals tell their background.
    pub background: String,
}

impl Environment {
    /// Whether the terminal shows UTF-8.
    pub fn is_utf8(&self) -> bool {
        let locale = self.locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    }

    /// Whether more than 16 colours can be counted on.
    fn has_many_colours(&self) -> bool {
        self.colorterm.contains("truecolor") || self.colorterm.contains("24bit") || self.term.contains("256")
    }
}

/// The look for a theme that was asked for (`auto`, `dark`, `light`, `16`, `none`) and the environment.
pub fn look_of(theme: &str, ascii: bool, environment: &Environment, utc_offset: i32) -> Look {
    let theme = match theme {
        "dark" => Theme::Dark,
        "light" => Theme::Light,
        "16" => Theme::Sixteen,
        "none" => Theme::NoColor,
        _ if environment.no_color || environment.term == "dumb" => Theme::NoColor,
        _ if !environment.has_many_colours() => Theme::Sixteen,
        // "15;0": light on dark; "0;15": dark on light.
        _ if environment.background.rsplit(';').next().is_some_and(|ground| matches!(ground, "7" | "15")) => {
            Theme::Light
        }
        _ => Theme::Dark,
    };
    let symbols = if ascii || !environment.is_utf8() { Symbols::Ascii } else { Symbols::Unicode };
    Look { theme, symbols, clock: utc_offset }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(theme: &str, set: impl Fn(&mut Environment)) -> Look {
        let mut environment = Environment {
            term: "xterm-256color".to_owned(),
            locale: "en_US.UTF-8".to_owned(),
            ..Environment::default()
        };
        set(&mut environment);
        look_of(theme, false, &environment, 0)
    }

    #[test]
    fn the_terminal_decides_unless_the_user_does() {
        assert_eq!(look("auto", |_| ()).theme, Theme::Dark);
        assert_eq!(look("auto", |e| e.no_color = true).theme, Theme::NoColor);
        assert_eq!(look("dark", |e| e.no_color = true).theme, Theme::Dark);
        assert_eq!(look("auto", |e| e.term = "linux".to_owned()).theme, Theme::Sixteen);
        assert_eq!(look("auto", |e| e.background = "0;15".to_owned()).theme, Theme::Light);
    }

    #[test]
    fn without_utf8_the_signs_are_ascii() {
        assert_eq!(look("auto", |_| ()).symbols, Symbols::Unicode);
        assert_eq!(look("auto", |e| e.locale = "C".to_owned()).symbols, Symbols::Ascii);
    }
}
