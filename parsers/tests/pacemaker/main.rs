//! What Pacemaker prints, against fixtures, an independent reader of XML, and hostile input.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on must fail there")]
#![expect(clippy::disallowed_methods, reason = "tests read fixtures, and are told by the environment to bless goldens")]

mod agreement;
mod fixtures;
mod golden;
mod handmade;
mod hostile;
mod simulations;
mod skeletons;
mod whys;
