//! Nodes: gone, waiting to be fenced, held back, unwell.

use super::look::{Look, brews, fires, list};
use super::{Finding, Judgement, Severity};
use crate::model::{FenceStatus, Health, Item, Member, NodeKind, NodeName, NodeState, Primitive, TroubleKind};

/// States of nodes that are not as they should be.
pub(super) fn states(look: &Look<'_>) -> Vec<Judgement> {
    let members = look.status().into_iter().flat_map(|status| &status.members);
    members.flat_map(|member| state(look, member)).collect()
}

fn state(look: &Look<'_>, member: &Member) -> Vec<Judgement> {
    let name = &member.name;
    let new = |rule, severity, words: String| Finding::new(rule, name.as_str(), severity, words, look.now);
    let kind = if member.kind == NodeKind::Remote { "remote node " } else { "" };
    let word = member.state().word();
    let judgement = match member.state() {
        NodeState::Online => return Vec::new(),
        NodeState::Unknown => {
            let key = new("node-offline", Severity::Warning, String::new()).key;
            return vec![Judgement::Unknown(key, "the status does not say whether the node is online".into())];
        }
        NodeState::UncleanOnline | NodeState::UncleanPending | NodeState::UncleanOffline => {
            fires(unclean(look, member))
        }
        NodeState::Offline | NodeState::OfflineStandby | NodeState::OfflineMaintenance => {
            let fenced = fenced_by(look, name);
            let how = fenced.map_or_else(|| "left cleanly".to_owned(), |by| format!("fenced{by}"));
            fires(new("node-offline", Severity::Warning, format!("{kind}{name} {word}: {how}")).help(format!(
                "when it is repaired, start it: pcs cluster start {name}, or systemctl start pacemaker there"
            )))
        }
        NodeState::Pending if runs_corosync_only(look, member) => return Vec::new(),
        NodeState::Pending => brews(
            new("node-pending", Severity::Warning, format!("{name} pending: it has not finished joining"))
                .help(format!("journalctl -u pacemaker on {name}")),
            5,
        ),
        NodeState::StandbyOnFail => fires(
            new(
                "node-standby-on-fail",
                Severity::Warning,
                format!("{name} in standby after a failure (on-fail=standby)"),
            )
            .meaning("The failed operation is listed with its resource; the node runs nothing until it is cleaned up")
            .help(format!("repair the cause, then: crm_resource --cleanup --node {name}")),
        ),
        NodeState::Standby => fires(
            new("node-standby", Severity::Warning, format!("{name} in standby: it runs nothing"))
                .help(format!("crm_standby -N {name} -v off")),
        ),
        NodeState::Maintenance => fires(
            new("node-maintenance", Severity::Warning, format!("{name} in maintenance: its services are not watched"))
                .help(format!("crm_attribute -N {name} -n maintenance -D")),
        ),
    };
    vec![match judgement {
        Judgement::Fires(finding) => fires(look.by_witness(finding, word)),
        Judgement::Brews(finding, after) => Judgement::Brews(look.by_witness(finding, word), after),
        unknown @ Judgement::Unknown(..) => unknown,
    }]
}

fn unclean(look: &Look<'_>, member: &Member) -> Finding {
    let name = &member.name;
    let word = member.state().word();
    let fencing = look.told_options().and_then(|options| options.fencing_enabled) != Some(false);
    let waiting = only_on(look, name);
    let services = match waiting.len() {
        0 => String::new(),
        number if fencing => format!(", {} for it", waits(number)),
        number => format!(
            ", {} not be safe",
            if number == 1 { "1 service may".into() } else { format!("{number} services may") }
        ),
    };
    let words = if fencing {
        format!("{name} {word}: must be fenced{services}")
    } else {
        format!("{name} {word}: fencing is disabled{services}")
    };
    let meaning = if waiting.is_empty() {
        "Its state is not known; until it is fenced nothing that may run there is started elsewhere".to_owned()
    } else {
        format!("{} still shown as running there; whether that is so nobody knows until it is fenced", list(&waiting))
    };
    let help = if fencing {
        format!(
            "if the fencing does not come about: stonith_admin --reboot {name}, or see that it is off and confirm that"
        )
    } else {
        format!("see that {name} is off; then stonith_admin --confirm {name}")
    };
    Finding::new("node-unclean", name.as_str(), Severity::Critical, words, look.now).meaning(meaning).help(help)
}

fn waits(number: usize) -> String {
    if number == 1 { "1 service waits".to_owned() } else { format!("{number} services wait") }
}

/// Resources that are active nowhere but on a node; fence devices aside.
fn only_on<'a>(look: &Look<'a>, name: &NodeName) -> Vec<&'a str> {
    let mut here = Vec::new();
    let mut elsewhere = Vec::new();
    for item in look.status().into_iter().flat_map(|status| &status.resources) {
        // Copies on other nodes go on; what only this node can do is told by its single resources.
        if matches!(item, Item::Clone(_)) {
            continue;
        }
        item.each_primitive(&mut |primitive: &Primitive| {
            if primitive.is_fence_device() {
                return;
            }
            if primitive.on.contains(name) {
                here.push(primitive.id.as_str());
            }
            if primitive.on.iter().any(|node| node != name) {
                elsewhere.push(primitive.id.as_str());
            }
        });
    }
    here.retain(|id| !elsewhere.contains(id));
    here
}

/// ` by NODE` if the newest fencing of a node succeeded.
fn fenced_by(look: &Look<'_>, name: &NodeName) -> Option<String> {
    let events = look.status()?.fencing.as_ref()?;
    let newest = events.iter().find(|event| event.target == *name)?;
    (newest.status == FenceStatus::Success && newest.action != "on").then(|| match &newest.delegate {
        Some(by) => format!(" by {by}"),
        None => String::new(),
    })
}

/// Corosync without Pacemaker: nothing runs there, yet the node has a vote.
fn runs_corosync_only(look: &Look<'_>, member: &Member) -> bool {
    let by_status = member.pending == Some(true) && member.feature_set.as_ref().is_some_and(|set| set.starts_with('<'));
    by_status || no_pacemaker_said(look, &member.name)
}

fn no_pacemaker_said(look: &Look<'_>, name: &NodeName) -> bool {
    let view = look.picture.node(name).and_then(|row| look.cluster.views().get(row.key.as_ref()?));
    view.is_some_and(|view| {
        let stopped = view.pacemaker.as_ref().and_then(|said| said.value.as_ref().err());
        stopped.is_some_and(|trouble| trouble.kind == TroubleKind::NotRunning)
            && view.quorum.as_ref().is_some_and(|said| !said.value.members.is_empty())
    })
}

/// Nodes that vote but cannot run anything.
pub(super) fn corosync_only(look: &Look<'_>) -> Vec<Judgement> {
    let members = look.status().into_iter().flat_map(|status| &status.members);
    members
        .filter(|member| !member.state().is_unclean() && runs_corosync_only(look, member))
        .map(|member| {
            let name = &member.name;
            let words = format!("{name} runs corosync but not pacemaker: it votes and runs nothing");
            let finding = Finding::new("no-pacemaker", name.as_str(), Severity::Warning, words, look.now)
                .help(format!("systemctl start pacemaker on {name}"));
            let set = member.feature_set.as_ref().map_or_else(String::new, |set| format!(", feature set {set}"));
            brews(look.by_witness(finding, format!("{}{set}", member.state().word())), 3)
        })
        .collect()
}

/// Health that keeps resources away, or soon may.
pub(super) fn health(look: &Look<'_>) -> Vec<Judgement> {
    let members = look.status().into_iter().flat_map(|status| &status.members);
    members
        .filter_map(|member| {
            let name = &member.name;
            let (severity, words) = match member.health? {
                Health::Green => return None,
                Health::Yellow => (Severity::Info, format!("{name} health yellow")),
                Health::Red => (Severity::Warning, format!("{name} health red: resources may be kept away from it")),
            };
            let finding = Finding::new("node-health", name.as_str(), severity, words, look.now).help(format!(
                "crm_attribute -N {name} -l reboot -n '#health-…' --query shows which; repair, then reset it"
            ));
            Some(fires(look.by_witness(finding, format!("health {:?}", member.health))))
        })
        .collect()
}

/// Nodes on their way down.
pub(super) fn shutdown(look: &Look<'_>) -> Vec<Judgement> {
    let members = look.status().into_iter().flat_map(|status| &status.members);
    members
        .filter(|member| member.shutdown == Some(true) && member.online == Some(true))
        .map(|member| {
            let words = format!("{} is shutting down", member.name);
            let finding = Finding::new("node-shutdown", member.name.as_str(), Severity::Info, words, look.now);
            fires(look.by_witness(finding, "shutdown=true"))
        })
        .collect()
}

/// Components that run in different versions, as in the middle of an upgrade.
pub(super) fn versions(look: &Look<'_>) -> Vec<Judgement> {
    let mut judgements = Vec::new();
    if look.status().and_then(|status| status.mixed_version) == Some(true) {
        let words = "nodes run different versions of Pacemaker: finish the upgrade";
        let finding = Finding::new("versions-mixed", "pacemaker", Severity::Warning, words, look.now);
        judgements.push(fires(look.by_witness(finding, "mixed_version=true")));
    }
    let mut said: std::collections::BTreeMap<&str, Vec<(&crate::wire::NodeKey, &str)>> =
        std::collections::BTreeMap::new();
    for (key, view) in look.fresh(crate::model::Feed::Corosync) {
        for (component, version) in &view.versions {
            said.entry(component.as_str()).or_default().push((key, version.as_str()));
        }
    }
    for (component, told) in said {
        let mut distinct: Vec<(&str, &str)> = Vec::new();
        for (key, version) in &told {
            if !distinct.iter().any(|(known, _)| known == version) {
                distinct.push((version, look.called(key)));
            }
        }
        if distinct.len() < 2 {
            continue;
        }
        let each: Vec<String> = distinct.iter().map(|(version, node)| format!("{version} on {node}")).collect();
        let words = format!("{component} differs: {}", list(&each));
        let mut finding = Finding::new("versions-mixed", component, Severity::Warning, words, look.now)
            .help("finish the upgrade; mixed versions are for its duration only");
        for (key, version) in told {
            finding = finding.said(key, look.now, format!("{component} {version}"));
        }
        judgements.push(fires(finding));
    }
    judgements
}
