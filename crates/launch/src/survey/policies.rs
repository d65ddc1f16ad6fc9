//! What a launch leads to and what cannot be tried before it: the caller's policies are asked instead.
//!
//! What they deny is said, not held against the launch: a session's own limits are in no simulation, nor is everything
//! that a condition may ask for.

use std::collections::BTreeMap;

use domain::{Identity, Region};

use crate::{Call, Profile, call::Simulation};

/// Of an instance, a template and so on that does not exist yet.
const NONE_YET: &str = "00000000000000000";

/// The question for a launch in a region by somebody.
pub(super) fn question(profile: &Profile, identity: &Identity, region: &Region) -> Call {
    Call::Policies { identity: identity.clone(), simulations: simulations(profile, identity, region) }
}

fn simulations(profile: &Profile, identity: &Identity, region: &Region) -> Vec<Simulation> {
    let own = Own { identity, region };
    let mut wanted = vec![own.ending()];
    wanted.extend(profile.alarm.map(|_| own.alarm()));
    let spot = profile.market.spot();
    let persistent = spot.filter(|spot| spot.on_interruption.needs_persistent_request());
    wanted.extend(persistent.map(|_| own.request()));
    if let Some(membership) = profile.membership() {
        wanted.extend([own.template(), own.group(&membership.group)]);
    }
    let keys = keys(profile, region);
    let of = |(actions, resource): Wanted| Simulation {
        actions: actions.iter().copied().map(str::to_owned).collect(),
        resource,
        keys: keys.clone(),
    };
    wanted.into_iter().map(of).collect()
}

/// What conditions may ask for: the region, and the tags that all of it has.
fn keys(profile: &Profile, region: &Region) -> BTreeMap<String, String> {
    let tagged = profile.all_tags().into_iter().flat_map(|(key, value)| {
        ["aws:RequestTag", "aws:ResourceTag", "ec2:ResourceTag"]
            .map(|of| (format!("{of}/{key}"), value.clone()))
    });
    tagged.chain([("aws:RequestedRegion".to_owned(), region.to_string())]).collect()
}

/// Actions, and the ARN of what they are done to.
type Wanted = (&'static [&'static str], String);

/// What somebody has in a region.
struct Own<'a> {
    identity: &'a Identity,
    region: &'a Region,
}

impl Own<'_> {
    fn ending(&self) -> Wanted {
        (&["ec2:StopInstances", "ec2:TerminateInstances"], self.arn("ec2", &format!("instance/i-{NONE_YET}")))
    }

    fn alarm(&self) -> Wanted {
        let arn = self.arn("cloudwatch", &format!("alarm:curfew-i-{NONE_YET}"));
        (&["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"], arn)
    }

    fn request(&self) -> Wanted {
        (&["ec2:CancelSpotInstanceRequests"], self.arn("ec2", "spot-instances-request/sir-00000000"))
    }

    fn template(&self) -> Wanted {
        let arn = self.arn("ec2", &format!("launch-template/lt-{NONE_YET}"));
        (&["ec2:CreateLaunchTemplate", "ec2:DeleteLaunchTemplate"], arn)
    }

    fn group(&self, name: &str) -> Wanted {
        let id = "00000000-0000-0000-0000-000000000000";
        let arn = self.arn("autoscaling", &format!("autoScalingGroup:{id}:autoScalingGroupName/{name}"));
        let actions = &[
            "autoscaling:CreateAutoScalingGroup",
            "autoscaling:DeleteAutoScalingGroup",
            "autoscaling:PutScheduledUpdateGroupAction",
            "autoscaling:SetDesiredCapacity",
            "autoscaling:SuspendProcesses",
        ];
        (actions, arn)
    }

    fn arn(&self, of: &str, name: &str) -> String {
        let partition = self.identity.arn.split(':').nth(1).unwrap_or("aws");
        format!("arn:{partition}:{of}:{}:{}:{name}", self.region, self.identity.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::EXAMPLES;

    const DESKTOP: &str = include_str!("../../../../bundle/policies/desktop.json");

    fn asked(text: &str, arn: &str) -> Vec<Simulation> {
        let profile = Profile::parse("mamba".parse().expect("a name"), text).expect("a profile");
        let identity = Identity { number: "123456789012".into(), arn: arn.into() };
        simulations(&profile, &identity, &Region::new("us-east-1"))
    }

    fn actions(text: &str) -> Vec<String> {
        asked(text, "arn:aws:iam::123456789012:user/ana").into_iter().flat_map(|it| it.actions).collect()
    }

    #[test]
    fn only_what_the_profile_leads_to_is_asked() {
        let least = "types = [\"c5.large\"]\nregions = [\"us-east-1\"]\nimage = \"ubuntu-24.04\"\n\
                     [limits]\nmax_runtime = \"1h\"\n[run]\ncommand = \"true\"\n";
        assert_eq!(actions(least), ["ec2:StopInstances", "ec2:TerminateInstances"]);
        let alarm =
            format!("{least}[alarm]\ncpu_below_percent = 5\nperiod = \"5m\"\nperiods = 3\ndo = \"stop\"\n");
        assert_eq!(actions(&alarm)[2..], ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"]);
    }

    #[test]
    fn nothing_is_asked_that_the_printed_policy_does_not_grant() {
        for (name, text) in EXAMPLES {
            for action in actions(text) {
                assert!(DESKTOP.contains(&format!("\"{action}\"")), "{name}: {action}");
            }
        }
    }

    #[test]
    fn what_is_made_later_is_named_as_it_will_be() {
        let (_, fleet) = EXAMPLES.into_iter().find(|(name, _)| *name == "fleet").expect("it is there");
        let asked = asked(fleet, "arn:aws-cn:sts::123456789012:assumed-role/dev/ana");
        let group = asked.iter().find(|it| it.resource.contains(":autoscaling:")).expect("a group");
        assert!(group.resource.starts_with("arn:aws-cn:autoscaling:us-east-1:123456789012:"), "{group:?}");
        assert!(group.resource.ends_with(":autoScalingGroupName/curfew-mamba"), "{group:?}");
        assert_eq!(group.keys["aws:RequestTag/curfew:profile"], "mamba");
        assert_eq!(group.keys["aws:RequestedRegion"], "us-east-1");
    }
}
