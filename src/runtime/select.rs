//! Which nodes to watch, and how each is reached.

use core::time::Duration;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::keeper::Watched;
use crate::cli::Options;
use crate::config::{Config, NodeAddress};
use crate::error::{Kind, UserError};
use crate::model::Text;
use crate::observe::{FeedOptions, tool_path};
use crate::transport::{Finished, Lane, SshOptions, SshTarget, Transport, runtime_directory};
use crate::wire::{Exit, NodeKey};

/// The nodes to watch, and what is known of them beforehand.
#[derive(Debug)]
pub struct Selection {
    /// The name of the cluster, if the user gave it one.
    pub title: Option<String>,
    /// The nodes.
    pub nodes: Vec<Watched>,
    /// Whether nothing may be changed.
    pub read_only: bool,
    /// What was made for ssh; to be removed at the end.
    pub ssh: Option<Arc<SshOptions>>,
}

/// What the environment says that bears on the selection; read once, in `main`.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The user's home.
    pub home: Option<PathBuf>,
    /// `$XDG_RUNTIME_DIR`.
    pub xdg_runtime: Option<PathBuf>,
    /// The clusters file, if there is one.
    pub clusters_file: Option<PathBuf>,
    /// What this host calls itself (`uname -n`).
    pub host: Option<String>,
}

/// How the nodes of a cluster are reached and looked at.
struct How {
    ssh_config: Option<PathBuf>,
    ssh_options: Vec<(String, String)>,
    read_only: bool,
    feeds: FeedOptions,
}

/// A node that was named, with the defaults of its cluster filled in.
struct Named {
    address: NodeAddress,
    local: bool,
}

/// Selects the nodes: those named, those of a cluster of the file, those of the cluster this host is in.
pub async fn select(options: &Options, config: &Config, places: &Places) -> Result<Selection, UserError> {
    let mut how = How {
        ssh_config: options.ssh_config.clone(),
        ssh_options: Vec::new(),
        read_only: options.read_only,
        feeds: FeedOptions { sudo: options.sudo, ..FeedOptions::default() },
    };
    let mut title = None;
    let named = if let Some(name) = &options.cluster {
        title = Some(name.clone());
        from_cluster(config.cluster(name)?, &mut how, places)?
    } else if !options.node.is_empty() {
        here(parse_all(&options.node)?, places)
    } else {
        let detected = detect().await;
        match config.clusters.iter().collect::<Vec<_>>().as_slice() {
            _ if let Detected::Nodes(_) = detected => detected.nodes(),
            [(name, cluster)] => {
                title = Some((*name).clone());
                from_cluster(cluster, &mut how, places)?
            }
            [] => return Err(detected.nothing()),
            several => {
                let names: Vec<_> = several.iter().map(|(name, _)| name.as_str()).collect();
                return Err(UserError::usage(
                    "the clusters file has several clusters",
                    format!("choose one: hatui --cluster {}", names.join(" | ")),
                ));
            }
        }
    };
    let ssh = if named.iter().all(|node| node.local) { None } else { Some(Arc::new(prepare_ssh(&how, places)?)) };
    let nodes = watched(named, ssh.as_ref(), how.feeds);
    Ok(Selection { title, nodes, read_only: how.read_only, ssh })
}

/// How each node is reached: this host without ssh.
fn watched(named: Vec<Named>, ssh: Option<&Arc<SshOptions>>, options: FeedOptions) -> Vec<Watched> {
    let each = unique(named).into_iter().filter_map(|(key, node)| {
        let transport = match (ssh, node.local) {
            (_, true) => Transport::Local,
            (Some(ssh), false) => Transport::Ssh(SshTarget {
                host: node.address.host,
                user: node.address.user,
                port: node.address.port,
                options: Arc::clone(ssh),
            }),
            (None, false) => return None,
        };
        Some(Watched { key, transport, options })
    });
    each.collect()
}

fn from_cluster(
    cluster: &crate::config::ClusterConfig,
    how: &mut How,
    places: &Places,
) -> Result<Vec<Named>, UserError> {
    if how.ssh_config.is_none() {
        how.ssh_config.clone_from(&cluster.ssh_config);
    }
    how.ssh_options = cluster.ssh_options.clone().into_iter().collect();
    how.read_only |= cluster.read_only;
    how.feeds.sudo |= cluster.sudo;
    how.feeds.slow_s = cluster.slow_interval;
    how.feeds.limit_s = cluster.tool_limit;
    let mut named = parse_all(&cluster.nodes)?;
    for node in &mut named {
        node.address.user = node.address.user.take().or_else(|| cluster.user.clone());
        node.address.port = node.address.port.or(cluster.port);
    }
    Ok(here(named, places))
}

/// Marks what is this host, which needs no ssh: its own name, or that without its domain. With a user or a port it was
/// meant to be reached by ssh.
fn here(mut named: Vec<Named>, places: &Places) -> Vec<Named> {
    let own = places.host.as_deref().unwrap_or_default();
    let short = own.split('.').next().unwrap_or_default();
    for node in named.iter_mut().filter(|node| node.address.user.is_none() && node.address.port.is_none()) {
        let host = &node.address.host;
        node.local = !own.is_empty() && (host.eq_ignore_ascii_case(own) || host.eq_ignore_ascii_case(short));
    }
    named
}

fn parse_all(nodes: &[String]) -> Result<Vec<Named>, UserError> {
    nodes.iter().map(|node| Ok(Named { address: NodeAddress::parse(node)?, local: false })).collect()
}

fn prepare_ssh(how: &How, places: &Places) -> Result<SshOptions, UserError> {
    let config = how.ssh_config.clone();
    let what = "the folder for ssh's control sockets cannot be made";
    let hint = "look at the rights of $XDG_RUNTIME_DIR and of /tmp";
    if let Some(path) = config.as_ref().filter(|path| !path.is_file()) {
        let words = format!("the ssh configuration {} is not there", path.display());
        return Err(UserError::usage(words, "give a file that exists to --ssh-config"));
    }
    let config = match config {
        Some(config) => std::path::absolute(config).ok(),
        None => places.home.as_ref().map(|home| home.join(".ssh/config")),
    };
    let directory = runtime_directory(places.xdg_runtime.as_deref())
        .map_err(|error| UserError::outside(what, error.to_string(), hint))?;
    SshOptions::prepare(&directory, config.as_deref(), &how.ssh_options)
        .map_err(|error| UserError::outside(what, error.to_string(), hint))
}

/// Keys of the nodes: the host, with user and port only where two nodes would share it.
fn unique(named: Vec<Named>) -> Vec<(NodeKey, Named)> {
    let hosts: Vec<String> = named.iter().map(|node| node.address.host.clone()).collect();
    let mut keyed: Vec<(NodeKey, Named)> = Vec::new();
    for node in named {
        let shared = hosts.iter().filter(|host| **host == node.address.host).count() > 1;
        let key = match (shared, node.address.port) {
            (true, Some(port)) => NodeKey::new(&format!("{}:{port}", node.address.host)),
            _ => NodeKey::new(&node.address.host),
        };
        if !keyed.iter().any(|(known, _)| *known == key) {
            keyed.push((key, node));
        }
    }
    keyed
}

/// What this host says of the cluster that it is in.
enum Detected {
    /// The nodes.
    Nodes(Vec<Named>),
    /// It has Pacemaker, which does not tell: why.
    Silent(String),
    /// It is in none.
    None,
}

impl Detected {
    fn nodes(self) -> Vec<Named> {
        if let Self::Nodes(nodes) = self { nodes } else { Vec::new() }
    }

    /// Why there is nothing to watch.
    fn nothing(&self) -> UserError {
        let hint = "name the nodes, `hatui --node root@ha-node-1 --node root@ha-node-2`, or try `hatui demo`";
        match self {
            Self::Silent(why) => UserError {
                kind: Kind::Usage,
                what: "there is no cluster to watch: this host has Pacemaker, but it does not tell its nodes, and no \
                       node was named"
                    .to_owned(),
                cause: why.clone(),
                hint: format!("run hatui as root or as a member of haclient, start Pacemaker, or {hint}"),
            },
            Self::Nodes(_) | Self::None => {
                UserError::usage("there is no cluster to watch: this host is in none, and no node was named", hint)
            }
        }
    }
}

/// Asks this host for the cluster that it is in.
async fn detect() -> Detected {
    let Ok(here) = Transport::Local.connect(Duration::from_secs(1)).await else { return Detected::None };
    let limit = Duration::from_secs(5);
    let name = here.run(&tool_path("crm_node").arg("-n"), Lane::Command, limit).await;
    if name.exit == Exit::Code(127) {
        return Detected::None;
    }
    let list = here.run(&tool_path("crm_node").arg("-l"), Lane::Command, limit).await;
    detected(&name, &list)
}

/// What the answers to `crm_node -n` and `crm_node -l` come to.
fn detected(name: &Finished, list: &Finished) -> Detected {
    for (flag, told) in [("-n", name), ("-l", list)] {
        match &told.exit {
            Exit::Code(0) => {}
            // Without the program there is no Pacemaker.
            Exit::Code(127) => return Detected::None,
            exit => {
                let said = Text::from_bytes(told.stderr.trim_ascii());
                let said = if said.is_empty() { exit.to_string() } else { said.to_string() };
                return Detected::Silent(format!("crm_node {flag} said: {said}"));
            }
        }
    }
    let name = String::from_utf8_lossy(&name.stdout);
    match found(name.trim(), &String::from_utf8_lossy(&list.stdout)) {
        Some(nodes) => Detected::Nodes(nodes),
        None => Detected::Silent(format!("crm_node -l does not list {}", Text::new(name.trim()))),
    }
}

/// The nodes of the cluster that calls this host `name` and has this list of nodes; `None`: it does not list this host.
fn found(name: &str, list: &str) -> Option<Vec<Named>> {
    let named: Vec<Named> = members(list)
        .into_iter()
        .filter_map(|member| {
            let local = member == name;
            Some(Named { address: NodeAddress::parse(&member).ok()?, local })
        })
        .collect();
    named.iter().any(|node| node.local).then_some(named)
}

/// The names in a list of `crm_node -l`: lines of number, name and state. Remote nodes, if listed, have no number.
fn members(list: &str) -> Vec<String> {
    list.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            words.next()?.parse::<u32>().ok().filter(|number| *number > 0)?;
            words.next().filter(|name| *name != "(null)").map(str::to_owned)
        })
        .collect()
}

/// Reads the clusters file; a missing one is empty, unless it was asked for.
#[expect(clippy::disallowed_methods, reason = "this reads the clusters file")]
pub fn read_config(asked: Option<&Path>, places: &Places) -> Result<Config, UserError> {
    let Some(path) = asked.or(places.clusters_file.as_deref()) else { return Ok(Config::default()) };
    match std::fs::read_to_string(path) {
        Ok(text) => Config::parse(&text, path),
        Err(error) if asked.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(Config::default()),
        Err(error) => Err(UserError::config(
            format!("the clusters file {} cannot be read", path.display()),
            error.to_string(),
            "check the path and its rights",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_from_the_node_list() {
        let list = "1 ha-node-1 member\n2 ha-node-2 lost\n0 far member\n3 (null) lost\n\nerror: x\n";
        assert_eq!(members(list), ["ha-node-1", "ha-node-2"]);
    }

    #[test]
    fn of_the_nodes_that_are_found_this_host_alone_is_reached_without_ssh() {
        let named = found("ha-node-2", "1 ha-node-1 member\n2 ha-node-2 member\n3 ha-node-3 lost\n").unwrap();
        let told: Vec<_> = named.iter().map(|node| (node.address.host.as_str(), node.local)).collect();
        assert_eq!(told, [("ha-node-1", false), ("ha-node-2", true), ("ha-node-3", false)]);
        let directory = std::env::temp_dir().join(format!("hatui-select-{}", std::process::id()));
        let ssh = Arc::new(SshOptions::prepare(&directory, None, &[]).unwrap());
        let ways: Vec<_> = watched(named, Some(&ssh), FeedOptions::default())
            .into_iter()
            .map(|node| match node.transport {
                Transport::Ssh(target) => format!("{} by ssh to {}", node.key, target.host),
                Transport::Local => format!("{} here", node.key),
                Transport::Simulated(..) => unreachable!(),
            })
            .collect();
        assert_eq!(ways, ["ha-node-1 by ssh to ha-node-1", "ha-node-2 here", "ha-node-3 by ssh to ha-node-3"]);
        std::fs::remove_dir_all(directory).unwrap();
        // A host that its own cluster does not list is in none.
        assert!(found("ha-node-9", "1 ha-node-1 member\n").is_none());
    }

    #[test]
    fn a_host_that_is_named_and_is_this_one_needs_no_ssh() {
        let told = |own: &str, node: &str| {
            let places = Places { host: (!own.is_empty()).then(|| own.to_owned()), ..Places::default() };
            here(parse_all(&[node.to_owned()]).unwrap(), &places)[0].local
        };
        assert!(told("ha-node-1", "ha-node-1") && told("ha-node-1", "HA-node-1"));
        assert!(told("ha-node-1.example.org", "ha-node-1") && told("ha-node-1.example.org", "ha-node-1.example.org"));
        // A name in another domain may be another host; so may anything where this host has no name.
        assert!(
            !told("ha-node-1", "ha-node-1.example.org") && !told("ha-node-1", "ha-node-2") && !told("", "ha-node-1")
        );
        for by_ssh in ["root@ha-node-1", "ha-node-1:22"] {
            assert!(!told("ha-node-1", by_ssh), "{by_ssh}");
        }
        let mut how =
            How { ssh_config: None, ssh_options: Vec::new(), read_only: false, feeds: FeedOptions::default() };
        let file = "[cluster.shop]\nnodes = [\"ha-node-1\", \"ha-node-2\"]\n[cluster.far]\nnodes = [\"ha-node-1\"]\nuser = \"root\"\n";
        let config = Config::parse(file, Path::new("clusters.toml")).unwrap();
        let places = Places { host: Some("ha-node-1".to_owned()), ..Places::default() };
        let mut local = |name: &str| -> Vec<bool> {
            let named = from_cluster(config.cluster(name).unwrap(), &mut how, &places).unwrap();
            named.iter().map(|node| node.local).collect()
        };
        assert_eq!((local("shop"), local("far")), (vec![true, false], vec![false]));
    }

    #[test]
    fn pacemaker_that_does_not_tell_is_told_from_none() {
        let told = |exit: u8, out: &str, err: &str| Finished {
            exit: Exit::Code(exit),
            stdout: out.as_bytes().to_vec(),
            stderr: err.as_bytes().to_vec(),
        };
        let well = told(0, "ha-node-1\n", "");
        let list = told(0, "1 ha-node-1 member\n2 ha-node-2 lost\n", "");
        assert_eq!(detected(&well, &list).nodes().len(), 2);
        let error = detected(&told(127, "", "not found"), &list).nothing();
        assert!(error.what.contains("this host is in none"), "{error}");
        for (name, list, cause) in [
            (
                &told(102, "", "error: Could not connect: Permission denied\n"),
                &list,
                "crm_node -n said: error: Could not connect: Permission denied",
            ),
            (&well, &told(102, "", ""), "crm_node -l said: exit 102"),
            (&well, &told(0, "1 ha-node-9 member\n", ""), "crm_node -l does not list ha-node-1"),
        ] {
            let error = detected(name, list).nothing();
            assert!(error.what.contains("this host has Pacemaker, but it does not tell"), "{error}");
            assert_eq!(error.cause, cause);
            assert_eq!(error.exit_code(), 64);
        }
    }

    #[test]
    fn two_ports_of_one_host_are_two_nodes() {
        let nodes = parse_all(&["h:22022".to_owned(), "h:22023".to_owned(), "x".to_owned(), "x".to_owned()]).unwrap();
        let keys: Vec<_> = unique(nodes).into_iter().map(|(key, _)| key.to_string()).collect();
        assert_eq!(keys, ["h:22022", "h:22023", "x"]);
    }
}
