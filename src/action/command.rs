//! The native commands, word for word (Pacemaker 1.1.18 to 3.0; drbdadm 8.4 and 9), without environment or sudo.

use core::time::Duration;

use super::intent::{DrbdTask, FenceHow, Of};
use crate::model::{DrbdName, NodeName, ResourceId, Text};
use crate::wire::Argv;

/// Every change that hatui makes is one of these.
pub mod native {
    use super::{Argv, DrbdName, DrbdTask, Duration, FenceHow, NodeName, Of, ResourceId, Text};

    fn tool(name: &str, words: &[&str]) -> Argv {
        Argv::new(name).args(words.iter().copied())
    }

    /// Standby of a node, on until taken back.
    pub fn standby(node: &NodeName) -> Argv {
        tool("crm_standby", &["-N", node.as_str(), "-v", "on"])
    }

    /// The end of it.
    pub fn online(node: &NodeName) -> Argv {
        tool("crm_standby", &["-N", node.as_str(), "-D"])
    }

    /// Maintenance of a node.
    pub fn node_maintenance(node: &NodeName, on: bool) -> Argv {
        let attribute = tool("crm_attribute", &["-N", node.as_str(), "-n", "maintenance"]);
        if on { attribute.args(["-v", "true"]) } else { attribute.arg("-D") }
    }

    /// Maintenance of the whole cluster.
    pub fn cluster_maintenance(on: bool) -> Argv {
        let option = tool("crm_attribute", &["-t", "crm_config", "-n", "maintenance-mode"]);
        if on { option.args(["-v", "true"]) } else { option.arg("-D") }
    }

    /// A meta attribute of a resource; `None` takes it away.
    pub fn meta(resource: &ResourceId, name: &str, value: Option<&str>) -> Argv {
        let meta = tool("crm_resource", &["-r", resource.as_str(), "--meta"]);
        match value {
            Some(value) => meta.args(["-p", name, "-v", value]),
            None => meta.args(["-d", name]),
        }
    }

    fn forgetting(how: &str, of: &Of) -> Argv {
        let argv = Argv::new("crm_resource").arg(how);
        match of {
            Of::Cluster => argv,
            Of::Node(node) => argv.args(["-N", node.as_str()]),
            Of::Resource(resource) => argv.args(["-r", resource.as_str()]),
            Of::ResourceOn(resource, node) => argv.args(["-r", resource.as_str(), "-N", node.as_str()]),
        }
    }

    /// Failures are forgotten.
    pub fn cleanup(of: &Of) -> Argv {
        forgetting("--cleanup", of)
    }

    /// All history is forgotten, and the state looked up anew.
    pub fn refresh(of: &Of) -> Argv {
        forgetting("--refresh", of)
    }

    /// A resource, or its promoted role, is kept off a node; `role` in the words of the cluster's version.
    pub fn ban(resource: &ResourceId, node: &NodeName, role: Option<&str>) -> Argv {
        let ban = tool("crm_resource", &["--ban", "-r", resource.as_str(), "-N", node.as_str()]);
        match role {
            Some("Master") => ban.arg("--master"),
            Some(_) => ban.arg("--promoted"),
            None => ban,
        }
    }

    /// A constraint is added.
    pub fn add_constraint(xml: &str) -> Argv {
        tool("cibadmin", &["--create", "--scope", "constraints", "--xml-text", xml])
    }

    /// A location constraint is removed by its exact id.
    pub fn remove_constraint(id: &str) -> Argv {
        let xml = format!("<rsc_location id=\"{}\"/>", escaped(id));
        tool("cibadmin", &["--delete", "--scope", "constraints", "--xml-text", &xml])
    }

    /// A node is fenced, or confirmed to be off. The tool waits for at most `limit`.
    pub fn fence(node: &NodeName, how: FenceHow, limit: Duration) -> Argv {
        let flag = match how {
            FenceHow::Reboot => "--reboot",
            FenceHow::Off => "--fence",
            FenceHow::On => "--unfence",
            FenceHow::Confirm => return tool("stonith_admin", &["--confirm", node.as_str()]),
        };
        tool("stonith_admin", &[flag, node.as_str(), "--timeout", &limit.as_secs().to_string()])
    }

    /// DRBD is told something.
    pub fn drbd(task: DrbdTask, resource: &DrbdName) -> Argv {
        tool("drbdadm", &[task.word(), resource.as_str()])
    }

    /// The version of the CIB.
    pub fn revision() -> Argv {
        tool("cibadmin", &["-Q", "-n"])
    }

    /// Why a resource is where it is, or is not.
    pub fn why(resource: &ResourceId, node: Option<&NodeName>) -> Argv {
        let why = tool("crm_resource", &["--why", "-r", resource.as_str()]);
        let why = match node {
            Some(node) => why.args(["-N", node.as_str()]),
            None => why,
        };
        why.arg("--output-as=xml")
    }

    /// Text within a double-quoted attribute of XML.
    pub(in crate::action) fn escaped(text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '"' => out.push_str("&quot;"),
                c => out.push(c),
            }
        }
        out
    }

    /// Whether a constraint's id can be given to a tool: what an id of XML may hold.
    pub fn is_id(id: &Text) -> bool {
        !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || "-_.:".contains(c)) && !id.starts_with(['-', '.'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_spelled_as_the_tools_know_them() {
        let (web, node) = (ResourceId::new("web"), NodeName::new("ha-node-1"));
        let all = [
            native::standby(&node),
            native::cluster_maintenance(false),
            native::meta(&web, "target-role", Some("Stopped")),
            native::meta(&web, "target-role", None),
            native::cleanup(&Of::ResourceOn(web.clone(), node.clone())),
            native::ban(&web, &node, Some("Promoted")),
            native::fence(&node, FenceHow::Off, Duration::from_mins(1)),
            native::remove_constraint("a\"<b"),
            native::why(&web, Some(&node)),
        ];
        let words: Vec<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!(
            words,
            [
                "crm_standby -N ha-node-1 -v on",
                "crm_attribute -t crm_config -n maintenance-mode -D",
                "crm_resource -r web --meta -p target-role -v Stopped",
                "crm_resource -r web --meta -d target-role",
                "crm_resource --cleanup -r web -N ha-node-1",
                "crm_resource --ban -r web -N ha-node-1 --promoted",
                "stonith_admin --fence ha-node-1 --timeout 60",
                "cibadmin --delete --scope constraints --xml-text '<rsc_location id=\"a&quot;&lt;b\"/>'",
                "crm_resource --why -r web -N ha-node-1 --output-as=xml",
            ]
        );
    }
}
