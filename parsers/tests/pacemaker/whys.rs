//! What `crm_resource --why` tells.

use hatui_parsers::why::{Check, parse};

use crate::fixtures::crate_root;

fn read(situation: &str) -> Vec<u8> {
    let name = format!("fixtures/pacemaker-2.1.5-why/{situation}/crm_resource_why.xml");
    std::fs::read(crate_root().join(name)).unwrap()
}

#[test]
fn each_setting_is_told() {
    type Finding = fn(&Check<'_>) -> bool;
    let findings: [(&str, Finding); 5] = [
        ("disabled", |check| check.remain_stopped == Some(true)),
        ("not-promotable", |check| check.promotable == Some(false)),
        ("unmanaged", |check| check.unmanaged == Some(true)),
        ("unhealthy", |check| check.unhealthy == Some(true)),
        ("running", |check| check.is_silent()),
    ];
    for (situation, found) in findings {
        let document = read(situation);
        let it = parse(&document).unwrap();
        let check = it.reason.unwrap().check.unwrap();
        assert!(found(&check), "{situation}: {check:?}");
        assert_eq!(check.is_silent(), situation == "running", "{situation}");
    }
}

#[test]
fn all_of_a_node_are_told_one_by_one() {
    let document = read("of-a-node");
    let reason = parse(&document).unwrap().reason.unwrap();
    let resources = reason.resources.unwrap();
    assert_eq!((reason.check, resources.len()), (None, 5));
    let cache = &resources[2];
    assert_eq!(
        (cache.id.as_deref(), cache.host.as_deref(), cache.running),
        (Some("cache:1"), Some("node-2"), Some(true))
    );
    assert_eq!(cache.check.as_ref().unwrap().id.as_deref(), Some("cl-cache"));
}

#[test]
fn no_answer_is_not_an_answer_without_reasons() {
    let document = read("no-such-resource");
    let it = parse(&document).unwrap();
    assert_eq!((it.reason, it.status.as_ref().unwrap().code), (None, Some(105)));
    assert!(parse(b"<reason/>").is_err());
}

#[test]
fn forms_that_no_fixture_has_are_understood() {
    let it = parse(
        b"<pacemaker-result><reason running_on='a'><check id='r' locked-to='b'/></reason><status code='0'/></pacemaker-result>",
    )
    .unwrap();
    assert_eq!(it.unknown.count, 0);
    let reason = it.reason.unwrap();
    assert_eq!(reason.running_on.as_deref(), Some("a"));
    let check = reason.check.unwrap();
    assert_eq!((check.locked_to.as_deref(), check.is_silent()), (Some("b"), false));
    let empty = parse(b"<pacemaker-result><reason><resources/></reason></pacemaker-result>").unwrap();
    assert_eq!(empty.reason.unwrap().resources, Some(vec![]));
}
