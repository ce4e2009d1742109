//! The watcher that runs on nodes, run here under each POSIX shell with stub tools.
//!
//! Uses nothing of hatui but the scripts: `rustc --edition 2024 --test tests/watcher.rs` builds it alone.
#![cfg(target_os = "linux")]
#![expect(
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test bench: it runs real shells and files, skips loudly, and what it cannot set up fails the test"
)]

#[path = "watcher/bench.rs"]
mod bench;
#[path = "watcher/corosync.rs"]
mod corosync;
#[path = "watcher/drbd.rs"]
mod drbd;
#[path = "watcher/lifetime.rs"]
mod lifetime;
#[path = "watcher/pacemaker.rs"]
mod pacemaker;
