//! What a failure means, and what helps: exit codes and messages of the tools and of ssh.

use crate::model::{Text, Trouble, TroubleKind};

/// The trouble behind a tool that ended with `code` and wrote `stderr`.
///
/// Codes as Pacemaker 2.1 gives them (4 and 77 privileges, 102 not connected), Corosync's `API error 11` (access) and
/// `2` (no daemon), and what shells and `timeout` add (124, 127, 137).
pub fn tool_trouble(tool: &str, code: Option<i64>, stderr: &[u8]) -> Trouble {
    let words = Text::from_bytes(stderr.trim_ascii());
    let said = words.to_ascii_lowercase();
    let denied = matches!(code, Some(4 | 77))
        || said.contains("permission denied")
        || said.contains("insufficient privileges")
        || said.contains("api error 11")
        || said.contains("cs_err_access")
        || said.contains("a password is required")
        || said.contains("not allowed to execute")
        || said.contains("operation not permitted");
    let kind = match code {
        Some(124 | 137) => TroubleKind::TimedOut,
        Some(127) => TroubleKind::Missing,
        _ if denied => TroubleKind::Denied,
        Some(102) => TroubleKind::NotRunning,
        _ if said.contains("api error 2") || said.contains("cannot initialize cmap") => TroubleKind::NotRunning,
        _ if said.contains("connection refused") || said.contains("not connected") => TroubleKind::NotRunning,
        _ if said.contains("not found") && said.contains("command") => TroubleKind::Missing,
        _ => TroubleKind::Failed,
    };
    let cause = if words.is_empty() {
        Text::from(code.map_or_else(|| format!("{tool} failed"), |code| format!("{tool} ended with code {code}")))
    } else {
        words
    };
    Trouble { kind, cause, hint: Text::new(tool_hint(tool, kind)) }
}

fn tool_hint(tool: &str, kind: TroubleKind) -> &'static str {
    let pacemaker = tool.starts_with("crm") || tool.starts_with("cib") || tool.starts_with("stonith");
    match kind {
        TroubleKind::Denied if pacemaker => "add the user to the group haclient, or log in as root",
        TroubleKind::Denied => "`hatui sudoers` prints the rule that allows it; then set `sudo = true`",
        TroubleKind::Missing if pacemaker => "install pacemaker's command line tools there",
        TroubleKind::Missing => "install the package that has it there",
        TroubleKind::NotRunning if pacemaker => "`systemctl start pacemaker` there, if it should run",
        TroubleKind::NotRunning => "`systemctl start corosync` there, if it should run",
        TroubleKind::TimedOut => "the node is overloaded, or a daemon hangs: look at its load and logs",
        _ => "run the command there by hand",
    }
}

/// The trouble behind what ssh said when a connection to `host` could not be made or broke.
pub fn connection_trouble(host: &str, words: &str) -> Trouble {
    let said = words.to_ascii_lowercase();
    let any = |parts: &[&str]| parts.iter().any(|part| said.contains(part));
    let first_contact = format!("`hatui connect {host}` asks what ssh would ask");
    let (kind, hint) = if any(&["host key", "remote host identification"]) {
        (TroubleKind::HostKey, first_contact)
    } else if any(&["closed by unknown port 65535", "proxy", "jump", "stdio forwarding"]) {
        (TroubleKind::Jump, format!("the host on the way failed: {first_contact}"))
    } else if any(&["permission denied", "too many authentication", "authentication", "passphrase"]) {
        (TroubleKind::Login, format!("load the key into ssh-agent; {first_contact}"))
    } else if any(&["could not resolve", "name or service not known", "temporary failure in name"]) {
        (TroubleKind::Name, "check the name, or add a Host entry to ~/.ssh/config".to_owned())
    } else if any(&["connection refused"]) {
        (TroubleKind::Unreachable, "the host is up, but no sshd listens there: check the port".to_owned())
    } else if any(&["timed out", "no route", "unreachable", "timeout", "host is down"]) {
        (TroubleKind::Unreachable, "check that it is up and that the network reaches it".to_owned())
    } else if any(&["broken", "closed", "reset", "end of file", "lost", "silent"]) {
        (TroubleKind::Broken, "it is tried again by itself".to_owned())
    } else {
        (TroubleKind::Failed, first_contact)
    };
    Trouble { kind, cause: Text::new(words.trim()), hint: Text::from(hint) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(tool: &str, code: i64, stderr: &str) -> TroubleKind {
        tool_trouble(tool, Some(code), stderr.as_bytes()).kind
    }

    #[test]
    fn failures_of_tools_are_told_apart() {
        assert_eq!(tool("crm_mon", 4, "crm_mon: Permission denied"), TroubleKind::Denied);
        assert_eq!(tool("crm_mon", 102, "Connection refused"), TroubleKind::NotRunning);
        assert_eq!(tool("corosync-quorumtool", 1, "Cannot initialize CMAP service"), TroubleKind::NotRunning);
        let denied = "Could not initialize corosync configuration API error 11";
        assert_eq!(tool("corosync-cfgtool", 1, denied), TroubleKind::Denied);
        assert_eq!(tool("drbdsetup", 127, ""), TroubleKind::Missing);
        assert_eq!(tool("crm_mon", 124, ""), TroubleKind::TimedOut);
        assert_eq!(tool("drbdsetup", 1, "sudo: a password is required"), TroubleKind::Denied);
        assert_eq!(tool("drbdsetup", 20, "something"), TroubleKind::Failed);
    }

    #[test]
    fn what_ssh_says_is_told_with_what_helps() {
        let kind = |words| connection_trouble("alpha", words).kind;
        assert_eq!(kind("Host key verification failed."), TroubleKind::HostKey);
        assert_eq!(
            kind("No ED25519 host key is known for alpha and you have requested strict checking."),
            TroubleKind::HostKey
        );
        assert_eq!(kind("root@alpha: Permission denied (publickey)."), TroubleKind::Login);
        assert_eq!(kind("ssh: Could not resolve hostname alpha: Name or service not known"), TroubleKind::Name);
        assert_eq!(kind("connect to host alpha port 22: Connection refused"), TroubleKind::Unreachable);
        assert_eq!(kind("connect to host alpha port 22: No route to host"), TroubleKind::Unreachable);
        assert_eq!(kind("Connection closed by UNKNOWN port 65535"), TroubleKind::Jump);
        assert!(connection_trouble("alpha", "Host key verification failed.").hint.contains("hatui connect alpha"));
    }
}
