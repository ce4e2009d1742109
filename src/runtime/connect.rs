//! First contact: plain ssh on the terminal, which may ask for host keys, passphrases and second factors.
#![expect(clippy::disallowed_methods, reason = "ssh must have the terminal itself, not a transport")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;

use color_eyre::Result;

use crate::cli::Options;
use crate::config::{Config, NodeAddress};
use crate::error::UserError;

/// Connects to each node once and tells how it went.
pub async fn connect(options: &Options, config: &Config) -> Result<ExitCode> {
    let (nodes, ssh_config, user, port, ssh_options) = match (&options.cluster, options.node.is_empty()) {
        (Some(name), _) => {
            let cluster = config.cluster(name)?;
            (
                cluster.nodes.clone(),
                cluster.ssh_config.clone(),
                cluster.user.clone(),
                cluster.port,
                cluster.ssh_options.clone(),
            )
        }
        (None, false) => (options.node.clone(), None, None, None, BTreeMap::new()),
        (None, true) => {
            return Err(UserError::usage("there is no node to connect to", "name it: hatui connect ha-node-1").into());
        }
    };
    let ssh_config = options.ssh_config.clone().or(ssh_config);
    let mut failed = 0_u8;
    for node in &nodes {
        let address = NodeAddress::parse(node)?;
        let mut command = tokio::process::Command::new("ssh");
        if let Some(file) = &ssh_config {
            command.arg("-F").arg(file);
        }
        for (name, value) in &ssh_options {
            command.arg("-o").arg(format!("{name}={value}"));
        }
        if let Some(user) = address.user.as_ref().or(user.as_ref()) {
            command.arg("-l").arg(user);
        }
        if let Some(port) = address.port.or(port) {
            command.arg("-p").arg(port.to_string());
        }
        let mut out = std::io::stderr();
        let _ = writeln!(out, "{}: connecting …", address.host);
        let status = command.arg("--").arg(&address.host).arg("true").status().await.map_err(|error| {
            UserError::outside("ssh cannot be started", error.to_string(), "install the OpenSSH client")
        })?;
        if status.success() {
            let _ = writeln!(out, "{}: fine; hatui can connect as it is", address.host);
        } else {
            failed = failed.saturating_add(1);
            let _ = writeln!(out, "{}: failed; what ssh says above tells why", address.host);
        }
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(69) })
}
