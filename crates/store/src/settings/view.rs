//! The settings as the page shows them: values written as `config.toml` would write them.

use std::time::Duration;

use domain::{
    Config,
    config::{ConfigFault, RegionChoice},
    time::spell_duration,
    view::settings::Settings,
};

use super::SettingsFile;

/// What the page shows that is not in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Whether Curfew starts at login.
    pub autostart: bool,
    /// The AWS profiles found on this computer.
    pub profiles: Vec<String>,
}

/// The settings in force, and what is wrong with the file if something is.
pub fn view(
    file: &SettingsFile,
    in_force: &Config,
    faults: Vec<ConfigFault>,
    surroundings: Surroundings,
) -> Settings {
    let alert = &in_force.alert;
    Settings {
        path: file.path().display().to_string(),
        faults,
        interval: spell_duration(in_force.poll.interval),
        regions: match &in_force.poll.regions {
            RegionChoice::Enabled => None,
            RegionChoice::Only(regions) => Some(regions.iter().map(ToString::to_string).collect()),
        },
        warning: or_off(alert.default.warning.running),
        critical: or_off(alert.default.critical.running),
        repeat: or_off(alert.default.repeat),
        rules: alert.rules.len(),
        accounts: in_force.accounts.clone(),
        autostart: surroundings.autostart,
        profiles: surroundings.profiles,
    }
}

fn or_off(time: Option<Duration>) -> String {
    time.map_or_else(|| "off".into(), spell_duration)
}

#[cfg(test)]
mod tests {
    use domain::time::parse_duration;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_spelled_as_people_write_them() {
        let check = |secs, text| assert_eq!(spell_duration(Duration::from_secs(secs)), text);
        check(60, "1m");
        check(90, "1m 30s");
        check(7200, "2h");
        check(5400, "1h 30m");
        check(3 * 86400, "72h");
        check(0, "0s");
    }

    proptest! {
        #[test]
        fn what_is_spelled_is_read_back(secs in 0..1_000_000_000u64, nanos in 0..1_000_000_000u32) {
            let time = Duration::new(secs, nanos);
            prop_assert_eq!(parse_duration(&spell_duration(time)), Ok(time));
        }
    }
}
