//! Each account's standing: who it is, which regions it has enabled, and what is missing.
//!
//! Credentials that are wrong stay wrong until a person mends them: they are asked for once, not at every poll.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AccountConfig, AccountName, AccountState, CloudFault, FaultKind, Identity, Problem, Region, RegionKey,
    Timestamp,
    config::RegionChoice,
    region::{self, OptIn, RegionStatus},
    time::after,
};

use super::{Effect, backoff};

/// How long to wait before an account that failed for another reason than its credentials is tried again.
const RETRY: std::time::Duration = std::time::Duration::from_secs(30);

/// All accounts.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    accounts: BTreeMap<AccountName, Account>,
}

#[derive(Debug)]
struct Account {
    config: AccountConfig,
    stage: Stage,
    listing: Listing,
    /// Whose instances are known, as STS said last.
    number: Option<String>,
    failures: u32,
}

#[derive(Debug)]
enum Stage {
    /// STS was asked and has not answered.
    Identifying,
    /// STS knows it.
    Known(Identity),
    /// STS is asked again, because a region refused the credentials.
    Doubted(Identity),
    /// A person must enter a code.
    NeedsCode { serial: String },
    /// A code was entered and is being tried.
    TakingCode { serial: String, ticket: u64 },
    /// The credentials cannot be had or are refused: waits for a person.
    Refused(CloudFault),
    /// Something else failed: tried again by itself.
    Retrying { fault: CloudFault, at: Timestamp },
}

#[derive(Debug)]
enum Listing {
    /// Nothing was said yet: the regions that every account has are used meanwhile.
    Asked,
    Listed(Vec<RegionStatus>),
    /// Not allowed to list: the regions that every account has are used.
    Denied,
}

impl Account {
    fn new(config: AccountConfig) -> Self {
        Self { config, stage: Stage::Identifying, listing: Listing::Asked, number: None, failures: 0 }
    }

    fn state(&self) -> AccountState {
        match (&self.stage, &self.listing) {
            (Stage::NeedsCode { serial }, _) => AccountState::NeedsCode { serial: serial.clone() },
            (Stage::Refused(fault) | Stage::Retrying { fault, .. }, _) => AccountState::Broken(fault.clone()),
            (Stage::Identifying | Stage::TakingCode { .. }, _)
            | (Stage::Known(_) | Stage::Doubted(_), Listing::Asked) => AccountState::Connecting,
            (Stage::Known(identity) | Stage::Doubted(identity), Listing::Listed(_) | Listing::Denied) => {
                AccountState::Connected(identity.clone())
            }
        }
    }

    /// Identity and regions are asked for at the same time: neither needs the other. A list that is there stays
    /// until the new one comes, and with it what is known of its regions.
    fn begin(&mut self) -> Vec<Effect> {
        self.stage = Stage::Identifying;
        vec![Effect::Identify(self.config.clone()), Effect::ListRegions(self.config.clone())]
    }

    /// The answer to whoever waits for a code that does not matter any more.
    fn give_up_code(&self) -> Option<Effect> {
        let Stage::TakingCode { ticket, .. } = self.stage else { return None };
        let message = format!("account {} was set up anew before the code was taken", self.config.name);
        let problem = Problem::new("superseded", message, "Enter a new code if one is asked for.");
        Some(Effect::Answer(ticket, Err(problem)))
    }

    fn fail(&mut self, fault: CloudFault, now: Timestamp) {
        self.failures += 1;
        self.stage = if let FaultKind::NeedsCode { serial } = fault.kind {
            Stage::NeedsCode { serial }
        } else if fault.is_about_credentials() {
            Stage::Refused(fault)
        } else {
            let wait = backoff::wait(&fault, self.failures, RETRY, &self.config.name.as_str());
            Stage::Retrying { at: after(now, wait), fault }
        };
    }
}

impl Accounts {
    /// Takes the accounts of a new configuration: what did not change goes on undisturbed.
    pub(super) fn configure(&mut self, configs: &[AccountConfig]) -> Vec<Effect> {
        let stays = |account: &Account| configs.contains(&account.config);
        let leaving = self.accounts.extract_if(.., |_, account| !stays(account));
        let mut effects: Vec<Effect> = leaving.filter_map(|(_, account)| account.give_up_code()).collect();
        for config in configs {
            if !self.accounts.contains_key(&config.name) {
                let mut account = Account::new(config.clone());
                effects.push(Effect::Forget(config.clone()));
                effects.extend(account.begin());
                self.accounts.insert(config.name.clone(), account);
            }
        }
        effects
    }

    pub(super) fn config(&self, name: &AccountName) -> Option<&AccountConfig> {
        self.accounts.get(name).map(|account| &account.config)
    }

    pub(super) fn states(&self) -> BTreeMap<AccountName, AccountState> {
        self.accounts.iter().map(|(name, account)| (name.clone(), account.state())).collect()
    }

    /// STS answered. True if the credentials are another AWS account's than before.
    pub(super) fn identified(
        &mut self,
        name: &AccountName,
        result: Result<Identity, CloudFault>,
        now: Timestamp,
    ) -> bool {
        let Some(account) = self.accounts.get_mut(name) else { return false };
        let another = match &result {
            Ok(Identity { number, .. }) => {
                account.number.replace(number.clone()).is_some_and(|before| &before != number)
            }
            Err(_) => false,
        };
        match (result, &account.stage) {
            (Ok(identity), Stage::Identifying | Stage::Doubted(_) | Stage::Known(_)) => {
                account.failures = 0;
                account.stage = Stage::Known(identity);
            }
            // The regions could not be listed: who it is does not mend that.
            (Ok(_), Stage::Retrying { .. }) => {}
            (
                Err(fault),
                Stage::Identifying | Stage::Doubted(_) | Stage::Known(_) | Stage::Retrying { .. },
            ) => {
                account.fail(fault, now);
            }
            // A person is wanted or at it: a late answer changes nothing.
            (Ok(_) | Err(_), Stage::NeedsCode { .. } | Stage::TakingCode { .. } | Stage::Refused(_)) => {}
        }
        another
    }

    /// DescribeRegions answered. Its failure matters only where it is not STS's to tell.
    pub(super) fn listed(
        &mut self,
        name: &AccountName,
        result: Result<Vec<RegionStatus>, CloudFault>,
        now: Timestamp,
    ) {
        let Some(account) = self.accounts.get_mut(name) else { return };
        match result {
            Ok(regions) => account.listing = Listing::Listed(regions),
            Err(CloudFault { kind: FaultKind::Denied { .. }, .. }) => account.listing = Listing::Denied,
            Err(fault) => match account.stage {
                Stage::Identifying | Stage::Known(_) | Stage::Doubted(_) => account.fail(fault, now),
                Stage::NeedsCode { .. }
                | Stage::TakingCode { .. }
                | Stage::Refused(_)
                | Stage::Retrying { .. } => {}
            },
        }
    }

    /// A region refused the credentials: STS is asked whether they are still good.
    pub(super) fn doubt(&mut self, name: &AccountName) -> Vec<Effect> {
        let Some(account) = self.accounts.get_mut(name) else { return Vec::new() };
        let Stage::Known(identity) = &account.stage else { return Vec::new() };
        account.stage = Stage::Doubted(identity.clone());
        vec![Effect::Identify(account.config.clone())]
    }

    /// The regions that are to be polled, as far as is known yet.
    pub(super) fn regions(&self, choice: &RegionChoice) -> BTreeSet<RegionKey> {
        let of = |(name, account): (&AccountName, &Account)| {
            let regions: Vec<Region> = match (choice, &account.listing) {
                (RegionChoice::Only(regions), _) => regions.clone(),
                (RegionChoice::Enabled, Listing::Asked | Listing::Denied) => region::enabled_by_default(),
                (RegionChoice::Enabled, Listing::Listed(all)) => {
                    let enabled = all.iter().filter(|status| status.opt_in == OptIn::Enabled);
                    enabled.map(|status| status.region.clone()).collect()
                }
            };
            let key = |region| RegionKey { account: name.clone(), region };
            regions.into_iter().map(key).collect::<Vec<_>>()
        };
        self.accounts.iter().flat_map(of).collect()
    }

    /// A region's failure in the light of what DescribeRegions said: AWS answers for a region that is not enabled
    /// with an AuthFailure, as if the credentials were wrong.
    pub(super) fn explain(&self, key: &RegionKey, fault: CloudFault) -> CloudFault {
        let Some(Account { listing: Listing::Listed(all), .. }) = self.accounts.get(&key.account) else {
            return fault;
        };
        let status = all.iter().find(|status| status.region == key.region);
        match (status.map(|status| status.opt_in), &fault.kind) {
            (Some(OptIn::NotOptedIn), FaultKind::WrongCredentials | FaultKind::Refused { .. }) => {
                CloudFault { kind: FaultKind::NotOptedIn, detail: fault.detail }
            }
            (None, FaultKind::WrongCredentials | FaultKind::Unreachable | FaultKind::Refused { .. }) => {
                CloudFault { kind: FaultKind::UnknownRegion, detail: fault.detail }
            }
            (Some(OptIn::Enabled | OptIn::NotOptedIn) | None, _) => fault,
        }
    }

    /// Why nothing can be asked in the account's name, if so.
    pub(super) fn blocking_fault(&self, name: &AccountName) -> Option<CloudFault> {
        match &self.accounts.get(name)?.stage {
            Stage::Refused(fault) => Some(fault.clone()),
            Stage::NeedsCode { serial } | Stage::TakingCode { serial, .. } => {
                Some(CloudFault::new(FaultKind::NeedsCode { serial: serial.clone() }))
            }
            Stage::Identifying | Stage::Known(_) | Stage::Doubted(_) | Stage::Retrying { .. } => None,
        }
    }

    /// The configuration with which a region may be polled now.
    pub(super) fn may_poll(&self, name: &AccountName) -> Option<&AccountConfig> {
        if self.blocking_fault(name).is_some() { None } else { self.config(name) }
    }

    /// A person entered a code.
    pub(super) fn code(&mut self, ticket: u64, name: &AccountName, code: String) -> Vec<Effect> {
        let Some(account) = self.accounts.get_mut(name) else { return vec![unknown_account(ticket, name)] };
        let Stage::NeedsCode { serial } = &account.stage else {
            let problem = Problem::new("no-code-needed", format!("account {name} waits for no code"), "");
            return vec![Effect::Answer(ticket, Err(problem))];
        };
        account.stage = Stage::TakingCode { serial: serial.clone(), ticket };
        vec![Effect::GiveCode(account.config.clone(), code)]
    }

    /// STS took or refused it.
    pub(super) fn code_taken(&mut self, name: &AccountName, result: Result<(), CloudFault>) -> Vec<Effect> {
        let Some(account) = self.accounts.get_mut(name) else { return Vec::new() };
        let Stage::TakingCode { serial, ticket } = &account.stage else { return Vec::new() };
        let (serial, ticket) = (serial.clone(), *ticket);
        match result {
            Ok(()) => {
                let mut effects = vec![Effect::Answer(ticket, Ok(()))];
                effects.extend(account.begin());
                effects
            }
            Err(fault) => {
                account.stage = Stage::NeedsCode { serial };
                let problem = fault.problem(&format!("signing in to account {name}"));
                vec![Effect::Answer(ticket, Err(problem))]
            }
        }
    }

    /// A person says that the credentials are mended.
    pub(super) fn reconnect(&mut self, ticket: u64, name: &AccountName) -> Vec<Effect> {
        let Some(account) = self.accounts.get_mut(name) else { return vec![unknown_account(ticket, name)] };
        account.failures = 0;
        let mut effects = vec![Effect::Answer(ticket, Ok(())), Effect::Forget(account.config.clone())];
        effects.extend(account.give_up_code());
        effects.extend(account.begin());
        effects
    }

    /// What waits by itself is tried at once.
    pub(super) fn refresh(&mut self, now: Timestamp) {
        for account in self.accounts.values_mut() {
            if let Stage::Retrying { at, .. } = &mut account.stage {
                *at = now;
            }
        }
    }

    pub(super) fn next_retry(&self) -> Option<(Timestamp, &'static str)> {
        self.accounts.values().filter_map(retry_at).min().map(|at| (at, "an account is tried again"))
    }

    pub(super) fn due(&mut self, now: Timestamp) -> Vec<Effect> {
        let due = |account: &&mut Account| retry_at(account).is_some_and(|at| at <= now);
        self.accounts.values_mut().filter(due).flat_map(Account::begin).collect()
    }
}

fn retry_at(account: &Account) -> Option<Timestamp> {
    match account.stage {
        Stage::Retrying { at, .. } => Some(at),
        Stage::Identifying
        | Stage::Known(_)
        | Stage::Doubted(_)
        | Stage::NeedsCode { .. }
        | Stage::TakingCode { .. }
        | Stage::Refused(_) => None,
    }
}

fn unknown_account(ticket: u64, name: &AccountName) -> Effect {
    let problem = Problem::new(
        "unknown-account",
        format!("there is no account {name}"),
        "See Settings for the accounts.",
    );
    Effect::Answer(ticket, Err(problem))
}
