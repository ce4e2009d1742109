//! Parses the arguments, reads the environment, and runs what was asked for; nothing else.
#![expect(clippy::disallowed_methods, reason = "the environment and the log file are read and opened here, once")]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

use clap::{CommandFactory, Parser};
use color_eyre::Result;
use hatui::action::Confirmation;
use hatui::app::{App, Event, Source, Stage};
use hatui::cli::{Acting, Cli, Command, Foreseeing, Options, WhatIf};
use hatui::config::Config;
use hatui::error::UserError;
use hatui::model::{Text, Verdict};
use hatui::observe::FeedOptions;
use hatui::report;
use hatui::runtime::keeper::Watched;
use hatui::runtime::script::Script;
use hatui::runtime::select::{Places, Selection, read_config, select};
use hatui::runtime::state::State;
use hatui::runtime::{Clock, Crew, Environment, Session, clock, look_of, once, sudoers, terminal};
use hatui::sim::{Scenario, Sim};
use hatui::transport::{SimulatedCluster, Transport};
use hatui::wire::Stamp;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            terminal::give_back();
            if let Some(error) = error.downcast_ref::<UserError>() {
                let _ = writeln!(std::io::stderr(), "hatui: {error}");
                return ExitCode::from(error.exit_code());
            }
            let _ = writeln!(std::io::stderr(), "{error:?}");
            ExitCode::FAILURE
        }
    }
}

/// Writes to standard output; a reader that went away is no error.
fn print(text: &str) -> Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

fn run(cli: Cli) -> Result<ExitCode> {
    let Cli { options, command } = cli;
    if let Some(path) = &options.log {
        start_log(path)?;
    }
    match command {
        Some(Command::Completions { shell }) => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "hatui", &mut text);
            print(&String::from_utf8_lossy(&text))?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Man) => {
            print(&hatui::manual::page()?)?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Sudoers { user, act }) => {
            if !sudoers::is_plain_user(&user) {
                return Err(
                    UserError::usage(format!("`{user}` is no plain user name"), "use letters, digits, - _ .").into()
                );
            }
            print(&sudoers::sudoers(&user, act))?;
            Ok(ExitCode::SUCCESS)
        }
        command => {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
            let outcome = runtime.block_on(look(options, command));
            // What still blocks then (a read of the terminal) must not keep hatui from ending.
            runtime.shutdown_timeout(Duration::from_millis(200));
            outcome
        }
    }
}

async fn look(options: Options, command: Option<Command>) -> Result<ExitCode> {
    let places = places();
    let config = read_config(options.config.as_deref(), &places)?;
    match command {
        Some(Command::Demo { list: true, .. }) => {
            for name in Scenario::names() {
                let about = Scenario::named(name).map(|scenario| scenario.about().to_owned()).unwrap_or_default();
                print(&format!("{name:12}  {about}\n"))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Demo { scenario, seed, .. }) => {
            // The cluster sleeps with the machine.
            let clock = Clock::starting_at(Clock::start().now());
            let (cluster, title, nodes) = simulated(&scenario, seed, clock)?;
            watch(&options, &config, Some((cluster, scenario)), Some(title), nodes, false, clock).await
        }
        Some(Command::Status { json, demo: Some(scenario), wait }) => {
            // The same scenario looked at twice reads the same: its clock starts at a fixed moment.
            let clock = Clock::starting_at(DEMO_START);
            let (_, title, nodes) = simulated(&scenario, 1, clock)?;
            let app = App::new(Source::Simulated(scenario), Some(&title), &keys(&nodes), clock.now());
            status(app, nodes, clock, json, wait, &options).await
        }
        Some(Command::Status { json, demo: None, wait }) => {
            let selection = select(&options, &config, &places).await?;
            let clock = Clock::start();
            let app = App::new(Source::Real, selection.title.as_deref(), &keys(&selection.nodes), clock.now());
            let outcome = status(app, selection.nodes, clock, json, wait, &options).await;
            remove(selection.ssh);
            outcome
        }
        Some(Command::Plan { words, how }) => {
            act(&options, &config, &places, &words.join(" "), &how, &Asked::Show).await
        }
        Some(Command::Run { words, yes, confirm, how }) => {
            let asked = if yes { Asked::Confirmed(confirm.unwrap_or_default()) } else { Asked::Unconfirmed };
            act(&options, &config, &places, &words.join(" "), &how, &asked).await
        }
        Some(Command::WhatIf { question, names, how }) => {
            what_if(&options, &config, &places, question, &names, &how).await
        }
        Some(Command::Connect { nodes }) => {
            let options = if nodes.is_empty() { options } else { Options { node: nodes, cluster: None, ..options } };
            hatui::runtime::connect::connect(&options, &config).await
        }
        _ => {
            let Selection { title, nodes, read_only, ssh } = select(&options, &config, &places).await?;
            let outcome = watch(&options, &config, None, title, nodes, read_only, Clock::start()).await;
            remove(ssh);
            outcome
        }
    }
}

fn remove(ssh: Option<std::sync::Arc<hatui::transport::SshOptions>>) {
    if let Some(ssh) = ssh {
        ssh.remove();
    }
}

/// What a script asks for.
#[derive(Debug)]
enum Asked {
    /// To see what would be done.
    Show,
    /// To do it, without having confirmed it.
    Unconfirmed,
    /// To do it, with the name that was given; empty: none was.
    Confirmed(String),
}

/// A session without a screen, with all that the nodes have to say at first, and the configuration for ssh that it made.
async fn script(
    options: &Options,
    config: &Config,
    places: &Places,
    demo: Option<&str>,
    wait: u64,
    changes: bool,
) -> Result<(Script, Option<std::sync::Arc<hatui::transport::SshOptions>>)> {
    let refused = || {
        let hint = "leave --read-only away, or take `read-only` out of the clusters file";
        UserError::usage("this cluster is read-only: nothing can be planned", hint)
    };
    if changes && options.read_only {
        return Err(refused().into());
    }
    let (app, nodes, clock, ssh, state) = if let Some(scenario) = demo {
        let clock = Clock::starting_at(Clock::start().now());
        let (_, title, nodes) = simulated(scenario, 1, clock)?;
        let app = App::new(Source::Simulated(scenario.to_owned()), Some(&title), &keys(&nodes), clock.now());
        (app, nodes, clock, None, State::nowhere())
    } else {
        let Selection { title, nodes, read_only, ssh } = select(options, config, places).await?;
        if changes && read_only {
            return Err(refused().into());
        }
        let clock = Clock::start();
        let app = App::new(Source::Real, title.as_deref(), &keys(&nodes), clock.now());
        // Who only asks leaves nothing behind, and needs no folder for it.
        (app, nodes, clock, ssh, if changes { state()? } else { State::nowhere() })
    };
    let (crew, _events, seen) = Crew::start(nodes, clock);
    let mut script =
        Script { app: app.utc_offset(clock::utc_offset_seconds()), crew, seen, clock, state, interrupts: None };
    script.gather(Duration::from_secs(wait)).await;
    Ok((script, ssh))
}

fn nothing_known() -> UserError {
    let hint = "`hatui status` tells what each node says, and what keeps it from answering";
    UserError::unknown("nothing is known of the cluster", "no node told its Pacemaker's status", hint)
}

fn failed(error: &UserError) -> report::Failed<'_> {
    report::Failed::of(&error.what, &error.cause, &error.hint)
}

/// Asks what would happen.
async fn what_if(
    options: &Options,
    config: &Config,
    places: &Places,
    question: WhatIf,
    names: &[String],
    how: &Foreseeing,
) -> Result<ExitCode> {
    let (mut script, ssh) = script(options, config, places, how.demo.as_deref(), how.wait, false).await?;
    let outcome = answered(&mut script, options, question, names, how).await;
    script.stop().await;
    remove(ssh);
    outcome
}

async fn answered(
    script: &mut Script,
    options: &Options,
    question: WhatIf,
    names: &[String],
    how: &Foreseeing,
) -> Result<ExitCode> {
    if script.app.live().picture().status.is_none() {
        let error = nothing_known();
        if how.json {
            let title = script.app.title().map(Text::as_str);
            print(&report::what_if_error_json(title, how.demo.is_some(), failed(&error)))?;
        }
        return Err(error.into());
    }
    let (asked, questions) = hatui::runtime::whatif::questions(&script.app, question, names)?;
    let outlook = script.inquire(asked, questions).await?;
    let text = if how.json {
        let title = script.app.title().map(Text::as_str);
        report::what_if_json(&script.app, asked, title, how.demo.is_some()).unwrap_or_default()
    } else {
        report::what_if_text(&script.app, asked, 100, options.ascii || !environment().is_utf8())
    };
    print(&text)?;
    Ok(ExitCode::from(outlook.exit_code()))
}

/// Shows an action, or does it.
async fn act(
    options: &Options,
    config: &Config,
    places: &Places,
    words: &str,
    how: &Acting,
    run: &Asked,
) -> Result<ExitCode> {
    let (mut script, ssh) = script(options, config, places, how.demo.as_deref(), how.wait, true).await?;
    let outcome = acted(&mut script, options, words, how, run).await;
    script.stop().await;
    remove(ssh);
    outcome
}

async fn acted(script: &mut Script, options: &Options, words: &str, how: &Acting, run: &Asked) -> Result<ExitCode> {
    let simulated = how.demo.is_some();
    let show = |script: &Script| {
        if how.json {
            let title = script.app.title().map(Text::as_str);
            report::plan_json(&script.app, title, simulated).unwrap_or_default()
        } else {
            report::plan_text(&script.app, 100, options.ascii || !environment().is_utf8())
        }
    };
    if script.app.live().picture().status.is_none() {
        let error = nothing_known();
        if how.json {
            let title = script.app.title().map(Text::as_str);
            print(&report::plan_error_json(title, simulated, failed(&error)))?;
        }
        return Err(error.into());
    }
    let intent = script.read(words).map_err(|wrong| {
        let hint = "hatui plan 'resource move RESOURCE NODE', and others: see the manual, or Tab in the palette (:)";
        UserError::usage(wrong.to_string(), hint)
    })?;
    script.plan(&intent).await;
    if matches!(script.app.acts().current().map(|current| &current.stage), Some(Stage::Previewing { .. })) {
        let why = "it was interrupted, or took too long: nothing was done";
        return Err(UserError::outside("the preview was not waited for", why, "ask once more").into());
    }
    let ready = matches!(
        script.app.acts().current().map(|current| &current.stage),
        Some(Stage::Ready { plan, .. }) if !plan.refused()
    );
    if !ready || matches!(run, Asked::Show) {
        print(&show(script))?;
        return Ok(ExitCode::from(if ready { 0 } else { 2 }));
    }
    let asked =
        script.app.acts().current().and_then(|current| current.stage.plan()).map(|plan| plan.confirmation.clone());
    let Asked::Confirmed(name) = run else {
        print(&show(script))?;
        return Err(UserError::usage("nothing was done", "add --yes to do it").into());
    };
    // A name that is given has to be right, also where none is asked for: it tells what the caller takes this for.
    let is_wrong = |asked: &Confirmation| !name.is_empty() && !asked.is_named(name);
    if let Some(asked) = asked.filter(|asked| is_wrong(asked) || !asked.is_given(name, !name.is_empty())) {
        print(&show(script))?;
        let quote = if asked.name.contains(' ') { "'" } else { "" };
        let hint = format!("add --confirm {quote}{}{quote} to do it", asked.name);
        let words = if is_wrong(&asked) {
            format!("nothing was done: this is about {}, not {name}", asked.name)
        } else {
            format!("nothing was done: this asks for the name {}", asked.name)
        };
        return Err(UserError::usage(words, hint).into());
    }
    let json = how.json;
    script
        .carry_out(name, |words| {
            if !json {
                let _ = writeln!(std::io::stderr(), "{words} …");
            }
        })
        .await;
    print(&show(script))?;
    let code = match script.app.acts().current().map(|current| &current.stage) {
        Some(Stage::Over { verdict, .. }) => verdict.outcome.exit_code(),
        // A new preview was made, since something moved.
        Some(Stage::Ready { .. } | Stage::Refused { .. } | Stage::Previewing { .. }) => 4,
        _ => 3,
    };
    Ok(ExitCode::from(code))
}

/// The moment at which a scenario that is looked at once begins: 2026-01-05 14:00 UTC.
const DEMO_START: Stamp = Stamp::from_secs(1_767_621_600);

fn keys(nodes: &[Watched]) -> Vec<hatui::wire::NodeKey> {
    nodes.iter().map(|node| node.key.clone()).collect()
}

fn simulated(name: &str, seed: u64, clock: Clock) -> Result<(SimulatedCluster, String, Vec<Watched>)> {
    let scenario = Scenario::named(name).ok_or_else(|| {
        let names: Vec<_> = Scenario::names().iter().map(ToString::to_string).collect();
        UserError::usage(format!("there is no scenario `{name}`"), format!("there are: {}", names.join(", ")))
    })?;
    let sim = Sim::new(&scenario, seed, clock.now());
    let cluster = SimulatedCluster::new(sim, move || clock.now());
    let nodes = cluster
        .nodes()
        .into_iter()
        .map(|key| Watched {
            transport: Transport::Simulated(cluster.clone(), key.clone()),
            key,
            options: FeedOptions::default(),
        })
        .collect();
    Ok((cluster, scenario.cluster().to_owned(), nodes))
}

async fn watch(
    options: &Options,
    config: &Config,
    demo: Option<(SimulatedCluster, String)>,
    title: Option<String>,
    nodes: Vec<Watched>,
    read_only: bool,
    clock: Clock,
) -> Result<ExitCode> {
    use std::io::IsTerminal as _;
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(UserError::usage(
            "the full screen needs a terminal",
            "for a pipe or a script there is `hatui status`",
        )
        .into());
    }
    let keys = keys(&nodes);
    let (crew, events, seen) = Crew::start(nodes, clock);
    terminal::install_panic_hook(move |words| {
        tracing::error!("{words}");
        let _ = events.try_send(Event::Failed(Text::from(words)));
    })?;
    // What is done to a simulated cluster is no news for the next session.
    let state = if demo.is_some() { State::nowhere() } else { state()? };
    let source = demo.as_ref().map_or(Source::Real, |(_, scenario)| Source::Simulated(scenario.clone()));
    let app = App::new(source, title.as_deref(), &keys, clock.now())
        .read_only(read_only || options.read_only)
        .utc_offset(clock::utc_offset_seconds());
    let theme = options.theme.or(config.theme).unwrap_or_default();
    let look = look_of(theme.word(), options.ascii || config.ascii, &environment(), clock::utc_offset_seconds());
    let mouse = !options.no_mouse && config.mouse.unwrap_or(true);
    let demo = demo.map(|(cluster, _)| cluster);
    let session = hatui::runtime::run(Session { app, crew, seen, demo, look, clock, mouse, state, recorder: None });
    #[cfg(debug_assertions)]
    let session = with_panic(session);
    session.await?;
    Ok(ExitCode::SUCCESS)
}

/// For the tests of what a panic leaves behind, in debug builds only: the session, with a panic where
/// `HATUI_TEST_PANIC` says, `drawing` or `task`, half a second after its start.
#[cfg(debug_assertions)]
async fn with_panic(session: impl Future<Output = Result<()>>) -> Result<()> {
    let panic = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        panic!("a panic on purpose");
    };
    match std::env::var("HATUI_TEST_PANIC").as_deref() {
        Ok("drawing") => tokio::select! {
            outcome = session => outcome,
            () = panic => Ok(()),
        },
        Ok("task") => {
            tokio::spawn(panic);
            session.await
        }
        _ => session.await,
    }
}

async fn status(
    mut app: App,
    nodes: Vec<Watched>,
    clock: Clock,
    json: bool,
    wait: u64,
    options: &Options,
) -> Result<ExitCode> {
    let (crew, _events, seen) = Crew::start(nodes, clock);
    once::look(&mut app, crew, seen, clock, Duration::from_secs(wait)).await;
    let (cluster, now) = (app.live(), app.now());
    let title = app.title().map(Text::as_str);
    let simulated = matches!(app.source(), Source::Simulated(_));
    let text = if json {
        report::json(cluster, title, simulated, now)
    } else {
        let ascii = options.ascii || !environment().is_utf8();
        let text = report::TextOptions {
            ascii,
            utc_offset_s: clock::utc_offset_seconds(),
            simulated,
            ..report::TextOptions::default()
        };
        report::text(cluster, title, now, &text)
    };
    print(&text)?;
    Ok(ExitCode::from(report::exit_code(match cluster.verdict() {
        verdict if cluster.views().is_empty() => Verdict::Unknown.max(verdict),
        verdict => verdict,
    })))
}

fn environment() -> Environment {
    let get = |name: &str| std::env::var(name).unwrap_or_default();
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(get).into_iter().find(|value| !value.is_empty());
    Environment {
        no_color: !get("NO_COLOR").is_empty(),
        term: get("TERM"),
        colorterm: get("COLORTERM"),
        locale: locale.unwrap_or_default(),
        background: get("COLORFGBG"),
    }
}

/// Where journal, audit and times are kept: `$XDG_STATE_HOME/hatui`, else `~/.local/state/hatui`.
fn state() -> Result<State> {
    use etcetera::BaseStrategy as _;
    let strategy = etcetera::choose_base_strategy().ok();
    let Some(folder) = strategy.and_then(|strategy| strategy.state_dir()) else { return Ok(State::nowhere()) };
    let folder = folder.join("hatui");
    // Behind sudo everybody is root.
    let name = |name: &str| std::env::var(name).ok().filter(|name| !name.is_empty());
    let before = name("SUDO_USER").map(|name| format!("{name} as ")).unwrap_or_default();
    let user = ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok()).unwrap_or_else(|| {
        use std::os::unix::fs::MetadataExt as _;
        std::fs::metadata("/proc/self").map_or_else(|_| String::new(), |own| format!("uid {}", own.uid()))
    });
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    State::within(&folder, &(before + &user), host.trim()).map_err(|error| {
        UserError::outside(
            format!("the folder {} cannot be made", folder.display()),
            error.to_string(),
            "hatui keeps there what it has to take back after a crash: give it the right, or set XDG_STATE_HOME",
        )
        .into()
    })
}

fn places() -> Places {
    use etcetera::BaseStrategy as _;
    let strategy = etcetera::choose_base_strategy().ok();
    Places {
        home: strategy.as_ref().map(|strategy| strategy.home_dir().to_owned()),
        xdg_runtime: std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from),
        clusters_file: strategy.map(|strategy| strategy.config_dir().join("hatui").join("clusters.toml")),
        host: std::fs::read_to_string("/proc/sys/kernel/hostname").map(|name| name.trim().to_owned()).ok(),
    }
}

/// Writes a log to a file that only the user may read.
fn start_log(path: &std::path::Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let file = std::fs::File::options().create(true).append(true).mode(0o600).open(path).map_err(|error| {
        UserError::outside(
            format!("the log {} cannot be written", path.display()),
            error.to_string(),
            "choose another place",
        )
    })?;
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .with_max_level(tracing::Level::DEBUG)
        .init();
    Ok(())
}
