//! Colours, and nothing but colours: the only place that names any. Every meaning has a sign and a word as well.

use ratatui::style::{Color, Modifier, Style};

use crate::app::Tone;

/// How meanings are coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// 256 colours on a dark ground.
    #[default]
    Dark,
    /// 256 colours on a light ground.
    Light,
    /// No colour at all: bold, dim, underlined and reversed only.
    NoColor,
    /// The terminal's own 16 colours.
    Sixteen,
}

/// Parts of the screen that are no words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The frame of a pane.
    Frame,
    /// The frame of the pane that has the focus.
    Focus,
    /// Laid over the row that is selected.
    Selected,
    /// What must never be overlooked: SIMULATED, REPLAY.
    Banner,
    /// That the picture is held still.
    Frozen,
}

/// The colours of a theme.
struct Palette {
    dim: Color,
    key: Color,
    good: Color,
    warn: Color,
    bad: Color,
    accent: Color,
    differs: (Color, Color),
    frame: Color,
    focus: Color,
    /// `None`: reversed.
    selected: Option<Color>,
    banner: (Color, Color),
    frozen: (Color, Color),
}

const DARK: Palette = Palette {
    dim: Color::Indexed(246),
    key: Color::Indexed(117),
    good: Color::Indexed(114),
    warn: Color::Indexed(221),
    bad: Color::Indexed(210),
    accent: Color::Indexed(117),
    differs: (Color::Indexed(16), Color::Indexed(215)),
    frame: Color::Indexed(240),
    focus: Color::Indexed(117),
    selected: Some(Color::Indexed(237)),
    banner: (Color::Indexed(16), Color::Indexed(183)),
    frozen: (Color::Indexed(16), Color::Indexed(117)),
};

const LIGHT: Palette = Palette {
    dim: Color::Indexed(241),
    key: Color::Indexed(25),
    good: Color::Indexed(28),
    warn: Color::Indexed(94),
    bad: Color::Indexed(160),
    accent: Color::Indexed(25),
    differs: (Color::Indexed(16), Color::Indexed(215)),
    frame: Color::Indexed(247),
    focus: Color::Indexed(25),
    selected: Some(Color::Indexed(254)),
    banner: (Color::Indexed(231), Color::Indexed(91)),
    frozen: (Color::Indexed(231), Color::Indexed(25)),
};

const SIXTEEN: Palette = Palette {
    dim: Color::Reset,
    key: Color::Cyan,
    good: Color::Green,
    warn: Color::Yellow,
    bad: Color::Red,
    accent: Color::Cyan,
    differs: (Color::Black, Color::Yellow),
    frame: Color::Reset,
    focus: Color::Cyan,
    selected: None,
    banner: (Color::Black, Color::Magenta),
    frozen: (Color::Black, Color::Cyan),
};

impl Theme {
    fn palette(self) -> Option<&'static Palette> {
        match self {
            Self::Dark => Some(&DARK),
            Self::Light => Some(&LIGHT),
            Self::Sixteen => Some(&SIXTEEN),
            Self::NoColor => None,
        }
    }

    /// How a piece of text looks.
    pub(super) fn tone(self, tone: Tone) -> Style {
        let style = Style::new();
        let bold = style.add_modifier(Modifier::BOLD);
        let Some(palette) = self.palette() else {
            return match tone {
                Tone::Plain | Tone::Good | Tone::Accent => style,
                Tone::Dim => style.add_modifier(Modifier::DIM),
                Tone::Title | Tone::Key | Tone::Warn => bold,
                Tone::Bad => bold.add_modifier(Modifier::UNDERLINED),
                Tone::Differs => bold.add_modifier(Modifier::REVERSED),
            };
        };
        match tone {
            Tone::Plain => style,
            // Of sixteen colours none is a reliable grey.
            Tone::Dim if palette.dim == Color::Reset => style.add_modifier(Modifier::DIM),
            Tone::Dim => style.fg(palette.dim),
            Tone::Title => bold,
            Tone::Key => bold.fg(palette.key),
            Tone::Good => style.fg(palette.good),
            Tone::Warn => style.fg(palette.warn),
            Tone::Bad => bold.fg(palette.bad),
            Tone::Accent => style.fg(palette.accent),
            Tone::Differs => bold.fg(palette.differs.0).bg(palette.differs.1),
        }
    }

    /// How a part of the screen looks.
    pub(super) fn part(self, part: Part) -> Style {
        let style = Style::new();
        let bold = style.add_modifier(Modifier::BOLD);
        let reversed = bold.add_modifier(Modifier::REVERSED);
        let Some(palette) = self.palette() else {
            return match part {
                Part::Frame => style.add_modifier(Modifier::DIM),
                Part::Focus => bold,
                Part::Selected => style.add_modifier(Modifier::REVERSED),
                Part::Banner | Part::Frozen => reversed,
            };
        };
        match part {
            Part::Frame if palette.frame == Color::Reset => style.add_modifier(Modifier::DIM),
            Part::Frame => style.fg(palette.frame),
            Part::Focus => bold.fg(palette.focus),
            Part::Selected => palette.selected.map_or(style.add_modifier(Modifier::REVERSED), |ground| bold.bg(ground)),
            Part::Banner => bold.fg(palette.banner.0).bg(palette.banner.1),
            Part::Frozen => bold.fg(palette.frozen.0).bg(palette.frozen.1),
        }
    }
}
