//! The clusters file: which clusters there are, and how to reach their nodes.
//!
//! ```toml
//! theme = "dark"
//!
//! [cluster.shop]
//! nodes = ["ha-node-1", "admin@ha-node-2:2222"]
//! user = "operator"
//! sudo = true
//! read-only = true
//! ssh-options = { ProxyJump = "bastion" }
//! slow-interval = 30
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cli::ThemeChoice;
use crate::error::UserError;

/// The clusters file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Colours.
    #[serde(default)]
    pub theme: Option<ThemeChoice>,
    /// Plain ASCII signs.
    #[serde(default)]
    pub ascii: bool,
    /// Whether the mouse is listened to; it is, if not said.
    #[serde(default)]
    pub mouse: Option<bool>,
    /// The clusters, by name.
    #[serde(default, rename = "cluster")]
    pub clusters: BTreeMap<String, ClusterConfig>,
}

/// A cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClusterConfig {
    /// Its nodes, as `[USER@]HOST[:PORT]`.
    pub nodes: Vec<String>,
    /// The user for nodes that name none.
    #[serde(default)]
    pub user: Option<String>,
    /// The port for nodes that name none.
    #[serde(default)]
    pub port: Option<u16>,
    /// Another configuration for ssh, instead of ~/.ssh/config.
    #[serde(default)]
    pub ssh_config: Option<PathBuf>,
    /// Options for ssh, as in `ssh_config(5)`: `ProxyJump = "bastion"`.
    #[serde(default)]
    pub ssh_options: BTreeMap<String, String>,
    /// How often is looked at what moves seldom, in seconds, 1 to 600; 10 if not said.
    #[serde(default)]
    pub slow_interval: Option<u16>,
    /// The longest a tool may take on a node, in seconds, 1 to 120; 15 if not said.
    #[serde(default)]
    pub tool_limit: Option<u16>,
    /// Run the tools that need it by `sudo -n`.
    #[serde(default)]
    pub sudo: bool,
    /// No way to change anything.
    #[serde(default)]
    pub read_only: bool,
}

/// A node as it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeAddress {
    /// The user, if named.
    pub user: Option<String>,
    /// The host, or an alias of the ssh configuration.
    pub host: String,
    /// The port, if named.
    pub port: Option<u16>,
}

impl NodeAddress {
    /// Reads `[USER@]HOST[:PORT]`; an IPv6 address with a port stands in brackets.
    pub fn parse(text: &str) -> Result<Self, UserError> {
        let bad = |why: &str| {
            Err(UserError::usage(
                format!("`{text}` is no node: {why}"),
                "write [USER@]HOST[:PORT], for example root@ha-node-1",
            ))
        };
        let (user, rest) = match text.rsplit_once('@') {
            Some((user, rest)) => (Some(user.to_owned()), rest),
            None => (None, text),
        };
        let (host, port) = if let Some(bracketed) = rest.strip_prefix('[') {
            match bracketed.split_once(']') {
                Some((host, "")) => (host, None),
                Some((host, port)) if port.starts_with(':') => (host, port.strip_prefix(':')),
                _ => return bad("the bracket is not closed"),
            }
        } else if rest.matches(':').count() == 1 {
            rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)))
        } else {
            (rest, None)
        };
        let port = match port.map(str::parse::<u16>) {
            None => None,
            Some(Ok(port)) if port > 0 => Some(port),
            Some(_) => return bad("the port is no number from 1 to 65535"),
        };
        let odd = |word: &str| {
            word.is_empty() || word.starts_with('-') || word.chars().any(|c| c.is_whitespace() || c.is_control())
        };
        if odd(host) {
            return bad("there is no host in it");
        }
        if user.as_deref().is_some_and(odd) {
            return bad("the user's name is empty or odd");
        }
        Ok(Self { user, host: host.to_owned(), port })
    }
}

impl ClusterConfig {
    /// What is wrong with it, and what helps.
    fn check(&self) -> Result<(), (String, &'static str)> {
        let word = |name: &String| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
        for (name, value) in &self.ssh_options {
            if !word(name) || value.is_empty() || value.chars().any(char::is_control) {
                return Err((format!("`{name}` in ssh-options is no option of ssh"), "write it as in ssh_config(5)"));
            }
        }
        if self.slow_interval.is_some_and(|seconds| !(1..=600).contains(&seconds)) {
            return Err(("slow-interval is not from 1 to 600".to_owned(), "10 is usual"));
        }
        if self.tool_limit.is_some_and(|seconds| !(1..=120).contains(&seconds)) {
            return Err(("tool-limit is not from 1 to 120".to_owned(), "15 is usual"));
        }
        Ok(())
    }
}

impl Config {
    /// Reads the text of the clusters file `path`.
    pub fn parse(text: &str, path: &Path) -> Result<Self, UserError> {
        let hint = "see the section \"Clusters file\" of the README, or `hatui man`";
        let config: Self = toml::from_str(text).map_err(|error| {
            UserError::config(format!("the clusters file {} cannot be read", path.display()), error.to_string(), hint)
        })?;
        for (name, cluster) in &config.clusters {
            let what = || format!("the clusters file {}: cluster `{name}`", path.display());
            if cluster.nodes.is_empty() {
                return Err(UserError::config(what(), "it has no nodes", "name at least one: nodes = [\"ha-node-1\"]"));
            }
            cluster.check().map_err(|(cause, hint)| UserError::config(what(), cause, hint))?;
            for node in &cluster.nodes {
                NodeAddress::parse(node).map_err(|error| UserError::config(what(), error.what, error.hint))?;
            }
        }
        Ok(config)
    }

    /// The cluster with a name.
    pub fn cluster(&self, name: &str) -> Result<&ClusterConfig, UserError> {
        self.clusters.get(name).ok_or_else(|| {
            let known: Vec<_> = self.clusters.keys().map(String::as_str).collect();
            let hint = if known.is_empty() {
                "the clusters file has none: see `hatui man`".to_owned()
            } else {
                format!("there are: {}", known.join(", "))
            };
            UserError::usage(format!("there is no cluster `{name}`"), hint)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, UserError> {
        Config::parse(text, Path::new("clusters.toml"))
    }

    #[test]
    fn a_clusters_file_is_read() {
        let config =
            parse("theme = \"16\"\n[cluster.shop]\nnodes = [\"a\", \"me@b:2222\"]\nread-only = true\n").unwrap();
        assert_eq!(config.theme, Some(ThemeChoice::Sixteen));
        assert!(config.cluster("shop").unwrap().read_only);
        assert!(config.cluster("x").unwrap_err().hint.contains("shop"));
    }

    #[test]
    fn what_is_wrong_is_told_with_line_cause_and_hint() {
        let error = parse("[cluster.shop]\nnodes = [\"a\"]\nuzer = \"x\"\n").unwrap_err().to_string();
        assert!(error.contains("line 3") && error.contains("uzer") && error.contains("hint:"), "{error}");
        let error = parse("[cluster.shop]\nnodes = []\n").unwrap_err().to_string();
        assert!(error.contains("no nodes"), "{error}");
        let error = parse("[cluster.shop]\nnodes = [\"a\"]\nslow-interval = 0\n").unwrap_err().to_string();
        assert!(error.contains("slow-interval"), "{error}");
        let odd = "[cluster.shop]\nnodes = [\"a\"]\nssh-options = { \"Proxy Jump\" = \"b\" }\n";
        assert!(parse(odd).unwrap_err().to_string().contains("ssh-options"));
        let error = parse("[cluster.shop]\nnodes = [\"a:0\"]\n").unwrap_err().to_string();
        assert!(error.contains("port"), "{error}");
    }

    #[test]
    fn nodes_are_read_as_ssh_would() {
        let node = |text: &str| NodeAddress::parse(text).map(|node| (node.user, node.host, node.port));
        assert_eq!(node("a"), Ok((None, "a".to_owned(), None)));
        assert_eq!(node("u@a:22"), Ok((Some("u".to_owned()), "a".to_owned(), Some(22))));
        assert_eq!(node("fe80::1"), Ok((None, "fe80::1".to_owned(), None)));
        assert_eq!(node("u@[fe80::1]:22"), Ok((Some("u".to_owned()), "fe80::1".to_owned(), Some(22))));
        for bad in ["", "@a", "a:", "a:x", "-oProxyCommand=x", "[a", "a b", "u@"] {
            assert!(node(bad).is_err(), "{bad}");
        }
    }
}
