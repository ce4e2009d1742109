//! Skeletons of CIBs, and how long operations may take by them.

use hatui_parsers::skeleton::{Kind, Resource, Skeleton, Timeout, TimeoutFrom, parse};

use crate::fixtures::{crate_root, texts};

fn all_of<'s>(resources: &'s [Resource], into: &mut Vec<&'s Resource>) {
    for resource in resources {
        into.push(resource);
        all_of(&resource.children, into);
    }
}

/// Ids of primitives with name, interval and timeout of each operation, as an independent reader of XML reads them
/// from the whole CIB.
fn theirs(cib: &str) -> Vec<String> {
    let tree = roxmltree::Document::parse(cib).unwrap();
    let primitives = tree.descendants().filter(|node| node.has_tag_name("primitive"));
    let lines = primitives.flat_map(|primitive| {
        let id = primitive.attribute("id").unwrap();
        let operations = primitive.descendants().filter(|node| node.has_tag_name("op"));
        operations.map(move |op| {
            let get = |name| op.attribute(name).unwrap_or("-");
            format!("{id} {} {} {} {}", get("id"), get("name"), get("interval"), get("timeout"))
        })
    });
    lines.collect()
}

fn ours(skeleton: &Skeleton) -> Vec<String> {
    let mut resources = Vec::new();
    all_of(&skeleton.resources, &mut resources);
    let lines = resources.iter().flat_map(|resource| {
        resource.operations.iter().map(|op| {
            let text =
                |it: &Option<hatui_parsers::skeleton::Duration>| it.as_ref().map_or("-".into(), |it| it.text.clone());
            let (id, name) = (op.id.as_deref().unwrap(), op.name.as_deref().unwrap());
            let resource = resource.id.as_deref().unwrap();
            format!("{resource} {id} {name} {} {}", text(&op.interval), text(&op.timeout))
        })
    });
    lines.collect()
}

#[test]
fn a_skeleton_and_its_whole_cib_tell_the_same_as_an_independent_reader() {
    let mut compared = 0;
    for skeleton in texts().iter().filter(|text| text.name.ends_with("/skeleton.txt")) {
        let situation = skeleton.name.split('/').nth(1).unwrap();
        let folder = crate_root().join("fixtures/pacemaker-2.1.5-namespaces").join(situation);
        let node = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
        let cib = std::fs::read_to_string(node.join("cibadmin-Q.xml")).unwrap();
        let (cut, whole) = (parse(&skeleton.bytes).unwrap(), parse(cib.as_bytes()).unwrap());
        assert_eq!((&cut.unknown, &whole.unknown), (&Vec::new(), &Vec::new()), "{situation}");
        assert_eq!(cut, whole, "{situation}: what the preview cuts out is all that is read");
        assert_eq!(ours(&cut), theirs(&cib), "{situation}");
        assert!(!format!("{whole:?}").contains("S3cret"));
        compared += ours(&cut).len();
    }
    assert!(compared > 30, "only {compared} operations compared");
}

const MADE: &str = r#"
<primitive id="web" class="ocf" provider="heartbeat" type="apache" template="slow">
<op id="w-m" name="monitor" interval="PT10S" timeout="1min" on-fail="restart" role="Started"/>
<op id="w-s" name="start" interval="0s"/>
<op id="w-x" name="promote" interval="0" timeout="7s" enabled="false"/>
<op id="w-d" name="demote" interval="0" timeout="soon"/>
<op id="w-n" name="notify" interval="0">
<meta_attributes id="n-meta">
<nvpair id="n-t" name="timeout" value="33s"/>
</meta_attributes>
</op>
<op id="w-mig" name="migrate" interval="0" timeout="90"/>
<meta_attributes id="w-meta">
<nvpair id="w-m1" name="target-role" value="Stopped"/>
<nvpair id="w-m2" name="my-password" value="S3cret"/>
</meta_attributes>
</primitive>
<group id="g">
<meta_attributes id="g-meta">
<nvpair id="g-m1" name="target-role" value="Started"/>
<nvpair id="g-m2" name="is-managed" value="false"/>
</meta_attributes>
<primitive id="in-group" class="systemd" type="x">
<meta_attributes id-ref="w-meta"/>
</primitive>
</group>
<clone id="c">
<group id="cg">
<primitive id="deep" class="ocf" provider="pacemaker" type="Dummy">
<op id="d-1" name="monitor" interval="30s" timeout="31s"/>
<op id="d-2" name="monitor" interval="20s" timeout="21s"/>
</primitive>
</group>
</clone>
<master id="ms">
<primitive id="old" class="ocf" provider="linbit" type="drbd"/>
</master>
<template id="slow" class="ocf" provider="heartbeat" type="apache">
<op id="t-s" name="stop" interval="0" timeout="500ms"/>
<op id="t-st" name="start" interval="0" timeout="500s"/>
<op id="t-p" name="promote" interval="0" timeout="9s"/>
<meta_attributes id="t-meta">
<nvpair id="t-m1" name="migration-threshold" value="3"/>
</meta_attributes>
</template>
<op_defaults>
<meta_attributes id="od-rule" score="100">
<rule id="r" score="0"/>
<nvpair id="od-r" name="timeout" value="1s"/>
</meta_attributes>
<meta_attributes id="od">
<nvpair id="od-t" name="timeout" value="45s"/>
</meta_attributes>
</op_defaults>
<rsc_defaults>
<meta_attributes id="rd" score="1">
<nvpair id="rd-1" name="resource-stickiness" value="10"/>
</meta_attributes>
<meta_attributes id="rd-high" score="INFINITY">
<nvpair id="rd-2" name="resource-stickiness" value="20"/>
</meta_attributes>
</rsc_defaults>
"#;

#[test]
fn the_timeout_that_holds_is_found_by_pacemakers_rules() {
    use TimeoutFrom::{Defaults, Operation, Template};
    let it = parse(MADE.as_bytes()).unwrap();
    assert_eq!(it.unknown, Vec::<String>::new());
    for (primitive, operation, interval, ms, from) in [
        ("web", "monitor", 10_000, 60_000, Operation),
        ("web", "stop", 0, 500, Template),
        // Its own has the same name and interval, so the template's does not count.
        ("web", "start", 0, 45_000, Defaults),
        // Disabled, and so is the template's, which it stands for.
        ("web", "promote", 0, 45_000, Defaults),
        // Not readable.
        ("web", "demote", 0, 45_000, Defaults),
        ("web", "notify", 0, 33_000, Operation),
        ("web", "migrate_to", 0, 90_000, Operation),
        // A probe goes by the most frequent monitor.
        ("web", "monitor", 0, 60_000, Operation),
        ("deep:1", "monitor", 0, 21_000, Operation),
        ("deep", "monitor", 30_000, 31_000, Operation),
        ("deep", "monitor", 11, 45_000, Defaults),
        ("old", "start", 0, 45_000, Defaults),
    ] {
        assert_eq!(it.timeout(primitive, operation, interval), Some(Timeout { ms, from }), "{primitive} {operation}");
    }
    assert_eq!(it.timeout("nope", "start", 0), None);
    assert_eq!(it.timeout("g", "start", 0), None, "a group has no operations");
    let bare = parse(b"<primitive id='a'/>").unwrap();
    assert_eq!(bare.timeout("a", "stop", 0), Some(Timeout { ms: 20_000, from: TimeoutFrom::BuiltIn }));
}

#[test]
fn meta_attributes_are_inherited_and_secrets_are_not_kept() {
    let it = parse(MADE.as_bytes()).unwrap();
    assert_eq!(it.meta("web", "target-role"), Some("Stopped"));
    assert_eq!(it.meta("web", "migration-threshold"), Some("3"));
    assert_eq!((it.meta("web", "my-password"), format!("{it:?}").contains("S3cret")), (None, false));
    assert_eq!(it.meta("in-group", "is-managed"), Some("false"));
    assert_eq!(it.meta("in-group", "target-role"), Some("Stopped"), "by the set that it refers to");
    assert_eq!((it.own_meta("g", "target-role"), it.own_meta("old", "target-role")), (Some("Started"), None));
    assert_eq!(it.meta("deep", "resource-stickiness"), Some("20"), "the higher score wins");
}

#[test]
fn nesting_is_kept() {
    let it = parse(MADE.as_bytes()).unwrap();
    let parents = |id| it.parents(id).iter().map(|it| it.id.as_deref().unwrap()).collect::<Vec<_>>();
    assert_eq!(parents("deep:0"), ["c", "cg"]);
    assert_eq!((parents("web"), parents("nope")), (vec![], vec![]));
    let kinds: Vec<Kind> = it.resources.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [Kind::Primitive, Kind::Group, Kind::Clone, Kind::Master]);
    assert_eq!(it.resource("slow").unwrap().kind, Kind::Template);
}

#[test]
fn an_error_tells_the_place_and_nothing_else() {
    for (fragment, line) in [
        ("<primitive id='S3cret'>", 1),
        ("<primitive id='a'>\n</group>S3cret", 2),
        ("<op_defaults>\n\n<S3cret", 3),
        ("</skeleton>S3cret", 1),
    ] {
        let error = parse(fragment.as_bytes()).unwrap_err();
        assert!(!format!("{error:?}{error}").contains("S3cret"), "{error:?}");
        assert_eq!(error.line, line, "{fragment:?}: {error}");
    }
    assert_eq!(parse(b"").unwrap(), Skeleton::default());
}
