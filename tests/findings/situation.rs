//! Situations of a cluster written in TOML, and how they become observations.
//!
//! A case starts from a healthy cluster (`base`) in which every node speaks each second. Each step changes what some
//! nodes (`by`, all by default) say or how they are seen, at so many seconds after the start.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// The cases.
    pub(crate) case: Vec<Case>,
}

/// One case: what happens, and what is found.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// What it shows, as a sentence.
    pub(crate) name: String,
    /// The cluster it starts from.
    #[serde(default)]
    pub(crate) base: Base,
    /// Members that nobody connects to.
    #[serde(default)]
    pub(crate) unwatched: Vec<String>,
    /// Nodes that do not tell their name.
    #[serde(default)]
    pub(crate) nameless: Vec<String>,
    /// Nodes that are to be watched and have not said a word.
    #[serde(default)]
    pub(crate) mute: Vec<String>,
    /// Whether the constraints and options of the configuration are not told.
    #[serde(default)]
    pub(crate) untold: bool,
    /// When it is looked at, in seconds after the start; else right after the last step.
    pub(crate) at: Option<u64>,
    /// What happens.
    #[serde(default)]
    pub(crate) step: Vec<Step>,
    /// The findings, worst first: `severity rule subject: words`.
    pub(crate) findings: Vec<String>,
    /// The verdict.
    pub(crate) verdict: Option<String>,
    /// The line beside it.
    pub(crate) headline: Option<String>,
    /// Rules that cannot tell: `rule: what is missing`.
    pub(crate) unknown: Option<Vec<String>>,
    /// The log, oldest first: `severity subject: words`.
    pub(crate) log: Option<Vec<String>>,
}

/// The healthy clusters to start from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Base {
    /// Three nodes, two links, no DRBD.
    #[default]
    Three,
    /// Two nodes, two links, DRBD 9.
    Two,
    /// The same with DRBD 8.4, which does not name its peers and is polled.
    Two84,
    /// Three nodes that have not said a word.
    Unheard,
}

/// What changes at a moment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Step {
    /// When, in seconds after the start.
    pub(crate) at: u64,
    /// Who says so; all if empty.
    pub(crate) by: Vec<String>,
    /// Node states by name.
    pub(crate) nodes: BTreeMap<String, String>,
    /// Resources by path (`group/member`, `clone*/member`, `clone+/member` if promotable).
    pub(crate) resources: BTreeMap<String, Words>,
    /// Failed operations: `resource node task code words…`.
    pub(crate) failures: Option<Vec<String>>,
    /// Fail counts: `resource node count/threshold`.
    pub(crate) fail_counts: Option<Vec<String>>,
    /// Fencing, newest first: `action target status [by node] [at seconds] [because words…]`; `?` alone: not told.
    pub(crate) fencing: Option<Vec<String>>,
    /// Bans that the status repeats: `id resource node`.
    pub(crate) bans: Option<Vec<String>>,
    /// The DC, or `none`.
    pub(crate) dc: Option<String>,
    /// Whether the DC says that there is quorum.
    pub(crate) with_quorum: Option<bool>,
    /// The last figure of the CIB's version.
    pub(crate) updates: Option<u64>,
    /// Whether versions of Pacemaker are mixed.
    pub(crate) mixed: Option<bool>,
    /// Options that the status repeats; `?`: not told.
    pub(crate) cluster: BTreeMap<String, String>,
    /// Options of the configuration.
    pub(crate) options: BTreeMap<String, String>,
    /// Location constraints: `id resource node score [role] [until=moment]`; `-` for a node given by rule.
    pub(crate) locations: Option<Vec<String>>,
    /// Quorum.
    pub(crate) quorum: Option<Quorum>,
    /// Links as those who say it see them: `number peer state`, or `number whole state`.
    pub(crate) links: Vec<String>,
    /// Latency: `number peer microseconds`.
    pub(crate) latency: Vec<String>,
    /// Token timeout in milliseconds.
    pub(crate) token_ms: Option<u64>,
    /// DRBD by resource.
    pub(crate) drbd: BTreeMap<String, Drbd>,
    /// `connected`, `lost KIND`, `refused KIND`.
    pub(crate) contact: Option<String>,
    /// From now on nothing is heard, or again.
    pub(crate) silent: Option<bool>,
    /// Feeds that are not heard from now on.
    pub(crate) silent_feeds: Option<Vec<String>>,
    /// Tools that fail: `feed tool` → kind, or `works`.
    pub(crate) tools: BTreeMap<String, String>,
    /// Feeds that ended, and why.
    pub(crate) ended: BTreeMap<String, String>,
    /// Feeds that said something unreadable.
    pub(crate) unreadable: BTreeMap<String, String>,
    /// Pacemaker has no status to tell: the kind of trouble.
    pub(crate) no_status: Option<String>,
    /// Versions of components.
    pub(crate) versions: BTreeMap<String, String>,
    /// How far ahead of hatui's the clock is, in milliseconds.
    pub(crate) ahead_ms: Option<i64>,
    /// What systemd says of drbd.service.
    pub(crate) drbd_service: Option<String>,
}

/// One or several lines.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Words {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Words {
    /// All lines.
    pub(crate) fn lines(&self) -> Vec<&str> {
        match self {
            Self::One(line) => vec![line],
            Self::Many(lines) => lines.iter().map(String::as_str).collect(),
        }
    }
}

/// Changes of what quorumtool tells.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Quorum {
    pub(crate) ring: Option<String>,
    pub(crate) members: Option<Vec<String>>,
    pub(crate) expected: Option<u32>,
    pub(crate) needed: Option<u32>,
    pub(crate) quorate: Option<bool>,
    pub(crate) flags: Option<Vec<String>>,
    pub(crate) blocked: bool,
}

/// Changes of a DRBD resource of one volume and one peer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Drbd {
    pub(crate) gone: bool,
    pub(crate) role: Option<String>,
    pub(crate) disk: Option<String>,
    pub(crate) client: Option<bool>,
    pub(crate) quorum: Option<bool>,
    pub(crate) suspended: Option<Vec<String>>,
    pub(crate) no_peer: bool,
    pub(crate) connection: Option<String>,
    pub(crate) peer_role: Option<String>,
    pub(crate) peer_disk: Option<String>,
    pub(crate) replication: Option<String>,
    pub(crate) done: Option<u16>,
    pub(crate) out_of_sync: Option<u64>,
    pub(crate) rate: Option<u64>,
    pub(crate) eta: Option<u64>,
    pub(crate) held_by: Option<Vec<String>>,
}
