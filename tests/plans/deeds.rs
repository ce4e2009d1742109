//! What is done in the tests of executions: the words, what shows that each step took effect, and how the services follow.

/// What a command does, in the words of the situations.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effect {
    /// What shows at once.
    pub(crate) told: &'static str,
    /// How the services follow, two seconds later.
    pub(crate) then: &'static str,
}

/// An action in a situation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deed {
    /// The name of its snapshot.
    pub(crate) name: &'static str,
    pub(crate) situation: &'static str,
    pub(crate) words: &'static str,
    pub(crate) steps: &'static [Effect],
}

const fn effect(told: &'static str, then: &'static str) -> Effect {
    Effect { told, then }
}

const LEASE: &str = "locations = [\"hatui-move-web web ha-node-2 INFINITY until={until}\"]";
const WEB_ON_2: &str = "resources = { \"web/web-fs\" = \"Started ha-node-2\", \"web/web-ip\" = \"Started ha-node-2\" }";

pub(crate) const DEEDS: &[Deed] = &[
    Deed {
        name: "move",
        situation: "three nodes, all well",
        words: "resource move web ha-node-2",
        steps: &[effect(LEASE, WEB_ON_2), effect("locations = []", "")],
    },
    Deed {
        name: "move-back",
        situation: "three nodes, all well",
        words: "resource move web ha-node-2",
        steps: &[
            effect(LEASE, WEB_ON_2),
            effect(
                "locations = []",
                "resources = { \"web/web-fs\" = \"Started ha-node-1\", \"web/web-ip\" = \"Started ha-node-1\" }",
            ),
        ],
    },
    Deed {
        name: "move-after-one-that-is-over",
        situation: "plans: the constraint of an earlier move is over, and still there",
        words: "resource move web ha-node-2",
        steps: &[effect("locations = []", ""), effect(LEASE, WEB_ON_2), effect("locations = []", "")],
    },
    Deed {
        name: "move-for-good",
        situation: "three nodes, all well",
        words: "for good: resource move web ha-node-2",
        steps: &[effect("locations = [\"hatui-move-web web ha-node-2 INFINITY\"]", WEB_ON_2)],
    },
    Deed {
        name: "promote",
        situation: "two nodes with DRBD 9, all well",
        words: "resource promote store-clone ha-node-2",
        steps: &[
            effect(
                "locations = [\"hatui-move-store-clone store-clone ha-node-2 INFINITY Promoted until={until}\"]",
                "resources = { \"store-clone+/store\" = [\"Unpromoted ha-node-1\", \"Promoted ha-node-2\"] }",
            ),
            effect("locations = []", ""),
        ],
    },
    Deed {
        name: "ban",
        situation: "three nodes, all well",
        words: "resource ban web ha-node-1",
        steps: &[effect("locations = [\"cli-ban-web-on-ha-node-1 web ha-node-1 -INFINITY\"]", WEB_ON_2)],
    },
    Deed {
        name: "clear",
        situation: "plans: constraints of all kinds",
        words: "constraint remove cli-ban-web-on-ha-node-2 cli-prefer-db",
        steps: &[
            effect(
                "locations = [\"cli-prefer-db db-clone ha-node-1 INFINITY Promoted\", \"web-likes-1 web ha-node-1 100\"]",
                "",
            ),
            effect("locations = [\"web-likes-1 web ha-node-1 100\"]", ""),
        ],
    },
    Deed {
        name: "standby",
        situation: "three nodes, all well",
        words: "node standby ha-node-1",
        steps: &[effect(
            "nodes = { ha-node-1 = \"standby\" }",
            "resources = { \"web/web-fs\" = \"Started ha-node-2\", \"web/web-ip\" = \"Started ha-node-2\", \
             \"db-clone+/db\" = [\"Stopped\", \"Promoted ha-node-2\", \"Unpromoted ha-node-3\"], \
             fence-ha-node-3 = \"Started ha-node-2\" }",
        )],
    },
    Deed {
        name: "standby-of-two",
        situation: "three nodes, all well",
        words: "node standby ha-node-2 ha-node-3",
        steps: &[
            effect("nodes = { ha-node-2 = \"standby\" }", "resources = { fence-ha-node-1 = \"Started ha-node-3\" }"),
            effect(
                "nodes = { ha-node-3 = \"standby\" }",
                "resources = { \"db-clone+/db\" = [\"Promoted ha-node-1\", \"Stopped\", \"Stopped\"], \
                 fence-ha-node-1 = \"Started ha-node-1\", fence-ha-node-2 = \"Started ha-node-1\" }",
            ),
        ],
    },
    Deed {
        name: "online",
        situation: "plans: standby of the second node",
        words: "node online ha-node-2",
        steps: &[effect(
            "nodes = { ha-node-2 = \"online\" }",
            "resources = { \"store-clone+/store\" = [\"Promoted ha-node-1\", \"Unpromoted ha-node-2\"] }",
        )],
    },
    Deed {
        name: "fence",
        situation: "three nodes, all well",
        words: "fence ha-node-3",
        steps: &[effect(
            "fencing = [\"reboot ha-node-3 success by ha-node-1 at 1800000001\"]\nnodes = { ha-node-3 = \"offline\" }",
            "resources = { \"db-clone+/db\" = [\"Promoted ha-node-1\", \"Unpromoted ha-node-2\", \"Stopped\"], \
             fence-ha-node-2 = \"Started ha-node-1\" }",
        )],
    },
    Deed {
        name: "confirm",
        situation: "plans: one node of two is lost",
        words: "stonith confirm ha-node-1",
        steps: &[effect(
            "nodes = { ha-node-1 = \"offline\" }",
            "resources = { \"web/web-fs\" = \"Started ha-node-2\", \"web/web-ip\" = \"Started ha-node-2\", \
             \"store-clone+/store\" = [\"Stopped\", \"Promoted ha-node-2\"] }",
        )],
    },
    Deed {
        name: "node-maintenance",
        situation: "three nodes, all well",
        words: "node maintenance ha-node-2",
        steps: &[effect("nodes = { ha-node-2 = \"maintenance\" }", "")],
    },
    Deed {
        name: "cluster-maintenance",
        situation: "three nodes, all well",
        words: "cluster maintenance on",
        steps: &[effect("cluster = { maintenance-mode = \"true\" }", "")],
    },
    Deed {
        name: "unmanage",
        situation: "three nodes, all well",
        words: "resource unmanage web",
        steps: &[effect(
            "resources = { \"web/web-fs\" = \"Started ha-node-1 unmanaged\", \"web/web-ip\" = \"Started ha-node-1 unmanaged\" }",
            "",
        )],
    },
    Deed {
        name: "stop",
        situation: "three nodes, all well",
        words: "resource stop web",
        steps: &[effect(
            "resources = { \"web/web-fs\" = \"Started ha-node-1 target=Stopped\", \"web/web-ip\" = \"Stopping ha-node-1 target=Stopped\" }",
            "resources = { \"web/web-fs\" = \"Stopped target=Stopped\", \"web/web-ip\" = \"Stopped target=Stopped\" }",
        )],
    },
    Deed {
        name: "start",
        situation: "plans: told to stop",
        words: "resource start web-ip",
        steps: &[effect(
            "resources = { \"web/web-ip\" = \"Starting ha-node-1\" }",
            "resources = { \"web/web-ip\" = \"Started ha-node-1\" }",
        )],
    },
    Deed {
        name: "restart",
        situation: "three nodes, all well",
        words: "resource restart web",
        steps: &[
            effect(
                "resources = { \"web/web-fs\" = \"Started ha-node-1 target=Stopped\", \"web/web-ip\" = \"Stopping ha-node-1 target=Stopped\" }",
                "resources = { \"web/web-fs\" = \"Stopped target=Stopped\", \"web/web-ip\" = \"Stopped target=Stopped\" }",
            ),
            effect(
                "resources = { \"web/web-fs\" = \"Starting ha-node-1\", \"web/web-ip\" = \"Stopped\" }",
                "resources = { \"web/web-fs\" = \"Started ha-node-1\", \"web/web-ip\" = \"Started ha-node-1\" }",
            ),
        ],
    },
    Deed {
        name: "demote",
        situation: "two nodes with DRBD 9, all well",
        words: "resource demote store-clone",
        steps: &[effect(
            "resources = { \"store-clone+/store\" = [\"Promoted ha-node-1 target=Unpromoted\", \"Unpromoted ha-node-2 target=Unpromoted\"] }",
            "resources = { \"store-clone+/store\" = [\"Unpromoted ha-node-1 target=Unpromoted\", \"Unpromoted ha-node-2 target=Unpromoted\"], \"web/web-fs\" = \"Stopped\", \"web/web-ip\" = \"Stopped\" }",
        )],
    },
    Deed {
        name: "put-back",
        situation: "plans: a clone that is told to promote no copy",
        words: "promote db-clone",
        steps: &[effect(
            "resources = { \"db-clone+/db\" = [\"Unpromoted ha-node-1\", \"Unpromoted ha-node-2\", \"Unpromoted ha-node-3\"] }",
            "resources = { \"db-clone+/db\" = [\"Promoted ha-node-1\", \"Unpromoted ha-node-2\", \"Unpromoted ha-node-3\"] }",
        )],
    },
    Deed {
        name: "cleanup",
        situation: "plans: a resource failed at its threshold",
        words: "resource cleanup web-ip",
        steps: &[effect("failures = []\nfail_counts = []", "resources = { \"web/web-ip\" = \"Started ha-node-1\" }")],
    },
    Deed {
        name: "refresh",
        situation: "three nodes, all well",
        words: "resource refresh web",
        steps: &[effect("", "")],
    },
    Deed {
        name: "drbd-connect",
        situation: "one end is StandAlone while the other tries",
        words: "drbd connect store ha-node-2",
        steps: &[effect("", "")],
    },
    Deed {
        name: "drbd-disconnect",
        situation: "two nodes with DRBD 9, all well",
        words: "drbd disconnect store ha-node-2",
        steps: &[effect(
            "by = [\"ha-node-2\"]\ndrbd.store = { connection = \"StandAlone\", peer_disk = \"DUnknown\", peer_role = \"Unknown\", replication = \"Off\" }",
            "",
        )],
    },
];
