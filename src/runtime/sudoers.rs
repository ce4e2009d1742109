//! The sudo rules that hatui needs on a node, for a user who is not root.

use core::fmt::Write as _;

/// The text of a sudoers file for `user`: fixed commands with fixed arguments, no shell, nothing that changes anything.
pub fn sudoers(user: &str) -> String {
    let mut text = format!(
        "# What hatui reads with `sudo = true`, for the user {user}.\n\
         # Check it with `visudo -cf FILE`, then install it as /etc/sudoers.d/hatui on every node.\n\
         # A member of the group haclient needs only the rules for Corosync and DRBD.\n\n"
    );
    for (title, rules) in RULES {
        let _ = writeln!(text, "# {title}");
        for rule in *rules {
            let _ = writeln!(text, "{user} ALL=(root) NOPASSWD: {rule}");
        }
        text.push('\n');
    }
    text
}

/// The rules. An asterisk, colon, comma, equals sign and backslash in arguments are escaped as sudoers wants it.
const RULES: &[(&str, &[&str])] = &[
    (
        "Corosync: quorum, links, latency",
        &[
            "/usr/sbin/corosync-quorumtool -s",
            "/usr/sbin/corosync-cfgtool -s",
            "/usr/sbin/corosync-cfgtool -n",
            "/usr/sbin/corosync-cmapctl -m stats stats.knet.",
        ],
    ),
    (
        "DRBD: replication",
        &["/usr/sbin/drbdsetup events2 --full --poll", "/usr/sbin/drbdsetup events2 --now --statistics"],
    ),
    (
        "Pacemaker: status and configuration (not needed in the group haclient)",
        &[
            "/usr/sbin/crm_mon -1 --output-as\\=xml -r -R -m3",
            "/usr/sbin/crm_mon --as-xml -r",
            "/usr/sbin/crm_node -n",
            "/usr/sbin/cibadmin -Q -n",
            "/usr/sbin/cibadmin -Q -o constraints",
            "/usr/sbin/cibadmin -Q -o crm_config",
            "/usr/sbin/cibadmin -Q -o nodes",
        ],
    ),
];

/// Whether `user` can stand in a sudoers file as it is.
pub fn is_plain_user(user: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    !user.is_empty() && user.len() <= 32 && user.chars().all(plain) && !user.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_names_one_absolute_command_for_the_user() {
        let text = sudoers("night");
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            assert!(line.starts_with("night ALL=(root) NOPASSWD: /usr/sbin/"), "{line}");
            assert!(!line.contains('*'), "{line}");
        }
    }

    #[test]
    fn a_user_cannot_add_rules() {
        assert!(is_plain_user("night-ops"));
        for odd in ["", "a b", "x\nroot ALL=(ALL) ALL", "-u", "%wheel"] {
            assert!(!is_plain_user(odd), "{odd:?}");
        }
    }
}
