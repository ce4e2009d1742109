//! Carries a plan out in a played cluster.

use hatui::action::{Execution, Intent, Left, Order, Plan, Preview, RunTag, Verdict, parse, plan};
use hatui::model::{Afterwards, Change, ChangeKind, CibVersion, Places, Simulation, places_of};
use hatui::wire::{Argv, Exit, NodeKey};

use super::deeds::Deed;
use super::faults::Fault;
use super::world::World;

/// How it went.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) verdict: Verdict,
    /// The changes that were ordered: the number of the step, and how the command ended.
    pub(crate) ran: Vec<(usize, String)>,
    /// What was remembered and not forgotten.
    pub(crate) left: Vec<Left>,
    /// Whether a constraint of the move's own is there in the end.
    pub(crate) lease_there: bool,
    pub(crate) asked_the_victim: bool,
}

fn placed(world: &World) -> Places {
    let status = world.voices.values().map(|voice| &voice.status).next_back().expect("a node");
    places_of(&status.resources)
}

fn simulation(before: &Places, world: &World) -> Simulation {
    let resources = world.voices.values().next_back().expect("a node").status.resources.clone();
    let after = places_of(&resources);
    let moved = before.iter().filter(|(id, places)| after.get(*id) != Some(places));
    let change = |id: &hatui::model::ResourceId| Change {
        kind: ChangeKind::Move,
        resource: id.clone(),
        from: None,
        to: None,
        roles: None,
        reason: None,
        blocked: false,
    };
    Simulation {
        changes: Some(moved.map(|(id, _)| change(id)).collect()),
        after: Some(Afterwards { members: Vec::new(), resources }),
        ..Simulation::default()
    }
}

/// The preview that the cluster would give: what the deed does, played to its end.
fn preview(deed: &Deed, world: &World) -> Preview {
    let mut world = world.clone();
    let several = matches!(deed.name, "move" | "move-back" | "move-after-one-that-is-over" | "promote" | "restart");
    let mut before = placed(&world);
    let mut simulations = Vec::new();
    for effect in deed.steps {
        world.happens(&effect.told.replace("{until}", "x"));
        world.happens(effect.then);
        simulations.push(simulation(&before, &world));
        // Each stage goes on from the one before, except that what several steps do together is one stage.
        if several {
            before = placed(&world);
        }
    }
    let last = simulations.pop();
    let (first, cleared) = if several { (simulations.pop(), last) } else { (last, None) };
    Preview { revision: Some(version(&world)), simulation: first, cleared, ..Preview::default() }
}

pub(crate) fn version(world: &World) -> CibVersion {
    world.voices.values().map(|voice| voice.cib).max().expect("a node")
}

/// When the lease of the plan ends, as it is written.
fn until(plan: &Plan) -> String {
    let words: Vec<String> = plan.steps.iter().map(|step| step.argv.to_string()).collect();
    let end = words.iter().find_map(|words| words.split("end=\"").nth(1)?.split('"').next());
    end.unwrap_or("never").replace(' ', "_")
}

struct Run<'a> {
    deed: &'a Deed,
    fault: Fault,
    at: usize,
    world: World,
    execution: Execution,
    until: String,
    ran: Vec<(usize, String)>,
    left: Vec<Left>,
    /// What services do, and when.
    coming: Vec<(u64, String)>,
    cancel_at: Option<u64>,
    speak_at: Option<u64>,
    asked_the_victim: bool,
    second: u64,
}

/// Carries a deed out, with a fault at a step (from 0).
pub(crate) fn drive(deed: &Deed, fault: Fault, at: usize) -> Report {
    let mut world = World::named(deed.situation);
    let words = deed.words.trim_start_matches("for good: ");
    let mut intent = parse(words, world.situation()).unwrap_or_else(|error| panic!("{words}: {error}"));
    if let (Intent::Move { keep, .. }, true) = (&mut intent, deed.words != words) {
        *keep = true;
    }
    let plan = plan(&intent, world.situation()).unwrap_or_else(|refusal| panic!("{refusal}"));
    let preview = preview(deed, &world);
    let plan = plan.previewed(&preview, world.situation());
    let until = until(&plan);
    match fault {
        Fault::ConfigurationMoved => world.bump(1),
        Fault::NodeMoved => world.happens("nodes = { ha-node-2 = \"unclean\" }"),
        _ => {}
    }
    let (execution, orders) = Execution::start(plan, &preview, world.situation());
    let mut run = Run {
        deed,
        fault,
        at,
        world,
        execution,
        until,
        ran: Vec::new(),
        left: Vec::new(),
        coming: Vec::new(),
        cancel_at: None,
        speak_at: None,
        asked_the_victim: false,
        second: 0,
    };
    run.obey(orders);
    while run.execution.verdict().is_none() {
        assert!(
            run.second < 3600,
            "{}: {fault:?} at {at}: no end: {:?}",
            deed.name,
            run.execution.progress(run.world.now)
        );
        run.tick();
    }
    let Run { execution, ran, left, world, asked_the_victim, .. } = run;
    let verdict = execution.verdict().expect("a verdict").clone();
    let locations = world.voices.values().filter_map(|voice| voice.locations.as_ref()).flatten();
    let own =
        |id: &str| execution.plan().steps.iter().any(|step| step.leaves.is_some()) && id.starts_with("hatui-move-");
    let foreign = matches!(fault, Fault::LeaseOfAnother | Fault::LeaseOfAnotherLost);
    // What an earlier move left is not its own.
    let lease_there =
        !foreign && locations.into_iter().any(|location| own(&location.id) && !location.is_over(world.now));
    Report { verdict, ran, left, lease_there, asked_the_victim }
}

impl Run<'_> {
    /// A second passes.
    fn tick(&mut self) {
        self.second += 1;
        self.world.pass(1);
        if self.speak_at == Some(self.second) {
            self.world.speak();
        }
        let (now, later): (Vec<_>, Vec<_>) =
            core::mem::take(&mut self.coming).into_iter().partition(|(at, _)| *at <= self.second);
        self.coming = later;
        for (_, toml) in now {
            self.world.happens(&toml);
        }
        let mut orders = self.execution.look(self.world.situation());
        if self.cancel_at == Some(self.second) {
            orders.extend(self.execution.cancel(self.world.situation()));
        }
        self.obey(orders);
    }

    fn obey(&mut self, orders: Vec<Order>) {
        for order in orders {
            match order {
                Order::Remember(left) => self.left.push(left),
                Order::Forget(left) => self.left.retain(|it| *it != left),
                Order::Run { tag, argv, changes: false, .. } => self.answer(tag, &argv),
                Order::Run { tag, node, argv, .. } => self.change(tag, &node, &argv),
            }
        }
    }

    fn answer(&mut self, tag: RunTag, argv: &Argv) {
        let words = argv.to_string();
        if words.starts_with("cibadmin") {
            let number = self.ran.iter().map(|(number, _)| number + 1).max().unwrap_or(0);
            if self.fault == Fault::ConfigurationMovesBefore && number == self.at {
                self.world.bump(1);
            }
            let version = version(&self.world);
            let cib = format!(
                "<cib admin_epoch=\"{}\" epoch=\"{}\" num_updates=\"{}\"/>",
                version.admin_epoch, version.epoch, version.num_updates
            );
            self.tell(tag, &Exit::Code(0), &cib, "");
        } else {
            self.tell(tag, &Exit::Code(1), "", "");
        }
    }

    fn tell(&mut self, tag: RunTag, exit: &Exit, stdout: &str, stderr: &str) {
        let orders = self.execution.ran(tag, exit, stdout.as_bytes(), stderr.as_bytes(), self.world.situation());
        self.obey(orders);
    }

    /// The command does what it should.
    fn works(&mut self, number: usize, follows: bool) {
        let effect = self.deed.steps[number];
        let bumps = self.execution.plan().steps[number].bumps;
        let told = effect.told.replace("{until}", &self.until);
        if bumps > 0 {
            self.world.bump(bumps);
        }
        self.world.happens(&told);
        if follows {
            self.coming.push((self.second + 2, effect.then.to_owned()));
        }
    }

    fn change(&mut self, tag: RunTag, node: &NodeKey, argv: &Argv) {
        let plan = self.execution.plan();
        let same: Vec<usize> = (0..plan.steps.len()).filter(|at| plan.steps[*at].argv == *argv).collect();
        // Two steps may be the same command: it is the one that is due.
        let due = self.ran.last().map_or(0, |(last, exit)| last + usize::from(!exit.starts_with("not started")));
        let number =
            same.iter().find(|at| **at >= due).or(same.first()).copied().expect("a command that is in no step");
        self.asked_the_victim |= plan.not_asked.iter().any(|not| not.as_str() == node.as_str());
        let times = self.ran.iter().filter(|(other, _)| *other == number).count();
        let fault = if number == self.at { self.fault } else { Fault::None };
        let not_started = || Exit::NotStarted("no connection".to_owned());
        let (exit, works) = match fault {
            Fault::Fails => (Exit::Code(1), false),
            Fault::FailsButWorks => (Exit::Code(1), true),
            Fault::LostButWorks | Fault::LostForAWhile => (Exit::Lost, true),
            Fault::LostForNothing | Fault::LostAndSilent => (Exit::Lost, false),
            Fault::TimesOut => (Exit::TimedOut, false),
            Fault::NotStartedOnce if times == 0 => (not_started(), false),
            Fault::NeverStarted => (not_started(), false),
            Fault::LeaseOfAnother => (Exit::Code(76), false),
            Fault::LeaseOfAnotherLost => (Exit::Lost, false),
            _ => (Exit::Code(0), true),
        };
        self.ran.push((number, exit.to_string()));
        match fault {
            Fault::CancelledWhileRunning => {
                let orders = self.execution.cancel(self.world.situation());
                self.obey(orders);
            }
            Fault::CancelledWhileWaiting => self.cancel_at = Some(self.second + 1),
            Fault::LostAndSilent => self.world.silence(),
            Fault::LostForAWhile => {
                self.works(number, true);
                self.world.silence();
                self.speak_at = Some(self.second + 30);
            }
            Fault::LeaseOfAnother | Fault::LeaseOfAnotherLost
                if self.execution.plan().steps[number].leaves.is_some() =>
            {
                self.world.bump(1);
                self.world.happens("locations = [\"hatui-move-web web ha-node-3 INFINITY until=2027-01-15_09:30:00Z\", \"hatui-move-store-clone store-clone ha-node-1 INFINITY until=2027-01-15_09:30:00Z\"]");
            }
            _ => {}
        }
        let dies = matches!(
            fault,
            Fault::NothingFollows | Fault::TargetDies | Fault::StopBlocks | Fault::StartFails | Fault::QuorumLost
        );
        if works && fault != Fault::LostForAWhile {
            self.works(number, !dies);
        }
        let news = match fault {
            Fault::TargetDies => "nodes = { ha-node-2 = \"unclean\" }",
            Fault::StopBlocks => {
                "resources = { \"web/web-ip\" = \"Started ha-node-1 failed blocked\" }\nfailures = [\"web-ip ha-node-1 stop 1 no such address\"]"
            }
            Fault::StartFails => {
                "resources = { \"web/web-ip\" = \"Stopped\" }\nfailures = [\"web-ip ha-node-2 start 1 no such address\"]\nfail_counts = [\"web-ip ha-node-2 INFINITY/INFINITY\"]"
            }
            Fault::QuorumLost => "with_quorum = false\nquorum = { quorate = false, flags = [] }",
            _ => "",
        };
        self.coming.push((self.second + 3, news.to_owned()));
        if fault == Fault::NeverTold {
            return;
        }
        let stderr = if exit == Exit::Code(0) { "" } else { "Could not do it" };
        self.tell(tag, &exit, "", stderr);
    }
}
