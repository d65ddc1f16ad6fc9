//! `config.toml`: parsed once into types, every fault of the file reported at once.
//!
//! Knows the file's keys and their defaults; does not read or write files.

pub mod alert;

use std::time::Duration;

use document::{Document, Section};
use serde::{Deserialize, Serialize};

use crate::{
    AccountConfig, AccountName, CredentialSource, Money, Region, account::AssumeRole,
    config::alert::AlertConfig, time::parse_duration,
};

pub use document::Fault as ConfigFault;

/// Everything that `config.toml` can say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// How often and where to look.
    pub poll: PollConfig,
    /// When to warn.
    pub alert: AlertConfig,
    /// What may be spent.
    pub spend: SpendConfig,
    /// The accounts; empty means that none was set up yet.
    pub accounts: Vec<AccountConfig>,
}

/// `[poll]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollConfig {
    /// Between two polls of a region when nothing is going on.
    pub interval: Duration,
    /// Where to look.
    pub regions: RegionChoice,
}

/// Which regions to look into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RegionChoice {
    /// Every region that the account has enabled.
    Enabled,
    /// These.
    Only(Vec<Region>),
}

/// `[spend]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendConfig {
    /// The month's budget, if there is one.
    pub monthly_budget: Option<Money>,
    /// Whether Cost Explorer may be asked, at $0.01 a look.
    pub cost_explorer: bool,
}

/// The shortest and the longest polling interval that is accepted.
pub const INTERVAL_BOUNDS: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(3600));

impl Default for Config {
    fn default() -> Self {
        Self {
            poll: PollConfig { interval: Duration::from_secs(60), regions: RegionChoice::Enabled },
            alert: AlertConfig::default(),
            spend: SpendConfig { monthly_budget: None, cost_explorer: false },
            accounts: Vec::new(),
        }
    }
}

impl Config {
    /// Reads the text of a `config.toml`, or says everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Vec<ConfigFault>> {
        let document = Document::parse(text);
        let config = document.root().map(|root| read_config(&root));
        document.finish(config)
    }
}

fn read_config(root: &Section<'_>) -> Config {
    root.only(&["poll", "alert", "spend", "account"]);
    let default = Config::default();
    Config {
        poll: root.section("poll").map_or(default.poll, |section| read_poll(&section)),
        alert: root.section("alert").map_or(default.alert, |section| alert::read(&section)),
        spend: root.section("spend").map_or(default.spend, |section| read_spend(&section)),
        accounts: read_accounts(root),
    }
}

fn read_poll(section: &Section<'_>) -> PollConfig {
    section.only(&["interval", "regions"]);
    let default = Config::default().poll;
    PollConfig {
        interval: section.text("interval", interval).unwrap_or(default.interval),
        regions: read_regions(section).unwrap_or(default.regions),
    }
}

/// Reads a polling interval and holds it against its bounds.
pub fn interval(text: &str) -> Result<Duration, String> {
    let interval = parse_duration(text).map_err(|fault| fault.to_string())?;
    let (least, most) = INTERVAL_BOUNDS;
    if (least..=most).contains(&interval) {
        Ok(interval)
    } else {
        Err(format!("`{text}` is out of bounds: from 15s to 1h"))
    }
}

fn read_regions(section: &Section<'_>) -> Option<RegionChoice> {
    if let Some(list) = section.list("regions") {
        let regions: Vec<Region> = list.iter().filter_map(|item| item.read(region)).collect();
        if list.is_empty() {
            section.fault("regions", "an empty list would look nowhere: name a region, or write \"enabled\"");
        }
        return Some(RegionChoice::Only(regions));
    }
    section.text("regions", |text| match text {
        "enabled" => Ok(RegionChoice::Enabled),
        other => {
            Err(format!("`{other}` is neither \"enabled\" nor a list of regions such as [\"us-east-1\"]"))
        }
    })
}

/// Reads a region's code: its form only, whether AWS has it is AWS's to say.
pub fn region(text: &str) -> Result<Region, String> {
    let parts: Vec<&str> = text.split('-').collect();
    let words = parts
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    let numbered = parts.last().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    if words && numbered && parts.len() >= 3 {
        Ok(Region::new(text))
    } else {
        Err(format!("`{text}` is not a region's code: one is written like us-east-1"))
    }
}

fn read_spend(section: &Section<'_>) -> SpendConfig {
    section.only(&["monthly_budget_usd", "cost_explorer"]);
    SpendConfig {
        monthly_budget: section.text("monthly_budget_usd", money),
        cost_explorer: section.boolean("cost_explorer").unwrap_or(false),
    }
}

fn money(text: &str) -> Result<Money, String> {
    match text.parse::<Money>() {
        Ok(amount) if amount >= Money::ZERO => Ok(amount),
        Ok(_) => Err(format!("`{text}` is negative")),
        Err(fault) => Err(fault.to_string()),
    }
}

fn read_accounts(root: &Section<'_>) -> Vec<AccountConfig> {
    let mut accounts: Vec<AccountConfig> = Vec::new();
    for section in root.sections("account") {
        let Some(account) = read_account(&section) else { continue };
        if accounts.iter().any(|other| other.name == account.name) {
            section.fault("name", &format!("`{}` names two accounts", account.name));
        }
        accounts.push(account);
    }
    accounts
}

fn read_account(section: &Section<'_>) -> Option<AccountConfig> {
    section.only(&["name", "source", "assume_role", "mfa_serial"]);
    let name = section.required("name", account_name);
    let source = section.required("source", credential_source);
    let arn = section.text("assume_role", role_arn);
    let mfa_serial = section.text("mfa_serial", |text| Ok(text.to_owned()));
    if arn.is_none() && mfa_serial.is_some() && !section.has("assume_role") {
        section.fault(
            "mfa_serial",
            "only an assume_role asks for a second factor: add assume_role, or take this out",
        );
    }
    Some(AccountConfig { name: name?, source: source?, role: arn.map(|arn| AssumeRole { arn, mfa_serial }) })
}

/// Reads an account's name: short, and safe in a file name, a menu and a terminal.
pub fn account_name(text: &str) -> Result<AccountName, String> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !text.is_empty() && text.len() <= 64 && text.chars().all(good) {
        Ok(AccountName::new(text))
    } else {
        Err(format!(
            "`{text}` is not an account's name: use up to 64 letters, digits, dashes, dots and underscores"
        ))
    }
}

/// Reads `keychain`, `environment` or `profile:NAME`.
pub fn credential_source(text: &str) -> Result<CredentialSource, String> {
    match text.split_once(':') {
        Some(("profile", name)) if !name.is_empty() => Ok(CredentialSource::Profile(name.to_owned())),
        None if text == "keychain" => Ok(CredentialSource::Keychain),
        None if text == "environment" => Ok(CredentialSource::Environment),
        Some(_) | None => {
            Err(format!("`{text}` is none of \"keychain\", \"profile:NAME\" and \"environment\""))
        }
    }
}

fn role_arn(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", _, _, role] if role.starts_with("role/") => Ok(text.to_owned()),
        _ => Err(format!("`{text}` is not a role's ARN: one is written arn:aws:iam::123456789012:role/NAME")),
    }
}

#[cfg(test)]
mod tests;
