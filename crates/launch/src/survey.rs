//! The pre-flight: what is asked before a cent is spent, what each answer means, and which places are left to try.
//!
//! Every question that does not need another's answer is asked at once. A place that cannot do is left out and says
//! why; the launch ends here only when none is left.

pub(crate) mod judge;
mod places;
mod policies;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CloudFault, HourlyRate, InstanceType, Problem, Region,
    launch::{Check, CheckLine, CheckState, Place},
};
use protocol::userdata::Architecture;

use crate::{
    Answer, Call, Profile,
    call::{ImageFacts, NetworkFacts, QuotaFacts, QuotaFamily, SpotPrice, TypeFacts},
    profile::MarketWish,
    refusal::{self, Meaning},
};

/// What is known so far.
#[derive(Clone, Debug)]
pub(crate) struct Survey {
    lines: Vec<CheckLine>,
    pending: usize,
    regions: BTreeMap<Region, Known>,
    bucket: Option<Region>,
    denied: Vec<String>,
}

/// What is known of one region.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    pub(crate) types: Vec<TypeFacts>,
    pub(crate) images: BTreeMap<Architecture, ImageFacts>,
    pub(crate) network: Option<NetworkFacts>,
    pub(crate) prices: Vec<SpotPrice>,
    quotas: BTreeMap<(QuotaFamily, bool), QuotaFacts>,
}

impl Survey {
    /// The questions that need no answer of another.
    pub(crate) fn begin(profile: &Profile) -> (Self, Vec<Call>) {
        let mut survey = Self::empty(profile);
        let mut calls = vec![Call::Identity];
        if let Some(name) = &profile.agent.run.bucket {
            calls.push(Call::Bucket { name: name.clone() });
        }
        if let Some(name) = &profile.network.instance_profile {
            calls.push(Call::InstanceProfile { name: name.clone() });
        }
        for region in &profile.regions {
            calls.push(Call::Types { region: region.clone(), types: profile.types.clone() });
            calls.push(Call::Network { region: region.clone(), wish: profile.network.clone() });
            if profile.market.spot().is_some() {
                calls.push(Call::SpotPrices { region: region.clone(), types: profile.types.clone() });
            }
        }
        survey.ask(&calls);
        (survey, calls)
    }

    /// Nothing known, nothing asked.
    pub(crate) fn empty(profile: &Profile) -> Self {
        let regions = profile.regions.iter().map(|region| (region.clone(), Known::default())).collect();
        Self { lines: Vec::new(), pending: 0, regions, bucket: None, denied: Vec::new() }
    }

    /// Takes an answer and says what can be asked now.
    pub(crate) fn answered(
        &mut self,
        profile: &Profile,
        call: &Call,
        result: Result<Answer, CloudFault>,
    ) -> Vec<Call> {
        self.pending = self.pending.saturating_sub(1);
        let state = judge::answer(profile, call, &result);
        self.settle(call, state);
        let Ok(answer) = result else { return Vec::new() };
        let next = self.learn(profile, call, answer);
        self.ask(&next);
        next
    }

    /// Whether every answer is in.
    pub(crate) fn is_complete(&self) -> bool {
        self.pending == 0
    }

    pub(crate) fn lines(&self) -> &[CheckLine] {
        &self.lines
    }

    pub(crate) fn region(&self, region: &Region) -> Option<&Known> {
        self.regions.get(region)
    }

    /// Where the run's files go from a region: the profile's bucket, or the one that was prepared there.
    pub(crate) fn bucket(&self, profile: &Profile, region: &Region) -> Option<(String, Region)> {
        match &profile.agent.run.bucket {
            Some(name) => Some((name.clone(), self.bucket.clone()?)),
            None => {
                let name = self.regions.get(region)?.network.as_ref()?.bucket.clone()?;
                Some((name, region.clone()))
            }
        }
    }

    /// The places that are left, in the order in which they are tried.
    pub(crate) fn places(&self, profile: &Profile) -> Vec<Place> {
        places::ordered(self, profile)
    }

    /// Buckets that the agent must be brought to, and for what.
    pub(crate) fn deliveries(&self, profile: &Profile, places: &[Place]) -> Vec<Call> {
        let mut wanted: BTreeMap<(String, Region), BTreeSet<Architecture>> = BTreeMap::new();
        for place in places {
            if let (Some(bucket), Some(architecture)) =
                (self.bucket(profile, &place.region), self.architecture(&place.region, &place.kind))
            {
                wanted.entry(bucket).or_default().insert(architecture);
            }
        }
        let deliver = |((bucket, region), architectures): (_, BTreeSet<_>)| Call::Deliver {
            bucket,
            region,
            architectures: architectures.into_iter().collect(),
        };
        wanted.into_iter().map(deliver).collect()
    }

    pub(crate) fn architecture(&self, region: &Region, kind: &InstanceType) -> Option<Architecture> {
        let known = self.regions.get(region)?;
        known.types.iter().find(|facts| facts.kind == *kind).map(|facts| facts.architecture)
    }

    /// The role that the agent acts with: the profile's, or the one that was prepared there.
    pub(crate) fn instance_profile(&self, profile: &Profile, region: &Region) -> Option<String> {
        let prepared = || self.regions.get(region)?.network.as_ref()?.instance_profile.clone();
        profile.network.instance_profile.clone().or_else(prepared)
    }

    /// What an agent needs and nobody named: said once all is known.
    pub(crate) fn check_needs(&mut self, profile: &Profile) {
        for region in &profile.regions {
            let prepare =
                format!("Run `curfew prepare {region}`, which makes one that costs nothing at rest");
            if profile.agent.run.bucket.is_none() && self.bucket(profile, region).is_none() {
                let message = format!("there is no bucket for what the run leaves behind in {region}");
                let hint = format!("{prepare}, or name one as run.bucket.");
                self.set(
                    Check::Bucket,
                    Some(region),
                    CheckState::Bad(Problem::new("no-bucket", message, hint)),
                );
            }
            if self.instance_profile(profile, region).is_none() {
                let message = format!("there is no role for the agent to act with in {region}");
                let hint = format!("{prepare}, or name one as network.instance_profile.");
                let problem = Problem::new("no-instance-profile", message, hint);
                self.set(Check::InstanceProfile, Some(region), CheckState::Bad(problem));
            }
        }
    }

    /// Takes the answer of the launch that was only tried; a problem if no place will do.
    pub(crate) fn permitted(
        &mut self,
        profile: &Profile,
        call: &Call,
        result: Result<Answer, CloudFault>,
    ) -> Option<Problem> {
        let state = match &result {
            // What is wrong with this place need not be wrong with the next.
            Err(fault) if refusal::meaning(fault) != Meaning::End => {
                CheckState::Doubtful(format!("not certain: {}", fault.sentence()))
            }
            Ok(Answer::Permission) => judge::permitted(&self.denied),
            Err(_) | Ok(_) => judge::answer(profile, call, &result),
        };
        self.set(Check::Permission, None, state.clone());
        match state {
            CheckState::Bad(problem) => Some(problem),
            CheckState::Asking | CheckState::Good(_) | CheckState::Doubtful(_) => None,
        }
    }

    /// Puts a line there, or changes it.
    pub(crate) fn set(&mut self, check: Check, region: Option<&Region>, state: CheckState) {
        match self.lines.iter_mut().find(|line| line.check == check && line.region.as_ref() == region) {
            Some(line) => line.state = state,
            None => {
                self.lines.push(CheckLine { check, region: region.cloned(), state });
                self.lines.sort_by(|a, b| (a.check, &a.region).cmp(&(b.check, &b.region)));
            }
        }
    }

    /// Why no place is left: the first thing that kept one from being one.
    pub(crate) fn why_nowhere(&self) -> Problem {
        let bad = self.lines.iter().find_map(|line| match &line.state {
            CheckState::Bad(problem) => Some(problem.clone()),
            CheckState::Asking | CheckState::Good(_) | CheckState::Doubtful(_) => None,
        });
        bad.unwrap_or_else(|| {
            Problem::new(
                "no-place",
                "none of the regions offers any of the types in a zone with a subnet",
                "Add a region or a type to the profile, or leave network.subnet out.",
            )
        })
    }

    fn ask(&mut self, calls: &[Call]) {
        self.pending += calls.len();
        for call in calls {
            if let Some((check, region)) = line_of(call) {
                self.set(check, region, CheckState::Asking);
            }
        }
    }

    /// Several answers of one line: the worst is shown, and of the same kind the first.
    fn settle(&mut self, call: &Call, state: CheckState) {
        let Some((check, region)) = line_of(call) else { return };
        let now = self.lines.iter().find(|line| line.check == check && line.region.as_ref() == region);
        if now.is_none_or(|line| judge::gravity(&line.state) <= judge::gravity(&state)) {
            self.set(check, region, state);
        }
    }

    fn learn(&mut self, profile: &Profile, call: &Call, answer: Answer) -> Vec<Call> {
        let region = region_of(call).cloned();
        let Some(known) = region.as_ref().and_then(|region| self.regions.get_mut(region)) else {
            return self.learn_at_large(profile, answer);
        };
        match (call, answer) {
            (Call::Types { region, .. }, Answer::Types(types)) => {
                known.types = types.into_iter().filter(|facts| judge::fits(profile, facts)).collect();
                follow_up(profile, region, &known.types)
            }
            (Call::Image { architecture, .. }, Answer::Image(facts)) => {
                if facts.architecture == *architecture {
                    known.images.insert(*architecture, facts);
                }
                Vec::new()
            }
            (Call::Quota { family, spot, .. }, Answer::Quota(facts)) => {
                known.quotas.insert((*family, *spot), facts);
                Vec::new()
            }
            (_, Answer::Network(facts)) => {
                known.network = Some(facts);
                Vec::new()
            }
            (_, Answer::SpotPrices(prices)) => {
                known.prices = prices;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// What is about no region.
    fn learn_at_large(&mut self, profile: &Profile, answer: Answer) -> Vec<Call> {
        match (profile.regions.first(), answer) {
            (Some(first), Answer::Identity(identity)) => {
                return vec![policies::question(profile, &identity, first)];
            }
            (_, Answer::Bucket(region)) => self.bucket = Some(region),
            (_, Answer::Policies(denied)) => self.denied = denied,
            _ => {}
        }
        Vec::new()
    }
}

impl Known {
    /// What spare capacity costs there now.
    pub(crate) fn spot(&self, place: &Place) -> Option<HourlyRate> {
        let of = |price: &&SpotPrice| price.kind == place.kind && price.zone == place.zone;
        self.prices.iter().find(of).map(|price| price.hourly)
    }

    /// Whether one instance of the type is within the quota; what is not known is not held against it.
    fn within_quota(&self, facts: &TypeFacts, spot: bool) -> bool {
        let quota = self.quotas.get(&(QuotaFamily::of(&facts.kind), spot));
        quota.is_none_or(|quota| quota.limit >= facts.vcpus)
    }
}

/// What can be asked once the types are known.
fn follow_up(profile: &Profile, region: &Region, types: &[TypeFacts]) -> Vec<Call> {
    let architectures: BTreeSet<Architecture> = types.iter().map(|facts| facts.architecture).collect();
    let families: BTreeSet<QuotaFamily> = types.iter().map(|facts| QuotaFamily::of(&facts.kind)).collect();
    let image =
        |architecture| Call::Image { region: region.clone(), image: profile.image.clone(), architecture };
    let mut calls: Vec<Call> = architectures.into_iter().map(image).collect();
    for family in families.into_iter().filter(|family| family.code(false).is_some()) {
        let quota = |spot| Call::Quota { region: region.clone(), family, spot };
        calls.extend(markets(profile.market).into_iter().map(quota));
    }
    calls
}

/// Spot or not, in the order in which they are tried.
fn markets(wish: MarketWish) -> Vec<bool> {
    match wish {
        MarketWish::OnDemand => vec![false],
        MarketWish::Spot(_) => vec![true],
        MarketWish::SpotThenOnDemand(_) => vec![true, false],
    }
}

/// The line that a call's answer is shown in.
fn line_of(call: &Call) -> Option<(Check, Option<&Region>)> {
    let check = match call {
        Call::Identity => Check::Identity,
        Call::Types { .. } => Check::Types,
        Call::Image { .. } => Check::Image,
        Call::Network { .. } => Check::Network,
        Call::InstanceProfile { .. } => Check::InstanceProfile,
        Call::Bucket { .. } => Check::Bucket,
        Call::Quota { .. } => Check::Quota,
        Call::SpotPrices { .. } => Check::Price,
        Call::Deliver { .. } => Check::Agent,
        Call::Permission(_) => Check::Permission,
        // Only where it may be asked: then it is told with the permission.
        Call::Policies { .. }
        | Call::Find { .. }
        | Call::FindGroup { .. }
        | Call::Request(_)
        | Call::Alarm { .. }
        | Call::Listen { .. }
        | Call::Remove { .. }
        | Call::RemoveGroup { .. } => return None,
    };
    Some((check, region_of(call)))
}

/// The region whose facts a call asks for.
fn region_of(call: &Call) -> Option<&Region> {
    match call {
        Call::Types { region, .. }
        | Call::Image { region, .. }
        | Call::Network { region, .. }
        | Call::Quota { region, .. }
        | Call::SpotPrices { region, .. } => Some(region),
        Call::Identity
        | Call::Policies { .. }
        | Call::InstanceProfile { .. }
        | Call::Bucket { .. }
        | Call::Deliver { .. }
        | Call::Permission(_)
        | Call::Find { .. }
        | Call::FindGroup { .. }
        | Call::Request(_)
        | Call::Alarm { .. }
        | Call::Listen { .. }
        | Call::Remove { .. }
        | Call::RemoveGroup { .. } => None,
    }
}
