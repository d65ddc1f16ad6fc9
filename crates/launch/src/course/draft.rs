//! The order for one place, from the profile and what the pre-flight found.

use std::collections::BTreeMap;

use domain::{
    GroupName, InstanceType, Problem, Timestamp, Zone,
    launch::Place,
    price::{self, Rate, RateSource},
    time::after,
};
use protocol::layout;

use super::Course;
use crate::{
    ClientToken, Cost, Order, Quote,
    cost::{RunLimit, after_work},
    order::{FleetOrder, Home},
    profile::{AlarmWish, Fill, Profile},
};

/// The tag that names the launch an instance came from.
const LAUNCH_TAG: &str = "curfew:launch";

impl Course {
    /// The order for a place.
    pub(super) fn draft(&self, place: &Place, nth: usize, now: Timestamp) -> Result<Order, Problem> {
        let missing = |what: &str| Problem::new("missing", format!("{place} has no {what}"), "Launch again.");
        let known = self.survey.region(&place.region).ok_or_else(|| missing("region"))?;
        let network = known.network.as_ref().ok_or_else(|| missing("network"))?;
        let subnet = network.subnets.iter().find(|subnet| subnet.zone == place.zone && subnet.free > 0);
        let subnet = subnet.ok_or_else(|| missing("subnet"))?;
        let architecture = self.survey.architecture(&place.region, &place.kind);
        let architecture = architecture.ok_or_else(|| missing("architecture"))?;
        let image = known.images.get(&architecture).ok_or_else(|| missing("image"))?;
        let profile = &self.profile;
        let (bucket, region) = self.survey.bucket(profile, &place.region).ok_or_else(|| missing("bucket"))?;
        let home = Home { bucket, region, key: layout::state(&profile.agent.run.environment) };
        Ok(Order {
            token: ClientToken::of(&self.id, nth),
            place: place.clone(),
            subnet: subnet.id.clone(),
            groups: network.groups.clone(),
            public_ip: profile.network.public_ip,
            image: image.id.clone(),
            root_device: image.root_device.clone(),
            disk: profile.disk,
            key: profile.key.clone(),
            spot: profile.market.spot().copied().filter(|_| place.spot),
            cpu: profile.cpu,
            instance_profile: self.survey.instance_profile(profile, &place.region),
            user_data: self.user_data(place, &home, now)?,
            home,
            on_end: profile.agent.limits.on_end,
            detailed_monitoring: profile.alarm.as_ref().is_some_and(AlarmWish::needs_detailed_monitoring),
            hop_limit: if profile.agent.run.container.is_some() { 2 } else { 1 },
            tags: tags(profile, self.id.as_str()),
            fleet: self.fleet(place, now),
        })
    }

    /// A group over all places that will do: it chooses among them itself, and goes on choosing.
    fn fleet(&self, first: &Place, now: Timestamp) -> Option<FleetOrder> {
        let (wish, membership) = (self.profile.fleet?, self.profile.membership()?);
        let architecture = self.survey.architecture(&first.region, &first.kind);
        let fits = |kind: &&InstanceType| self.survey.architecture(&first.region, kind) == architecture;
        let is_offered = |kind: &&InstanceType| self.places.iter().any(|place| place.kind == **kind);
        let known = self.survey.region(&first.region);
        let subnets =
            known.and_then(|known| known.network.as_ref()).map(|network| network.subnets.as_slice());
        let has_place = |zone: &Zone| self.places.iter().any(|place| place.zone == *zone);
        let usable = subnets.unwrap_or_default().iter().filter(|it| it.free > 0 && has_place(&it.zone));
        let longest = self.cost(first, now).limit.runtime().unwrap_or(self.profile.agent.limits.max_runtime);
        Some(FleetOrder {
            name: GroupName::new(membership.group),
            kinds: self.profile.types.iter().filter(fits).filter(is_offered).cloned().collect(),
            subnets: usable.map(|subnet| subnet.id.clone()).collect(),
            max: wish.max,
            desired: wish.desired,
            on_demand_percent: wish.on_demand_percent,
            until: after(now, longest.saturating_add(after_work(&self.profile))),
        })
    }

    /// What a launch in a place will cost.
    pub(super) fn cost(&self, place: &Place, now: Timestamp) -> Cost {
        let known = self.survey.region(&place.region);
        let architecture = self.survey.architecture(&place.region, &place.kind);
        let image = known.and_then(|known| known.images.get(&architecture?));
        let spot = known.and_then(|known| known.spot(place));
        let listed = || price::spot(&place.region, &place.kind);
        let spot = spot.map_or_else(listed, |hourly| Rate::Known { hourly, source: RateSource::SpotHistory });
        let quote = Quote {
            on_demand: price::on_demand(&place.region, &place.kind),
            spot,
            image_gib: image.map(|image| image.root_gib),
            now,
        };
        Cost::of(&self.profile, &quote)
    }

    /// The script that installs the agent, with what it is told.
    fn user_data(&self, place: &Place, home: &Home, now: Timestamp) -> Result<String, Problem> {
        let cost = self.cost(place, now);
        if let RunLimit::TooLittle { least } = cost.limit {
            let message = format!("limits.max_spend_usd does not suffice for any run of {place}");
            return Err(Problem::new("too-little-money", message, format!("It would from {least} on.")));
        }
        let fill = Fill {
            bucket: Some(home.bucket.clone()),
            bucket_region: Some(home.region.clone()),
            max_runtime: cost.limit.runtime(),
            ..Fill::default()
        };
        let downloads = self.downloads.get(&home.region).cloned().unwrap_or_default();
        let script = self.profile.user_data(&fill, downloads);
        script.map_err(|fault| {
            Problem::new("user-data", fault.to_string(), "Change the profile, then launch again.")
        })
    }
}

fn tags(profile: &Profile, launch: &str) -> BTreeMap<String, String> {
    let mut tags = profile.all_tags();
    tags.insert(LAUNCH_TAG.into(), launch.to_owned());
    tags
}
