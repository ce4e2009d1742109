//! Where everything is, by `crm_mon` and a reader of the test's own; and where it should be, by what `hatui plan` foretold.

use std::collections::{BTreeMap, BTreeSet};

use super::lab::{Lab, NODES};
use super::left::witness;

/// Each resource, and where it runs in which role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Places(BTreeMap<String, BTreeSet<(String, String)>>);

impl Places {
    /// As it is, once the cluster is idle.
    pub(super) fn settled(lab: &Lab) -> Self {
        lab.run(&["settle", "60"]);
        Self::now(lab)
    }

    pub(super) fn now(lab: &Lab) -> Self {
        let text = lab.run(&["exec", witness(lab), "crm_mon", "-1", "--output-as=xml", "-r"]);
        let document = roxmltree::Document::parse(&text).unwrap();
        let mut places: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
        for resource in document.descendants().filter(|node| node.has_tag_name("resource")) {
            let place = places.entry(resource.attribute("id").unwrap().to_owned()).or_default();
            let role = resource.attribute("role").unwrap();
            // What was found dead runs nowhere, wherever it is still told to be.
            let runs = role != "Stopped" && resource.attribute("failed") != Some("true");
            let on = resource.children().filter_map(|node| node.attribute("name"));
            place.extend(on.filter(|_| runs).map(|node| (node.to_owned(), role.to_owned())));
        }
        Self(places)
    }

    /// Where a resource runs; of a promotable where it is promoted.
    pub(super) fn serves(&self, id: &str) -> &str {
        let served = self.0[id].iter().find(|(_, role)| role == "Started" || role == "Promoted");
        served.map(|(node, _)| node.as_str()).unwrap_or_default()
    }

    /// All nodes where it serves; of a promotable where it is promoted.
    pub(super) fn all_that_serve(&self, id: &str) -> Vec<&str> {
        let promotable = self.promotable(id);
        let serving = self.0[id].iter().filter(|(_, role)| !promotable || role == "Promoted");
        serving.map(|(node, _)| node.as_str()).collect()
    }

    /// Whether anything runs on a node.
    pub(super) fn any_on(&self, node: &str) -> bool {
        self.0.values().flatten().any(|(on, _)| on == node)
    }

    /// A node where it does not run.
    pub(super) fn elsewhere(&self, id: &str) -> &'static str {
        NODES.into_iter().find(|node| *node != self.serves(id)).unwrap()
    }

    fn promotable(&self, id: &str) -> bool {
        self.0[id].iter().any(|(_, role)| role == "Promoted" || role == "Unpromoted")
    }

    fn after(&mut self, change: &serde_json::Value) {
        let word = |key: &str| change[key].as_str().unwrap_or_default().to_owned();
        let (id, from, to) = (word("resource"), word("from"), word("to"));
        let started = if self.promotable(&id) { "Unpromoted" } else { "Started" };
        let place = self.0.get_mut(&id).unwrap();
        let (leaves, role) = match word("action").as_str() {
            _ if change["blocked"].as_bool() == Some(true) => return,
            "start" => (&to, Some(started)),
            "stop" => (&from, None),
            "promote" => (&to, Some("Promoted")),
            "demote" => (&from, Some("Unpromoted")),
            "move" | "migrate" | "recover" => (&from, Some(started)),
            "restart" | "reload" => return,
            other => panic!("what is {other}? {change}"),
        };
        place.retain(|(node, _)| node != leaves);
        let at = if role.is_none() || !to.is_empty() { to } else { from };
        if let Some(role) = role {
            place.insert((at, role.to_owned()));
        }
    }
}

/// What hatui says that will come of an action.
pub(super) struct Foretold {
    /// Where everything will be.
    pub(super) places: Places,
    /// What it says of each change, as the screen does.
    pub(super) words: Vec<String>,
    pub(super) plan: serde_json::Value,
}

/// What `hatui plan` says, of the cluster as it is now.
pub(super) fn foretold(lab: &Lab, words: &[&str]) -> Foretold {
    let mut places = Places::settled(lab);
    let nodes = ["-n", NODES[0], "-n", NODES[1], "-n", NODES[2]];
    let (code, text) = lab.status(&[&["plan", "--json"], words, &nodes].concat());
    assert_eq!(code, 0, "{words:?}: {text}");
    let plan: serde_json::Value = serde_json::from_str(&text).unwrap();
    let preview = &plan["preview"];
    assert!(preview["missing"].is_null(), "{text}");
    let mut told = Vec::new();
    for part in ["changes", "then"] {
        for change in preview[part].as_array().into_iter().flatten() {
            places.after(change);
            told.push(change["words"].as_str().unwrap().to_owned());
        }
    }
    Foretold { places, words: told, plan }
}

impl Foretold {
    /// The screen's preview says the same.
    pub(super) fn is_shown(&self, screen: &str) {
        for words in &self.words {
            assert!(screen.contains(words.as_str()), "{words:?} is not on the screen:\n{screen}");
        }
    }

    /// It came as it was foretold.
    pub(super) fn came(&self, lab: &Lab) {
        assert_eq!(Places::settled(lab), self.places, "not as foretold: {:#?}", self.words);
    }
}

/// What `crm_mon` says of something: an attribute of the element of this kind and name.
pub(super) fn says(lab: &Lab, kind: &str, name: &str, attribute: &str) -> Option<String> {
    let text = lab.run(&["exec", witness(lab), "crm_mon", "-1", "--output-as=xml", "-r"]);
    let document = roxmltree::Document::parse(&text).unwrap();
    let mut all = document.descendants().filter(|node| node.has_tag_name(kind));
    let is = |node: &roxmltree::Node<'_, '_>| {
        name.is_empty() || node.attribute("id") == Some(name) || node.attribute("name") == Some(name)
    };
    all.find(|node| is(node) && node.attribute(attribute).is_some())?.attribute(attribute).map(str::to_owned)
}
