//! The table of feeds: what is run on a node for each, and how it is kept alive.

use core::time::Duration;

use hatui_parsers::frame::Nonce;

use crate::model::Feed;
use crate::wire::Argv;

/// How often a keepalive goes to each feed at least.
pub const KEEPALIVE: Duration = Duration::from_secs(5);

/// A connection that says nothing for so long is torn down and made anew.
pub const STREAM_DEADLINE: Duration = Duration::from_secs(15);

/// Where the tools are; a login that is not root's often lacks the `sbin` folders.
const PATH: &str = "PATH=/usr/sbin:/sbin:/usr/local/sbin:/usr/bin:/bin:/usr/local/bin";

const PACEMAKER: &str = concat!(include_str!("watch/common.sh"), include_str!("watch/pacemaker.sh"));
const DRBD: &str = concat!(include_str!("watch/common.sh"), include_str!("watch/drbd.sh"));
const COROSYNC: &str = concat!(include_str!("watch/common.sh"), include_str!("watch/corosync.sh"));

/// How the feeds of a node are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeedOptions {
    /// Whether tools that need it are run by `sudo -n`.
    pub sudo: bool,
    /// Whether only CIB headers are wanted, because another node of the partition sends the documents.
    pub headers_only: bool,
    /// How often is looked at what moves seldom, in seconds; `None`: as the watcher does by itself (10 s).
    pub slow_s: Option<u16>,
    /// The longest a tool may take, in seconds; `None`: as the watcher does by itself (15 s).
    pub limit_s: Option<u16>,
}

/// The command that runs a feed.
pub fn watch_argv(feed: Feed, nonce: &Nonce, options: FeedOptions) -> Argv {
    let script = match feed {
        Feed::Pacemaker => PACEMAKER,
        Feed::Drbd => DRBD,
        Feed::Corosync => COROSYNC,
    };
    let sudo = if options.sudo { "sudo" } else { "-" };
    let pace = if options.headers_only { "header" } else { "document" };
    let intervals = format!("20,{},{}", options.limit_s.unwrap_or(15), options.slow_s.unwrap_or(10));
    // `timeout 0` limits nothing: it gives the watcher a process group of its own, by which it ends all it started.
    tool_path("timeout").args([
        "0",
        "sh",
        "-c",
        script,
        "hatui-watch",
        nonce.as_str(),
        feed.word(),
        sudo,
        pace,
        &intervals,
    ])
}

/// A tool with the environment that makes its output readable anywhere.
pub fn tool_path(tool: &str) -> Argv {
    Argv::new("env").args(["LC_ALL=C", "TZ=UTC", PATH, tool])
}

/// A tool as it is run on a node: with that environment, and by `sudo -n` where it needs it.
pub fn tool_argv(tool: &Argv, sudo: bool) -> Argv {
    let arguments = tool.arguments().iter().cloned();
    if sudo {
        return tool_path("sudo").arg("-n").arg(format!("/usr/sbin/{}", tool.program())).args(arguments);
    }
    tool_path(tool.program()).args(arguments)
}

/// The word that keeps a feed alive, and how often it goes there.
///
/// For replication it also asks for fresh statistics, which DRBD does not send by itself.
pub fn keepalive(feed: Feed) -> (&'static [u8], Duration) {
    match feed {
        Feed::Pacemaker | Feed::Corosync => (b"k\n", KEEPALIVE),
        Feed::Drbd => (b"n\n", Duration::from_secs(1)),
    }
}
