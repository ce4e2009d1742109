//! What the tools on a node print, in the very shape of the real ones: Pacemaker 2.1.5, Corosync 3.1.7, DRBD 9.2 with utils 9.22.

pub(super) mod cib;
pub(super) mod corosync;
pub(super) mod crm_mon;
mod crm_mon_text;
pub(super) mod drbd;
mod stonith;
mod time;
mod why;
mod xml;

pub(super) use xml::escaped;

use super::status::Ix;
use super::world::{Side, World};
use crate::wire::Argv;

/// What a command printed, its exit code, and the milliseconds it took.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    pub(super) out: Vec<u8>,
    pub(super) err: Vec<u8>,
    pub(super) code: u8,
    pub(super) ms: u64,
}

impl Answer {
    pub(in crate::sim) fn text(out: impl Into<Vec<u8>>, ms: u64) -> Self {
        Self { out: out.into(), err: Vec::new(), code: 0, ms }
    }

    fn error(err: &str, code: u8, ms: u64) -> Self {
        Self { out: Vec::new(), err: err.as_bytes().to_vec(), code, ms }
    }
}

/// The version lines that the watcher's `units` frame quotes.
pub(super) const UNITS: &str = "corosync Corosync Cluster Engine, version '3.1.7'\n\
     pacemakerd Pacemaker 2.1.5-a3f44794f94\n\
     drbdadm DRBDADM_BUILDTAG=GIT-hash:\\ 409097fe02187f83790b88ac3e0d94f3c167adab\\ reproducible\\ build\\,\\ 2023-01-09\\ 14:51:18\n\
     systemctl disabled\n\
     token 1000\n";

/// Pacemaker as a node sees it: its partition, if its stack runs.
pub(super) fn pacemaker(world: &World, node: Ix) -> Option<&Side> {
    let up = world.machines.get(node).is_some_and(|machine| machine.pacemaker);
    world.side_of(node).filter(|_| up)
}

/// The program and its arguments, without `env A=B …`, `sudo -n` and directories.
pub(super) fn bare(argv: &Argv) -> (&str, Vec<&str>) {
    let mut words = argv.words().iter().map(String::as_str).peekable();
    while let Some(word) = words.peek() {
        match word.rsplit('/').next() {
            Some("env" | "sudo") => {
                words.next();
                while words.next_if(|word| word.starts_with('-') || word.contains('=')).is_some() {}
            }
            _ => break,
        }
    }
    let program = words.next().unwrap_or("");
    (program.rsplit('/').next().unwrap_or(program), words.collect())
}

/// What a command prints on a node, now.
pub(super) fn answer(world: &World, node: Ix, argv: &Argv) -> Answer {
    let (program, words) = bare(argv);
    match (program, words.as_slice()) {
        ("crm_mon", _) if words.contains(&"--output-as=xml") => {
            crm_mon::xml(world, node, &format!("crm_mon {}", words.join(" ")))
        }
        ("crm_mon", _) => crm_mon_text::text(world, node),
        ("cibadmin", _) => cib::answer(world, node, &words),
        ("corosync-cfgtool", ["-s", ..]) => corosync::status(world, node),
        ("corosync-cfgtool", ["-n", ..]) => corosync::reach(world, node),
        ("corosync-quorumtool", _) => corosync::quorum(world, node),
        ("corosync-cmapctl", ["-m", "stats", rest @ ..]) => corosync::stats(world, node, rest.first().unwrap_or(&"")),
        ("corosync", ["-v"]) => {
            Answer::text("Corosync Cluster Engine, version '3.1.7'\nCopyright (c) 2006-2021 Red Hat, Inc.\n", 5)
        }
        ("pacemakerd", ["--version"]) => Answer::text(
            "Pacemaker 2.1.5-a3f44794f94\nWritten by Andrew Beekhof and the Pacemaker project contributors\n",
            5,
        ),
        ("drbdsetup", ["events2", ..]) => Answer::text(drbd::dump(&drbd::objects(world, node)), 4),
        ("drbdsetup", ["status", ..]) if words.contains(&"--json") => Answer::text(drbd::json(world, node), 4),
        ("drbdsetup" | "drbdadm", ["status", ..]) => Answer::text(drbd::status(world, node), 4),
        ("drbdadm", ["--version"]) => Answer::text(drbd::VERSION, 4),
        ("stonith_admin", ["--history", ..]) => stonith::history(world, node, &words),
        ("crm_resource", _) if words.contains(&"--why") => why::why(world, node, &words),
        ("crm_node", ["-n"]) => match pacemaker(world, node) {
            Some(_) => Answer::text(format!("{}\n", world.name(node)), 20),
            None => not_connected("crm_node"),
        },
        ("crm_node", ["-l"]) => match pacemaker(world, node) {
            Some(side) => Answer::text(members(side), 25),
            None => not_connected("crm_node"),
        },
        ("crm_verify", ["-L", ..]) => match pacemaker(world, node) {
            Some(_) => Answer::text("", 40),
            None => Answer::error("Could not connect to the CIB: Transport endpoint is not connected\n", 66, 20),
        },
        ("uname", ["-n"]) => Answer::text(format!("{}\n", world.name(node)), 1),
        ("id", ["-u"]) => Answer::text("0\n", 1),
        ("cat", [path, ..]) => Answer::error(&format!("cat: {path}: No such file or directory\n"), 1, 1),
        ("true", _) => Answer::text("", 1),
        _ => Answer::error(&format!("env: '{program}': No such file or directory\n"), 127, 1),
    }
}

fn not_connected(tool: &str) -> Answer {
    Answer::error(&format!("{tool}: Connection to cluster failed: Connection refused\n"), 102, 20)
}

fn members(side: &Side) -> String {
    let line = |(node, config): (Ix, &super::config::NodeConfig)| {
        let state = if side.members.contains(&node) { "member" } else { "lost" };
        format!("{} {} {state}\n", config.id, config.name)
    };
    side.config.nodes.iter().enumerate().map(line).collect()
}
