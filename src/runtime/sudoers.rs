//! The sudo rules that hatui needs on a node, for a user who is not root.

use core::fmt::Write as _;

/// The text of a sudoers file for `user`: fixed commands with fixed arguments, no shell, nothing that changes anything.
/// With `act` also what changes the cluster: those rules name the tool and what it does, but not to whom.
pub fn sudoers(user: &str, act: bool) -> String {
    let mut text = format!(
        "# What hatui reads with `sudo = true`, for the user {user}.\n\
         # Check it with `visudo -cf FILE`, then install it as /etc/sudoers.d/hatui on every node.\n\
         # A member of the group haclient needs only the rules for Corosync and DRBD.\n\n"
    );
    let acting: &[_] = if act { ACTING } else { &[] };
    for (title, rules) in RULES.iter().chain(acting) {
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
        &[
            "/usr/sbin/drbdsetup events2 --full --poll",
            "/usr/sbin/drbdsetup events2 --now --statistics",
            "/usr/sbin/drbdsetup status --json",
        ],
    ),
    (
        "Pacemaker: status and configuration (not needed in the group haclient)",
        &[
            "/usr/sbin/crm_mon -1 --output-as\\=xml -r -R --fence-history\\=3",
            "/usr/sbin/crm_mon --as-xml -r",
            "/usr/sbin/crm_node -n",
            "/usr/sbin/cibadmin -Q -n",
            "/usr/sbin/cibadmin -Q -o constraints",
            "/usr/sbin/cibadmin -Q -o crm_config",
            "/usr/sbin/cibadmin -Q -o nodes",
        ],
    ),
];

/// What acting needs besides. An asterisk stands for names, and for whatever else the tool would take there.
const ACTING: &[(&str, &[&str])] = &[
    (
        "Acting on Pacemaker. Who may do this may do everything to the cluster, and read its fence passwords;\n\
         # membership in the group haclient gives the same without these rules",
        &[
            "/usr/sbin/cibadmin -Q",
            "/usr/sbin/cibadmin --create --scope constraints --xml-text *",
            "/usr/sbin/cibadmin --delete --scope constraints --xml-text *",
            "/usr/sbin/crm_standby -N * -v on",
            "/usr/sbin/crm_standby -N * -D",
            "/usr/sbin/crm_attribute -N * -n maintenance *",
            "/usr/sbin/crm_attribute -t crm_config -n maintenance-mode *",
            "/usr/sbin/crm_resource -r * --meta *",
            "/usr/sbin/crm_resource --ban *",
            "/usr/sbin/crm_resource --cleanup",
            "/usr/sbin/crm_resource --cleanup *",
            "/usr/sbin/crm_resource --refresh",
            "/usr/sbin/crm_resource --refresh *",
            "/usr/sbin/crm_resource --why *",
            "/usr/sbin/stonith_admin --reboot * --timeout *",
            "/usr/sbin/stonith_admin --fence * --timeout *",
            "/usr/sbin/stonith_admin --unfence * --timeout *",
            "/usr/sbin/stonith_admin --confirm *",
        ],
    ),
    (
        "Acting on DRBD",
        &[
            "/usr/sbin/drbdadm -d *",
            "/usr/sbin/drbdadm connect *",
            "/usr/sbin/drbdadm disconnect *",
            "/usr/sbin/drbdadm primary *",
            "/usr/sbin/drbdadm secondary *",
            "/usr/sbin/drbdadm pause-sync *",
            "/usr/sbin/drbdadm resume-sync *",
            "/usr/sbin/drbdadm verify *",
            "/usr/sbin/drbdadm invalidate *",
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
        let text = sudoers("night", false);
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            assert!(line.starts_with("night ALL=(root) NOPASSWD: /usr/sbin/"), "{line}");
            assert!(!line.contains('*'), "{line}");
        }
    }

    #[test]
    fn every_command_that_changes_something_has_a_rule() {
        use crate::action::native;
        use crate::action::{FenceHow, Of};
        use crate::model::{NodeName, ResourceId};
        let text = sudoers("night", true);
        let rules: Vec<&str> =
            text.lines().filter_map(|line| line.split_once("NOPASSWD: ")).map(|(_, rule)| rule).collect();
        let (node, web) = (NodeName::new("n"), ResourceId::new("web"));
        let limit = core::time::Duration::from_secs(9);
        let all = [
            native::standby(&node),
            native::online(&node),
            native::node_maintenance(&node, true),
            native::cluster_maintenance(false),
            native::meta(&web, "target-role", None),
            native::cleanup(&Of::Cluster),
            native::refresh(&Of::Resource(web.clone())),
            native::ban(&web, &node, None),
            native::add_constraint("<x/>"),
            native::remove_constraint("x"),
            native::fence(&node, FenceHow::Off, limit),
            native::fence(&node, FenceHow::Confirm, limit),
            native::revision(),
            native::why(&web, None),
            native::drbd(crate::action::DrbdTask::Verify, &crate::model::DrbdName::new("r")),
        ];
        for argv in all {
            let line = format!("/usr/sbin/{}", argv.words().join(" "));
            let fits = |rule: &&str| {
                let mut rest = line.as_str();
                let parts: Vec<&str> = rule.split('*').collect();
                let starts = rest.starts_with(parts[0]);
                for part in &parts {
                    rest = rest.find(part).map_or("\0", |at| &rest[at + part.len()..]);
                }
                starts && rest != "\0" && (rule.ends_with('*') || rest.is_empty())
            };
            assert!(rules.iter().any(fits), "no rule for {line}");
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
