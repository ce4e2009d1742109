//! What `crm_simulate` tells: both of its forms, of every release.

use hatui_parsers::crm_mon::{Role, RoleWords};
use hatui_parsers::simulate::{
    Action, FenceOperation, Form, Modification, NodeTask, Operation, Planned, ResourceAction, Simulation, Step, parse,
};

use crate::fixtures::{all, crate_root, texts};

fn read(name: &str) -> Vec<u8> {
    std::fs::read(crate_root().join("fixtures").join(name)).unwrap()
}

fn simulated(situation: &str) -> Vec<u8> {
    read(&format!("pacemaker-2.1.5-simulated/{situation}/crm_simulate.xml"))
}

fn resources<'s>(it: &'s Simulation<'_>) -> Vec<&'s ResourceAction<'s>> {
    let actions = it.plan().unwrap().iter();
    actions.filter_map(|action| if let Action::Resource(it) = action { Some(it) } else { None }).collect()
}

/// What is done, with what, from where, to where.
fn lines(it: &Simulation<'_>) -> Vec<String> {
    let line = |a: &ResourceAction<'_>| {
        let (from, to) = (a.from().unwrap_or("-"), a.to().unwrap_or("-"));
        let (what, resource) = (a.action.as_ref().unwrap(), a.resource.as_deref().unwrap());
        format!("{what} {resource} {from} {to}{}", if a.is_blocked() { " blocked" } else { "" })
    };
    resources(it).into_iter().map(line).collect()
}

#[test]
fn the_text_tells_the_same_plan_and_steps_as_the_xml() {
    let (mut actions, mut steps) = (0, 0);
    for text in texts().iter().filter(|text| text.name.starts_with("pacemaker-2.1.5-simulated")) {
        let document = read(&text.name.replace(".txt", ".xml"));
        let xml = parse(&document).unwrap();
        let Ok(text_read) = parse(&text.bytes) else {
            assert_eq!(xml.plan(), None, "{}", text.name);
            continue;
        };
        assert_eq!(text_read.unread, Vec::<String>::new(), "{}", text.name);
        assert_eq!(text_read.actions, xml.actions, "{}", text.name);
        assert_eq!(text_read.transition, xml.transition, "{}", text.name);
        // Of a node that is changed the text is not taken apart.
        let attributes = |it: &Simulation<'_>| {
            let changes = it.modifications.iter().flat_map(|m| m.changes.clone()).map(|c| format!("{c:?}"));
            changes.filter(|c| c.starts_with("Attribute") || c.starts_with("Operation")).collect::<Vec<_>>()
        };
        assert_eq!(attributes(&text_read), attributes(&xml), "{}", text.name);
        actions += xml.actions.map_or(0, |all| all.len());
        steps += xml.transition.map_or(0, |all| all.len());
    }
    assert!(actions > 60 && steps > 200, "only {actions} actions and {steps} steps compared");
}

#[test]
fn every_action_of_the_fixtures_has_a_word_and_a_node() {
    for fixture in all().iter().filter(|fixture| fixture.name.ends_with("crm_simulate.xml")) {
        let it = parse(&fixture.bytes).unwrap();
        for action in it.actions.iter().flatten() {
            match action {
                Action::Node(node) => {
                    assert!(node.node.is_some() && matches!(node.task, Some(NodeTask::Fence(Some(_)))), "{node:?}");
                }
                Action::Resource(it) => {
                    assert!(!matches!(it.action, None | Some(Planned::Other(_))), "{it:?}");
                    assert!(it.from().is_some() || it.to().is_some(), "{it:?}");
                }
            }
        }
    }
}

#[test]
fn a_lease_moves_a_group_and_its_end_moves_it_back() {
    let (moves, ends) = (simulated("lease-moves"), simulated("lease-ends"));
    let (moves, ends) = (parse(&moves).unwrap(), parse(&ends).unwrap());
    assert_eq!(lines(&moves), ["move vip node-1 node-2", "move web-fs node-1 node-2", "move web-app node-1 node-2"]);
    assert_eq!(lines(&ends), ["move vip node-2 node-1", "move web-fs node-2 node-1", "move web-app node-2 node-1"]);
    assert_eq!(moves.revised.as_ref().unwrap().resources, ends.current.as_ref().unwrap().resources);
}

#[test]
fn a_promotion_names_roles_and_one_node() {
    let document = simulated("lease-promotes");
    let it = parse(&document).unwrap();
    assert_eq!(it.role_words, RoleWords::Promoted);
    assert_eq!(lines(&it), ["move db-vip node-3 node-1", "demote db:1 node-3 node-3", "promote db:2 node-1 node-1"]);
    let promoted = resources(&it)[2];
    assert_eq!((&promoted.role, &promoted.next_role), (&Some(Role::Unpromoted), &Some(Role::Promoted)));
}

#[test]
fn nothing_to_do_is_a_plan_and_a_failure_is_none() {
    let (nothing, failed) = (simulated("nothing-to-do"), simulated("no-cib"));
    assert_eq!(parse(&nothing).unwrap().plan(), Some([].as_slice()));
    let failed = parse(&failed).unwrap();
    assert_eq!((failed.plan(), failed.status.as_ref().unwrap().code), (None, Some(66)));
    let said = parse(b"<pacemaker-result><actions/><status code='1'/></pacemaker-result>").unwrap();
    assert_eq!(said.plan(), None, "an empty plan of a tool that failed is none");
}

#[test]
fn what_cannot_be_done_is_blocked() {
    let document = simulated("no-quorum");
    let it = parse(&document).unwrap();
    let blocked: Vec<_> = lines(&it).into_iter().filter(|line| line.ends_with("blocked")).collect();
    assert_eq!(
        blocked,
        [
            "start fence-node-1 - node-3 blocked",
            "start fence-node-2 - node-3 blocked",
            "start db-vip - node-3 blocked",
            "start cache:0 - node-3 blocked"
        ]
    );
    assert_eq!(it.modifications.unwrap().quorum.as_deref(), Some("0"));
}

#[test]
fn a_failing_step_leaves_a_fail_count() {
    let document = simulated("stop-fails");
    let it = parse(&document).unwrap();
    let steps = it.transition.unwrap();
    let Some(Step::Attribute(count)) = steps.iter().rev().nth(1) else { panic!("{steps:?}") };
    assert_eq!(count.name.as_deref(), Some("fail-count-vip#stop_0"));
    let changes = it.modifications.unwrap().changes;
    assert_eq!(changes[0], Modification::Operation { spec: Some("vip_monitor_10000@node-3=1".into()) });
}

#[test]
fn the_shapes_of_1_1_are_understood() {
    let output = read("hand-made/crm_simulate-1.1.17.txt");
    let it = parse(&output).unwrap();
    assert_eq!((&it.form, it.role_words), (&Form::Text, RoleWords::Master));
    let nodes: Vec<_> =
        it.plan().unwrap().iter().filter_map(|a| if let Action::Node(n) = a { Some(n) } else { None }).collect();
    let fence = |how| Some(NodeTask::Fence(how));
    assert_eq!(nodes.len(), 4);
    assert_eq!(nodes[0].task, Some(NodeTask::Shutdown));
    assert_eq!(nodes[1].task, fence(Some(FenceOperation::Reboot)));
    assert_eq!(nodes[1].reason.as_deref(), Some("peer is no longer part of the cluster"));
    assert_eq!((nodes[2].node.as_deref(), nodes[2].guest_of.as_deref()), (Some("g1"), Some("vm")));
    assert_eq!((nodes[3].node.as_deref(), &nodes[3].task), (Some("n4"), &fence(None)));
    assert_eq!(
        lines(&it),
        [
            "start one - n1",
            "start stuck - n1 blocked",
            "stop two n1 -",
            "stop three n1 - blocked",
            "move web n1 n2",
            "recover four n1 n1",
            "restart five n1 n1",
            "demote db:0 n1 n1",
            "promote db:1 n2 n2",
            "move db:2 n1 n2",
            "migrate vm n1 n2",
        ]
    );
    assert_eq!(it.unread, [" * Levitate web·(Started n1)", " * Resource action: web             monitor=often on n2"]);
    let steps = it.transition.unwrap();
    assert_eq!(steps.len(), 6);
    assert_eq!(
        steps[5],
        Step::Resource {
            resource: Some("web".into()),
            operation: Some(Operation::Monitor),
            node: Some("n2".into()),
            interval_ms: Some(10_000)
        }
    );
}

#[test]
fn the_shapes_of_2_0_are_understood() {
    let output = read("hand-made/crm_simulate-2.0.5.txt");
    let it = parse(&output).unwrap();
    assert_eq!(
        lines(&it),
        [
            "move web n1 n2",
            "start stuck - n1 blocked",
            "stop held n1 - blocked",
            "promote db:0 n1 n1",
            "promote db:1 - n2",
            "demote db:2 n2 -",
            "move db:3 n1 n2",
            "move db:4 n1 n2",
            "re-promote db:5 n1 n1",
        ]
    );
    let all = resources(&it);
    assert_eq!(all[1].reason.as_deref(), Some("no quorum"));
    assert_eq!((&all[6].role, all[6].reason.as_deref()), (&Some(Role::Promoted), Some("colocation with web")));
    assert_eq!(it.transition, None, "a dry run has no steps");
}

#[test]
fn what_is_not_of_the_tool_is_refused() {
    for output in ["", "sh: crm_simulate: not found\n", "<crm_mon/>", "<pacemaker-result>", "\u{feff}<a/>"] {
        assert!(parse(output.as_bytes()).is_err(), "{output:?}");
    }
    assert_eq!(parse(b"Transition Summary:\n * Move \xff").unwrap_err().expected, "UTF-8");
}

#[test]
fn xml_of_other_releases_is_understood() {
    let it = parse(
        br#"<pacemaker-result api-version="2.42"><cluster_status><nodes/><resources/></cluster_status>
        <modifications watchdog="true"><modify_ticket ticket="t" action="Granting"/></modifications><allocations><x/></allocations>
        <actions><node_action task="Shutdown" node="g (resource: vm)"/><node_action task="Fence (cycle)" node="b"/>
        <rsc_action action="promote" resource="db:0" role="Stopped" next-role="Promoted" dest="a"/>
        <rsc_action action="teleport" resource="x" node="a"/></actions>
        <transition><rsc_action op="reload-agent" resource="x" node="a"/><cluster_action task="lrm_refresh" node="a"/></transition>
        <status code="0" message="OK"/></pacemaker-result>"#,
    )
    .unwrap();
    assert_eq!(it.unknown.count, 0, "{:?}", it.unknown);
    assert_eq!(lines(&it), ["promote db:0 - a", "teleport x a -"]);
    let Some(Action::Node(shutdown)) = it.plan().unwrap().first() else { panic!() };
    assert_eq!((shutdown.node.as_deref(), shutdown.guest_of.as_deref()), (Some("g"), Some("vm")));
}
