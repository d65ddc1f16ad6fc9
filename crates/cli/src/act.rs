//! `curfew stop`, `start` and `terminate`: finds, says what will happen, asks, sends, waits. One bad id holds back no
//! other. What is found, said and concluded is decided in the modules below; here it is carried out.

mod arrival;
mod find;
mod plan;

use std::{collections::BTreeMap, time::Duration};

use domain::{Actor, Command, Problem, Target, Verb, command::Pace, view::fmt};
use tokio::time::{Instant, timeout_at};

use self::{
    arrival::Arrival,
    plan::{Plan, Plans},
};
use crate::{
    args::Act,
    check::{banner, troubles, unread},
    failure::{FAILED, Failure, indented},
    host::{Host, Looked, Scope, Wanted},
    terminal::{Progress, Terminal, note, print},
};

/// How long to wait for instances to arrive. What AWS took goes on without us.
const ARRIVE_BOUND: Duration = Duration::from_secs(60);

/// Does it, and says what the exit code is.
pub(crate) async fn run(verb: Verb, args: &Act, demo: bool, terminal: &Terminal) -> Result<u8, Failure> {
    let ids = find::ids(&args.ids)?;
    let scope = args.region.clone().map_or(Scope::Configured, Scope::Enough);
    let wanted = Wanted { demo, scope, warning: None, critical: None };
    let mut host = Host::find(&wanted).await?;
    let looked = host.look(terminal).await?;
    let plans = plans(verb, args, ids, &looked);
    print(&(banner(&looked.fleet, terminal) + &plans.text(verb, terminal)))?;
    note(&unread_where_it_matters(&plans, &looked, terminal));
    report(&plans.refused, terminal);
    let code = go(verb, args, plans, &mut host, terminal).await?;
    let troubles = host.seen().await.map(|looked| troubles(&looked.fleet)).unwrap_or_default();
    note(&troubles);
    host.leave().await;
    Ok(code)
}

fn plans(verb: Verb, args: &Act, ids: find::Ids, looked: &Looked) -> Plans {
    let place = find::Place { region: args.region.as_ref(), account: args.account.as_ref() };
    let mut plans = Plans { go: Vec::new(), refused: ids.malformed };
    for id in ids.good {
        let found = find::target(&looked.fleet, &id, &place, verb);
        match found.and_then(|target| plan::plan(verb, &looked.fleet, target, looked.now)) {
            Ok(plan) => plans.go.push(plan),
            Err(problem) => plans.refused.push(problem),
        }
    }
    plans
}

/// A region that could not be read matters when an id was not found.
fn unread_where_it_matters(plans: &Plans, looked: &Looked, terminal: &Terminal) -> String {
    if plans.refused.iter().any(|problem| problem.code == find::NOT_FOUND) {
        unread(&domain::view::check::report(&looked.fleet, looked.now).unread, terminal)
    } else {
        String::new()
    }
}

async fn go(
    verb: Verb,
    args: &Act,
    plans: Plans,
    host: &mut Host,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    let some_refused = !plans.refused.is_empty();
    if plans.go.is_empty() {
        return Ok(FAILED);
    }
    if args.dry_run {
        print(
            "Nothing was done: this was a dry run. Termination protection is looked up when it is sent.\n",
        )?;
        return Ok(if some_refused { FAILED } else { 0 });
    }
    if !args.yes && !confirmed(verb, &plans, terminal)? {
        note("Nothing was done.\n");
        return Ok(FAILED);
    }
    let all_done = carry_out(verb, plans.go, host, terminal).await?;
    Ok(if all_done && !some_refused { 0 } else { FAILED })
}

/// Asks; terminating more than one wants their number, which nobody types by habit.
fn confirmed(verb: Verb, plans: &Plans, terminal: &Terminal) -> Result<bool, Failure> {
    if !terminal.answers {
        let line =
            format!("to {} without being asked, add --yes: there is no terminal to ask on", verb.as_str());
        return Err(Failure::usage(line, "See first what would be done with --dry-run."));
    }
    let these = match plans.go.len() {
        1 => "it".to_owned(),
        some => format!("these {}", fmt::count(some, "instance")),
    };
    match (verb, plans.go.len()) {
        (Verb::Terminate, some @ 2..) => {
            Ok(terminal.ask(&format!("Type {some} to terminate {these} for good:"))? == some.to_string())
        }
        (Verb::Stop | Verb::Start | Verb::Terminate, _) => {
            let answer = terminal.ask(&format!("{} {these}? [y/N]", verb.label()))?;
            Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
        }
    }
}

/// Sends each and waits for all; whether all arrived.
async fn carry_out(
    verb: Verb,
    plans: Vec<Plan>,
    host: &mut Host,
    terminal: &Terminal,
) -> Result<bool, Failure> {
    let mut all_done = true;
    let mut waiting: BTreeMap<Target, String> = BTreeMap::new();
    for Plan { target, title, .. } in plans {
        let act =
            Command::Act { verb, target: target.clone(), actor: Actor::CommandLine, pace: Pace::AtOnce };
        match host.send(act).await {
            Ok(()) => {
                waiting.insert(target, title);
            }
            Err(problem) => {
                report(&[problem], terminal);
                all_done = false;
            }
        }
    }
    let arrived = wait(verb, waiting, host, terminal).await?;
    Ok(all_done && arrived)
}

/// Waits until each arrived or failed, and reports each as it does.
async fn wait(
    verb: Verb,
    mut waiting: BTreeMap<Target, String>,
    host: &mut Host,
    terminal: &Terminal,
) -> Result<bool, Failure> {
    let deadline = Instant::now() + ARRIVE_BOUND;
    let progress = Progress::begin(terminal, "");
    let mut all_well = true;
    loop {
        let looked = host.seen().await?;
        let news = arrival::news(verb, &looked.fleet, &mut waiting);
        for (title, arrival) in news {
            progress.clear();
            all_well &= told(&title, arrival, terminal)?;
        }
        if waiting.is_empty() {
            return Ok(all_well);
        }
        progress.say(format!("{}: waiting for {}", verb.doing(), fmt::count(waiting.len(), "instance")));
        if timeout_at(deadline, host.changed()).await.is_err() {
            break;
        }
    }
    progress.clear();
    let fleet = host.seen().await?.fleet;
    for (target, title) in waiting {
        all_well &= told(&title, arrival::late(verb, &fleet, &target, ARRIVE_BOUND), terminal)?;
    }
    Ok(all_well)
}

/// Reports one; whether it is well.
fn told(title: &str, arrival: Arrival, terminal: &Terminal) -> Result<bool, Failure> {
    match arrival {
        Arrival::Well(state) => {
            print(&format!("{} {title} {state}\n", terminal.ink.green("Done:")))?;
            Ok(true)
        }
        Arrival::Failed(problem) => {
            report(&[problem], terminal);
            Ok(false)
        }
    }
}

fn report(problems: &[Problem], terminal: &Terminal) {
    for problem in problems {
        note(&format!("{} {}\n{}", terminal.aside.red("Refused:"), problem.message, indented(&problem.hint)));
    }
}
