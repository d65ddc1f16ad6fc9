//! `curfew user-data`: the script that a profile's instances are given, with this program's own builds of the agent.

use std::{collections::BTreeMap, sync::Arc};

use engine::{Builds, Clock, SystemClock};
use launch::preview::{self, ARCHITECTURES};
use store::Database;

use crate::{
    args::UserData,
    failure::Failure,
    profiles::source::{Source, faulty},
    terminal::print,
};

/// Prints it.
pub(crate) fn run(args: &UserData, demo: bool) -> Result<u8, Failure> {
    let source = Source::find(&args.profile, demo)?.with(&args.sets)?;
    let profile = source.parse().map_err(|faults| faulty(&source, &faults))?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let now = clock.now();
    // Builds lie beside the program: no database is needed to find them.
    let store = Database::in_memory(clock);
    let mut builds = BTreeMap::new();
    let mut missing = None;
    for architecture in ARCHITECTURES {
        match store.build(architecture) {
            Ok(build) => {
                builds.insert(architecture, build.sha256);
            }
            Err(fault) => missing = Some(fault),
        }
    }
    if let Some(fault) = missing.filter(|_| builds.is_empty()) {
        return Err(fault.problem("putting the script together").into());
    }
    let script = preview::user_data(&profile, &builds, now);
    print(&script.map_err(|fault| Failure::failed(fault.to_string(), "Change the profile."))?)?;
    Ok(0)
}
