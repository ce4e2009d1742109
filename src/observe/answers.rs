//! What single commands answer → the model's words.

use hatui_parsers::{cib, why};

use super::pacemaker;
use crate::model::{CibVersion, Text};

/// The version of the CIB that `cibadmin -Q -n` printed; `None`: it did not.
pub fn read_revision(output: &[u8]) -> Option<CibVersion> {
    let document = cib::parse(output).ok()?;
    pacemaker::cib_header(document.header.as_ref()?).map(|header| header.version)
}

/// The reasons that `crm_resource --why --output-as=xml` gave, each as a sentence without a full stop.
pub fn read_why(output: &[u8]) -> Vec<Text> {
    let Ok(document) = why::parse(output) else { return Vec::new() };
    let Some(reason) = document.reason else { return Vec::new() };
    let mut words = Vec::new();
    let mut check = |check: Option<&why::Check<'_>>, of: Option<&str>| {
        let Some(check) = check else { return };
        let of = check.id.as_deref().or(of).unwrap_or("it");
        let mut say = |yes: bool, sentence: String| {
            if yes {
                words.push(Text::from(sentence));
            }
        };
        say(check.remain_stopped == Some(true), format!("{of} is told to stay stopped"));
        say(check.promotable == Some(true), format!("{of} may run, but not be promoted"));
        say(check.unmanaged == Some(true), format!("{of} is not managed"));
        say(check.unhealthy == Some(true), format!("the health of the node keeps {of} off it"));
        if let Some(node) = &check.locked_to {
            words.push(Text::from(format!("{of} is kept for {node}, which was shut down")));
        }
    };
    check(reason.check.as_ref(), None);
    for resource in reason.resources.iter().flatten() {
        check(resource.check.as_ref(), resource.id.as_deref());
    }
    words
}
