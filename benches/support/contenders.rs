//! The ways to read a document of `crm_mon` that are compared; each returns a number that depends on all of it.

use core::hint::black_box;

use hatui_parsers::crm_mon::{self, Instance, Item};

use super::crm_mon_serde as by_serde;

/// 500 resources of four nodes, as Pacemaker 2.1.5 prints them.
pub(crate) const DOCUMENT: &[u8] =
    include_bytes!("../../parsers/fixtures/pacemaker-2.1.5-rendered/500-resources/crm_mon.xml");

/// What both of the readers that give facts must find: instances, places, operations, failures.
pub(crate) type Found = (usize, usize, usize, usize);

/// hatui's parser: bytes to typed facts.
pub(crate) fn hatui(document: &[u8]) -> usize {
    black_box(crm_mon::parse(document)).map_or(0, |document| document.unknown.count)
}

/// quick-xml and serde: bytes to the same typed facts.
pub(crate) fn quick_xml_serde(document: &[u8]) -> usize {
    black_box(by_serde(document)).bans.map_or(0, |bans| bans.ban.len())
}

fn by_serde(document: &[u8]) -> by_serde::Document<'_> {
    let text = core::str::from_utf8(document).expect("the fixture is UTF-8");
    quick_xml::de::from_str(text).expect("the fixture is what the structs say")
}

/// roxmltree: a tree of nodes, not looked at.
pub(crate) fn roxmltree_dom(document: &[u8]) -> usize {
    let text = core::str::from_utf8(document).expect("the fixture is UTF-8");
    black_box(roxmltree::Document::parse(text)).expect("the fixture is XML").root().range().len()
}

/// quick-xml: every event and every attribute of it, nothing kept or converted.
pub(crate) fn quick_xml_events(document: &[u8]) -> usize {
    use quick_xml::events::Event;
    let text = core::str::from_utf8(document).expect("the fixture is UTF-8");
    let mut reader = quick_xml::Reader::from_str(text);
    let mut length = 0;
    loop {
        match reader.read_event().expect("the fixture is XML") {
            Event::Start(element) | Event::Empty(element) => {
                for attribute in element.attributes() {
                    let attribute = black_box(attribute.expect("the fixture is XML"));
                    length += attribute.key.as_ref().len() + attribute.value.len();
                }
            }
            Event::Eof => return length,
            event => length += event.len(),
        }
    }
}

/// Sees to it that both readers found the same.
pub(crate) fn agree() -> Found {
    let ours = crm_mon::parse(DOCUMENT).expect("the fixture can be read");
    assert_eq!(ours.unknown.count, 0, "everything in the fixture is understood");
    let ours = found(ours.cluster().expect("the fixture is a status"));
    let theirs = found_by_serde(&by_serde(DOCUMENT));
    assert_eq!(ours, theirs, "hatui's parser and serde read the same");
    ours
}

fn found(status: &crm_mon::Status<'_>) -> Found {
    let mut primitives = Vec::new();
    for item in status.resources.iter().flatten() {
        match item {
            Item::Primitive(primitive) => primitives.push(primitive),
            Item::Group(group) => primitives.extend(&group.members),
            Item::Clone(cloned) => {
                for instance in &cloned.instances {
                    match instance {
                        Instance::Primitive(primitive) => primitives.push(primitive),
                        Instance::Group(group) => primitives.extend(&group.members),
                    }
                }
            }
            Item::Bundle(bundle) => primitives.extend(bundle.replicas.iter().flat_map(|replica| &replica.members)),
        }
    }
    let histories = status.node_history.iter().flatten().flat_map(|node| &node.resources);
    (
        primitives.len(),
        primitives.iter().map(|primitive| primitive.nodes.len()).sum(),
        histories.map(|history| history.operations.len()).sum(),
        status.failures.as_ref().map_or(0, Vec::len),
    )
}

fn found_by_serde(document: &by_serde::Document<'_>) -> Found {
    let mut primitives = Vec::new();
    for item in document.resources.iter().flat_map(|resources| &resources.items) {
        match item {
            by_serde::Item::Resource(primitive) => primitives.push(primitive),
            by_serde::Item::Group(group) => primitives.extend(&group.members),
            by_serde::Item::Clone(cloned) => {
                for instance in &cloned.instances {
                    match instance {
                        by_serde::Instance::Resource(primitive) => primitives.push(primitive),
                        by_serde::Instance::Group(group) => primitives.extend(&group.members),
                    }
                }
            }
            by_serde::Item::Bundle(bundle) => {
                primitives.extend(bundle.replicas.iter().flat_map(|replica| &replica.members));
            }
        }
    }
    let histories = document.node_history.iter().flat_map(|history| &history.nodes).flat_map(|node| &node.resources);
    (
        primitives.len(),
        primitives.iter().map(|primitive| primitive.nodes.len()).sum(),
        histories.map(|history| history.operations.len()).sum(),
        document.failures.as_ref().map_or(0, |failures| failures.failure.len()),
    )
}
