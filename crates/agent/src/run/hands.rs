//! Carries out what the core asks for: each task in a thread of its own, over one shared world.

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        mpsc::{self, Sender},
    },
    time::Duration,
};

use protocol::{AgentConfig, Phase, training::Metrics};
use rustix::process::Signal as Posix;

use super::{
    cloud, command,
    journal::{Audience, Journal},
    lock::{self, Lock},
    memory::{self, Memory},
    metrics, power, record,
    setup::{Setup, Start},
    transfer, watch,
};
use crate::{
    core::{
        Effect, Ended, Input, Signal, Task, Whereabouts, Why,
        plan::{Before, Plan},
    },
    decide::{Now, exit::Exit},
    io::{
        aws::{Aws, Endpoints},
        child::{self, Running},
        clock,
        credentials::Keys,
        http::{Deadline, Http, Stop},
        imds::{self, Identity, Imds, looks_like_ec2},
        output::Queue,
        s3::Bucket,
        signals::Reader,
        tls::Roots,
    },
    sync::s3::S3,
};

/// What every task sees.
pub(super) struct World {
    pub(super) setup: Setup,
    pub(super) journal: Journal,
    pub(super) output: Queue,
    pub(super) imds: Imds,
    /// The hardware says so.
    pub(super) on_ec2: bool,
    aws: Arc<Aws>,
    identity: Mutex<Option<Identity>>,
    pub(super) boot: String,
    pub(super) memory: Mutex<Memory>,
    pub(super) keeping: Mutex<()>,
    pub(super) lock: Mutex<Lock>,
    pub(super) running: Mutex<Option<Running>>,
    pub(super) exit: Mutex<Option<Exit>>,
    /// What a member of a fleet was told, for its place.
    pub(super) in_place: OnceLock<AgentConfig>,
    /// The figures that the command prints.
    pub(super) figures: Arc<Mutex<Metrics>>,
    /// For CloudWatch metrics.
    pub(super) usage: Mutex<Option<Reader>>,
    pub(super) reader: Mutex<Option<Reader>>,
    /// What EC2 is about to do, for the checkpoint's manifest.
    pub(super) announced: Mutex<Option<String>>,
    /// Ends what goes on before and beside the command.
    pub(super) beside: Stop,
    /// What could not be saved, for the record.
    pub(super) faults: Mutex<Vec<String>>,
    pub(super) checkpointing: Mutex<()>,
    pub(super) saving: Mutex<()>,
}

fn no_thread(error: io::Error) -> String {
    format!("the agent cannot start its threads: {error}")
}

/// Tells phases: on this machine as they come, and in the bucket as quickly as that takes them.
fn reporter(world: &Arc<World>) -> io::Result<Sender<Phase>> {
    let (phases, begun) = mpsc::channel::<Phase>();
    let (news, heard) = mpsc::channel::<()>();
    let (here, there) = (Arc::clone(world), Arc::clone(world));
    child::spawn("phases", move || {
        for phase in begun {
            memory::remember(&here, |memory| memory.phase = phase);
            here.journal.note(&format!("phase: {}", phase.name()));
            news.send(()).unwrap_or(());
        }
    })?;
    child::spawn("phases-bucket", move || {
        while heard.recv().is_ok() {
            // Only the newest counts.
            heard.try_iter().for_each(drop);
            lock::tell(&there);
        }
    })?;
    Ok(phases)
}

/// Carries out effects.
pub(super) struct Hands {
    world: Arc<World>,
    tell: Sender<Input>,
    /// Phases, to be reported in their order.
    phases: Sender<Phase>,
    plan: Plan,
}

impl Hands {
    pub(super) fn new(setup: Setup, tell: Sender<Input>) -> Result<Self, String> {
        let now = clock::now();
        let boot = memory::boot(&setup.root);
        let (memory, before) = remember(&setup, &boot, now);
        let limit = memory.age.limit(setup.config.limits.max_runtime);
        let mut plan = Plan::of(&setup.config, limit, before);
        if let Start::ByHand { asked, .. } = &setup.start {
            plan.command = true;
            plan.anywhere = *asked;
            plan.stays = false;
        }
        let roots = || Roots::find(&setup.root, setup.variable);
        let on_ec2 = looks_like_ec2(&setup.root);
        let imds = || Imds::new(Http::direct(roots()), setup.variable, on_ec2);
        let keys = Keys::find(setup.variable, imds());
        let aws = Aws::new(Http::new(roots()), keys, Endpoints::from_environment(setup.variable));
        let audience = match setup.start {
            Start::Service => Audience::Systemd,
            Start::ByHand { .. } => Audience::Person,
        };
        let folder = setup.state.join("runs").join(memory.run_id.as_str());
        let in_place = memory.place.map(|place| setup.config.in_place(place));
        let world = World {
            in_place: in_place.map_or_else(OnceLock::new, OnceLock::from),
            journal: Journal::in_folder(&folder, audience, setup.config.cloudwatch_group.is_some()),
            output: Queue::default(),
            imds: imds(),
            on_ec2,
            aws: Arc::new(aws),
            identity: Mutex::default(),
            boot,
            memory: Mutex::new(memory),
            keeping: Mutex::default(),
            lock: Mutex::default(),
            running: Mutex::default(),
            exit: Mutex::default(),
            figures: Arc::default(),
            usage: Mutex::default(),
            reader: Mutex::default(),
            announced: Mutex::default(),
            beside: Stop::default(),
            faults: Mutex::default(),
            checkpointing: Mutex::default(),
            saving: Mutex::default(),
            setup,
        };
        let world = Arc::new(world);
        let phases = reporter(&world).map_err(no_thread)?;
        Ok(Self { world, tell, phases, plan })
    }

    pub(super) fn world(&self) -> &World {
        &self.world
    }

    pub(super) fn plan(&self) -> Plan {
        self.plan.clone()
    }

    /// Remembers that the run goes on here, and starts what watches beside the tasks: signals, notices, logs.
    pub(super) fn begin(&self) -> Result<(), String> {
        guard(&self.world.memory).begun += 1;
        self.keep();
        watch::begin_looking(&self.world);
        watch::signals(self.tell.clone()).map_err(no_thread)?;
        watch::notices(Arc::clone(&self.world), self.tell.clone()).map_err(no_thread)?;
        watch::logs(Arc::clone(&self.world)).map_err(no_thread)?;
        metrics::follow(Arc::clone(&self.world)).map_err(no_thread)?;
        cloud::follow(Arc::clone(&self.world)).map_err(no_thread)
    }

    pub(super) fn act(&mut self, effect: Effect) {
        match effect {
            Effect::Begin { task, by } => self.start(task, by),
            Effect::Signal(signal) => self.signal(signal),
            // The thread lives as long as this.
            Effect::Report(phase) => self.phases.send(phase).unwrap_or(()),
            Effect::Conclude(end) => {
                record::conclude(&self.world, &end);
                self.keep();
            }
            Effect::Say(line) => self.world.journal.say(&line.0),
            // The loop ends with it.
            Effect::Leave => {}
        }
    }

    /// The last thing: how the command ended.
    pub(super) fn leave(self) -> Option<Exit> {
        if let Start::ByHand { .. } = self.world.setup.start {
            // What was printed went to the terminal too: nobody looks for it here.
            std::fs::remove_dir_all(&self.world.setup.state).ok();
        }
        *guard(&self.world.exit)
    }

    fn start(&mut self, task: Task, by: Duration) {
        if ends_the_work(&task) {
            self.world.beside.set();
        }
        match task {
            Task::Identify => self.thread("identify", move |world| world.identify(by)),
            Task::Lock => self.thread("lock", move |world| Ended::Locked(lock::take(world, by))),
            Task::Prepare => {
                self.thread("prepare", move |world| Ended::Prepared(command::prepare(world, by)))
            }
            Task::Fetch => self.thread("fetch", move |world| Ended::Fetched(transfer::fetch(world, by))),
            Task::Command => self.command(),
            Task::Checkpoint { why, command_by } => self.thread("checkpoint", move |world| {
                Ended::Checkpointed(why, transfer::checkpoint(world, why, command_by, by))
            }),
            Task::Save { why } => {
                self.thread("save", move |world| Ended::Saved(why, transfer::save(world, why, by)));
            }
            Task::Record(outcome) => {
                self.thread("record", move |world| Ended::Recorded(record::write(world, &outcome, by)));
            }
            Task::Release => self.thread("release", move |world| Ended::Released(lock::release(world, by))),
            Task::Beat => self.thread("beat", move |world| Ended::Beaten(lock::beat(world, by))),
            Task::Look => self.thread("look", move |world| Ended::Looked(watch::look(world))),
            Task::PowerOff(way, on_end) => {
                self.thread("power", move |world| power::off(world, way, on_end, by));
            }
        }
    }

    fn command(&self) {
        let (world, tell) = (Arc::clone(&self.world), self.tell.clone());
        let over = move |exit| {
            *guard(&world.exit) = Some(exit);
            guard(&world.memory).work.is_over(exit, clock::now().wall);
            *guard(&world.running) = None;
            // The loop outlives every command.
            tell.send(Input::Ended(Ended::Command(exit))).ok();
        };
        command::start(&self.world, over);
        self.keep();
    }

    /// Keeps what is remembered, beside the loop. Without a thread to be had the next heartbeat keeps it.
    fn keep(&self) {
        let world = Arc::clone(&self.world);
        child::spawn("keep", move || memory::keep(&world)).ok();
    }

    fn signal(&self, signal: Signal) {
        let signal = match signal {
            Signal::Term => Posix::TERM,
            Signal::Kill => Posix::KILL,
        };
        if let Some(running) = guard(&self.world.running).as_ref() {
            running.signal(signal);
        }
    }

    /// Does something beside the loop. Where there is no thread to be had, in the loop.
    fn thread(&self, name: &str, work: impl Fn(&World) -> Ended + Send + Sync + 'static) {
        let work = Arc::new(work);
        let (world, tell, same) = (Arc::clone(&self.world), self.tell.clone(), Arc::clone(&work));
        let spawned = child::spawn(name, move || {
            // The loop may have ended first: nobody needs to know.
            tell.send(Input::Ended(same(&world))).ok();
        });
        if spawned.is_err() {
            self.tell.send(Input::Ended(work(&self.world))).ok();
        }
    }
}

/// What is begun only when the work is over: nothing beside it matters any more.
fn ends_the_work(task: &Task) -> bool {
    match task {
        Task::Checkpoint { why, .. } | Task::Save { why } => *why != Why::Periodic,
        Task::Record(_) | Task::Release | Task::PowerOff(..) => true,
        Task::Identify
        | Task::Lock
        | Task::Prepare
        | Task::Fetch
        | Task::Command
        | Task::Beat
        | Task::Look => false,
    }
}

/// The run that was going on, once more; by hand always a new one.
fn remember(setup: &Setup, boot: &str, now: Now) -> (Memory, Before) {
    let known = match setup.start {
        Start::Service => Memory::load(&setup.state),
        Start::ByHand { .. } => None,
    };
    let before = known.as_ref().map_or(Before::Nothing, Memory::before);
    let mut memory = known.unwrap_or_else(|| Memory::new(boot, now));
    memory.begin(boot, now);
    (memory, before)
}

impl World {
    /// In a fleet, from the moment it has a place, with that place's own environment and job.
    pub(super) fn config(&self) -> &AgentConfig {
        self.in_place.get().unwrap_or(&self.setup.config)
    }

    /// The configurations that it may run with, in the order in which they are tried.
    pub(super) fn places(&self) -> impl Iterator<Item = (u32, AgentConfig)> {
        let config = &self.setup.config;
        let members = config.fleet.as_ref().map_or(1, |fleet| fleet.members);
        let places = guard(&self.memory).place.map_or(1..=members, |place| place..=place);
        places.map(|place| (place, config.in_place(place)))
    }

    pub(super) fn identity(&self) -> Option<Identity> {
        guard(&self.identity).clone()
    }

    pub(super) fn aws(&self) -> Arc<Aws> {
        Arc::clone(&self.aws)
    }

    /// The run's bucket; `stop` ends calls on it.
    pub(super) fn bucket(&self, stop: &Stop) -> Option<S3> {
        Some(self.bucket_named(self.config().run.bucket.as_deref()?, stop))
    }

    pub(super) fn bucket_named(&self, name: &str, stop: &Stop) -> S3 {
        S3::new(Bucket::new(self.aws(), name, &self.region()), stop.clone())
    }

    /// Of the bucket, as far as is known: S3 says where it really is.
    pub(super) fn region(&self) -> String {
        let said = self.config().run.region.clone();
        let own = || self.identity().map(|identity| identity.region);
        said.or_else(own)
            .or_else(|| (self.setup.variable)("AWS_REGION"))
            .unwrap_or_else(|| "us-east-1".into())
    }

    /// A file of the agent's own that outlives it.
    pub(super) fn kept(&self, name: &str) -> PathBuf {
        self.setup.state.join(name)
    }

    /// Remembers for the record that something could not be done, once.
    pub(super) fn fault(&self, sentence: &str) {
        let mut faults = guard(&self.faults);
        if faults.len() < 100 && !faults.iter().any(|known| known == sentence) {
            faults.push(sentence.to_owned());
        }
    }

    pub(super) fn identify(&self, by: Duration) -> Ended {
        match self.imds.identity(&Deadline::at(by)) {
            Ok(identity) => {
                *guard(&self.identity) = Some(identity);
                Ended::Identified(Whereabouts::OnEc2)
            }
            // Whoever says that metadata are off, on hardware that is not EC2's, is another cloud.
            Err(fault) if fault.kind == imds::Kind::NotOnEc2 || !self.on_ec2 => {
                Ended::Identified(Whereabouts::Elsewhere)
            }
            Err(fault) => {
                self.journal.say(&fault.to_string());
                Ended::Identified(Whereabouts::OnEc2)
            }
        }
    }
}

/// A lock that nobody can poison: what it guards is replaced as a whole.
pub(super) fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
