//! The cluster as hatui understands it: a pure reducer over stamped observations.
//!
//! No I/O, no clock, no colour. What each node says is kept apart ([`View`]); what is shown as *the* cluster
//! ([`Picture`]) is put together from the views, each fact with its witness, and where views differ that is a fact too.

mod belonging;
pub mod bounds;
mod cluster;
mod config;
mod corosync;
mod facts;
pub mod findings;
mod headline;
mod ids;
mod log;
mod member;
mod observation;
mod pacemaker;
mod picture;
mod replication;
mod resource;
mod sight;
mod simulation;
mod text;
mod view;

pub use belonging::strangers;
pub use cluster::Cluster;
pub use config::*;
pub use corosync::*;
pub use facts::{Fact, FactKey, Truth, Witnessed, facts_of, truth};
pub use findings::{Evidence, Finding, FindingKey, Severity, Verdict};
pub use headline::headline;
pub use ids::*;
pub use log::{EventLog, Happening};
pub use member::*;
pub use observation::*;
pub use pacemaker::*;
pub use picture::*;
pub use replication::*;
pub use resource::*;
pub use sight::*;
pub use simulation::*;
pub use text::Text;
pub use view::{Said, View};
