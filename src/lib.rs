//! hatui: a terminal for the people who keep Pacemaker, Corosync and DRBD clusters alive.
//!
//! The layers, from the bottom up; each may import only those below it, and a test holds that:
//!
//! ```text
//! wire       what crosses the door: node keys, argv, output, stamps
//! model      the cluster as hatui understands it, and its findings
//! observe    bytes of the feeds → observations
//! action     changes of the cluster: plan, preview, execution, verdict
//! sim        a cluster in memory that answers argv with bytes
//! transport  ssh, local, simulated: argv in, bytes out
//! app        one event in, effects out
//! ui         how it looks
//! report     the same for machines
//! runtime    the impure rest
//! ```

pub mod action;
pub mod app;
pub mod cli;
pub mod config;
pub mod error;
pub mod manual;
pub mod model;
pub mod observe;
pub mod report;
pub mod runtime;
pub mod sim;
pub mod transport;
pub mod ui;
pub mod wire;
