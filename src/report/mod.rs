//! The same model for machines and for one look: `hatui status`.
//!
//! Pure: a cluster and a moment in, text, JSON (`docs/status-json.md`) or an exit code out. What is not known is told
//! as such, never left out and never taken for good.

mod exit;
mod failed;
mod json;
mod plan;
mod text;
mod told;
mod whatif;

pub use exit::exit_code;
pub use failed::Failed;
pub use json::{VERSION, json};
pub use plan::{plan_error_json, plan_json, plan_text};
pub use text::{TextOptions, text};
pub use whatif::{WHAT_IF_VERSION, what_if_error_json, what_if_json, what_if_text};
