//! `[alert]`: the thresholds, and the rules that change them for some instances.

use std::{collections::BTreeMap, time::Duration};

use document::{Item, Section};
use serde::{Deserialize, Serialize};

use super::money;
use crate::{Instance, Money, time::parse_duration};

/// When an instance needs attention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertConfig {
    /// What applies when no rule does.
    pub default: Thresholds,
    /// The first that matches decides.
    pub rules: Vec<Rule>,
}

/// Two thresholds and how often to remind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// The first.
    pub warning: Threshold,
    /// The second.
    pub critical: Threshold,
    /// How often to remind while critical; `None` is never.
    pub repeat: Option<Duration>,
}

/// Whichever of the two comes first; neither set never crosses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threshold {
    /// Running for this long.
    pub running: Option<Duration>,
    /// Having cost this much.
    pub spend: Option<Money>,
}

/// Other thresholds, or none, for the instances that match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Which instances.
    pub matches: Match,
    /// What applies to them.
    pub effect: RuleEffect,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleEffect {
    /// Nothing is ever said of them.
    Ignore,
    /// These thresholds apply; what is not set stays as it is by default.
    Change {
        /// Instead of the default's.
        warning: Option<Threshold>,
        /// Instead of the default's.
        critical: Option<Threshold>,
    },
}

/// Everything that is set must match; a match without anything set matches all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// Tags with exactly these values.
    pub tags: BTreeMap<String, String>,
    /// One of these types, `*` standing for anything: `g5.*`.
    pub types: Vec<String>,
    /// Launched from this profile.
    pub profile: Option<String>,
}

impl Threshold {
    /// A threshold on running time alone.
    pub const fn running(limit: Duration) -> Self {
        Self { running: Some(limit), spend: None }
    }
}

impl Default for AlertConfig {
    fn default() -> Self {
        const HOUR: u64 = 3600;
        let default = Thresholds {
            warning: Threshold::running(Duration::from_secs(2 * HOUR)),
            critical: Threshold::running(Duration::from_secs(6 * HOUR)),
            repeat: Some(Duration::from_secs(2 * HOUR)),
        };
        Self { default, rules: Vec::new() }
    }
}

impl AlertConfig {
    /// The thresholds for an instance; `None` when a rule says to ignore it.
    pub fn thresholds(&self, instance: &Instance) -> Option<Thresholds> {
        let default = &self.default;
        match self.rules.iter().find(|rule| rule.matches.covers(instance)).map(|rule| &rule.effect) {
            None => Some(default.clone()),
            Some(RuleEffect::Ignore) => None,
            Some(RuleEffect::Change { warning, critical }) => Some(Thresholds {
                warning: warning.unwrap_or(default.warning),
                critical: critical.unwrap_or(default.critical),
                repeat: default.repeat,
            }),
        }
    }
}

impl Match {
    /// Whether everything that is set matches.
    pub fn covers(&self, instance: &Instance) -> bool {
        let tags = self.tags.iter().all(|(key, value)| instance.tag(key) == Some(value));
        let kind = instance.kind.as_str();
        let types = self.types.is_empty() || self.types.iter().any(|pattern| glob(pattern, kind));
        let profile = self.profile.as_deref().is_none_or(|profile| instance.profile() == Some(profile));
        tags && types && profile
    }
}

/// `*` matches any run of characters, everything else itself.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(head) else { return false };
    rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| glob(tail, &rest[at..]))
}

/// Reads `[alert]`.
pub(super) fn read(section: &Section<'_>) -> AlertConfig {
    section.only(&["warning", "critical", "repeat", "rule"]);
    let default = AlertConfig::default().default;
    let default = Thresholds {
        warning: threshold(section, "warning").unwrap_or(default.warning),
        critical: threshold(section, "critical").unwrap_or(default.critical),
        repeat: section.text("repeat", duration_or_off).unwrap_or(default.repeat),
    };
    check_order(section, &default.warning, &default.critical);
    AlertConfig { rules: section.sections("rule").iter().map(read_rule).collect(), default }
}

fn check_order(section: &Section<'_>, warning: &Threshold, critical: &Threshold) {
    let swapped = |a: bool| {
        if a {
            section.fault("warning", "comes after `critical`: the warning must be the earlier of the two");
        }
    };
    swapped(matches!((warning.running, critical.running), (Some(w), Some(c)) if w > c));
    swapped(matches!((warning.spend, critical.spend), (Some(w), Some(c)) if w > c));
}

fn read_rule(section: &Section<'_>) -> Rule {
    section.only(&["match", "warning", "critical", "ignore"]);
    let matches = section.section("match").map(|section| read_match(&section)).unwrap_or_default();
    if !section.has("match") {
        section.fault(
            "match",
            "is missing: say which instances the rule is for, for example { types = [\"g5.*\"] }",
        );
    }
    let warning = threshold(section, "warning");
    let critical = threshold(section, "critical");
    if let (Some(warning), Some(critical)) = (&warning, &critical) {
        check_order(section, warning, critical);
    }
    let effect = match section.boolean("ignore") {
        Some(true) => RuleEffect::Ignore,
        Some(false) | None => RuleEffect::Change { warning, critical },
    };
    Rule { matches, effect }
}

fn read_match(section: &Section<'_>) -> Match {
    section.only(&["tags", "types", "profile"]);
    let text = |text: &str| Ok(text.to_owned());
    let tags = section.section("tags").map(|tags| {
        let pair = |key: &str| Some((key.to_owned(), tags.text(key, text)?));
        tags.keys().into_iter().filter_map(pair).collect()
    });
    let types = section.list("types").map(|list| list.iter().filter_map(|item| item.read(text)).collect());
    if types.is_none() && section.has("types") {
        section.fault("types", "must be a list, for example [\"g5.*\"]");
    }
    Match {
        tags: tags.unwrap_or_default(),
        types: types.unwrap_or_default(),
        profile: section.text("profile", text),
    }
}

/// `"2h"`, `"off"`, or `{ running = "12h", spend_usd = "20.00" }`.
fn threshold(section: &Section<'_>, key: &str) -> Option<Threshold> {
    let item: Item<'_> = section.item(key)?;
    let Some(both) = item.as_section() else {
        return item.read(duration_or_off).map(|running| Threshold { running, spend: None });
    };
    both.only(&["running", "spend_usd"]);
    let read = |text: &str| parse_duration(text).map_err(|fault| fault.to_string());
    Some(Threshold { running: both.text("running", read), spend: both.text("spend_usd", money) })
}

/// A length of time, or the word `off`.
pub fn duration_or_off(text: &str) -> Result<Option<Duration>, String> {
    match text {
        "off" => Ok(None),
        text => parse_duration(text).map(Some).map_err(|fault| format!("{fault}; or \"off\"")),
    }
}
