//! The simulated cloud as a value: what is launched, who may look, and where the weather is bad.
//!
//! Every question takes `now`; nothing here reads a clock or waits. Whoever asks waits out the delay that
//! [`World::call`] names.

mod act;
mod door;
mod grow;
mod machine;
mod provision;
mod weather;

use std::{collections::BTreeMap, time::Duration};

use domain::{
    AccountName, CloudFault, FaultKind, GroupName, Identity, Instance, InstanceId, Region, Timestamp,
    region::{OptIn, RegionStatus},
    time::after,
};

pub(crate) use self::provision::pause;
pub use self::weather::Spell;
use self::{
    door::Door,
    grow::Group,
    machine::Machine,
    weather::{Weather, mix},
};
use crate::{Launch, Tempo};

/// A simulated cloud. An account sees what was launched for it and what was launched for everybody.
#[derive(Clone, Debug)]
pub struct World {
    tempo: Tempo,
    regions: BTreeMap<Region, Place>,
    doors: BTreeMap<AccountName, Door>,
    machines: BTreeMap<InstanceId, Machine>,
    launched: u64,
    /// What each client token made.
    tokens: BTreeMap<String, InstanceId>,
    /// Fleets by their group's name.
    groups: BTreeMap<GroupName, Group>,
}

#[derive(Clone, Debug)]
struct Place {
    opt_in: OptIn,
    weather: Weather,
}

/// What becomes of one call to a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// How long the answer takes, in the caller's own time.
    pub delay: Duration,
    /// Why it fails, if it does.
    pub fault: Option<CloudFault>,
}

impl World {
    /// No region, no instance, no delay, every account welcome.
    pub fn empty(tempo: Tempo) -> Self {
        Self {
            tempo,
            regions: BTreeMap::new(),
            doors: BTreeMap::new(),
            machines: BTreeMap::new(),
            launched: 0,
            tokens: BTreeMap::new(),
            groups: BTreeMap::new(),
        }
    }

    /// Adds an enabled region without any weather.
    pub fn open(&mut self, region: &str) {
        self.place(&Region::new(region)).opt_in = OptIn::Enabled;
    }

    /// Adds a region that is not enabled, or disables one.
    pub fn close(&mut self, region: &str) {
        self.place(&Region::new(region)).opt_in = OptIn::NotOptedIn;
    }

    /// Launches an instance as if at `now` less its age; a region that is not there yet is added, enabled.
    pub fn launch(&mut self, launch: Launch, now: Timestamp) -> InstanceId {
        self.place(&launch.region);
        let id = self.next_id();
        self.machines.insert(id.clone(), Machine::new(id.clone(), launch, &self.tempo, now));
        id
    }

    /// Takes an instance away without a trace, as AWS does an hour after its end.
    pub fn remove(&mut self, id: &InstanceId) {
        self.machines.remove(id);
    }

    /// Announces at `at` that AWS wants this spot instance back, and takes it `notice` later.
    pub fn interrupt(&mut self, id: &InstanceId, at: Timestamp, notice: Duration) {
        if let Some(machine) = self.machines.get_mut(id) {
            machine.interrupt(&self.tempo, at, notice);
        }
    }

    /// Lets the next `times` calls to a region fail; added up when called again.
    pub fn fail(&mut self, region: &str, fault: CloudFault, times: u32) {
        self.place(&Region::new(region)).weather.fail(fault, times);
    }

    /// Lets a region fail in spells of bad weather.
    pub fn fail_now_and_then(&mut self, region: &str, spell: Spell) {
        self.place(&Region::new(region)).weather.spell = Some(spell);
    }

    /// How long a region's answers take, from the shortest to the longest.
    pub fn delay(&mut self, region: &str, from: Duration, to: Duration) {
        self.place(&Region::new(region)).weather.delay = (from, to);
    }

    /// Refuses an account's credentials from now on.
    pub fn refuse(&mut self, account: &str, fault: CloudFault) {
        self.doors.insert(AccountName::new(account), Door::Refuses(fault));
    }

    /// Lets an account in only after this code of the device `serial` was given.
    pub fn ask_for_code(&mut self, account: &str, serial: &str, code: &str) {
        let door = Door::WantsCode { serial: serial.to_owned(), code: code.to_owned() };
        self.doors.insert(AccountName::new(account), door);
    }

    /// Lets an account in again.
    pub fn welcome(&mut self, account: &str) {
        self.doors.remove(&AccountName::new(account));
    }

    /// Takes the second factor's code.
    pub fn give_code(&mut self, account: &AccountName, code: &str) -> Result<(), CloudFault> {
        match self.doors.get(account) {
            Some(Door::WantsCode { code: right, .. }) if right != code => {
                Err(CloudFault::new(FaultKind::WrongCode))
            }
            Some(Door::WantsCode { .. }) => {
                self.doors.remove(account);
                Ok(())
            }
            Some(Door::Refuses(fault)) => Err(fault.clone()),
            None => Ok(()),
        }
    }

    /// Whom an account's credentials belong to.
    pub fn identity(&self, account: &AccountName) -> Result<Identity, CloudFault> {
        door::check(self.doors.get(account))?;
        Ok(Identity {
            number: "000000000000".into(),
            arn: format!("arn:aws:iam::000000000000:user/{account}"),
        })
    }

    /// Every region and whether it is enabled.
    pub fn regions(&self, account: &AccountName) -> Result<Vec<RegionStatus>, CloudFault> {
        door::check(self.doors.get(account))?;
        let status = |(region, place): (&Region, &Place)| RegionStatus {
            region: region.clone(),
            opt_in: place.opt_in,
        };
        Ok(self.regions.iter().map(status).collect())
    }

    /// What becomes of the next call to a region: it uses up one of the failures that were asked for.
    pub fn call(&mut self, account: &AccountName, region: &Region, now: Timestamp) -> Call {
        let Some(place) = self.regions.get_mut(region) else {
            return Call { delay: Duration::ZERO, fault: Some(CloudFault::new(FaultKind::UnknownRegion)) };
        };
        let (delay, weather) = place.weather.call(region, now);
        let refused = door::check(self.doors.get(account)).err();
        let fault = match place.opt_in {
            OptIn::NotOptedIn => Some(CloudFault::new(FaultKind::NotOptedIn)),
            OptIn::Enabled => refused.or(weather),
        };
        Call { delay, fault }
    }

    /// Every instance that an account sees in a region at `now`, in the order of their ids.
    pub fn instances(&self, account: &AccountName, region: &Region, now: Timestamp) -> Vec<Instance> {
        let seen = self.machines.values().filter(|machine| machine.is_seen(account, region));
        seen.filter_map(|machine| machine.at(now)).collect()
    }

    fn place(&mut self, region: &Region) -> &mut Place {
        let fresh = || Place { opt_in: OptIn::Enabled, weather: Weather::default() };
        self.regions.entry(region.clone()).or_insert_with(fresh)
    }

    /// Ids that look like AWS's and come in the same order every time.
    fn next_id(&mut self) -> InstanceId {
        self.launched += 1;
        let digits = format!("i-0{:016x}", mix(self.launched));
        digits.parse().expect("an i, a dash and seventeen hexadecimal digits are an instance id")
    }

    /// Launches what a group or a persistent request launches in an instance's place.
    fn replace(&mut self, machine: &Machine, now: Timestamp) {
        let id = self.next_id();
        let at = after(now, self.tempo.replacement);
        self.machines.insert(id.clone(), machine.replacement(id, &self.tempo, at));
    }
}

#[cfg(test)]
mod tests;
