//! `skeleton`: no fragment makes it or its look-ups panic or hang, and an error is harmless to show.
#![no_main]

use hatui_parsers::skeleton::{Resource, Skeleton, parse};
use libfuzzer_sys::fuzz_target;

fn look(skeleton: &Skeleton, resource: &Resource) {
    let id = resource.id.as_deref().unwrap_or_default();
    let _ = (skeleton.parents(id).len(), skeleton.meta(id, "target-role"), skeleton.own_meta(id, "target-role"));
    for operation in &resource.operations {
        let interval = operation.interval.as_ref().and_then(|interval| interval.ms).unwrap_or(0);
        let _ = skeleton.timeout(id, operation.name.as_deref().unwrap_or_default(), interval);
    }
    let _ = skeleton.timeout(id, "monitor", 0);
    resource.children.iter().take(4).for_each(|child| look(skeleton, child));
}

fuzz_target!(|fragment: &[u8]| match parse(fragment) {
    Err(error) => assert!(!error.to_string().chars().any(char::is_control)),
    Ok(it) => it.resources.iter().chain(&it.templates).take(4).for_each(|resource| look(&it, resource)),
});
