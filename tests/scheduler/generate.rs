//! Clusters made up from a number: the same number, the same CIB.

use std::fmt::Write as _;

use super::histories::status;

/// `SplitMix64`.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }

    /// True once in `times`.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Primitive,
    Group,
    Clone,
    Promotable,
}

struct Resource {
    id: String,
    kind: Kind,
    members: Vec<String>,
    max: usize,
}

/// What a node's history says of a primitive.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum State {
    Unknown,
    Stopped,
    Started,
    Promoted,
    MonitorFailed,
    StartFailed,
    StopFailed,
}

pub(crate) struct Cluster {
    pub(crate) nodes: usize,
    stonith: bool,
    resources: Vec<Resource>,
    members: String,
    constraints: String,
    /// The state of each primitive on each node.
    pub(crate) states: Vec<(String, bool, Vec<State>)>,
}

pub(crate) fn pairs(kind: &str, id: &str, pairs: &[(&str, String)]) -> String {
    if pairs.is_empty() {
        return String::new();
    }
    let mut text = format!("<{kind} id=\"{id}-{kind}\">");
    for (name, value) in pairs {
        let _ = write!(text, "<nvpair id=\"{id}-{kind}-{name}\" name=\"{name}\" value=\"{value}\"/>");
    }
    text + &format!("</{kind}>")
}

fn primitive(dice: &mut Dice, id: &str, kind: Kind, plain: bool) -> String {
    let mut meta = Vec::new();
    if plain && dice.once_in(9) {
        meta.push(("target-role", dice.pick(&["Stopped", "Stopped", "Started"]).to_owned()));
    }
    if plain && dice.once_in(14) {
        meta.push(("is-managed", "false".to_owned()));
    }
    if plain && dice.once_in(16) {
        meta.push(("maintenance", "true".to_owned()));
    }
    if dice.once_in(5) {
        meta.push(("migration-threshold", dice.pick(&["1", "2", "3"]).to_owned()));
    }
    if plain && dice.once_in(8) {
        meta.push(("resource-stickiness", dice.pick(&["0", "5", "50", "INFINITY"]).to_owned()));
    }
    if plain && dice.once_in(12) {
        meta.push(("priority", dice.pick(&["1", "10"]).to_owned()));
    }
    let operations = match kind {
        Kind::Promotable => format!(
            "<op id=\"{id}-m1\" name=\"monitor\" interval=\"9s\" role=\"Promoted\"/>\
             <op id=\"{id}-m2\" name=\"monitor\" interval=\"10s\" role=\"Unpromoted\"/>"
        ),
        _ => format!("<op id=\"{id}-m\" name=\"monitor\" interval=\"10s\"/>"),
    };
    let kind = if kind == Kind::Promotable { "Stateful" } else { "Dummy" };
    format!(
        "<primitive id=\"{id}\" class=\"ocf\" provider=\"pacemaker\" type=\"{kind}\"><operations>{operations}</operations>{}</primitive>\n",
        pairs("meta_attributes", id, &meta)
    )
}

fn resources(dice: &mut Dice, cluster: &mut Cluster) {
    if cluster.stonith || dice.once_in(4) {
        for node in 1..=cluster.nodes {
            let id = format!("fence-{node}");
            let _ = writeln!(
                cluster.members,
                "<primitive id=\"{id}\" class=\"stonith\" type=\"fence_dummy\"><operations><op id=\"{id}-m\" name=\"monitor\" interval=\"60s\"/></operations></primitive>"
            );
            if dice.once_in(2) {
                let _ = writeln!(
                    cluster.constraints,
                    "<rsc_location id=\"not-{id}\" rsc=\"{id}\" node=\"node-{node}\" score=\"-INFINITY\"/>"
                );
            }
            cluster.resources.push(Resource { id: id.clone(), kind: Kind::Primitive, members: vec![id], max: 1 });
        }
    }
    for number in 1..=1 + dice.below(5) {
        let kind = match dice.below(8) {
            0..=2 => Kind::Primitive,
            3..=4 => Kind::Group,
            5 => Kind::Clone,
            _ => Kind::Promotable,
        };
        let id = match kind {
            Kind::Primitive => format!("res-{number}"),
            Kind::Group => format!("group-{number}"),
            _ => format!("clone-{number}"),
        };
        let mut meta = Vec::new();
        let mut max = cluster.nodes;
        if dice.once_in(10) {
            let roles = if kind == Kind::Promotable {
                ["Stopped", "Unpromoted", "Started"]
            } else {
                ["Stopped", "Stopped", "Started"]
            };
            meta.push(("target-role", dice.pick(&roles).to_owned()));
        }
        if dice.once_in(16) {
            meta.push(("is-managed", "false".to_owned()));
        }
        if matches!(kind, Kind::Clone | Kind::Promotable) {
            if dice.once_in(3) {
                max = 1 + dice.below(cluster.nodes);
                meta.push(("clone-max", max.to_string()));
            }
            if dice.once_in(3) {
                meta.push(("interleave", "true".to_owned()));
            }
        }
        let members: Vec<String> = match kind {
            Kind::Primitive => vec![id.clone()],
            Kind::Group => (1..=1 + dice.below(3)).map(|member| format!("g{number}-{member}")).collect(),
            Kind::Clone | Kind::Promotable => vec![format!("copy-{number}")],
        };
        let inner: String = members
            .iter()
            .map(|member| primitive(dice, member, kind, matches!(kind, Kind::Primitive | Kind::Group)))
            .collect();
        match kind {
            Kind::Primitive => cluster.members.push_str(&inner),
            Kind::Group => {
                let meta = pairs("meta_attributes", &id, &meta);
                let _ = write!(cluster.members, "<group id=\"{id}\">{meta}\n{inner}</group>\n");
            }
            Kind::Clone | Kind::Promotable => {
                if kind == Kind::Promotable {
                    meta.push(("promotable", "true".to_owned()));
                    if dice.once_in(6) {
                        meta.push(("promoted-max", "2".to_owned()));
                    }
                }
                let meta = pairs("meta_attributes", &id, &meta);
                let _ = write!(cluster.members, "<clone id=\"{id}\">{meta}\n{inner}</clone>\n");
            }
        }
        cluster.resources.push(Resource { id, kind, members, max });
    }
}

fn constraints(dice: &mut Dice, cluster: &mut Cluster) {
    let services: Vec<usize> =
        (0..cluster.resources.len()).filter(|at| !cluster.resources[*at].id.starts_with("fence")).collect();
    let mut text = String::new();
    for number in 0..dice.below(4) {
        let rsc = &cluster.resources[services[dice.below(services.len())]];
        let node = 1 + dice.below(cluster.nodes);
        let score = dice.pick(&["-INFINITY", "INFINITY", "10", "50", "100", "-20"]);
        let id = format!("location-{number}");
        if dice.once_in(3) {
            let role = if rsc.kind == Kind::Promotable && dice.once_in(2) { " role=\"Promoted\"" } else { "" };
            let date = match dice.below(3) {
                0 => format!("<date_expression id=\"{id}-d\" operation=\"lt\" end=\"2099-01-01 00:00:00Z\"/>"),
                1 => format!("<date_expression id=\"{id}-d\" operation=\"lt\" end=\"2001-01-01 00:00:00Z\"/>"),
                _ => String::new(),
            };
            let _ = writeln!(
                text,
                "<rsc_location id=\"{id}\" rsc=\"{}\"><rule id=\"{id}-r\" score=\"{score}\" boolean-op=\"and\"{role}><expression id=\"{id}-e\" attribute=\"#uname\" operation=\"eq\" value=\"node-{node}\"/>{date}</rule></rsc_location>",
                rsc.id
            );
        } else {
            let _ =
                writeln!(text, "<rsc_location id=\"{id}\" rsc=\"{}\" node=\"node-{node}\" score=\"{score}\"/>", rsc.id);
        }
    }
    for number in 0..dice.below(4) {
        let (a, b) = (services[dice.below(services.len())], services[dice.below(services.len())]);
        let (rsc, with) = (&cluster.resources[a.max(b)], &cluster.resources[a.min(b)]);
        if a == b || matches!(rsc.kind, Kind::Clone | Kind::Promotable) {
            continue;
        }
        let promoted = with.kind == Kind::Promotable && !dice.once_in(4);
        let role = if promoted { " with-rsc-role=\"Promoted\"" } else { "" };
        let score = dice.pick(&["INFINITY", "INFINITY", "INFINITY", "-INFINITY", "30", "-30"]);
        let score = if promoted { "INFINITY" } else { score };
        if !dice.once_in(4) {
            let _ = writeln!(
                text,
                "<rsc_colocation id=\"colocation-{number}\" rsc=\"{}\" with-rsc=\"{}\" score=\"{score}\"{role}/>",
                rsc.id, with.id
            );
        }
        if dice.once_in(2) {
            let first = if promoted { "promote" } else { "start" };
            let kind = if dice.once_in(5) { "Optional" } else { "Mandatory" };
            let _ = writeln!(
                text,
                "<rsc_order id=\"order-{number}\" first=\"{}\" first-action=\"{first}\" then=\"{}\" then-action=\"start\" kind=\"{kind}\"/>",
                with.id, rsc.id
            );
        }
    }
    cluster.constraints.push_str(&text);
}

fn states(dice: &mut Dice, cluster: &mut Cluster) {
    let fresh = dice.once_in(8);
    for rsc in &cluster.resources {
        let home = dice.below(cluster.nodes);
        let stopped = fresh || dice.once_in(5);
        let mut copies = 0;
        let mut upper = true;
        for (place, member) in rsc.members.iter().enumerate() {
            let mut row = vec![if fresh { State::Unknown } else { State::Stopped }; cluster.nodes];
            if dice.once_in(10) && !fresh {
                row[dice.below(cluster.nodes)] = State::Unknown;
            }
            match rsc.kind {
                Kind::Primitive | Kind::Group => {
                    let runs = !stopped && upper && !(place > 0 && dice.once_in(6));
                    upper = runs;
                    if runs {
                        row[home] = if dice.once_in(8) { State::MonitorFailed } else { State::Started };
                        if dice.once_in(24) {
                            row[home] = State::StopFailed;
                        }
                    } else if upper && dice.once_in(12) && !fresh {
                        row[home] = State::StartFailed;
                    }
                }
                Kind::Clone | Kind::Promotable => {
                    let master = if dice.once_in(4) { cluster.nodes } else { dice.below(cluster.nodes) };
                    for (node, state) in row.iter_mut().enumerate() {
                        if copies < rsc.max && !stopped && !dice.once_in(5) {
                            copies += 1;
                            *state = if dice.once_in(12) { State::MonitorFailed } else { State::Started };
                            if node == master && rsc.kind == Kind::Promotable {
                                *state = State::Promoted;
                            }
                        } else if copies < rsc.max && dice.once_in(16) && !fresh && !stopped {
                            copies += 1;
                            *state = State::StartFailed;
                        }
                    }
                }
            }
            cluster.states.push((member.clone(), rsc.kind == Kind::Promotable, row));
        }
    }
}

/// The CIB of this number.
pub(crate) fn cib(seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let nodes = 2 + dice.below(3);
    let stonith = !dice.once_in(4);
    let mut cluster = Cluster {
        nodes,
        stonith,
        resources: Vec::new(),
        members: String::new(),
        constraints: String::new(),
        states: Vec::new(),
    };
    resources(&mut dice, &mut cluster);
    constraints(&mut dice, &mut cluster);
    states(&mut dice, &mut cluster);
    let trouble = if dice.once_in(3) { 0 } else { 3 };
    let (node_list, status) = status(&mut dice, &cluster, trouble);
    let quorum = u8::from(!dice.once_in(12));
    let mut options = vec![("dc-version", "2.1.5-a3f44794f94".to_owned()), ("stonith-enabled", stonith.to_string())];
    if dice.once_in(4) {
        options.push(("no-quorum-policy", dice.pick(&["stop", "freeze", "ignore"]).to_owned()));
    }
    if dice.once_in(25) {
        options.push(("maintenance-mode", "true".to_owned()));
    }
    if dice.once_in(30) {
        options.push(("stop-all-resources", "true".to_owned()));
    }
    let stickiness = dice.pick(&["", "0", "1", "100"]);
    let defaults = if stickiness.is_empty() {
        String::new()
    } else {
        let set = pairs("meta_attributes", "rsc", &[("resource-stickiness", stickiness.to_owned())]);
        format!("<rsc_defaults>{set}</rsc_defaults>")
    };
    let options = pairs("cluster_property_set", "cib", &options);
    format!(
        "<cib validate-with=\"pacemaker-3.9\" admin_epoch=\"0\" epoch=\"9\" num_updates=\"3\" crm_feature_set=\"3.16.1\" have-quorum=\"{quorum}\" dc-uuid=\"1\">\n\
         <configuration><crm_config>{options}</crm_config>\n<nodes>\n{node_list}</nodes>\n<resources>\n{}</resources>\n\
         <constraints>\n{}</constraints>\n{defaults}</configuration>\n<status>\n{status}</status>\n</cib>\n",
        cluster.members, cluster.constraints
    )
}
