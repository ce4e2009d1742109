//! Commands that change a CIB, on a copy or on the live one: what they change, print and exit with, as Pacemaker 2.1.5.

use super::xml::Element;

/// What a command did: its output, its exit code, and whether the CIB is another now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Edited {
    pub(super) out: String,
    pub(super) err: String,
    pub(super) code: u8,
    pub(super) changed: bool,
}

impl Edited {
    fn changed(out: String) -> Self {
        Self { out, changed: true, ..Self::default() }
    }

    fn refused(err: &str, code: u8) -> Self {
        Self { err: err.to_owned(), code, ..Self::default() }
    }

    fn not_found(what: &str) -> Self {
        Self::refused(&format!("crm_resource: {what} not found\nError performing operation: No such object\n"), 105)
    }
}

/// The word after one of these options.
fn value<'a>(words: &[&'a str], options: &[&str]) -> Option<&'a str> {
    let place = words.iter().position(|word| options.contains(word))?;
    words.get(place + 1).copied()
}

fn has(words: &[&str], options: &[&str]) -> bool {
    words.iter().any(|word| options.contains(word))
}

/// Runs a command on a CIB; `None` if it is none that changes the configuration.
pub(super) fn edit(cib: &mut Element, program: &str, words: &[&str]) -> Option<Edited> {
    let before = cib.clone();
    let edited = match program {
        "cibadmin" if has(words, &["--create", "-C"]) => create(cib, value(words, &["--xml-text", "-X"])?),
        "cibadmin" if has(words, &["--delete", "-D"]) => delete(cib, value(words, &["--xml-text", "-X"])?),
        "crm_standby" => {
            let node = value(words, &["-N", "--node"])?;
            node_attribute(cib, node, "standby", value(words, &["-v", "--update"]))
        }
        "crm_attribute" => {
            let name = value(words, &["-n", "--name"])?;
            let set = value(words, &["-v", "--update"]);
            match value(words, &["-N", "--node"]) {
                Some(node) => node_attribute(cib, node, name, set),
                None if value(words, &["-t", "--type"]) == Some("crm_config") => option(cib, name, set),
                None => return None,
            }
        }
        "crm_resource" if has(words, &["--meta", "-m"]) => {
            let rsc = value(words, &["-r", "--resource"])?;
            match (value(words, &["-p", "--set-parameter"]), value(words, &["-d", "--delete-parameter"])) {
                (Some(name), _) => set_meta(cib, rsc, name, value(words, &["-v", "--parameter-value"])?),
                (None, Some(name)) => delete_meta(cib, rsc, name),
                (None, None) => return None,
            }
        }
        "crm_resource" if has(words, &["--ban", "-B"]) => {
            let promoted = has(words, &["--promoted", "--master"]);
            ban(cib, value(words, &["-r", "--resource"])?, value(words, &["-N", "--node"])?, promoted)
        }
        _ => return None,
    };
    // Every write raises the epoch, unless nothing differs.
    if edited.changed && *cib != before {
        let epoch = cib.get("epoch").and_then(|epoch| epoch.parse::<u64>().ok()).unwrap_or(0) + 1;
        cib.set("epoch", &epoch.to_string());
        cib.set("num_updates", "0");
    }
    Some(Edited { changed: *cib != before, ..edited })
}

fn configuration<'a>(cib: &'a mut Element, section: &str) -> &'a mut Element {
    cib.child_mut("configuration").child_mut(section)
}

fn create(cib: &mut Element, text: &str) -> Edited {
    let Ok(element) = Element::parse(text) else {
        return Edited::refused("Call failed: Update does not conform to the configured schema\n", 78);
    };
    let known = cib.child("configuration").is_some_and(|all| all.find_id(element.id()).is_some());
    let rsc = element.get("rsc").unwrap_or_default();
    let resources = cib.child("configuration").and_then(|all| all.child("resources"));
    let there = resources.is_some_and(|all| all.find_id(rsc).is_some());
    if known {
        let failed = Element::new(
            "failed_update",
            &[
                ("id", element.id()),
                ("object_type", &element.name),
                ("operation", "cib_create"),
                ("reason", "File exists"),
            ],
        );
        let out = Element::new("failed", &[]).with(failed.with(element)).to_string();
        return Edited { out, err: "Call failed: File exists\n".to_owned(), code: 108, changed: false };
    }
    if element.name != "rsc_location" || !there {
        return Edited::refused("Call failed: Update does not conform to the configured schema\n", 78);
    }
    configuration(cib, "constraints").children.push(element);
    Edited::changed(String::new())
}

/// An id that nothing bears is no error.
fn delete(cib: &mut Element, text: &str) -> Edited {
    let Ok(element) = Element::parse(text) else {
        return Edited::refused("Call failed: Update does not conform to the configured schema\n", 78);
    };
    let same = |child: &Element| child.name == element.name && child.get("id") == element.get("id");
    configuration(cib, "constraints").children.retain(|child| !same(child));
    Edited::changed(String::new())
}

fn put(set: &mut Element, name: &str, value: &str) -> String {
    let id = format!("{}-{name}", set.id());
    if let Some(pair) = set.children.iter_mut().find(|pair| pair.get("name") == Some(name)) {
        pair.set("value", value);
        return pair.id().to_owned();
    }
    set.children.push(Element::new("nvpair", &[("id", &id), ("name", name), ("value", value)]));
    id
}

/// Takes a pair out of a set; its id, if it was there.
fn take(set: &mut Element, name: &str) -> Option<String> {
    let place = set.children.iter().position(|pair| pair.get("name") == Some(name))?;
    Some(set.children.remove(place).id().to_owned())
}

fn node_attribute(cib: &mut Element, node: &str, name: &str, value: Option<&str>) -> Edited {
    let nodes = configuration(cib, "nodes");
    let Some(found) = nodes.children.iter_mut().find(|found| found.get("uname") == Some(node)) else {
        return Edited::refused(&format!("crm_attribute: Could not map name={node} to a UUID\n"), 105);
    };
    let id = format!("nodes-{}", found.id());
    if value.is_none() && found.child("instance_attributes").is_none() {
        return Edited::default();
    }
    let set = found.child_mut("instance_attributes");
    if set.get("id").is_none() {
        set.set("id", &id);
    }
    if let Some(value) = value {
        put(set, name, value);
        return Edited::changed(String::new());
    }
    let gone = take(set, name);
    let told = gone.map(|id| format!("Deleted nodes attribute: id={id} name={name}\n"));
    Edited::changed(told.unwrap_or_default())
}

fn option(cib: &mut Element, name: &str, value: Option<&str>) -> Edited {
    let set = configuration(cib, "crm_config").child_mut("cluster_property_set");
    if set.get("id").is_none() {
        set.set("id", "cib-bootstrap-options");
    }
    if let Some(value) = value {
        put(set, name, value);
        return Edited::changed(String::new());
    }
    let told = take(set, name).map(|id| format!("Deleted crm_config option: id={id} name={name}\n"));
    Edited::changed(told.unwrap_or_default())
}

/// The resource whose attributes are meant: the clone, where its member is named.
fn owner(cib: &Element, rsc: &str) -> Option<(String, String)> {
    let resources = cib.child("configuration")?.child("resources")?;
    let clone = |top: &&Element| matches!(top.name.as_str(), "clone" | "master");
    if let Some(top) = resources.children.iter().filter(clone).find(|top| top.children.iter().any(|c| c.id() == rsc)) {
        let told = format!("Performing update of '{{}}' on '{}', the parent of '{rsc}'\n", top.id());
        return Some((top.id().to_owned(), told));
    }
    resources.find_id(rsc).map(|_| (rsc.to_owned(), String::new()))
}

fn find<'a>(element: &'a mut Element, id: &str) -> Option<&'a mut Element> {
    if element.get("id") == Some(id) {
        return Some(element);
    }
    element.children.iter_mut().find_map(|child| find(child, id))
}

fn set_meta(cib: &mut Element, rsc: &str, name: &str, value: &str) -> Edited {
    let Some((id, told)) = owner(cib, rsc) else { return Edited::not_found(&format!("Resource '{rsc}'")) };
    let Some(element) = find(configuration(cib, "resources"), &id) else { return Edited::default() };
    // The schema wants the attributes of a collection before its members, those of a primitive after its operations.
    if element.child("meta_attributes").is_none() {
        let set = Element::new("meta_attributes", &[("id", &format!("{id}-meta_attributes"))]);
        let place = if element.name == "primitive" { element.children.len() } else { 0 };
        element.children.insert(place, set);
    }
    let set = element.child_mut("meta_attributes");
    let set_id = set.id().to_owned();
    let pair = put(set, name, value);
    let told = told.replace("{}", name);
    Edited::changed(format!("{told}Set '{id}' option: id={pair} set={set_id} name={name} value={value}\n"))
}

fn delete_meta(cib: &mut Element, rsc: &str, name: &str) -> Edited {
    let Some((id, _)) = owner(cib, rsc) else { return Edited::not_found(&format!("Resource '{rsc}'")) };
    let Some(element) = find(configuration(cib, "resources"), &id) else { return Edited::default() };
    let set = element.children.iter_mut().find(|child| child.name == "meta_attributes");
    match set.and_then(|set| take(set, name)) {
        Some(pair) => Edited::changed(format!("Deleted '{id}' option: id={pair} name={name}\n")),
        None => Edited::default(),
    }
}

fn ban(cib: &mut Element, rsc: &str, node: &str, promoted: bool) -> Edited {
    let Some((id, _)) = owner(cib, rsc) else { return Edited::not_found(&format!("Resource '{rsc}'")) };
    let named = |found: &Element| found.get("uname") == Some(node);
    if !configuration(cib, "nodes").children.iter().any(named) {
        return Edited::not_found(&format!("Node '{node}'"));
    }
    let constraint = format!("cli-ban-{id}-on-{node}");
    let (role, verb) = if promoted { ("Promoted", "being promoted") } else { ("Started", "running") };
    let element = Element::new(
        "rsc_location",
        &[("id", &constraint), ("rsc", &id), ("role", role), ("node", node), ("score", "-INFINITY")],
    );
    let list = configuration(cib, "constraints");
    list.children.retain(|child| child.id() != constraint);
    list.children.push(element);
    Edited::changed(format!(
        "WARNING: Creating rsc_location constraint '{constraint}' with a score of -INFINITY for resource {id} on {node}.\n\
         \tThis will prevent {id} from {verb} on {node} until the constraint is removed using the clear option or by \
         editing the CIB with an appropriate tool\n\
         \tThis will be the case even if {node} is the last node in the cluster\n"
    ))
}
