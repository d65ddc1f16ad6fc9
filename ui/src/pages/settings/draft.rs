//! The fields of the settings page as typed, and which edits and faults belong to them.

use domain::{command::SettingsEdit, config::ConfigFault, view::settings::Settings};

/// The fields as they stand in the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) interval: String,
    /// Whether every enabled region is watched.
    pub(super) everywhere: bool,
    /// The regions otherwise, parted by blanks or commas.
    pub(super) regions: String,
    pub(super) warning: String,
    pub(super) critical: String,
    pub(super) repeat: String,
}

/// One field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Interval,
    Regions,
    Warning,
    Critical,
    Repeat,
}

impl Field {
    const ALL: [Self; 5] = [Self::Interval, Self::Regions, Self::Warning, Self::Critical, Self::Repeat];

    /// Its key in `config.toml`.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Interval => "poll.interval",
            Self::Regions => "poll.regions",
            Self::Warning => "alert.warning",
            Self::Critical => "alert.critical",
            Self::Repeat => "alert.repeat",
        }
    }

    fn is_meant(self, fault: &ConfigFault) -> bool {
        let rest = fault.key.strip_prefix(self.key());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
    }
}

impl Draft {
    /// The fields for the settings in force.
    pub(super) fn of(settings: &Settings) -> Self {
        Self {
            interval: settings.interval.clone(),
            everywhere: settings.regions.is_none(),
            regions: settings.regions.as_deref().unwrap_or_default().join(" "),
            warning: settings.warning.clone(),
            critical: settings.critical.clone(),
            repeat: settings.repeat.clone(),
        }
    }

    /// What a field says.
    pub(super) fn get(&self, field: Field) -> &str {
        match field {
            Field::Interval => &self.interval,
            Field::Regions => &self.regions,
            Field::Warning => &self.warning,
            Field::Critical => &self.critical,
            Field::Repeat => &self.repeat,
        }
    }

    /// The same with other text in a field.
    #[must_use]
    pub(super) fn with(mut self, field: Field, text: String) -> Self {
        match field {
            Field::Interval => self.interval = text,
            Field::Regions => self.regions = text,
            Field::Warning => self.warning = text,
            Field::Critical => self.critical = text,
            Field::Repeat => self.repeat = text,
        }
        self
    }

    /// Only what differs from the settings in force: the rest of the file stays as it is.
    pub(super) fn edits(&self, settings: &Settings) -> Vec<SettingsEdit> {
        let changed = |field: Field| {
            let text = self.get(field).trim().to_owned();
            match field {
                Field::Interval => (text != settings.interval).then_some(SettingsEdit::Interval(text)),
                Field::Warning => (text != settings.warning).then_some(SettingsEdit::Warning(text)),
                Field::Critical => (text != settings.critical).then_some(SettingsEdit::Critical(text)),
                Field::Repeat => (text != settings.repeat).then_some(SettingsEdit::Repeat(text)),
                Field::Regions => {
                    let regions = self.region_list();
                    (regions != settings.regions).then_some(SettingsEdit::Regions(regions))
                }
            }
        };
        Field::ALL.into_iter().filter_map(changed).collect()
    }

    fn region_list(&self) -> Option<Vec<String>> {
        let parts = self.regions.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty());
        (!self.everywhere).then(|| parts.map(str::to_owned).collect())
    }
}

/// What is wrong with a field.
pub(super) fn faults_of(field: Field, faults: &[ConfigFault]) -> impl Iterator<Item = &ConfigFault> {
    faults.iter().filter(move |fault| field.is_meant(fault))
}

/// What is wrong with none of the fields.
pub(super) fn other_faults(faults: &[ConfigFault]) -> impl Iterator<Item = &ConfigFault> {
    faults.iter().filter(|fault| !Field::ALL.iter().any(|field| field.is_meant(fault)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            path: "config.toml".into(),
            faults: Vec::new(),
            interval: "60s".into(),
            regions: None,
            warning: "2h".into(),
            critical: "6h".into(),
            repeat: "2h".into(),
            rules: 0,
            accounts: Vec::new(),
            autostart: false,
            profiles: Vec::new(),
        }
    }

    #[test]
    fn only_what_was_changed_is_written() {
        let check = |change: fn(Draft) -> Draft, edits: &[SettingsEdit]| {
            assert_eq!(change(Draft::of(&settings())).edits(&settings()), edits);
        };
        let list =
            |codes: &[&str]| SettingsEdit::Regions(Some(codes.iter().map(ToString::to_string).collect()));
        check(|draft| draft, &[]);
        check(|draft| draft.with(Field::Interval, " 60s ".into()), &[]);
        check(|draft| draft.with(Field::Warning, "4h".into()), &[SettingsEdit::Warning("4h".into())]);
        check(|draft| draft.with(Field::Regions, "us-east-1".into()), &[]);
        check(|draft| Draft { everywhere: false, ..draft }, &[list(&[])]);
        check(
            |draft| Draft { everywhere: false, regions: "us-east-1, eu-west-1  us-west-2".into(), ..draft },
            &[list(&["us-east-1", "eu-west-1", "us-west-2"])],
        );
    }

    #[test]
    fn a_list_of_regions_can_become_all_of_them() {
        let listed = Settings { regions: Some(vec!["us-east-1".into()]), ..settings() };
        assert_eq!(Draft::of(&listed).edits(&listed), []);
        let everywhere = Draft { everywhere: true, ..Draft::of(&listed) };
        assert_eq!(everywhere.edits(&listed), [SettingsEdit::Regions(None)]);
    }

    #[test]
    fn faults_stand_beside_the_field_they_are_about() {
        let fault = |key: &str| ConfigFault { key: key.into(), line: 1, message: "wrong".into() };
        let faults =
            ["poll.regions[1]", "alert.warning", "alert.warning_x", "alert.critical.running"].map(fault);
        let keys = |field| faults_of(field, &faults).map(|fault| fault.key.as_str()).collect::<Vec<_>>();
        assert_eq!(keys(Field::Regions), ["poll.regions[1]"]);
        assert_eq!(keys(Field::Warning), ["alert.warning"]);
        assert_eq!(keys(Field::Critical), ["alert.critical.running"]);
        assert_eq!(keys(Field::Interval), [""; 0]);
        assert_eq!(other_faults(&faults).count(), 1);
    }
}
