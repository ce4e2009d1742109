//! The words of the situations, turned into what nodes say.

use std::time::Duration;

use hatui::model::*;
use hatui::wire::Stamp;

use super::cluster::Voice;
use super::situation::Step;

fn text(words: &str) -> Text {
    Text::new(words)
}

/// A resource, or the instances of a cloned one; `gone` removes it.
pub(crate) fn resource(status: &mut PacemakerStatus, path: &str, lines: &[&str]) {
    let (root, member) = path.split_once('/').map_or((path, None), |(root, member)| (root, Some(member)));
    let id = root.trim_end_matches(['*', '+']);
    if lines == ["gone"] {
        status.resources.retain(|item| item.id().as_str() != id);
        return;
    }
    let primitives: Vec<Primitive> = lines.iter().map(|line| primitive(member.unwrap_or(root), line)).collect();
    let Some(member) = member else {
        let item = Item::Primitive(primitives.into_iter().next().unwrap());
        match status.resources.iter_mut().find(|known| known.id().as_str() == id) {
            Some(known) => *known = item,
            None => status.resources.push(item),
        }
        return;
    };
    let is_clone = root.ends_with(['*', '+']);
    if !status.resources.iter().any(|item| item.id().as_str() == id) {
        status.resources.push(if is_clone { clone_of(root, id) } else { group_of(id) });
    }
    let item = status.resources.iter_mut().find(|item| item.id().as_str() == id).unwrap();
    match item {
        Item::Group(group) => {
            let primitive = primitives.into_iter().next().unwrap();
            match group.members.iter_mut().find(|known| known.id.as_str() == member) {
                Some(known) => *known = primitive,
                None => group.members.push(primitive),
            }
            group.disabled = Some(group.members.iter().all(|part| part.target == Some(Role::Stopped)));
        }
        Item::Clone(clone) => {
            clone.disabled = Some(primitives.iter().all(|part| part.target == Some(Role::Stopped)));
            clone.instances = primitives.into_iter().map(Item::Primitive).collect();
        }
        other => panic!("{} has no members here", other.id()),
    }
}

fn group_of(id: &str) -> Item {
    let id = ResourceId::new(id);
    Item::Group(Group { id, members: Vec::new(), managed: Some(true), disabled: Some(false), maintenance: Some(false) })
}

fn clone_of(root: &str, id: &str) -> Item {
    Item::Clone(CloneSet {
        id: ResourceId::new(id),
        promotable: root.ends_with('+'),
        instances: Vec::new(),
        managed: Some(true),
        disabled: Some(false),
        failed: Some(false),
        maintenance: Some(false),
        target: None,
    })
}

/// `Role node… flags…`
fn primitive(id: &str, line: &str) -> Primitive {
    let agent = match id {
        _ if id.starts_with("fence-") => "stonith:fence_virsh",
        _ if id.starts_with("drbd-") => "ocf:linbit:drbd",
        _ => "ocf:heartbeat:Dummy",
    };
    let mut made = Primitive::named(id, agent);
    for (at, word) in line.split_whitespace().enumerate() {
        match word {
            word if at == 0 => made.role = role(word),
            "failed" => made.failed = Some(true),
            "blocked" => made.blocked = Some(true),
            "ignored" => made.failure_ignored = Some(true),
            "orphaned" => made.orphaned = Some(true),
            "unmanaged" => made.managed = Some(false),
            "maintenance" => made.maintenance = Some(true),
            word => match word.split_once('=') {
                Some(("target", value)) => made.target = Some(role(value)),
                Some(("pending", value)) => made.pending = Some(text(value)),
                Some(("locked", value)) => made.locked_to = Some(NodeName::new(value)),
                Some(_) => panic!("no such word: {word}"),
                None => made.on.push(NodeName::new(word)),
            },
        }
    }
    made
}

fn role(word: &str) -> Role {
    match word {
        "Stopped" => Role::Stopped,
        "Started" => Role::Started,
        "Promoted" => Role::Promoted,
        "Unpromoted" => Role::Unpromoted,
        "Starting" => Role::Starting,
        "Stopping" => Role::Stopping,
        other => panic!("no such role: {other}"),
    }
}

fn flag(word: &str) -> Option<bool> {
    match word {
        "true" => Some(true),
        "false" => Some(false),
        "?" => None,
        other => panic!("neither true nor false nor ?: {other}"),
    }
}

/// What a step changes of the status.
pub(crate) fn pacemaker(status: &mut PacemakerStatus, step: &Step) {
    for (name, word) in &step.nodes {
        let at = status.members.iter().position(|member| member.name.as_str() == name);
        let at = at.unwrap_or_else(|| {
            status.members.push(Member { online: Some(true), ..Member::named(name) });
            status.members.len() - 1
        });
        node(&mut status.members[at], word);
    }
    for (path, lines) in &step.resources {
        resource(status, path, &lines.lines());
    }
    if let Some(lines) = &step.failures {
        status.failures = lines.iter().map(|line| failure(line)).collect();
    }
    if let Some(lines) = &step.fail_counts {
        status.fail_counts = lines.iter().map(|line| fail_count(line)).collect();
    }
    if let Some(lines) = &step.fencing {
        let told = !lines.iter().any(|line| line == "?");
        status.fencing = told.then(|| lines.iter().map(|line| fence_event(line)).collect());
    }
    if let Some(lines) = &step.bans {
        status.bans = lines.iter().map(|line| ban(line)).collect();
    }
    let with = |dc: &Dc| if let Dc::Node { with_quorum, .. } = dc { *with_quorum } else { None };
    if let Some(dc) = &step.dc {
        let with_quorum = with(&status.dc).or(Some(true));
        status.dc = if dc == "none" { Dc::None } else { Dc::Node { name: NodeName::new(dc), with_quorum } };
    }
    if let (Some(now), Dc::Node { with_quorum, .. }) = (step.with_quorum, &mut status.dc) {
        *with_quorum = Some(now);
    }
    status.mixed_version = step.mixed.or(status.mixed_version);
    for (option, value) in &step.cluster {
        match option.as_str() {
            "stonith-enabled" => status.options.fencing_enabled = flag(value),
            "maintenance-mode" => status.options.maintenance_mode = flag(value),
            "stop-all-resources" => status.options.stop_all_resources = flag(value),
            "version" => status.version = (value != "?").then(|| text(value)),
            "no-quorum-policy" => status.options.no_quorum_policy = (value != "?").then(|| text(value)),
            other => panic!("the status does not repeat {other}"),
        }
    }
}

fn node(member: &mut Member, word: &str) {
    let (online, set): (Option<bool>, fn(&mut Member)) = match word {
        "online" => (Some(true), |_| ()),
        "offline" => (Some(false), |_| ()),
        "unclean" => (Some(false), |member| member.unclean = Some(true)),
        "unclean-online" => (Some(true), |member| member.unclean = Some(true)),
        "pending" => (Some(true), |member| member.pending = Some(true)),
        "corosync-only" => (Some(true), |member| {
            (member.pending, member.standby) = (Some(true), Some(true));
            member.feature_set = Some(text("<3.15.1"));
        }),
        "standby" => (Some(true), |member| member.standby = Some(true)),
        "standby-on-fail" => (Some(true), |member| member.standby_on_fail = Some(true)),
        "maintenance" => (Some(true), |member| member.maintenance = Some(true)),
        "red" => (Some(true), |member| member.health = Some(Health::Red)),
        "yellow" => (Some(true), |member| member.health = Some(Health::Yellow)),
        "shutdown" => (Some(true), |member| member.shutdown = Some(true)),
        "remote" => (Some(true), |member| member.kind = NodeKind::Remote),
        "?" => (None, |_| ()),
        other => panic!("no such state of a node: {other}"),
    };
    (member.unclean, member.pending, member.standby) = (Some(false), Some(false), Some(false));
    (member.standby_on_fail, member.maintenance, member.shutdown) = (Some(false), Some(false), Some(false));
    (member.health, member.online) = (None, online);
    set(member);
}

fn failure(line: &str) -> Failure {
    let mut words = line.splitn(5, ' ');
    let mut next = || words.next().expect("resource node task code words");
    Failure {
        resource: ResourceId::new(next()),
        node: NodeName::new(next()),
        task: Some(text(next())),
        code: Some(next().parse().expect("a code")),
        code_words: Some(text(next())),
        interval_ms: None,
        status: Some(text("complete")),
        reason: None,
        last_change: None,
        last_change_epoch: None,
    }
}

fn fail_count(line: &str) -> FailCount {
    let words: Vec<&str> = line.split(' ').collect();
    let (count, threshold) = words[2].split_once('/').expect("count/threshold");
    FailCount {
        resource: ResourceId::new(words[0]),
        node: NodeName::new(words[1]),
        count: count.parse().expect("a count"),
        threshold: (threshold != "?").then(|| threshold.parse().expect("a threshold")),
        last_failure: None,
    }
}

fn fence_event(line: &str) -> FenceEvent {
    let (line, reason) = line.split_once(" because ").map_or((line, None), |(line, why)| (line, Some(text(why))));
    let words: Vec<&str> = line.split(' ').collect();
    let after = |word: &str| words.iter().position(|at| *at == word).map(|at| words[at + 1]);
    FenceEvent {
        action: text(words[0]),
        target: NodeName::new(words[1]),
        status: match words[2] {
            "pending" => FenceStatus::Pending,
            "success" => FenceStatus::Success,
            "failed" => FenceStatus::Failed,
            other => FenceStatus::Other(text(other)),
        },
        delegate: after("by").map(NodeName::new),
        client: None,
        origin: after("from").map(NodeName::new),
        completed: None,
        completed_epoch: after("at").map(|at| at.parse().expect("seconds")),
        reason,
    }
}

fn ban(line: &str) -> Ban {
    let words: Vec<&str> = line.split(' ').collect();
    let (resource, node) = (ResourceId::new(words[1]), NodeName::new(words[2]));
    Ban { id: text(words[0]), resource, node, weight: -1_000_000, promoted_only: false }
}

/// `id resource node score [role] [until=moment]`, the moment with `_` for a space
pub(crate) fn location(line: &str) -> Location {
    let words: Vec<&str> = line.split(' ').collect();
    Location {
        id: text(words[0]),
        resource: Some(ResourceId::new(words[1])),
        node: (words[2] != "-").then(|| NodeName::new(words[2])),
        score: Score::parse(words[3]),
        role: words[4..].iter().find(|word| !word.starts_with("until=")).map(|role| text(role)),
        ends: words[4..].iter().find_map(|word| word.strip_prefix("until=")).map(|ends| text(&ends.replace('_', " "))),
    }
}

/// What a step changes of quorum and links.
pub(crate) fn corosync(voice: &mut Voice, step: &Step, numbers: &[(u32, &str)]) {
    let number = |name: &str| NodeId(numbers.iter().find(|(_, known)| *known == name).expect("a node").0);
    if let Some(change) = &step.quorum {
        let quorum = &mut voice.quorum;
        if let Some(members) = &change.members {
            let voter = |name: &String| Voter { id: number(name), votes: Some(1), name: NodeName::new(name) };
            quorum.members = members.iter().map(voter).collect();
            quorum.total_votes = u32::try_from(members.len()).ok();
        }
        quorum.ring = change.ring.as_deref().map(RingId::new).or(quorum.ring.take());
        quorum.expected_votes = change.expected.or(quorum.expected_votes);
        quorum.quorum = change.needed.or(quorum.quorum);
        quorum.quorate = change.quorate.or(quorum.quorate);
        quorum.blocked = change.blocked;
        if let Some(flags) = &change.flags {
            quorum.flags = flags.iter().map(|flag| text(flag)).collect();
        }
    }
    for line in &step.links {
        let words: Vec<&str> = line.splitn(3, ' ').collect();
        let state = match words[2] {
            "connected" => LinkState::Connected,
            "disconnected" => LinkState::Disconnected,
            other => LinkState::Other(text(other)),
        };
        let wanted: u32 = words[0].parse().expect("a number");
        let link = voice.links.iter_mut().find(|link| link.number == wanted).expect("a link");
        if words[1] == "whole" {
            link.peers.clear();
            link.whole = Some(state);
        } else if words[1] != voice.name {
            link.peers.insert(number(words[1]), state);
        }
    }
    for line in &step.latency {
        let words: Vec<&str> = line.split(' ').collect();
        if words[1] != voice.name {
            let average = words[2].parse().ok();
            let latency = Latency { average_us: average, connected: Some(true), ..Latency::default() };
            voice.latency.insert((number(words[1]), words[0].parse().expect("a number")), latency);
        }
    }
    voice.token = step.token_ms.map(Duration::from_millis).or(voice.token);
}

/// A feed by its name.
pub(crate) fn feed(word: &str) -> Feed {
    Feed::ALL.into_iter().find(|feed| feed.word() == word).unwrap_or_else(|| panic!("no such feed: {word}"))
}

/// Trouble of a kind.
pub(crate) fn trouble(kind: &str) -> Trouble {
    let kind = match kind {
        "HostKey" => TroubleKind::HostKey,
        "Login" => TroubleKind::Login,
        "Unreachable" => TroubleKind::Unreachable,
        "Broken" => TroubleKind::Broken,
        "OtherCluster" => TroubleKind::OtherCluster,
        "Denied" => TroubleKind::Denied,
        "Missing" => TroubleKind::Missing,
        "NotRunning" => TroubleKind::NotRunning,
        "TimedOut" => TroubleKind::TimedOut,
        other => panic!("no such trouble: {other}"),
    };
    Trouble { kind, cause: text("the tool's own words"), hint: text("") }
}

/// `connected`, `lost KIND`, `refused KIND`.
pub(crate) fn contact(words: &str, at: Stamp) -> Contact {
    match words.split_once(' ') {
        None if words == "connected" => Contact::Connected,
        Some(("lost", kind)) => Contact::Lost { trouble: trouble(kind), retry_at: at + Duration::from_secs(5) },
        Some(("refused", kind)) => Contact::Refused(trouble(kind)),
        _ => panic!("no such contact: {words}"),
    }
}
