//! Follows launches through the engine and tells of them; turns Ctrl-C into calling them off.

use domain::{
    Command, LaunchId,
    launch::{Launch, Stage},
};
use tokio::{signal::ctrl_c, sync::watch, task::JoinHandle};

use super::teller::Teller;
use crate::{
    failure::Failure,
    host::{Host, Looked},
    terminal::note,
};

/// A launch that is followed, and what is known of it last.
pub(super) struct Flight {
    pub(super) id: LaunchId,
    pub(super) teller: Teller,
    pub(super) seen: Option<Launch>,
    /// Whether a person said yes: then it is not over when all is checked, however old a look at it is.
    pub(super) confirmed: bool,
}

/// How following ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Landing {
    /// As far as was wished, or over.
    There,
    /// Ctrl-C was pressed a second time: left at once, whatever stands.
    Left,
}

/// Ctrl-C, counted. Until it is made, Ctrl-C ends the program as ever.
pub(super) struct Interrupts {
    count: watch::Receiver<usize>,
    listening: Option<JoinHandle<()>>,
}

impl Interrupts {
    pub(super) fn listen() -> Self {
        let (tell, count) = watch::channel(0);
        let listening = tokio::spawn(async move {
            // An error means that there are no signals here, and Ctrl-C ends the program as ever.
            while ctrl_c().await.is_ok() {
                tell.send_modify(|count| *count += 1);
            }
        });
        Self { count, listening: Some(listening) }
    }

    /// Ctrl-C is left as it is: it ends the program.
    pub(super) fn none() -> Self {
        Self { count: watch::channel(0).1, listening: None }
    }

    fn count(&self) -> usize {
        *self.count.borrow()
    }

    async fn next(&mut self) {
        if self.count.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Interrupts {
    fn drop(&mut self) {
        if let Some(listening) = &self.listening {
            listening.abort();
        }
    }
}

impl Flight {
    pub(super) fn new(id: LaunchId, teller: Teller) -> Self {
        Self { id, teller, seen: None, confirmed: false }
    }

    pub(super) fn stage(&self) -> Option<&Stage> {
        self.seen.as_ref().map(|launch| &launch.stage)
    }

    /// Looks at it anew and tells what is new.
    fn look(&mut self, looked: &Looked) -> Result<(), Failure> {
        if let Some(launch) = looked.fleet.launches.get(&self.id) {
            self.teller.tell(launch)?;
            self.seen = Some(launch.clone());
        }
        Ok(())
    }

    fn is_over(&self) -> bool {
        self.stage().is_some_and(|stage| stage.is_over() && !(self.confirmed && *stage == Stage::Checked))
    }
}

/// Follows all until each is `there` or over. The first Ctrl-C calls off what is not over.
pub(super) async fn follow(
    host: &mut Host,
    flights: &mut [Flight],
    there: impl Fn(&Launch) -> bool,
    interrupts: &mut Interrupts,
) -> Result<Landing, Failure> {
    let mut called_off = false;
    loop {
        let looked = host.seen().await?;
        flights.iter_mut().try_for_each(|flight| flight.look(&looked))?;
        let done = |flight: &Flight| {
            let there = flight.seen.as_ref().is_some_and(&there);
            flight.is_over() || (there && !called_off)
        };
        if flights.iter().all(done) {
            return Ok(Landing::There);
        }
        if interrupts.count() > 1 {
            return Ok(Landing::Left);
        }
        if interrupts.count() == 1 && !called_off {
            called_off = true;
            call_off(host, flights).await;
            continue;
        }
        tokio::select! {
            () = host.changed() => {}
            () = interrupts.next() => {}
        }
    }
}

async fn call_off(host: &Host, flights: &[Flight]) {
    note("\nCalling it off: what was made is being removed. Ctrl-C again leaves at once.\n");
    for flight in flights.iter().filter(|flight| !flight.is_over()) {
        if let Err(problem) = host.send(Command::CancelLaunch { id: flight.id.clone() }).await {
            note(&Failure::from(problem).text());
        }
    }
}
