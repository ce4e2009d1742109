//! What the policy engine works on: nodes, resources with their scores, constraints, as read from a CIB.

use std::collections::{BTreeMap, BTreeSet};

/// The score that stands for always, and negative for never.
pub(super) const INFINITY: i32 = 1_000_000;

/// A node by its place in [`Cluster::nodes`].
pub(super) type NodeIx = usize;
/// A resource by its place in [`Cluster::rscs`].
pub(super) type RscIx = usize;

/// Adds scores as Pacemaker does: infinity wins, and minus infinity over all.
pub(super) fn add(a: i32, b: i32) -> i32 {
    if a <= -INFINITY || b <= -INFINITY {
        -INFINITY
    } else if a >= INFINITY || b >= INFINITY {
        INFINITY
    } else {
        (a + b).clamp(-INFINITY, INFINITY)
    }
}

/// A score as it is written in a CIB.
pub(super) fn score(text: &str) -> i32 {
    match text.trim() {
        "INFINITY" | "+INFINITY" => INFINITY,
        "-INFINITY" => -INFINITY,
        "red" => -INFINITY,
        "yellow" | "green" => 0,
        other => other.parse::<i64>().unwrap_or(0).clamp(-i64::from(INFINITY), i64::from(INFINITY)) as i32,
    }
}

/// What a copy of a resource does, in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Role {
    #[default]
    Unknown,
    Stopped,
    Started,
    Unpromoted,
    Promoted,
}

impl Role {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "Unknown",
            Self::Stopped => "Stopped",
            Self::Started => "Started",
            Self::Unpromoted => "Unpromoted",
            Self::Promoted => "Promoted",
        }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "stopped" => Some(Self::Stopped),
            "started" => Some(Self::Started),
            "unpromoted" | "slave" => Some(Self::Unpromoted),
            "promoted" | "master" => Some(Self::Promoted),
            _ => None,
        }
    }
}

/// `no-quorum-policy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum NoQuorum {
    #[default]
    Stop,
    Freeze,
    Ignore,
}

#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "options of the cluster are independent of each other")]
pub(super) struct Options {
    pub(super) stonith: bool,
    pub(super) maintenance: bool,
    pub(super) stop_all: bool,
    pub(super) startup_fencing: bool,
    pub(super) fence_off: bool,
    pub(super) no_quorum: NoQuorum,
    pub(super) quorum: bool,
}

#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "what is true of a node is independent of each other")]
pub(super) struct Node {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) seen: bool,
    pub(super) online: bool,
    pub(super) pending: bool,
    pub(super) unclean: bool,
    pub(super) standby: bool,
    pub(super) maintenance: bool,
    pub(super) shutdown: bool,
    pub(super) expected_up: bool,
    pub(super) dc: bool,
    pub(super) feature_set: Option<String>,
    /// Why it is to be fenced, if it is.
    pub(super) fence: Option<String>,
    /// Permanent and transient attributes.
    pub(super) attributes: BTreeMap<String, String>,
    /// How many primitives were assigned to it.
    pub(super) load: usize,
}

impl Node {
    /// Resources may be started here.
    pub(super) const fn available(&self) -> bool {
        self.online && !self.shutdown && !self.unclean && !self.standby && !self.maintenance
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kind {
    #[default]
    Primitive,
    Group,
    Clone,
}

/// A recurring monitor that is configured.
#[derive(Debug, Clone)]
pub(super) struct Monitor {
    pub(super) interval_ms: u64,
    pub(super) role: Option<Role>,
}

/// The meta attributes that matter, with what holds where they are not set.
#[derive(Debug, Clone, Default)]
pub(super) struct Meta {
    pub(super) stickiness: i32,
    pub(super) threshold: i32,
    pub(super) priority: i32,
    pub(super) managed: bool,
    pub(super) maintenance: bool,
    pub(super) target_role: Option<Role>,
    pub(super) target_word: Option<String>,
    pub(super) promotable: bool,
    pub(super) clone_max: usize,
    pub(super) promoted_max: usize,
}

#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "what is true of a resource is independent of each other")]
pub(super) struct Rsc {
    /// With the number of its instance, if it is one.
    pub(super) id: String,
    /// As configured.
    pub(super) name: String,
    /// `ocf:heartbeat:IPaddr2`.
    pub(super) agent: String,
    pub(super) kind: Kind,
    pub(super) parent: Option<RscIx>,
    pub(super) children: Vec<RscIx>,
    pub(super) meta: Meta,
    pub(super) monitors: Vec<Monitor>,
    pub(super) managed: bool,
    pub(super) blocked: bool,
    pub(super) failed: bool,
    pub(super) priority: i32,
    pub(super) role: Role,
    pub(super) next: Role,
    pub(super) running: Vec<NodeIx>,
    /// Nodes that it was probed on or ran on.
    pub(super) known: BTreeSet<NodeIx>,
    pub(super) fail_counts: BTreeMap<NodeIx, i32>,
    /// Monitors in the history of each node.
    pub(super) recurring: BTreeSet<(NodeIx, u64)>,
    pub(super) scores: Vec<i32>,
    pub(super) counts: Vec<usize>,
    pub(super) place: Option<NodeIx>,
    /// The score of its place when it was chosen.
    pub(super) place_score: i32,
    pub(super) settled: bool,
    pub(super) busy: bool,
    pub(super) merging: bool,
    pub(super) sort_index: i32,
    /// It, or another copy of its clone, is in the history of a node; before, copies are called by their numbers.
    pub(super) seen: bool,
    /// A clone has a history that none of its copies is left for.
    pub(super) surplus: bool,
    /// Constraints of its own: this with others, others with this.
    pub(super) with: Vec<usize>,
    pub(super) withs: Vec<usize>,
}

impl Rsc {
    pub(super) fn fencing(&self) -> bool {
        self.agent.starts_with("stonith:")
    }
}

/// A location preference: scores for nodes, for one role only where it is given.
#[derive(Debug, Clone)]
pub(super) struct Location {
    pub(super) rsc: RscIx,
    pub(super) role: Option<Role>,
    pub(super) scores: Vec<(NodeIx, i32)>,
}

#[derive(Debug, Clone)]
pub(super) struct Colocation {
    pub(super) id: String,
    pub(super) rsc: RscIx,
    pub(super) with: RscIx,
    pub(super) with_role: Option<Role>,
    pub(super) score: i32,
}

#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) first: RscIx,
    pub(super) first_task: &'static str,
    pub(super) then: RscIx,
    pub(super) then_task: &'static str,
    pub(super) mandatory: bool,
    pub(super) symmetrical: bool,
}

/// The whole cluster at the start of a transition.
#[derive(Debug, Clone, Default)]
pub(super) struct Cluster {
    pub(super) options: Options,
    /// By name, as Pacemaker sorts them.
    pub(super) nodes: Vec<Node>,
    pub(super) rscs: Vec<Rsc>,
    pub(super) tops: Vec<RscIx>,
    pub(super) locations: Vec<Location>,
    pub(super) colocations: Vec<Colocation>,
    pub(super) orders: Vec<Order>,
}

impl Cluster {
    pub(super) fn node(&self, name: &str) -> Option<NodeIx> {
        self.nodes.iter().position(|node| node.name == name)
    }

    /// The top-level resource that this one belongs to.
    pub(super) fn top_of(&self, rsc: RscIx) -> RscIx {
        let mut at = rsc;
        while let Some(parent) = self.rscs[at].parent {
            at = parent;
        }
        at
    }

    /// The primitives at and below a resource, in order.
    pub(super) fn primitives(&self, rsc: RscIx) -> Vec<RscIx> {
        if self.rscs[rsc].kind == Kind::Primitive {
            return vec![rsc];
        }
        self.rscs[rsc].children.iter().flat_map(|child| self.primitives(*child)).collect()
    }

    /// The clone that this is an instance of.
    pub(super) fn clone_of(&self, rsc: RscIx) -> Option<RscIx> {
        let top = self.top_of(rsc);
        (self.rscs[top].kind == Kind::Clone && top != rsc).then_some(top)
    }

    pub(super) fn promotable(&self, rsc: RscIx) -> bool {
        self.rscs[rsc].kind == Kind::Clone && self.rscs[rsc].meta.promotable
    }

    /// The resource of this id; for what is cloned, the first instance.
    pub(super) fn find(&self, id: &str) -> Option<RscIx> {
        self.rscs.iter().position(|rsc| rsc.id == id || rsc.name == id)
    }
}

/// Compares names as Pacemaker does: numbers within them by value, letters without case.
pub(super) fn by_name(one: &str, two: &str) -> core::cmp::Ordering {
    let digits = |text: &[u8]| text.iter().take_while(|c| c.is_ascii_digit()).count();
    let number = |text: &[u8]| text.iter().fold(0_u128, |n, c| n.saturating_mul(10) + u128::from(c - b'0'));
    let (mut one, mut two) = (one.as_bytes(), two.as_bytes());
    while let (Some(first), Some(second)) = (one.first(), two.first()) {
        let (length, other) = (digits(one), digits(two));
        let order = if length > 0 && other > 0 {
            number(&one[..length]).cmp(&number(&two[..other]))
        } else {
            first.to_ascii_lowercase().cmp(&second.to_ascii_lowercase())
        };
        if order.is_ne() {
            return order;
        }
        let both = length > 0 && other > 0;
        one = &one[if both { length } else { 1 }..];
        two = &two[if both { other } else { 1 }..];
    }
    one.len().cmp(&two.len())
}
