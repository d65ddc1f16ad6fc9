//! What will be done to an instance and what that saves, said before it is done.

use domain::{
    Fleet, HourlyRate, Instance, Lifecycle, Problem, Seen, Target, Timestamp, Verb,
    action::{self, Step},
    price,
    spend::Rates,
    time::elapsed,
    view::fmt,
};

use crate::terminal::Terminal;

/// What is to be done to one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) target: Target,
    /// Its name and id, or its id.
    pub(super) title: String,
    /// What will happen, line by line.
    pub(super) lines: Vec<String>,
    /// How much less an hour costs then; less than nothing when it costs more.
    pub(super) saves: Option<i64>,
}

/// What was asked for: what is to be done, and what is not.
#[derive(Clone, Debug)]
pub(super) struct Plans {
    pub(super) go: Vec<Plan>,
    pub(super) refused: Vec<Problem>,
}

impl Plans {
    /// As a person reads it before being asked.
    pub(super) fn text(&self, verb: Verb, terminal: &Terminal) -> String {
        let plan = |plan: &Plan| {
            let lines: String = plan.lines.iter().map(|line| format!("    {line}\n")).collect();
            format!("{} {}\n{lines}", terminal.ink.bold(verb.label()), plan.title)
        };
        self.go.iter().map(plan).chain(self.together()).collect()
    }

    fn together(&self) -> Option<String> {
        let known: Vec<i64> = self.go.iter().filter_map(|plan| plan.saves).collect();
        if self.go.len() < 2 || known.is_empty() {
            return None;
        }
        let unknown = match self.go.len() - known.len() {
            0 => String::new(),
            some => format!(", and {some} of unknown price"),
        };
        Some(format!("Together this {}{unknown}.\n", saves(known.iter().sum())))
    }
}

/// The plan for one instance, or why it is refused.
pub(super) fn plan(verb: Verb, fleet: &Fleet, target: Target, now: Timestamp) -> Result<Plan, Problem> {
    let gone = || Problem::new("not-found", format!("{target} is gone"), "");
    let seen = fleet.instances.get(&target).ok_or_else(gone)?;
    let steps = action::steps(verb, &seen.instance).map_err(|refusal| refusal.problem(verb, &target))?;
    let saves = saved(verb, &target, seen, now);
    let mut lines = vec![describe(&target, &seen.instance), effect(verb, seen, saves, now)];
    lines.extend(steps.iter().filter_map(cancels));
    lines.extend(action::caution(verb, &seen.instance));
    Ok(Plan { title: title(&seen.instance), lines, saves, target })
}

fn title(instance: &Instance) -> String {
    match instance.name() {
        Some(_) => format!("{} ({})", fmt::title(instance), instance.id),
        None => instance.id.to_string(),
    }
}

fn describe(target: &Target, instance: &Instance) -> String {
    let Instance { kind, market, zone, .. } = instance;
    format!("{kind}, {}, in {} ({zone}), account {}", market.as_str(), target.region, target.account)
}

fn effect(verb: Verb, seen: &Seen, saves: Option<i64>, now: Timestamp) -> String {
    let state = seen.instance.lifecycle;
    let so_far = if state.is_up() {
        let running = fmt::duration(elapsed(now, seen.instance.launched_at));
        format!("{} for {running}, {} so far", state.as_str(), fmt::spend(seen.spend(now)))
    } else {
        state.as_str().to_owned()
    };
    let saves = saves.map_or_else(
        || "what this saves is unknown".into(),
        |micros| format!("this {}", self::saves(micros)),
    );
    let rest = match verb {
        Verb::Stop if !seen.instance.disks.is_empty() => {
            format!("; its volumes go on costing {}", seen.rates.storage)
        }
        Verb::Stop | Verb::Start | Verb::Terminate => String::new(),
    };
    format!("{so_far}; {saves}{rest}")
}

fn saves(micros: i64) -> String {
    if micros < 0 {
        format!("costs {} from then on", HourlyRate::from_micros(micros.saturating_neg()))
    } else {
        format!("saves {}", HourlyRate::from_micros(micros))
    }
}

/// What an hour costs now less what it will cost in the state that the action leads to.
fn saved(verb: Verb, target: &Target, seen: &Seen, now: Timestamp) -> Option<i64> {
    let compute = price::compute(&target.region, &seen.instance);
    let then = Instance { lifecycle: verb.goal(), ..(*seen.instance).clone() };
    let now_costs = seen.rates.total()?.hourly().micros();
    let then_costs = match verb.goal() {
        Lifecycle::Terminated => 0,
        Lifecycle::Pending
        | Lifecycle::Running
        | Lifecycle::Stopping
        | Lifecycle::Stopped
        | Lifecycle::ShuttingDown => Rates::of(&then, compute, now).total()?.hourly().micros(),
    };
    Some(now_costs - then_costs)
}

fn cancels(step: &Step) -> Option<String> {
    match step {
        Step::CancelSpotRequest(request) => Some(format!(
            "Its spot request {request} is cancelled first, so that it launches no replacement."
        )),
        Step::CheckProtection | Step::Stop | Step::Start | Step::Terminate => None,
    }
}

#[cfg(test)]
mod tests;
