//! What the command line changes of the file's configuration.

use std::time::Duration;

use domain::Region;

use super::*;
use crate::failure::Kind;

const HOUR: Duration = Duration::from_secs(3600);

fn wanted(scope: Scope, warning: Option<u32>, critical: Option<u32>) -> Wanted {
    let limit = |hours: u32| Limit(Some(HOUR * hours));
    Wanted { demo: false, scope, warning: warning.map(limit), critical: critical.map(limit) }
}

#[test]
fn nothing_said_changes_nothing() {
    let config = changed(Config::default(), &wanted(Scope::Configured, None, None));
    assert_eq!(config, Ok(Config::default()));
}

#[test]
fn what_is_said_holds() {
    let region = Region::new("eu-west-1");
    let only = Scope::Exactly(Regions::Only(vec![region.clone()]));
    let config = changed(Config::default(), &wanted(only, Some(4), Some(12))).unwrap();
    assert_eq!(config.poll.regions, RegionChoice::Only(vec![region.clone()]));
    assert_eq!(config.alert.default.warning.running, Some(4 * HOUR));
    assert_eq!(config.alert.default.critical.running, Some(12 * HOUR));
    let all = changed(config, &wanted(Scope::Exactly(Regions::Enabled), None, None)).unwrap();
    assert_eq!(all.poll.regions, RegionChoice::Enabled);
    let enough = changed(all, &wanted(Scope::Enough(region.clone()), None, None)).unwrap();
    assert_eq!(enough.poll.regions, RegionChoice::Only(vec![region]));
}

#[test]
fn a_warning_after_the_critical_is_a_wrong_command() {
    let failure = changed(Config::default(), &wanted(Scope::Configured, Some(8), None)).unwrap_err();
    assert_eq!(failure.kind, Kind::Usage);
    let mut off = wanted(Scope::Configured, Some(8), None);
    off.critical = Some(Limit(None));
    assert!(changed(Config::default(), &off).is_ok());
}
