//! The signs: one set for Unicode, one for terminals whose locale is not UTF-8.
//!
//! Every sign is one column wide and none has an emoji form, so that columns stay columns everywhere.

use ratatui::symbols::border;

use crate::app::ascii::to_ascii;

/// Which signs a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Symbols {
    /// Geometric shapes, arrows and box drawing.
    #[default]
    Unicode,
    /// ASCII only.
    Ascii,
}

/// A set of signs.
#[derive(Debug)]
pub(super) struct Signs {
    /// Well.
    pub(super) good: &'static str,
    /// Worth attention.
    pub(super) warn: &'static str,
    /// Bad.
    pub(super) bad: &'static str,
    /// Worth knowing.
    pub(super) info: &'static str,
    /// Not known.
    pub(super) unknown: &'static str,
    /// On its way.
    pub(super) moving: &'static str,
    /// Resting: off, and meant to be.
    pub(super) rest: &'static str,
    /// Heard just now.
    pub(super) live: &'static str,
    /// Heard a little late.
    pub(super) late: &'static str,
    /// Not heard any more.
    pub(super) silent: &'static str,
    /// A branch that is open.
    pub(super) open: &'static str,
    /// A branch that is closed.
    pub(super) closed: &'static str,
    /// What is selected.
    pub(super) cursor: &'static str,
    /// What is marked.
    pub(super) mark: &'static str,
    /// What is both.
    pub(super) both: &'static str,
    /// From here to there.
    pub(super) to: &'static str,
    /// Between here and there.
    pub(super) pair: &'static str,
    /// Cut off.
    pub(super) cut: &'static str,
    /// The part of a bar that is done.
    pub(super) full: &'static str,
    /// The part of a bar that is to do.
    pub(super) empty: &'static str,
    /// The steps of a small chart, lowest first.
    pub(super) spark: [&'static str; 8],
    /// Between things in a line.
    pub(super) dot: &'static str,
    /// The frame of a pane.
    pub(super) frame: border::Set<'static>,
    /// The frame of the pane that has the focus.
    pub(super) focus: border::Set<'static>,
    /// The frame while the picture is held still.
    pub(super) frozen: border::Set<'static>,
    /// The frame of the focused pane while the picture is held still.
    pub(super) frozen_focus: border::Set<'static>,
}

const FROZEN: border::Set<'static> = border::Set {
    horizontal_top: "╌",
    horizontal_bottom: "╌",
    vertical_left: "╎",
    vertical_right: "╎",
    ..border::PLAIN
};

const FROZEN_FOCUS: border::Set<'static> = border::Set {
    horizontal_top: "╍",
    horizontal_bottom: "╍",
    vertical_left: "╏",
    vertical_right: "╏",
    ..border::THICK
};

const ASCII_FRAME: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

const ASCII_FOCUS: border::Set<'static> = border::Set {
    top_left: "#",
    top_right: "#",
    bottom_left: "#",
    bottom_right: "#",
    vertical_left: "#",
    vertical_right: "#",
    horizontal_top: "=",
    horizontal_bottom: "=",
};

const ASCII_FROZEN: border::Set<'static> =
    border::Set { vertical_left: ":", vertical_right: ":", horizontal_top: ".", horizontal_bottom: ".", ..ASCII_FRAME };

const ASCII_FROZEN_FOCUS: border::Set<'static> =
    border::Set { vertical_left: ":", vertical_right: ":", horizontal_top: ":", horizontal_bottom: ":", ..ASCII_FOCUS };

const UNICODE: Signs = Signs {
    good: "●",
    warn: "▲",
    bad: "✗",
    info: "·",
    unknown: "?",
    moving: "↻",
    rest: "○",
    live: "●",
    late: "◐",
    silent: "○",
    open: "▾",
    closed: "▸",
    cursor: "▸",
    mark: "◆",
    both: "◈",
    to: "⇒",
    pair: "⇔",
    cut: "…",
    full: "▓",
    empty: "░",
    spark: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    dot: "·",
    frame: border::ROUNDED,
    focus: border::THICK,
    frozen: FROZEN,
    frozen_focus: FROZEN_FOCUS,
};

const ASCII: Signs = Signs {
    good: "*",
    warn: "!",
    bad: "X",
    info: "-",
    unknown: "?",
    moving: "%",
    rest: "o",
    live: "*",
    late: ":",
    silent: "o",
    open: "v",
    closed: ">",
    cursor: ">",
    mark: "+",
    both: "#",
    to: ">",
    pair: "=",
    cut: "~",
    full: "#",
    empty: ".",
    spark: ["_", "_", ".", ".", "-", "-", "=", "^"],
    dot: "-",
    frame: ASCII_FRAME,
    focus: ASCII_FOCUS,
    frozen: ASCII_FROZEN,
    frozen_focus: ASCII_FROZEN_FOCUS,
};

impl Signs {
    /// All but the frames, in a fixed order.
    fn list(&self) -> impl Iterator<Item = &'static str> + use<> {
        let signs = [
            self.good,
            self.warn,
            self.bad,
            self.info,
            self.unknown,
            self.moving,
            self.rest,
            self.live,
            self.late,
            self.silent,
            self.open,
            self.closed,
            self.cursor,
            self.mark,
            self.both,
            self.to,
            self.pair,
            self.cut,
            self.full,
            self.empty,
            self.dot,
        ];
        signs.into_iter().chain(self.spark)
    }
}

/// What stands for a character where only ASCII can be shown: for a sign its twin, so that words about signs are true.
pub(super) fn twin(c: char) -> char {
    let is = |sign: &str| sign.chars().eq([c]);
    let found = UNICODE.list().zip(ASCII.list()).find(|(sign, _)| is(sign));
    found.and_then(|(_, twin)| twin.chars().next()).unwrap_or_else(|| to_ascii(c))
}

impl Symbols {
    /// The set.
    pub(super) fn signs(self) -> &'static Signs {
        match self {
            Self::Unicode => &UNICODE,
            Self::Ascii => &ASCII,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{App, Overlay, Source, page};
    use crate::wire::Stamp;
    use unicode_width::UnicodeWidthStr;

    fn all(signs: &Signs) -> Vec<&'static str> {
        let mut all: Vec<_> = signs.list().collect();
        for set in [signs.frame, signs.focus, signs.frozen, signs.frozen_focus] {
            all.extend([set.top_left, set.top_right, set.bottom_left, set.bottom_right]);
            all.extend([set.vertical_left, set.vertical_right, set.horizontal_top, set.horizontal_bottom]);
        }
        all
    }

    #[test]
    fn every_sign_is_one_column_wide() {
        for sign in all(&UNICODE).into_iter().chain(all(&ASCII)) {
            assert_eq!((sign.width(), sign.chars().count()), (1, 1), "{sign:?}");
        }
    }

    #[test]
    fn the_help_explains_every_sign_and_in_ascii_its_twin() {
        let app = App::new(Source::Real, None, &[], Stamp::from_secs(1));
        let help = page(&app, &Overlay::Help { scroll: 0 }, 78).unwrap_or_default();
        let words: String = help.lines.iter().map(|line| line.words() + "\n").collect();
        for sign in UNICODE.list().filter(|sign| !UNICODE.spark.contains(sign)) {
            assert!(words.contains(&format!("  {sign} ")) || words.contains(&format!("{sign}  ")), "{sign}");
        }
        let twins: Vec<String> = UNICODE.list().map(|sign| sign.chars().map(twin).collect()).collect();
        for (twin, sign) in twins.iter().zip(ASCII.list()) {
            // Two meanings of one sign have the twin of the first.
            assert!(twin == sign || twins.iter().filter(|other| *other == twin).count() > 1, "{twin} {sign}");
        }
    }

    #[test]
    fn the_ascii_set_is_ascii() {
        for sign in all(&ASCII) {
            assert!(sign.is_ascii(), "{sign:?}");
        }
    }

    #[test]
    fn no_sign_has_an_emoji_form() {
        // The characters of these blocks that terminals may draw as two columns of colour.
        let emoji = "↔↕↖↗↘↙↩↪⌚⌛▪▫▶◀◻◼◽◾☀☁☎☑✂✈✉✌✏✒✔✖✝✡✳✴❄❇❌❎❓❗❤➡⤴⤵⬅⬆⬇⭐⭕";
        for sign in all(&UNICODE) {
            assert!(!emoji.contains(sign), "{sign}");
        }
    }
}
