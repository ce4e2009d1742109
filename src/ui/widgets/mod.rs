//! Small things that panes and overlays are made of: lines of toned pieces, frames, bars, charts, times.

pub(super) mod frame;
pub(super) mod line;
pub(super) mod progress;
pub(super) mod sparkline;
pub(super) mod time;
