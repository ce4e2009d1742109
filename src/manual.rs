//! The manual page: from the command line's own words, the table of commands, and what only a manual tells.

use std::fmt::Write as _;

use clap::CommandFactory;

use crate::app::COMMANDS;
use crate::cli::Cli;

/// The page in roff.
pub fn page() -> std::io::Result<String> {
    let man = clap_mangen::Man::new(Cli::command());
    let mut page = Vec::new();
    man.render(&mut page)?;
    let mut text = String::from_utf8_lossy(&page).into_owned();
    text.push_str(".SH OPTIONS OF THE COMMANDS\n");
    for command in Cli::command().get_subcommands().filter(|command| command.get_name() != "help") {
        text.push_str(&options(command));
    }
    text.push_str(".SH KEYS\n");
    for entry in COMMANDS {
        let keys: Vec<_> = entry.keys.iter().map(|key| roff(&key.label())).collect();
        let _ = writeln!(text, ".TP\n\\fB{}\\fR\n{} (palette: {})", keys.join(", "), roff(entry.doc), roff(entry.word));
    }
    text.push_str(TAIL);
    Ok(text)
}

/// What a command has besides the options that hold for all.
fn options(command: &clap::Command) -> String {
    let words = |styled: Option<&clap::builder::StyledStr>| roff(&styled.map(ToString::to_string).unwrap_or_default());
    let mut text = format!(".SS hatui {}\n{}\n", roff(command.get_name()), words(command.get_about()));
    for argument in command.get_arguments().filter(|argument| !argument.is_global_set() && argument.get_id() != "help")
    {
        let values = argument.get_value_names().unwrap_or_default().iter().map(ToString::to_string);
        let values =
            if argument.get_action().takes_values() { values.collect::<Vec<_>>().join(" ") } else { String::new() };
        let name = argument.get_long().map(|long| format!("--{long} ")).unwrap_or_default() + &values;
        let _ = writeln!(text, ".TP\n\\fB{}\\fR\n{}", roff(name.trim()), words(argument.get_help()));
    }
    text
}

/// Text that roff takes as it stands.
fn roff(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

const TAIL: &str = r#".SH CLUSTERS FILE
$XDG_CONFIG_HOME/hatui/clusters.toml, or the file named with \fB\-\-config\fR:
.PP
.nf
theme = "auto"            # dark, light, 16, none
ascii = false
mouse = true

[cluster.shop]
nodes = ["ha\-node\-1", "admin@ha\-node\-2:2222"]
user = "operator"         # for nodes that name none
port = 22
ssh\-config = "/home/me/.ssh/shop"
sudo = true               # run privileged tools by sudo \-n
read\-only = true          # no way to change anything
ssh\-options = { ProxyJump = "bastion" }
slow\-interval = 30        # seconds between looks at what moves seldom
tool\-limit = 15           # the longest a tool may take on a node, in seconds
.fi
.SH EXIT STATUS
\fBhatui status\fR: 0 healthy, 1 degraded, 2 critical, 3 unknown or unreachable.
.br
\fBhatui what\-if\fR: 0 all services go on (safe to reboot), 1 so they do, but something else is worse than it has to be, 2 something stays
down (not safe), 3 not known, or not all was asked.
Otherwise 0, or 64 for a wrong command line, 69 for something outside that failed, 78 for a wrong configuration.
.SH SEE ALSO
crm_mon(8), drbdsetup(8), corosync\-cfgtool(8), corosync\-quorumtool(8), ssh(1), ssh_config(5)
"#;
