//! Parsers for what the tools of a Pacemaker, Corosync and DRBD cluster print: bytes in, typed facts out.
//!
//! One grammar a file. Nothing here reads a clock, a file or the environment, and nothing panics on any input:
//! what cannot be read is a [`ParseError`] with a position and an excerpt.
//!
//! | module | tool |
//! |---|---|
//! | [`xml`] | the XML that Pacemaker writes |
//! | [`crm_mon`] | `crm_mon --output-as=xml` and the legacy `crm_mon --as-xml` |
//! | [`cib`] | `cibadmin -Q -n`, `cibadmin -Q -o constraints`, `-o crm_config` |
//! | [`fence_history`] | `stonith_admin --history '*' --output-as=xml` |
//! | [`simulate`] | `crm_simulate --output-as=xml`, and its text |
//! | [`skeleton`] | the resources, operations and defaults of `cibadmin -Q`, as hatui's preview cuts them out |
//! | [`why`] | `crm_resource --why --output-as=xml` |
//! | [`events2`] | `drbdsetup events2`, all modes |
//! | [`proc_drbd`] | `/proc/drbd` of DRBD 8.4 |
//! | [`drbd_version`] | `drbdadm --version` |
//! | [`cfgtool`] | `corosync-cfgtool -s` and `-n` |
//! | [`quorumtool`] | `corosync-quorumtool -s` |
//! | [`cmap`] | `corosync-cmapctl -m stats` |
//! | [`frame`] | endless bytes → whole lines, and the frames of hatui's own watcher and preview |

pub mod cfgtool;
pub mod cib;
pub mod cmap;
pub mod crm_mon;
pub mod drbd_version;
mod error;
pub mod events2;
pub mod fence_history;
pub mod frame;
pub mod proc_drbd;
pub mod quorumtool;
pub mod simulate;
pub mod skeleton;
mod text;
pub mod why;
pub mod xml;

pub use error::{Expected, ParseError};
