//! Which instances are meant. Section "Acting safely": an id that two accounts see is never guessed.

use domain::{AccountName, Fleet, InstanceId, Problem, Region, Target, Verb};

use crate::failure::{Failure, Kind};

/// The code of the problem that an id was not found.
pub(super) const NOT_FOUND: &str = "not-found";

/// What was typed, read: each id once.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ids {
    pub(super) good: Vec<InstanceId>,
    pub(super) malformed: Vec<Problem>,
}

/// Where to look for them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) region: Option<&'a Region>,
    pub(super) account: Option<&'a AccountName>,
}

/// Reads the ids; nothing but wrong ones is a usage error.
pub(super) fn ids(typed: &[String]) -> Result<Ids, Failure> {
    let mut ids = Ids { good: Vec::new(), malformed: Vec::new() };
    for text in typed {
        match text.parse::<InstanceId>() {
            Ok(id) if ids.good.contains(&id) => {}
            Ok(id) => ids.good.push(id),
            Err(fault) => ids.malformed.push(Problem::new("not-an-id", fault.to_string(), "")),
        }
    }
    if ids.good.is_empty() {
        let lines = ids.malformed.into_iter().map(|problem| problem.message).collect();
        return Err(Failure { kind: Kind::Usage, lines, hint: "`curfew list` shows the ids.".into() });
    }
    Ok(ids)
}

/// The one instance that an id means.
pub(super) fn target(
    fleet: &Fleet,
    id: &InstanceId,
    place: &Place<'_>,
    verb: Verb,
) -> Result<Target, Problem> {
    let meant = |target: &&Target| {
        target.id == *id
            && place.region.is_none_or(|region| target.region == *region)
            && place.account.is_none_or(|account| target.account == *account)
    };
    let found: Vec<&Target> = fleet.instances.keys().filter(meant).collect();
    match found.as_slice() {
        [] => Err(not_found(id, place, verb)),
        [one] => Ok((*one).clone()),
        several => Err(ambiguous(id, several, verb)),
    }
}

fn not_found(id: &InstanceId, place: &Place<'_>, verb: Verb) -> Problem {
    let region = place.region.map_or_else(|| "any region that was read".into(), ToString::to_string);
    let account = place.account.map(|account| format!(" of account {account}")).unwrap_or_default();
    Problem::new(
        NOT_FOUND,
        format!("{} {id}: there is no such instance in {region}{account}", verb.doing()),
        "`curfew list --all-states` shows what there is. AWS shows a terminated instance for about an hour.",
    )
}

fn ambiguous(id: &InstanceId, several: &[&Target], verb: Verb) -> Problem {
    let seen: Vec<String> =
        several.iter().map(|it| format!("account {} in {}", it.account, it.region)).collect();
    let names: Vec<String> = several.iter().map(|it| format!("--account {}", it.account)).collect();
    Problem::new(
        "ambiguous",
        format!("{} {id}: it is seen more than once: {}", verb.doing(), seen.join("; ")),
        format!("Say which with {}.", names.join(" or ")),
    )
}

#[cfg(test)]
mod tests;
