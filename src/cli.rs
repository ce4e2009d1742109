//! What can be asked on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A terminal for the people who keep Pacemaker, Corosync and DRBD clusters alive.
///
/// Without a command it watches a cluster on the full screen: the one that this host belongs to, else the only one in
/// the clusters file, else the nodes named with --node. It connects over your own ssh; nothing is installed on the nodes.
#[derive(Debug, Parser)]
#[command(
    name = "hatui",
    version,
    max_term_width = 100,
    subcommand_help_heading = "Commands",
    disable_help_subcommand = false
)]
pub struct Cli {
    /// What to look at, and how.
    #[command(flatten)]
    pub options: Options,
    /// What to do; without one, watch on the full screen.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options that hold for every way of looking at a cluster, before or after the command.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line are bools")]
pub struct Options {
    /// A node to connect to; may be given several times. What ssh knows as an alias is fine.
    #[arg(
        long,
        short,
        value_name = "[USER@]HOST[:PORT]",
        global = true,
        conflicts_with = "cluster",
        help_heading = "Cluster"
    )]
    pub node: Vec<String>,
    /// A cluster of the clusters file.
    #[arg(long, short, value_name = "NAME", global = true, help_heading = "Cluster")]
    pub cluster: Option<String>,
    /// Run the tools that need it by `sudo -n`; `hatui sudoers` prints the rules.
    #[arg(long, global = true, help_heading = "Cluster")]
    pub sudo: bool,
    /// No way to change anything.
    #[arg(long, global = true, help_heading = "Cluster")]
    pub read_only: bool,
    /// Another clusters file.
    #[arg(long, value_name = "FILE", global = true, env = "HATUI_CONFIG", help_heading = "Cluster")]
    pub config: Option<PathBuf>,
    /// Another configuration for ssh, instead of ~/.ssh/config.
    #[arg(long, value_name = "FILE", global = true, help_heading = "Cluster")]
    pub ssh_config: Option<PathBuf>,
    /// Write a log.
    #[arg(long, value_name = "FILE", global = true, help_heading = "Program")]
    pub log: Option<PathBuf>,
    /// Colours.
    #[arg(long, value_enum, global = true, help_heading = "Display")]
    pub theme: Option<ThemeChoice>,
    /// Plain ASCII signs; chosen by itself where the locale is not UTF-8.
    #[arg(long, global = true, help_heading = "Display")]
    pub ascii: bool,
    /// Leave the mouse to the terminal.
    #[arg(long, global = true, help_heading = "Display")]
    pub no_mouse: bool,
}

/// Colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// By what the terminal says of itself.
    #[default]
    Auto,
    /// For a dark background.
    Dark,
    /// For a light background.
    Light,
    /// The terminal's own 16 colours.
    #[value(name = "16")]
    #[serde(rename = "16")]
    Sixteen,
    /// None: signs and words only.
    None,
}

impl ThemeChoice {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Sixteen => "16",
            Self::None => "none",
        }
    }
}

/// How an action is shown and done.
#[derive(Debug, Clone, Args)]
pub struct Acting {
    /// JSON, as described in docs/plan-json.md.
    #[arg(long)]
    pub json: bool,
    /// On a scenario of the demo instead.
    #[arg(long, value_name = "SCENARIO", conflicts_with_all = ["node", "cluster"])]
    pub demo: Option<String>,
    /// The longest to wait for the nodes, in seconds.
    #[arg(long, default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    pub wait: u64,
}

/// How a question is answered.
#[derive(Debug, Clone, Args)]
pub struct Foreseeing {
    /// JSON, as described in docs/what-if-json.md.
    #[arg(long)]
    pub json: bool,
    /// On a scenario of the demo instead.
    #[arg(long, value_name = "SCENARIO", conflicts_with_all = ["node", "cluster"])]
    pub demo: Option<String>,
    /// The longest to wait for the nodes, in seconds.
    #[arg(long, default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    pub wait: u64,
}

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WhatIf {
    /// NODE…: these nodes are lost at once.
    NodeDown,
    /// NUMBER: this link of Corosync is down between all nodes.
    LinkDown,
    /// RESOURCE, or RESOURCE and NODE: a resource, or each part of a group or clone, fails there or wherever it runs.
    ResourceFail,
    /// Each node and pair of nodes lost, each resource failing.
    Matrix,
    /// with a NODE or without one: is it safe to reboot this node, or each?
    Reboot,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Watch a simulated cluster: no network, no root, and everything can be broken with `!`.
    Demo {
        /// The scenario.
        #[arg(default_value = "two-nodes")]
        scenario: String,
        /// The same seed gives the same run.
        #[arg(long, default_value_t = 1, value_name = "NUMBER")]
        seed: u64,
        /// List the scenarios.
        #[arg(long)]
        list: bool,
    },
    /// Look once, as text or JSON. Exit code: 0 healthy, 1 degraded, 2 critical, 3 unknown or unreachable.
    Status {
        /// JSON, as described in docs/status-json.md.
        #[arg(long)]
        json: bool,
        /// Look at a scenario of the demo instead.
        #[arg(long, value_name = "SCENARIO", conflicts_with_all = ["node", "cluster"])]
        demo: Option<String>,
        /// The longest to wait for the nodes, in seconds.
        #[arg(long, default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
        wait: u64,
    },
    /// Show what an action would do, and change nothing. Exit code: 0 possible, 2 refused, 3 nothing known of the cluster.
    Plan {
        /// The action, in crmsh's or pcs's words: `resource move web ha-node-2`, `node standby ha-node-1`.
        #[arg(required = true, value_name = "WORDS")]
        words: Vec<String>,
        /// How it is done.
        #[command(flatten)]
        how: Acting,
    },
    /// Do an action, with the same preview, checks and verdict as on the screen.
    ///
    /// Exit code: 0 done, 1 done with warnings, 2 refused, not done or cancelled, 3 not known whether it was done or
    /// nothing known of the cluster, 4 something moved meanwhile and nothing was done.
    Run {
        /// The action, in crmsh's or pcs's words.
        #[arg(required = true, value_name = "WORDS")]
        words: Vec<String>,
        /// Do it; without this it is only shown.
        #[arg(long)]
        yes: bool,
        /// The name that the plan asks for where more can go wrong: of the node that is fenced, whose data are discarded, …; of
        /// several nodes all, in quotes. A wrong one is always refused.
        #[arg(long, value_name = "NAME")]
        confirm: Option<String>,
        /// How it is done.
        #[command(flatten)]
        how: Acting,
    },
    /// Ask what would happen, and change nothing: the cluster's own scheduler is asked on a copy.
    ///
    /// Exit code: 0 all services go on (safe to reboot), 1 so they do, but something else is worse than it has to be, 2 something stays
    /// down (not safe), 3 not known, or not all was asked.
    WhatIf {
        /// What is asked.
        #[arg(value_enum, value_name = "QUESTION")]
        question: WhatIf,
        /// Whom it is about: nodes, the number of a link, a resource and a node; by the question.
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// How it is answered.
        #[command(flatten)]
        how: Foreseeing,
    },
    /// First contact: run ssh on the terminal, so that it can ask for host keys, passphrases and second factors.
    Connect {
        /// The nodes; without any, those that would be watched.
        #[arg(value_name = "[USER@]HOST[:PORT]")]
        nodes: Vec<String>,
    },
    /// Print the sudo rules that a user needs who is neither root nor in the group haclient.
    Sudoers {
        /// The user.
        #[arg(long, default_value = "operator")]
        user: String,
        /// Also what changes the cluster; who may do that may do everything to it.
        #[arg(long)]
        act: bool,
    },
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}
