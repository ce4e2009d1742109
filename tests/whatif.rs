//! What would happen if …: questions, answers, the matrix, safe to reboot, rolling maintenance; with an answering cluster made by
//! hand, and with the real preview program and the real scheduler where they are at hand.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that is not as it should be ends")]
#![expect(clippy::disallowed_methods, reason = "runs the preview program, and reads fixtures")]

#[path = "whatif/asked.rs"]
mod asked;
#[path = "screens/paint.rs"]
mod paint;
#[path = "support/session.rs"]
#[expect(dead_code, reason = "shared with the tests of what is left behind")]
mod played;
#[path = "whatif/questions.rs"]
mod questions;
#[path = "whatif/real.rs"]
mod real;
#[path = "whatif/rolling.rs"]
mod rolling;
#[path = "whatif/session.rs"]
mod session;
#[path = "whatif/shown.rs"]
mod shown;
#[path = "support/situations.rs"]
mod situations;
