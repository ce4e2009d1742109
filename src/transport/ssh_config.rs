//! The configuration that ssh gets from hatui: what must hold, and then the user's own.

use std::fmt::Write as _;
use std::path::Path;

/// The text of a configuration for `ssh -F`. The first value of an option wins, so ours come first: never a question on
/// the terminal, never a host key accepted silently (also on jump hosts), and dead connections noticed.
///
/// `options` are those of the clusters file; `user` is the user's configuration (`~/.ssh/config`, or another that was asked for); `-F` would replace it.
pub fn ssh_config(user: Option<&Path>, options: &[(String, String)]) -> String {
    let mut text = String::from(
        "BatchMode yes\n\
         StrictHostKeyChecking yes\n\
         UpdateHostKeys no\n\
         ConnectTimeout 10\n\
         ServerAliveInterval 3\n\
         ServerAliveCountMax 3\n\
         ForwardAgent no\n\
         ForwardX11 no\n\
         ClearAllForwardings yes\n\
         PermitLocalCommand no\n\
         RemoteCommand none\n\
         RequestTTY no\n",
    );
    for (name, value) in options {
        if !name.contains(char::is_whitespace) && !value.contains('\n') {
            let _ = writeln!(text, "{name} {value}");
        }
    }
    for path in user.into_iter().chain([Path::new("/etc/ssh/ssh_config")]) {
        // A path in quotes may hold anything but a quote.
        let path = path.to_string_lossy();
        if !path.contains(['"', '\n']) {
            let _ = writeln!(text, "Include \"{path}\"");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_comes_before_the_users() {
        let text =
            ssh_config(Some(Path::new("/home/me/.ssh/config")), &[("ProxyJump".to_owned(), "bastion".to_owned())]);
        let batch = text.find("BatchMode yes");
        let include = text.find("Include \"/home/me/.ssh/config\"");
        assert!(batch < include && batch.is_some(), "{text}");
        assert!(text.contains("StrictHostKeyChecking yes"));
        assert!(batch < text.find("ProxyJump bastion\n") && text.find("ProxyJump bastion\n") < include, "{text}");
    }

    #[test]
    fn a_path_cannot_add_lines() {
        let text = ssh_config(Some(Path::new("/x\nProxyCommand evil")), &[]);
        assert!(!text.contains("evil"), "{text}");
    }
}
