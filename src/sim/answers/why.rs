//! `crm_resource --why -r R [-N NODE] --output-as=xml` of Pacemaker 2.1.5.

use core::fmt::Display;

use super::super::status::{Ix, Role};
use super::super::world::World;
use super::xml::Xml;
use super::{Answer, pacemaker};

fn value<'a>(words: &[&'a str], options: &[&str]) -> Option<&'a str> {
    let place = words.iter().position(|word| options.contains(word))?;
    words.get(place + 1).copied()
}

/// Why a resource runs or does not, as far as that tool tells.
pub(super) fn why(world: &World, node: Ix, words: &[&str]) -> Answer {
    let mut xml = Xml::default();
    let request = format!("crm_resource {}", words.join(" "));
    xml.start("pacemaker-result", &[("api-version", &"2.25"), ("request", &request)]);
    let failed = |mut xml: Xml, code: u8, message: &str, error: &str| {
        xml.start("status", &[("code", &code), ("message", &message)]);
        xml.start("errors", &[]);
        xml.text("error", error);
        Answer { out: xml.finish().into_bytes(), code, ms: 20, ..Answer::default() }
    };
    let Some(side) = pacemaker(world, node) else {
        let error = "crm_resource: Could not connect to the CIB: Transport endpoint is not connected\n\
                     Error performing operation: Not connected";
        return failed(xml, 102, "Not connected", error);
    };
    let rsc = value(words, &["-r", "--resource"]).unwrap_or_default();
    let found = side.config.primitives().find(|(top, member)| top.name() == rsc || member.id == rsc);
    let Some((top, _)) = found else {
        let error = format!("crm_resource: Resource '{rsc}' not found\nError performing operation: No such object");
        return failed(xml, 105, "No such object", &error);
    };
    let at = value(words, &["-N", "--node"]);
    let runs = |place: &Ix| top.member.iter().any(|member| side.status.role(&member.id, *place) != Role::Stopped);
    let mut places = side.status.nodes.keys().filter(|place| runs(place));
    match at {
        Some(name) if places.any(|place| world.name(*place) == name) => xml.start("reason", &[("running_on", &name)]),
        Some(_) => xml.start("reason", &[]),
        None => {
            let running = places.next().is_some();
            xml.start("reason", &[("running", &running)]);
        }
    }
    let name = top.name();
    let mut check: Vec<(&str, &dyn Display)> = vec![("id", &name)];
    if top.disabled() {
        check.push(("remain_stopped", &true));
    }
    if top.meta.get("is-managed").is_some_and(|word| word == "false") {
        check.push(("unmanaged", &true));
    }
    xml.empty("check", &check);
    xml.end();
    xml.empty("status", &[("code", &0), ("message", &"OK")]);
    Answer::text(xml.finish(), 24)
}
