//! What is wanted in which situation, and what the cluster says it would do: the name of the snapshot, how the situation's
//! name begins, and of each row the words and the stages of the simulation.

/// A snapshot's name, its situation, and what is wanted there with what the cluster says to it.
pub(crate) type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const FAILOVER: &str =
    "demote store ha-node-1; promote store ha-node-2; move web-fs ha-node-1 ha-node-2; move web-ip ha-node-1 ha-node-2";
const FAILOVER_AND_REST: &str = "demote store ha-node-1; promote store ha-node-2; move web-fs ha-node-1 ha-node-2; move web-ip ha-node-1 ha-node-2 | nothing";
const SWAP: &str = "demote store ha-node-1; promote store ha-node-2";
const FENCED: &str = "fence ha-node-1; stop store ha-node-1; promote store ha-node-2; move web-fs ha-node-1 ha-node-2; move web-ip ha-node-1 ha-node-2";

pub(crate) const ROWS: &[Row] = &[
    (
        "stages",
        "three nodes, all well",
        &[
            (
                "resource move web ha-node-2",
                "move web-fs ha-node-1 ha-node-2; move web-ip ha-node-1 ha-node-2 | nothing",
            ),
            (
                "resource move web ha-node-2",
                "move web-fs ha-node-1 ha-node-2; move web-ip ha-node-1 ha-node-2 | move web-fs ha-node-2 ha-node-1; move web-ip ha-node-2 ha-node-1",
            ),
            (
                "resource move web ha-node-2",
                "only move web-fs ha-node-1 ha-node-2; move web-ip ha-node-1 ha-node-2 | only nothing",
            ),
            (
                "resource move web ha-node-2",
                "move web-fs ha-node-1 ha-node-2; move web-ip ha-node-1 ha-node-2 | only nothing",
            ),
            (
                "resource move web ha-node-2",
                "move web-fs ha-node-1 ha-node-2; move web-ip ha-node-1 ha-node-2 | only move web-ip ha-node-2 ha-node-1",
            ),
            (
                "resource move web ha-node-2",
                "move web-fs ha-node-1 ha-node-2; move web-ip ha-node-1 ha-node-2 | untold",
            ),
            ("resource move web ha-node-2", "untold | untold"),
            ("resource move web ha-node-2", "failed: the change failed on a copy (exit 1)"),
            ("resource move web ha-node-2", "nothing | nothing"),
            ("resource move web ha-node-2", "stop web-ip ha-node-1; move web-fs ha-node-1 ha-node-2 blocked | nothing"),
            (
                "resource restart web",
                "stop web-fs ha-node-1; stop web-ip ha-node-1 | start web-fs ha-node-1; start web-ip ha-node-1",
            ),
            ("resource restart web", "stop web-fs ha-node-1; stop web-ip ha-node-1 | start web-fs ha-node-1"),
            ("resource restart web", "only stop web-fs ha-node-1; stop web-ip ha-node-1 | only nothing"),
            ("resource restart web", "stop web-fs ha-node-1; stop web-ip ha-node-1 | untold"),
            ("resource stop web", "stop web-fs ha-node-1; stop web-ip ha-node-1"),
            ("resource stop web", "only stop web-fs ha-node-1; stop web-ip ha-node-1"),
            ("node standby ha-node-1", "only move web-fs ha-node-1 ha-node-2; move web-ip ha-node-1 ha-node-2"),
            ("node standby ha-node-1", "fence ha-node-3; stop web-fs ha-node-1; stop web-ip ha-node-1"),
        ],
    ),
    (
        "failed-out",
        "plans: a resource failed at its threshold",
        &[
            ("resource cleanup web-ip", "start web-ip ha-node-1"),
            ("resource cleanup web-ip", "nothing"),
            ("resource cleanup web", "nothing"),
            ("resource cleanup db", "nothing"),
            ("resource move web ha-node-3", "move web-fs ha-node-1 ha-node-3 | nothing"),
        ],
    ),
    (
        "told-to-stop",
        "plans: told to stop, and one member",
        &[
            ("resource start web-ip", "may web-ip, start web-ip ha-node-1"),
            ("resource start web-ip", "may web-ip, nothing"),
            ("resource move web ha-node-2", "move web-fs ha-node-1 ha-node-2 | nothing"),
        ],
    ),
    (
        "two-well",
        "two nodes with DRBD 9, all well",
        &[
            ("resource move web ha-node-2", FAILOVER_AND_REST),
            ("resource move store-clone ha-node-2", FAILOVER_AND_REST),
            ("node standby ha-node-1", FAILOVER),
            ("node standby ha-node-1", "stop fence-ha-node-2 ha-node-1 because node availability"),
            ("fence ha-node-1", FENCED),
            (
                "resource restart store-clone",
                "stop store ha-node-1; stop store ha-node-2 | start store ha-node-1; start store ha-node-2; promote store ha-node-1",
            ),
        ],
    ),
    (
        "copy-not-connected",
        "the connection is lost and being tried",
        &[
            ("resource move web ha-node-2", FAILOVER_AND_REST),
            ("fence ha-node-1", FENCED),
            ("node standby ha-node-1", FAILOVER),
            ("resource ban web ha-node-1", FAILOVER),
            ("resource refresh web", "demote store ha-node-1; promote store ha-node-2"),
            ("cluster maintenance on", "nothing"),
            (
                "resource stop web",
                "stop web-fs ha-node-1; stop web-ip ha-node-1; demote store ha-node-1; promote store ha-node-2",
            ),
            (
                "resource restart web",
                "stop web-fs ha-node-1; stop web-ip ha-node-1 | promote store ha-node-2; start web-fs ha-node-2; start web-ip ha-node-2",
            ),
        ],
    ),
    (
        "copy-fetched",
        "plans: a resync runs",
        &[
            ("resource move web ha-node-2", FAILOVER_AND_REST),
            ("fence ha-node-1", FENCED),
            ("node standby ha-node-1", FAILOVER),
            ("resource unmanage web", "promote store ha-node-2"),
        ],
    ),
    (
        "copies-differ",
        "Pacemaker is all green while both ends are StandAlone",
        &[
            ("resource move web ha-node-2", FAILOVER_AND_REST),
            ("fence ha-node-1", FENCED),
            ("fence ha-node-2", "fence ha-node-2; stop store ha-node-2"),
            ("node standby ha-node-1", FAILOVER),
            ("resource demote store-clone", "demote store ha-node-1; promote store ha-node-2"),
        ],
    ),
    (
        "copy-old-and-a-failure",
        "plans: an old copy, a failure, and",
        &[
            ("resource cleanup", SWAP),
            ("resource cleanup web-fs", "nothing"),
            ("resource start web-ip", "demote store ha-node-1; promote store ha-node-2; start web-ip ha-node-2"),
            ("resource start web-ip", "start web-ip ha-node-1"),
        ],
    ),
    (
        "copy-old-and-maintenance",
        "plans: an old copy, and the whole cluster is in maintenance",
        &[
            ("cluster maintenance off", SWAP),
            ("cluster maintenance off", "stop web-ip ha-node-1"),
            ("cluster maintenance off", "nothing"),
        ],
    ),
    (
        "copy-old-and-a-ban",
        "plans: an old copy, and what is left over",
        &[
            ("constraint remove cli-ban-store-clone-on-ha-node-1", SWAP),
            ("constraint remove cli-ban-web-on-ha-node-2", "nothing"),
        ],
    ),
    (
        "copy-old-and-standby",
        "plans: an old copy, and a node in standby",
        &[("node online ha-node-2", SWAP), ("node online ha-node-2", "nothing")],
    ),
    (
        "fence-pending",
        "plans: one node of two is lost, unclean",
        &[
            (
                "stonith confirm ha-node-1",
                "stop store ha-node-1; promote store ha-node-2; move web-fs ha-node-1 ha-node-2; move web-ip ha-node-1 ha-node-2",
            ),
            ("fence ha-node-1", FENCED),
        ],
    ),
    (
        "constraints",
        "plans: constraints of all kinds",
        &[
            ("constraint remove cli-ban-web-on-ha-node-2 cli-prefer-db", "nothing"),
            (
                "constraint remove cli-ban-web-on-ha-node-2",
                "move web-fs ha-node-1 ha-node-2; move web-ip ha-node-1 ha-node-2",
            ),
        ],
    ),
];
