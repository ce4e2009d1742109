//! Changes of the cluster: intent → plan → preview → confirmation → execution → verification → verdict.
//!
//! All of it is pure: what is to be run comes out as data, what came of it goes in, and time is passed in. So a failure, a
//! time-out, a lost connection and a cancel at every step of every plan is an ordinary fast test.

mod basis;
mod catalog;
mod command;
mod danger;
mod execution;
mod expect;
mod intent;
mod journal;
mod lease;
mod options;
mod plan;
pub mod preview;
mod reboot;
mod remark;
pub mod rolling;
mod situation;
mod stopwatch;
mod verdict;
pub mod whatif;
mod words;

pub use basis::{Basis, Moved};
pub use catalog::plan;
pub use command::native;
pub use danger::{Confirmation, Danger};
pub use execution::{Execution, Order, Progress, RunTag};
pub use expect::{Expect, Held};
pub use intent::{DrbdTask, FenceHow, Intent, Of, Switch};
pub use journal::{Entry as JournalEntry, Left};
pub use lease::Lease;
pub use plan::{At, Guard, Plan, Step, Undo, Wait};
pub use preview::{Preview, Request};
pub use remark::{Level, Refusal, Remark};
pub use situation::{Situation, Still};
pub use stopwatch::{Away, Course, Mark, Phase, Stopwatch};
pub use verdict::{Outcome, Verdict};
pub use words::{WordsError, completions, parse};
