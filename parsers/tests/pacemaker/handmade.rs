//! Forms that no fixture has, made by hand after the documentation and schemas of other releases of Pacemaker.

use hatui_parsers::crm_mon::{
    Body, CurrentDc, Document, FenceStatus, Instance, Item, NoQuorumPolicy, OperationStatus, Role, RoleWords, Score,
    Status, Writer, parse,
};
use hatui_parsers::{cib, fence_history};

fn read(document: &str) -> Document<'_> {
    parse(document.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{document}"))
}

fn status<'a, 'd>(document: &'d Document<'a>) -> &'d Status<'a> {
    document.cluster().expect("a summary and no failure")
}

fn primitives<'d>(document: &'d Document<'_>) -> Vec<&'d hatui_parsers::crm_mon::Primitive<'d>> {
    let mut all = Vec::new();
    for item in status(document).resources.iter().flatten() {
        match item {
            Item::Primitive(it) => all.push(it),
            Item::Group(group) => all.extend(&group.members),
            Item::Clone(clone) => {
                for instance in &clone.instances {
                    match instance {
                        Instance::Primitive(it) => all.push(it),
                        Instance::Group(group) => all.extend(&group.members),
                    }
                }
            }
            Item::Bundle(bundle) => all.extend(bundle.replicas.iter().flat_map(|replica| &replica.members)),
        }
    }
    all
}

const LEGACY_1_1: &str = r#"<?xml version="1.0"?>
<crm_mon version="1.1.24">
    <summary>
        <last_update time="Tue May  5 12:04:36 2020" />
        <last_change time="Tue May  5 11:00:00 2020" user="" client="" origin="" />
        <stack type="corosync" />
        <current_dc present="true" version="1.1.24" name="a" id="1" with_quorum="true" />
        <nodes_configured number="2" expected_votes="unknown" />
        <resources_configured number="3" disabled="0" blocked="1" />
        <cluster_options stonith-enabled="true" symmetric-cluster="true" no-quorum-policy="suicide" maintenance-mode="false" />
    </summary>
    <nodes>
        <node name="a" id="1" online="true" standby="false" standby_onfail="false" maintenance="false" pending="false" unclean="false" shutdown="false" expected_up="true" is_dc="true" resources_running="2" type="member" />
        <node name="g" id="g" online="true" type="remote" container_id="vm" />
    </nodes>
    <resources>
        <clone id="ms" multi_state="true" unique="false" managed="true" failed="false" failure_ignored="false" >
            <resource id="db" resource_agent="ocf::linbit:drbd" role="Master" target_role="Master" active="true" orphaned="false" managed="true" failed="false" failure_ignored="false" nodes_running_on="1" >
                <node name="a" id="1" cached="false"/>
            </resource>
            <resource id="db" resource_agent="ocf::linbit:drbd" role="Slave" active="true" orphaned="false" managed="true" failed="false" failure_ignored="false" nodes_running_on="0" pending="Promoting" />
        </clone>
    </resources>
    <node_attributes>
        <node name="a"><attribute name="x" value="(null)" /><attribute name="pingd" value="0" expected="-100" /></node>
    </node_attributes>
    <failures>
        <failure op_key="db_monitor_0" node="a" exitstatus="unknown error" exitreason="a &amp;lt;b&amp;gt;\nc" exitcode="1" call="7" status="Timed Out" last-rc-change="Tue May  5 12:00:00 2020" queued="(null)" exec="12" interval="0" task="monitor" />
    </failures>
    <fence_history>
        <fence_event target="b" action="reboot" state="pending" origin="a" client="stonith_admin.1" />
    </fence_history>
    <tickets><ticket id="t" status="granted" standby="false" last-granted="Tue May  5 12:00:00 2020" /></tickets>
    <bans><ban id="cli-ban-db-on-a" resource="db" node="a" weight="-1000000" master_only="true" /></bans>
</crm_mon>
"#;

#[test]
fn the_legacy_writer_of_1_1_is_understood() {
    let document = read(LEGACY_1_1);
    assert_eq!(document.writer, Writer::Legacy { version: Some("1.1.24".into()) });
    assert_eq!(document.unknown.count, 0, "{:?}", document.unknown);
    assert_eq!(document.role_words, RoleWords::Master);
    let it = status(&document);
    assert_eq!(it.summary.expected_votes.as_deref(), Some("unknown"));
    assert_eq!(it.summary.cluster_options.as_ref().unwrap().no_quorum_policy, Some(NoQuorumPolicy::Fence));
    let nodes = it.nodes.as_ref().unwrap();
    assert_eq!(nodes[1].id_as_resource.as_deref(), Some("vm"));
    assert_eq!(nodes[1].unclean, None);
    let db = primitives(&document);
    assert_eq!((db[0].role.clone(), db[0].target_role.clone()), (Some(Role::Promoted), Some(Role::Promoted)));
    assert_eq!((db[1].role.clone(), db[1].pending.as_deref()), (Some(Role::Unpromoted), Some("Promoting")));
    assert_eq!(db[0].blocked, None);
    let attributes = &it.node_attributes.as_ref().unwrap()[0].attributes;
    assert_eq!(attributes[0].value, None, "(null) is not a value");
    assert_eq!(attributes[1].expected, Some(-100));
    let failure = &it.failures.as_ref().unwrap()[0];
    assert_eq!(failure.exit_reason.as_deref(), Some("a <b>\nc"));
    assert_eq!((failure.queued_ms, failure.exec_ms), (None, Some(12)));
    assert_eq!(failure.status, Some(OperationStatus::TimedOut));
    assert_eq!(it.fence_history.as_ref().unwrap().events[0].status, Some(FenceStatus::Pending));
    let ban = &it.bans.as_ref().unwrap()[0];
    assert_eq!((ban.weight, ban.promoted_only), (Some(Score::MinusInfinity), Some(true)));
}

#[test]
fn null_is_a_value_where_the_writer_is_not_the_legacy_one() {
    let document = read("<pacemaker-result><summary><stack type='(null)'/></summary></pacemaker-result>");
    assert_eq!(status(&document).summary.stack.as_ref().unwrap().kind.as_deref(), Some("(null)"));
}

#[test]
fn a_value_of_the_legacy_writer_that_is_not_escaped_is_an_error_with_its_place() {
    let error = parse(b"<crm_mon version=\"1.1.24\">\n  <node name=\"a&b\"/>\n</crm_mon>").unwrap_err();
    assert_eq!((error.line, error.column), (2, 16));
    assert_eq!(error.format, "crm_mon");
}

#[test]
fn the_attributes_of_3_0_2_win_over_their_older_twins() {
    let document = read(
        r#"<pacemaker-result api-version="2.42"><summary>
        <stack type="corosync" pacemakerd-state="running"/><current_dc present="false"/>
        <last_update time="Tue May  5 12:04:36 2020" origin="a"/>
        <cluster_options fencing-enabled="true" stonith-enabled="false" no-quorum-policy="fence" fencing-timeout-ms="70000" stonith-timeout-ms="60000"/>
        </summary><resources><resource id="r" orphaned="false" removed="true" role="Promoted" maintenance="true" locked_to="b" description="d"/></resources>
        <bans><ban id="x" weight="-10000" promoted-only="true" master_only="false"/></bans>
        <tickets><ticket id="t" owner="b"><attribute name="x" value="1"/><constraints><rsc_ticket id="c" rsc="r"/></constraints></ticket></tickets>
        <status code="0" message="OK"/></pacemaker-result>"#,
    );
    assert_eq!(document.unknown.count, 0, "{:?}", document.unknown);
    assert_eq!(document.role_words, RoleWords::Promoted);
    let it = status(&document);
    assert_eq!(it.summary.current_dc, Some(CurrentDc::Absent));
    let options = it.summary.cluster_options.as_ref().unwrap();
    assert_eq!((options.fencing_enabled, options.fencing_timeout_ms), (Some(true), Some(70_000)));
    assert_eq!(options.no_quorum_policy, Some(NoQuorumPolicy::Fence));
    assert_eq!(primitives(&document)[0].orphaned, Some(true));
    let ban = &it.bans.as_ref().unwrap()[0];
    assert_eq!((ban.weight, ban.promoted_only), (Some(Score::Finite(-10_000)), Some(true)));
    let ticket = &it.tickets.as_ref().unwrap()[0];
    assert_eq!(ticket.status, None);
    assert_eq!(ticket.attributes.len(), 2);
    assert_eq!(ticket.constraints[0].resource.as_deref(), Some("r"));
}

#[test]
fn without_a_summary_there_is_no_cluster_to_look_at() {
    let errors = "<status code='0' message='OK'><errors><error>Could not connect</error></errors></status>";
    let document = format!("<pacemaker-result><nodes/>{errors}</pacemaker-result>");
    let document = read(&document);
    assert!(document.cluster().is_none());
    assert_eq!(document.body, Body::Nothing { pacemakerd: None, sections: vec!["nodes"] });
    assert_eq!(document.status.unwrap().errors, ["Could not connect"]);
}

#[test]
fn a_summary_of_a_tool_that_failed_is_not_taken_for_the_cluster() {
    let document = read("<pacemaker-result><summary/><status code='102'/></pacemaker-result>");
    assert!(matches!(document.body, Body::Status(_)));
    assert!(document.cluster().is_none());
}

#[test]
fn a_node_without_its_cluster_says_so() {
    let document = read(
        "<pacemaker-result><crm-mon-disconnected description='d' pacemakerd-state='shutting_down'/>\
         <status code='102' message='Not connected'/></pacemaker-result>",
    );
    let Body::Disconnected(it) = &document.body else { panic!("{document:?}") };
    assert_eq!(it.pacemakerd_state, Some(hatui_parsers::crm_mon::DaemonState::ShuttingDown));
}

#[test]
fn sanitised_documents_are_read_without_what_was_taken_out() {
    let document = read(
        "<pacemaker-result api-version=\"X\"><summary><current_dc present=\"true\" version=\"\"/><last_update time=\"\"/>\
         <nodes_configured number=\"\"/></summary><nodes><node name=\"a\" online=\"\"/></nodes></pacemaker-result>",
    );
    let it = status(&document);
    assert_eq!(it.summary.nodes_configured, None);
    assert_eq!(it.nodes.as_ref().unwrap()[0].online, None);
    assert_eq!(it.summary.last_update.as_ref().unwrap().time.as_ref().unwrap().at, None);
}

#[test]
fn a_truth_or_number_that_is_none_is_an_error_with_its_place() {
    let wrap = |attribute: &str| {
        format!("<pacemaker-result><summary/>\n<nodes><node {attribute}/></nodes></pacemaker-result>")
    };
    for (attribute, expected) in [
        ("online=\"maybe\"", "true or false"),
        ("resources_running=\"-1\"", "a number in range"),
        ("resources_running=\"many\"", "a number in range"),
    ] {
        let error = parse(wrap(attribute).as_bytes()).unwrap_err();
        assert_eq!(error.expected, expected, "{attribute}");
        assert_eq!(error.line, 2);
        assert!(error.excerpt.starts_with(&attribute[attribute.find('"').unwrap() + 1..]), "{error}");
    }
}

#[test]
fn what_is_not_understood_is_counted_and_named_within_bounds() {
    let mut document =
        String::from("<pacemaker-result new='1'><summary/><future><deep/></future><nodes>text<node odd='1'/>");
    document.extend((0..100).map(|number| format!("<n{number}/>")));
    document.push_str("</nodes></pacemaker-result>");
    let document = read(&document);
    assert_eq!(document.unknown.count, 104);
    assert_eq!(document.unknown.first.len(), 16);
    let names: Vec<String> = document.unknown.first.iter().take(5).map(ToString::to_string).collect();
    assert_eq!(names, ["pacemaker-result/@new", "pacemaker-result/future", "text in nodes", "node/@odd", "nodes/n0"]);
}

#[test]
fn a_cib_never_gives_back_a_secret_not_even_in_an_error() {
    let document = r#"<crm_config><cluster_property_set id="s"><nvpair id="a" name="my-password" value="S3cret"/>
        <nvpair id="b" value="S3cret"/><nvpair id="c" value="S3cret" name="API_KEY"/><nvpair id="d" name="plain" value="v"/></cluster_property_set></crm_config>"#;
    let it = cib::parse(document.as_bytes()).unwrap();
    assert!(!format!("{it:?}").contains("S3cret"));
    let values: Vec<Option<&str>> =
        it.crm_config.iter().flatten().flat_map(|set| &set.properties).map(|p| p.value.as_ref()?.plain()).collect();
    assert_eq!(values, [None, None, None, Some("v")]);

    for broken in
        ["<cib epoch='S3cret'/>", "<cib><nvpair value='S3cret' value='S3cret'/></cib>", "<cib>S3cret<S3cret</cib>"]
    {
        let error = cib::parse(broken.as_bytes()).unwrap_err();
        assert!(!format!("{error:?} {error}").contains("S3cret"), "{error:?}");
    }
}

#[test]
fn a_lifetime_and_a_node_are_found_in_rules() {
    let document = r##"<constraints>
      <rsc_location id="cli-prefer-x" rsc="x" role="Started"><rule id="r" score="INFINITY" boolean-op="and">
        <expression id="e" attribute="#uname" operation="eq" value="n1" type="string"/>
        <date_expression id="d" operation="lt" end="2026-11-23 09:36:35Z"/></rule></rsc_location>
      <rsc_location id="old" rsc="x" node="n2" score="5"><lifetime><rule id="l"><date_expression id="d2" end="2026-11-24"/></rule></lifetime></rsc_location>
      <rsc_location id="either" rsc="x"><rule id="o" boolean-op="or" score="1"><expression id="f" attribute="#uname" operation="eq" value="n1"/>
        <date_expression id="d3" operation="lt" end="2026-11-23"/></rule></rsc_location>
      <rsc_location id="starts" rsc="x"><rule id="p" score="#red"><date_expression id="d4" operation="gt" start="2026-11-23" end="2026-11-24"/></rule></rsc_location>
    </constraints>"##;
    let it = cib::parse(document.as_bytes()).unwrap();
    assert_eq!(it.unknown.count, 0, "{:?}", it.unknown);
    let locations = it.constraints.unwrap().locations;
    let told: Vec<_> = locations
        .iter()
        .map(|location| (location.single_node(), location.ends().and_then(|end| end.at).map(|at| at.seconds)))
        .collect();
    assert_eq!(
        told,
        [(Some("n1"), Some(1_795_426_595)), (Some("n2"), Some(1_795_478_400)), (None, None), (None, None)]
    );
    assert_eq!(locations[0].weight(), Some(&cib::Weight::Score(Score::Infinity)));
    assert_eq!(locations[3].weight(), Some(&cib::Weight::Other("#red".into())));
}

#[test]
fn a_lease_tells_its_resource_role_node_score_and_end() {
    let path = "fixtures/pacemaker-2.1.5-namespaces/leases/copy/cibadmin-constraints.xml";
    let document = std::fs::read(crate::fixtures::crate_root().join(path)).unwrap();
    let it = cib::parse(&document).unwrap();
    let locations = it.constraints.unwrap().locations;
    let leases: Vec<_> = locations
        .iter()
        .filter(|location| location.id.as_deref().is_some_and(|id| id.starts_with("hatui-move-")))
        .map(|location| {
            assert_eq!(location.weight(), Some(&cib::Weight::Score(Score::Infinity)));
            let end = location.ends().and_then(|end| end.at).map(|at| at.seconds);
            (location.what.clone(), location.single_role().cloned(), location.single_node(), end)
        })
        .collect();
    let (slow, db) = (cib::What::Resource("slow".into()), cib::What::Resource("ms-db".into()));
    let end = Some(1_795_644_000);
    assert_eq!(leases, [(slow, None, Some("node-2"), end), (db, Some(Role::Promoted), Some("node-1"), end)]);
}

#[test]
fn attributes_of_nodes_have_their_lifetime() {
    let document = r#"<cib admin_epoch="0" epoch="9" num_updates="3"><configuration><nodes><node id="1" uname="a">
        <instance_attributes id="i"><nvpair id="n" name="standby" value="on"/></instance_attributes></node></nodes></configuration>
        <status><node_state id="2" uname="b" in_ccm="true"><transient_attributes id="2"><instance_attributes id="s">
        <nvpair id="m" name="standby" value="on"/></instance_attributes></transient_attributes><lrm id="2"/></node_state></status></cib>"#;
    let it = cib::parse(document.as_bytes()).unwrap();
    assert_eq!(it.unknown.count, 0, "{:?}", it.unknown);
    let forever = &it.nodes.unwrap()[0].attributes[0];
    assert_eq!((forever.node_name.as_deref(), forever.lifetime), (Some("a"), cib::Lifetime::Forever));
    let reboot = &it.transient.unwrap()[0];
    assert_eq!((reboot.node_name.as_deref(), reboot.lifetime), (Some("b"), cib::Lifetime::Reboot));
}

#[test]
fn versions_of_a_cib_compare_number_by_number() {
    let version = |a, b, c| cib::Version { admin_epoch: Some(a), epoch: Some(b), num_updates: Some(c) };
    assert!(version(0, 10, 0) > version(0, 9, 50));
    assert!(version(1, 0, 0) > version(0, 99, 99));
    assert_eq!(version(0, 1, 2).partial_cmp(&cib::Version::default()), None);
}

#[test]
fn a_history_that_was_not_told_is_not_an_empty_one() {
    let failed = fence_history::parse(b"<pacemaker-result><status code='102'/></pacemaker-result>").unwrap();
    assert_eq!(failed.events, None);
    let empty = fence_history::parse(b"<pacemaker-result><list name='Fencing history'/></pacemaker-result>").unwrap();
    assert_eq!(empty.events.as_deref(), Some([].as_slice()));
    assert!(fence_history::parse(b"<crm_mon/>").is_err());
}
