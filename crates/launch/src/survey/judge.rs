//! What one answer of the pre-flight means, as a line for people.

use domain::{CloudFault, FaultKind, Problem, launch::CheckState, view::fmt};

use crate::{
    Answer, Call, Profile,
    call::{NetworkFacts, NetworkOrigin, QuotaFacts, QuotaFamily, SpotPrice, TypeFacts},
    cost::{Cost, RunLimit},
    profile::{Image, MarketWish},
};

/// How grave a line is; of several answers the gravest is shown.
pub(super) fn gravity(state: &CheckState) -> u8 {
    match state {
        CheckState::Asking => 0,
        CheckState::Good(_) => 1,
        CheckState::Doubtful(_) => 2,
        CheckState::Bad(_) => 3,
    }
}

/// Whether a type can be what the profile asks for.
pub(super) fn fits(profile: &Profile, facts: &TypeFacts) -> bool {
    let market = match profile.market {
        MarketWish::Spot(_) => facts.spot,
        MarketWish::OnDemand | MarketWish::SpotThenOnDemand(_) => true,
    };
    market && cpu_fault(profile, facts).is_none()
}

/// Why a type's processor cannot have the shape that is asked for.
fn cpu_fault(profile: &Profile, facts: &TypeFacts) -> Option<String> {
    let cpu = profile.cpu?;
    let kind = &facts.kind;
    // What AWS does not say is for the launch that is only tried.
    if facts.valid_cores.is_empty() {
        return None;
    }
    if !facts.valid_cores.contains(&cpu.cores) {
        return Some(format!("{kind} cannot have {} cores, but {}", cpu.cores, list(&facts.valid_cores)));
    }
    if !facts.valid_threads.contains(&cpu.threads_per_core) {
        let threads = list(&facts.valid_threads);
        return Some(format!("{kind} cannot have {} threads per core, but {threads}", cpu.threads_per_core));
    }
    None
}

fn list(numbers: &[u32]) -> String {
    let words: Vec<String> = numbers.iter().map(u32::to_string).collect();
    words.join(", ")
}

/// The line for an answer.
pub(super) fn answer(profile: &Profile, call: &Call, result: &Result<Answer, CloudFault>) -> CheckState {
    match result {
        Err(fault) => failed(call, fault),
        Ok(answer) => good(profile, call, answer),
    }
}

fn good(profile: &Profile, call: &Call, answer: &Answer) -> CheckState {
    match (call, answer) {
        (_, Answer::Identity(identity)) => {
            CheckState::Good(format!("{} in account {}", identity.arn, identity.number))
        }
        (_, Answer::Types(types)) => offered(profile, types),
        (Call::Image { architecture, image, .. }, Answer::Image(facts)) => {
            if let Some(gib) = profile.disk.size_gib.filter(|gib| *gib < facts.root_gib) {
                let message = format!(
                    "the image {} needs a disk of {} GiB, and disk.size_gib is {gib}",
                    facts.id, facts.root_gib
                );
                bad("small-disk", message, "Raise disk.size_gib, or leave it out.")
            } else if facts.architecture == *architecture {
                CheckState::Good(format!("{} ({})", facts.id, facts.name))
            } else {
                let wanted = architecture.machine();
                let (name, found) = (image_name(image), facts.architecture.machine());
                bad(
                    "wrong-architecture",
                    format!("the image {name} is for {found}, and the types are {wanted}"),
                    "Choose an image or types of one architecture; an alias such as \"dlami-base\" follows the type.",
                )
            }
        }
        (_, Answer::Network(facts)) => network(facts),
        (_, Answer::InstanceProfile) => CheckState::Good("it exists".into()),
        (_, Answer::Bucket(region)) => bucket(profile, region),
        (Call::Quota { family, spot, .. }, Answer::Quota(facts)) => quota(*family, *spot, *facts),
        (_, Answer::SpotPrices(prices)) => spot(prices),
        (_, Answer::Deliver(builds)) => {
            let machines: Vec<&str> = builds.keys().map(|architecture| architecture.machine()).collect();
            CheckState::Good(format!("in the bucket, for {}", machines.join(" and ")))
        }
        (
            _,
            Answer::Permission
            | Answer::Policies(_)
            | Answer::Image(_)
            | Answer::Quota(_)
            | Answer::Find(_)
            | Answer::FindGroup(_)
            | Answer::Request(_)
            | Answer::Grown(_)
            | Answer::Alarm
            | Answer::Listen(_)
            | Answer::Remove,
        ) => bad(
            "mixed-up",
            "an answer belongs to another question".into(),
            "This is a fault of Curfew's: report it.",
        ),
    }
}

/// The line for a launch that would be allowed, when what follows it may be denied.
pub(super) fn permitted(denied: &[String]) -> CheckState {
    if denied.is_empty() {
        return CheckState::Good("this may be launched".into());
    }
    let denied = denied.join(", ");
    CheckState::Doubtful(format!(
        "this may be launched, but your policies seem to deny what follows: {denied}; `curfew policy desktop` prints what it takes"
    ))
}

fn bad(code: &str, message: String, hint: &str) -> CheckState {
    CheckState::Bad(Problem::new(code, message, hint))
}

fn offered(profile: &Profile, types: &[TypeFacts]) -> CheckState {
    let usable: Vec<&TypeFacts> =
        types.iter().filter(|facts| fits(profile, facts) && !facts.zones.is_empty()).collect();
    if usable.is_empty() {
        let why = types.iter().find_map(|facts| cpu_fault(profile, facts));
        let why = why.unwrap_or_else(|| "none of the types is offered here".into());
        return bad("not-offered", why, "Choose other types or regions in the profile.");
    }
    let spelled: Vec<String> =
        usable.iter().map(|facts| format!("{} in {}", facts.kind, zones(facts))).collect();
    let missing = profile.types.iter().filter(|kind| !usable.iter().any(|facts| facts.kind == **kind));
    let missing: Vec<&str> = missing.map(domain::InstanceType::as_str).collect();
    let text = spelled.join(", ");
    let unsaid = profile.cpu.is_some() && usable.iter().any(|facts| facts.valid_cores.is_empty());
    match (missing.is_empty(), unsaid) {
        (true, false) => CheckState::Good(text),
        (true, true) => CheckState::Doubtful(format!("{text}; AWS does not say which CPU options they have")),
        (false, _) => CheckState::Doubtful(format!("{text}; not here: {}", missing.join(", "))),
    }
}

/// `a, b, f`: the zones' letters.
fn zones(facts: &TypeFacts) -> String {
    let mut names: Vec<&str> = facts.zones.iter().map(domain::Zone::as_str).collect();
    names.sort_unstable();
    names.join(", ")
}

fn image_name(image: &Image) -> String {
    match image {
        Image::Newest(alias) => alias.as_str().to_owned(),
        Image::Id(id) => id.clone(),
        Image::Parameter(path) => format!("ssm:{path}"),
    }
}

fn network(facts: &NetworkFacts) -> CheckState {
    let zones: Vec<&str> = facts.subnets.iter().map(|subnet| subnet.zone.as_str()).collect();
    let zones = zones.join(", ");
    match facts.origin {
        NetworkOrigin::Profile => CheckState::Good(format!("as the profile says, in {zones}")),
        NetworkOrigin::Prepared => CheckState::Good(format!("as `curfew prepare` made it, in {zones}")),
        NetworkOrigin::Default => CheckState::Doubtful(format!(
            "the default network, in {zones}: its default group lets everything out; `curfew prepare` makes a closed one"
        )),
    }
}

fn bucket(profile: &Profile, region: &domain::Region) -> CheckState {
    let others: Vec<&str> =
        profile.regions.iter().filter(|it| *it != region).map(domain::Region::as_str).collect();
    if others.is_empty() {
        return CheckState::Good(format!("in {region}"));
    }
    if others.len() == profile.regions.len() {
        return bad(
            "bucket-elsewhere",
            format!("the bucket lies in {region}, and the profile launches in {}", others.join(", ")),
            "Name a bucket in one of the profile's regions, or add the bucket's region to the profile.",
        );
    }
    CheckState::Doubtful(format!("in {region}: from {} each GB to it costs $0.02", others.join(", ")))
}

fn quota(family: QuotaFamily, spot: bool, facts: QuotaFacts) -> CheckState {
    let market = if spot { "spot" } else { "on-demand" };
    let label = family.label();
    if facts.limit == 0 {
        return bad(
            "no-quota",
            format!("the account may run no {label} {market} vCPU here"),
            "Ask for a higher quota in the AWS console under Service Quotas, Amazon EC2; that takes hours to days.",
        );
    }
    CheckState::Good(format!("{} vCPUs of {label} {market}", facts.limit))
}

fn spot(prices: &[SpotPrice]) -> CheckState {
    match prices.iter().min_by_key(|price| price.hourly) {
        Some(least) => CheckState::Good(format!("{} {} in {}", least.kind, least.hourly, least.zone)),
        None => CheckState::Doubtful("no spot price is known here".into()),
    }
}

/// The line for what it costs.
pub(crate) fn cost(cost: &Cost) -> CheckState {
    let (expected, worst) = (fmt::spend(cost.expected), fmt::spend(cost.worst));
    let text = |time| format!("{expected} if it runs for {}, {worst} at worst", fmt::duration(time));
    match cost.limit {
        RunLimit::Runtime(time) if cost.worst.is_some() => CheckState::Good(text(time)),
        RunLimit::Runtime(time) => CheckState::Doubtful(text(time)),
        RunLimit::Spend(time) => {
            CheckState::Good(format!("{}: limits.max_spend_usd ends it then", text(time)))
        }
        RunLimit::Unpriced(time) => {
            let unknown = "limits.max_spend_usd cannot be held, because a price is not known";
            CheckState::Doubtful(format!("{}; {unknown}", text(time)))
        }
        RunLimit::TooLittle { least } => bad(
            "too-little-money",
            "limits.max_spend_usd does not suffice for any run".into(),
            &format!("It would from {least} on."),
        ),
    }
}

/// What may stay unknown: the launch itself will tell.
fn failed(call: &Call, fault: &CloudFault) -> CheckState {
    let optional =
        matches!(call, Call::Quota { .. } | Call::SpotPrices { .. } | Call::InstanceProfile { .. });
    let unread = matches!(
        fault.kind,
        FaultKind::Denied { .. } | FaultKind::Throttled | FaultKind::Unreachable | FaultKind::TimedOut { .. }
    );
    if optional && unread {
        return CheckState::Doubtful(format!("could not be read: {}", fault.sentence()));
    }
    CheckState::Bad(fault.problem(what(call)))
}

fn what(call: &Call) -> &'static str {
    match call {
        Call::Identity => "looking up the credentials",
        Call::Policies { .. } => "asking what the policies deny",
        Call::Types { .. } => "looking up the instance types",
        Call::Image { .. } => "looking up the image",
        Call::Network { .. } => "looking up the network",
        Call::InstanceProfile { .. } => "looking up the instance profile",
        Call::Bucket { .. } => "looking up the bucket",
        Call::Quota { .. } => "reading the vCPU quota",
        Call::SpotPrices { .. } => "reading the spot prices",
        Call::Deliver { .. } => "putting the agent into the bucket",
        Call::Permission(_) => "trying the launch without launching",
        Call::Find { .. } => "looking for the instance",
        Call::FindGroup { .. } => "looking for the fleet",
        Call::Request(_) => "the launch",
        Call::Alarm { .. } => "making the alarm",
        Call::Listen { .. } => "reading what the agent says",
        Call::Remove { .. } | Call::RemoveGroup { .. } => "removing what was made",
    }
}
