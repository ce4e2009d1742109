//! Endless bytes → whole lines and the frames of hatui's own watcher.
//!
//! A stream arrives cut anywhere; what comes out does not depend on the cuts. Every byte is looked at once, and what is
//! kept of a line or a payload that is not yet whole never exceeds a bound. Nothing here knows what the lines say.
//!
//! * [`Lines`]: any line-wise output, for example `drbdsetup events2`.
//! * [`WatchFrames`]: the stream of hatui's node-side watcher, protocol version 1, and of its preview.
//! * [`PreviewFrame`]: what the preview's frames bear.

mod head;
mod lines;
mod preview;
mod watch;

pub use head::Nonce;
pub use lines::{CutLine, Line, Lines};
pub use preview::{PlanHow, PreviewFrame};
pub use watch::{Bounds, CutOff, Frame, FrameError, Item, WatchFrames};
