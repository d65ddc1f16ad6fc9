//! `curfew launch`: looks at everything, asks, launches, follows. What happens is decided by the engine; here it is asked
//! for, told, and confirmed by a person.

mod order;
mod pilot;
mod teller;
mod words;

use std::collections::BTreeSet;

use domain::{
    AccountConfig, AccountName, Command, Region,
    launch::{Launch, Made, Stage},
    view::launched::{Launched, launched},
};

use self::{
    order::One,
    pilot::{Flight, Interrupts, Landing, follow},
    teller::Teller,
};
use crate::{
    account,
    args::Launch as Args,
    check::banner,
    failure::{FAILED, Failure},
    home::Home,
    host::{Host, Looked, Scope, Wanted},
    profiles::source::{Source, how_to_begin},
    terminal::{Terminal, note, print},
};

/// What the demo launches unless it is told otherwise.
const DEMO: &str = "g5-training";

/// Everything that one command needs.
struct Pad<'a> {
    args: &'a Args,
    demo: bool,
    terminal: &'a Terminal,
    all: Vec<One>,
    host: Host,
    account: AccountName,
}

/// Does it, and says what the exit code is.
pub(crate) async fn run(args: &Args, demo: bool, terminal: &Terminal) -> Result<u8, Failure> {
    let word = word(args, demo)?;
    let all = order::all(Source::find(&word, demo)?.with(&args.sets)?, args.count)?;
    may_go(args, terminal)?;
    warn(&all);
    let (host, account) = open(args, demo, &all, terminal).await?;
    let mut pad = Pad { args, demo, terminal, all, host, account };
    let code = pad.launch().await?;
    match code {
        Some(code) => {
            pad.host.leave().await;
            Ok(code)
        }
        // Left in a hurry: ending the engine in order would say that all is well.
        None => Ok(FAILED),
    }
}

fn word(args: &Args, demo: bool) -> Result<String, Failure> {
    match &args.profile {
        Some(word) => Ok(word.clone()),
        None if demo => Ok(DEMO.into()),
        None => {
            let home = Home::find()?;
            let there = home.profiles()?;
            let folder = store::profiles::folder(&home.folders);
            let hint = if there.is_empty() {
                how_to_begin(&folder)
            } else {
                format!("There are: {}.", there.join(", "))
            };
            Err(Failure::usage("which profile? `curfew launch PROFILE`", hint))
        }
    }
}

/// A launch spends money: somebody says yes, or said so.
fn may_go(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    if args.dry_run || args.yes {
        return Ok(());
    }
    let line = if args.json {
        "--json asks nothing: add --yes to launch, or --dry-run"
    } else if terminal.answers {
        return Ok(());
    } else {
        "to launch without being asked, add --yes: there is no terminal to ask on"
    };
    Err(Failure::usage(line, "See first what would be done with --dry-run."))
}

fn warn(all: &[One]) {
    let warnings = all.first().map(|one| one.profile.warnings()).unwrap_or_default();
    for warning in warnings {
        note(&format!("curfew: warning: {warning}\n"));
    }
}

async fn open(
    args: &Args,
    demo: bool,
    all: &[One],
    terminal: &Terminal,
) -> Result<(Host, AccountName), Failure> {
    let config = if demo { demo::config() } else { Home::find()?.config()? };
    let account: AccountConfig = if demo {
        account::of(config.accounts, args.account.as_ref())?
    } else {
        account::choose(&config, args.account.as_ref())?
    };
    let regions: BTreeSet<Region> = all.iter().flat_map(|one| one.profile.regions.clone()).collect();
    let scope = Scope::Aside(regions.into_iter().collect());
    let host = Host::find(&Wanted { demo, scope, warning: None, critical: None }).await?;
    // Nothing waits for the rest of the fleet, unless somebody must type a code first.
    if account.role.as_ref().is_some_and(|role| role.mfa_serial.is_some()) {
        host.look(terminal).await?;
    }
    Ok((host, account.name))
}

impl Pad<'_> {
    /// The exit code; none when it was left in a hurry.
    async fn launch(&mut self) -> Result<Option<u8>, Failure> {
        self.begin().await?;
        let asks = !self.args.yes && !self.args.dry_run;
        let mut flights = vec![self.take_off(0, asks || self.args.dry_run).await?];
        if asks || self.args.dry_run {
            // Nothing is made yet: Ctrl-C ends the program as ever.
            let mut never = Interrupts::none();
            follow(&mut self.host, &mut flights, |_| false, &mut never).await?;
            let good = flights[0].stage() == Some(&Stage::Checked);
            if self.args.dry_run || !good {
                return self.finish(&flights).await.map(Some);
            }
            if !self.confirmed()? {
                note("Nothing was launched.\n");
                return Ok(Some(FAILED));
            }
        }
        let mut interrupts = Interrupts::listen();
        if asks {
            self.host.send(Command::ConfirmLaunch { id: flights[0].id.clone() }).await?;
            flights[0].confirmed = true;
        }
        let landing = self.fly(&mut flights, &mut interrupts).await?;
        if landing == Landing::Left {
            self.tell_left(&flights);
            return Ok(None);
        }
        self.finish(&flights).await.map(Some)
    }

    async fn begin(&self) -> Result<(), Failure> {
        if self.args.json {
            return Ok(());
        }
        let Looked { fleet, .. } = self.host.seen().await?;
        let one = &self.all[0];
        let many = match self.all.len() {
            1 => String::new(),
            count => format!(", {count} times, one after another, each in an environment of its own"),
        };
        let title = self.terminal.ink.bold(&one.source.name);
        print(&format!(
            "{}Launching {title} into account {}{many}\n",
            banner(&fleet, self.terminal),
            self.account
        ))
    }

    /// Asks the engine for the nth launch.
    async fn take_off(&mut self, nth: usize, dry_run: bool) -> Result<Flight, Failure> {
        let wish = self.all[nth].wish(&self.account, dry_run);
        let id = wish.id.clone();
        self.host.send(Command::Launch(Box::new(wish))).await?;
        let count = self.all.len();
        let title = if count > 1 { format!("{} of {count}: ", nth + 1) } else { String::new() };
        let checks = (nth == 0).then_some(count);
        Ok(Flight::new(id, Teller::new(self.terminal, self.args.json, title, checks)))
    }

    fn confirmed(&self) -> Result<bool, Failure> {
        let question = match self.all.len() {
            1 => "Launch? [y/N]".to_owned(),
            count => format!("Launch {count}? [y/N]"),
        };
        let answer = self.terminal.ask(&question)?;
        Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }

    /// Places each, one after another, and follows them all. What fails is not tried again, and nothing after it.
    async fn fly(
        &mut self,
        flights: &mut Vec<Flight>,
        interrupts: &mut Interrupts,
    ) -> Result<Landing, Failure> {
        let mut landing = Landing::There;
        for nth in 0..self.all.len() {
            if nth > 0 {
                flights.push(self.take_off(nth, false).await?);
            }
            landing = follow(&mut self.host, flights, is_made, interrupts).await?;
            let made = flights.last().is_some_and(|flight| flight.seen.as_ref().is_some_and(is_made));
            if landing == Landing::Left || !made {
                return Ok(landing);
            }
        }
        if !self.args.detach {
            landing = follow(&mut self.host, flights, |_| false, interrupts).await?;
        }
        Ok(landing)
    }

    async fn finish(&self, flights: &[Flight]) -> Result<u8, Failure> {
        let mut well = flights.len() == self.all.len() || self.args.dry_run;
        for flight in flights {
            well &=
                matches!(flight.stage(), Some(Stage::Checked | Stage::Launched { .. } | Stage::Grown { .. }));
        }
        if self.args.json {
            let looked = self.host.seen().await?;
            let one = |flight: &Flight| flight.seen.as_ref().map(|launch| launched(&flight.id, launch));
            let launches = flights.iter().filter_map(one).collect();
            print(&json(&Launched { as_of: looked.now, demo: self.demo, launches })?)?;
        } else {
            for (one, flight) in self.all.iter().zip(flights) {
                self.tell_end(one, flight)?;
            }
        }
        Ok(if well { 0 } else { FAILED })
    }

    fn tell_end(&self, one: &One, flight: &Flight) -> Result<(), Failure> {
        let Some(launch) = &flight.seen else { return Ok(()) };
        let Terminal { ink, aside, .. } = self.terminal;
        match &launch.stage {
            Stage::Checked => print("Nothing was launched: this was a dry run.\n"),
            Stage::Launched { remark, .. } | Stage::Grown { remark, .. } => {
                if let Some(problem) = remark {
                    note(&words::trouble(&aside.yellow("Note:"), problem));
                }
                print(&words::block(launch, &one.profile, self.demo, *ink).unwrap_or_default())
            }
            Stage::Failed(problem) => {
                note(&words::trouble(&aside.red("Not launched:"), problem));
                Ok(())
            }
            Stage::Cancelled => print(&cancelled(launch)),
            Stage::Checking | Stage::Requesting { .. } | Stage::Cancelling => Ok(()),
        }
    }

    fn tell_left(&self, flights: &[Flight]) {
        for flight in flights {
            let left = flight.seen.as_ref().and_then(|launch| words::left_behind(launch, self.demo));
            note(&left.map_or_else(|| "Nothing was made.\n".into(), |left| format!("{left}\n")));
        }
    }
}

/// Whether there is an instance, and all that is made beside it; or a fleet.
fn is_made(launch: &Launch) -> bool {
    matches!(launch.stage, Stage::Launched { .. } | Stage::Grown { .. }) && launch.whole
}

fn cancelled(launch: &Launch) -> String {
    match &launch.made {
        Some(Made::Group(group)) => {
            format!("Called off. Removed: the fleet {group}, with its members and its launch template.\n")
        }
        Some(Made::Instance(target)) => {
            format!(
                "Called off. Removed: {} in {}, and all that was made with it.\n",
                target.id, target.region
            )
        }
        None => "Called off. Nothing had been made.\n".into(),
    }
}

fn json(launched: &Launched) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(launched);
    text.map(|text| text + "\n").map_err(|error| Failure::failed(format!("cannot write JSON: {error}"), ""))
}
