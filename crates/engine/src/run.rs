//! Carries out: the one loop that waits for inputs, feeds the core, and causes its effects.
//!
//! Has no opinion. Every call to the cloud is a task of its own with its own deadline and comes back as an input.

use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

use domain::{CloudFault, Command, Config, FaultKind, Fleet, Problem, RegionKey, Timestamp};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{sleep, timeout},
};

use launch::Call;

use crate::{Clock, Cloud, Core, Effect, Input, Presence, Store};

/// How long a poll of one region may take, all its pages included.
const POLL_DEADLINE: Duration = Duration::from_secs(30);
/// How long any other call may take.
const CALL_DEADLINE: Duration = Duration::from_secs(20);
/// How long bringing the agent to a bucket may take: some MiB over a slow line.
const DELIVERY_DEADLINE: Duration = Duration::from_secs(120);
/// Inputs that may wait; whoever sends more waits.
const WAITING: usize = 256;
/// A timer never sleeps longer than this, so that a clock that was set is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// What an engine is made of.
pub struct Setup {
    /// The configuration.
    pub config: Config,
    /// The cloud.
    pub cloud: Arc<dyn Cloud>,
    /// The store.
    pub store: Arc<dyn Store>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Whether the fleet is simulated.
    pub demo: bool,
}

/// A running engine. Cheap to clone; it ends when it is told to, or when the last clone is dropped.
#[derive(Clone)]
pub struct Engine {
    inputs: mpsc::Sender<Arrival>,
    fleet: watch::Receiver<Arc<Fleet>>,
    clock: Arc<dyn Clock>,
}

/// What reaches the loop.
enum Arrival {
    Input(Input),
    Wish(Command, oneshot::Sender<Result<(), Problem>>),
    Quit(oneshot::Sender<()>),
}

impl Engine {
    /// Starts the loop on the current tokio runtime.
    pub fn start(setup: Setup) -> Self {
        let now = setup.clock.now();
        let (publish, fleet) = watch::channel(Arc::new(Fleet { demo: setup.demo, ..Fleet::empty(now) }));
        let (inputs, arrivals) = mpsc::channel(WAITING);
        let clock = Arc::clone(&setup.clock);
        // The tasks hold the sender weakly: the loop ends with the last handle.
        let hands = Hands { cloud: setup.cloud, store: setup.store, inputs: inputs.downgrade() };
        tokio::spawn(run(setup.config, setup.demo, Arc::clone(&clock), hands, arrivals, publish));
        Self { inputs, fleet, clock }
    }

    /// Sends a wish; the answer says whether it was taken.
    pub async fn send(&self, command: Command) -> Result<(), Problem> {
        let (answer, answered) = oneshot::channel();
        let sent = self.inputs.send(Arrival::Wish(command, answer)).await;
        let ended = || Problem::new("ended", "Curfew is about to end", "Start it again.");
        sent.map_err(|_| ended())?;
        answered.await.unwrap_or_else(|_| Err(ended()))
    }

    /// The published snapshots: the latest at once, then every change (several may be one).
    pub fn fleet(&self) -> watch::Receiver<Arc<Fleet>> {
        self.fleet.clone()
    }

    /// What time it is in the fleet.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Puts a new configuration into force.
    pub async fn configure(&self, config: Config) {
        self.input(Input::Configured(config)).await;
    }

    /// Tells whether somebody is there.
    pub async fn presence(&self, presence: Presence) {
        self.input(Input::Presence(presence)).await;
    }

    /// Tells of something on this computer that failed, or works again.
    pub async fn trouble(&self, about: &'static str, problem: Option<Problem>) {
        self.input(Input::Trouble { about, problem }).await;
    }

    /// Cancels every countdown, journals that, and ends the loop; returns when all is written.
    pub async fn quit(&self) {
        let (done, ended) = oneshot::channel();
        if self.inputs.send(Arrival::Quit(done)).await.is_ok() {
            // An error means that the loop has ended, which is what was wanted.
            ended.await.ok();
        }
    }

    async fn input(&self, input: Input) {
        // An error means that the loop has ended and nobody is left to be told.
        self.inputs.send(Arrival::Input(input)).await.ok();
    }
}

async fn run(
    config: Config,
    demo: bool,
    clock: Arc<dyn Clock>,
    hands: Hands,
    mut arrivals: mpsc::Receiver<Arrival>,
    publish: watch::Sender<Arc<Fleet>>,
) {
    let recalled = hands.store.recall();
    let trouble = recalled.as_ref().err().cloned();
    let open = hands.store.open_launches();
    let trouble = trouble.or_else(|| open.as_ref().err().cloned());
    let mut core = Core::new(recalled.unwrap_or_default(), open.unwrap_or_default(), clock.pace(), demo);
    let mut desk = Desk::default();
    let begin = [Input::Trouble { about: MEMORY, problem: trouble }, Input::Configured(config)];
    for input in begin {
        hands.cause(core.handle(input, clock.now()), &mut desk, &mut core, &clock).await;
    }
    while !desk.ended {
        let arrival = next(&core, &clock, &mut arrivals, &publish).await;
        let Some(input) = desk.take(arrival) else { break };
        hands.cause(core.handle(input, clock.now()), &mut desk, &mut core, &clock).await;
        // Several inputs that wait become one snapshot.
        if arrivals.is_empty()
            && let Some(fleet) = core.snapshot(clock.now())
        {
            publish.send_replace(fleet);
        }
    }
    if let Some(done) = desk.quitting {
        done.send(()).ok();
    }
}

/// The next input, or a tick when the core's time has come; `None` when no handle is left.
async fn next(
    core: &Core,
    clock: &Arc<dyn Clock>,
    arrivals: &mut mpsc::Receiver<Arrival>,
    publish: &watch::Sender<Arc<Fleet>>,
) -> Option<Arrival> {
    let wait = core.poll_timeout().map_or(LONGEST_SLEEP, |(at, why)| {
        let wait = clock.until(at).min(LONGEST_SLEEP);
        tracing::trace!(?wait, why, generation = publish.borrow().generation, "waiting");
        wait
    });
    tokio::select! {
        biased;
        arrival = arrivals.recv() => arrival,
        () = sleep(wait) => Some(Arrival::Input(Input::Tick)),
    }
}

const JOURNAL: &str = "journal";
const MEMORY: &str = "memory";

/// Who waits for which answer.
#[derive(Default)]
struct Desk {
    next_ticket: u64,
    waiting: BTreeMap<u64, oneshot::Sender<Result<(), Problem>>>,
    quitting: Option<oneshot::Sender<()>>,
    ended: bool,
}

impl Desk {
    fn take(&mut self, arrival: Option<Arrival>) -> Option<Input> {
        match arrival? {
            Arrival::Input(input) => Some(input),
            Arrival::Wish(command, answer) => {
                self.next_ticket += 1;
                self.waiting.insert(self.next_ticket, answer);
                Some(Input::Commanded { ticket: self.next_ticket, command })
            }
            Arrival::Quit(done) => {
                self.quitting = Some(done);
                Some(Input::Quit)
            }
        }
    }

    fn answer(&mut self, ticket: u64, result: Result<(), Problem>) {
        if let Some(answer) = self.waiting.remove(&ticket) {
            // Whoever asked may have gone; the effect stands all the same.
            answer.send(result).ok();
        }
    }
}

/// What effects are caused with.
struct Hands {
    cloud: Arc<dyn Cloud>,
    store: Arc<dyn Store>,
    inputs: mpsc::WeakSender<Arrival>,
}

impl Hands {
    /// Causes effects in their order: what is journalled is written before what follows is sent.
    async fn cause(&self, effects: Vec<Effect>, desk: &mut Desk, core: &mut Core, clock: &Arc<dyn Clock>) {
        let mut queue: std::collections::VecDeque<Effect> = effects.into();
        while let Some(effect) = queue.pop_front() {
            match effect {
                Effect::Journal(entry) => {
                    let written = self.keep(move |store| store.journal(&entry)).await;
                    queue.extend(core.handle(trouble(JOURNAL, written), clock.now()));
                }
                Effect::Remember(change) => {
                    let written = self.keep(move |store| store.remember(&change)).await;
                    queue.extend(core.handle(trouble(MEMORY, written), clock.now()));
                }
                Effect::KeepLaunch(id, record) => {
                    let result = self.keep(move |store| store.keep_launch(&record)).await;
                    queue.extend(core.handle(Input::LaunchKept { id, result }, clock.now()));
                }
                Effect::Answer(ticket, result) => desk.answer(ticket, result),
                Effect::End => desk.ended = true,
                Effect::Forget(account) => self.cloud.forget(&account).await,
                effect @ (Effect::Identify(_)
                | Effect::ListRegions(_)
                | Effect::Poll(..)
                | Effect::Act(..)
                | Effect::Launch(..)
                | Effect::GiveCode(..)) => self.call(effect),
            }
        }
    }

    /// Keeping may block for a moment: off the loop's thread, but waited for.
    async fn keep(
        &self,
        write: impl FnOnce(&dyn Store) -> Result<(), Problem> + Send + 'static,
    ) -> Result<(), Problem> {
        let store = Arc::clone(&self.store);
        let written = tokio::task::spawn_blocking(move || write(store.as_ref())).await;
        written
            .unwrap_or_else(|_| Err(Problem::new("store", "writing Curfew's files failed", "See the log.")))
    }

    /// Calls the cloud in a task of its own; the result comes back as an input.
    fn call(&self, effect: Effect) {
        let (cloud, store) = (Arc::clone(&self.cloud), Arc::clone(&self.store));
        let inputs = self.inputs.clone();
        tokio::spawn(async move {
            let Some(input) = called(cloud.as_ref(), store.as_ref(), effect).await else { return };
            if let Some(inputs) = inputs.upgrade() {
                // An error means that the loop has ended.
                inputs.send(Arrival::Input(input)).await.ok();
            }
        });
    }
}

fn trouble(about: &'static str, written: Result<(), Problem>) -> Input {
    Input::Trouble { about, problem: written.err() }
}

async fn called(cloud: &dyn Cloud, store: &dyn Store, effect: Effect) -> Option<Input> {
    match effect {
        Effect::Identify(account) => {
            let result = within(CALL_DEADLINE, cloud.identity(&account)).await;
            Some(Input::Identified { account: account.name, result })
        }
        Effect::ListRegions(account) => {
            let result = within(CALL_DEADLINE, cloud.regions(&account)).await;
            Some(Input::RegionsListed { account: account.name, result })
        }
        Effect::Poll(account, region) => {
            let result = within(POLL_DEADLINE, cloud.instances(&account, &region)).await;
            Some(Input::Polled { key: RegionKey { account: account.name, region }, result })
        }
        Effect::GiveCode(account, code) => {
            let result = within(CALL_DEADLINE, cloud.give_code(&account, &code)).await;
            Some(Input::CodeTaken { account: account.name, result })
        }
        Effect::Act(account, target, steps) => {
            let mut result = Ok(());
            for step in &steps {
                let call = cloud.carry_out(&account, &target.region, &target.id, step);
                result = within(CALL_DEADLINE, call).await;
                if result.is_err() {
                    break;
                }
            }
            Some(Input::Acted { target, result })
        }
        Effect::Launch(account, id, call) => {
            let deadline =
                if matches!(*call, Call::Deliver { .. }) { DELIVERY_DEADLINE } else { CALL_DEADLINE };
            let result = within(deadline, cloud.launch(&account, &call, store)).await;
            Some(Input::LaunchAnswered { id, call, result })
        }
        Effect::Forget(_)
        | Effect::Journal(_)
        | Effect::Remember(_)
        | Effect::KeepLaunch(..)
        | Effect::Answer(..)
        | Effect::End => None,
    }
}

async fn within<T>(
    deadline: Duration,
    call: impl Future<Output = Result<T, CloudFault>>,
) -> Result<T, CloudFault> {
    let late = || Err(CloudFault::new(FaultKind::TimedOut { after: deadline }));
    timeout(deadline, call).await.unwrap_or_else(|_| late())
}

#[cfg(test)]
mod tests;
