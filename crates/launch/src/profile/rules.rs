//! What the values of a profile mean together. Most of it is about ends: what AWS does with an instance that stops or
//! terminates depends on how it was asked for.
//!
//! Rules between texts look at the texts themselves, so that a fault elsewhere hides none of theirs.

use document::Section;
use protocol::ids::LONGEST_COUNTED;

use super::{Image, Profile};

/// How spot capacity is asked for, as far as the file says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Request {
    None,
    OneTime,
    Persistent,
    /// What it says is a fault already.
    Unclear,
}

/// Finds every contradiction.
pub(super) fn check(root: &Section<'_>, profile: &Profile) {
    if profile.fleet.is_some() || root.has("fleet") {
        fleet(root, profile);
    } else {
        ends(root);
    }
    one_region(root, profile);
}

/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-requests.html>: an instance of a one-time request
/// cannot be stopped; when one of a persistent request is terminated, the request opens again and launches another.
fn ends(root: &Section<'_>) {
    match request(root) {
        Request::OneTime => one_time(root),
        Request::Persistent => persistent(root),
        Request::None | Request::Unclear => {}
    }
}

fn one_time(root: &Section<'_>) {
    for (section, key) in [("limits", "on_end"), ("alarm", "do")] {
        if says(root, section, key) == Some("stop") {
            let message = "cannot be kept: one-time spot can only be terminated; write \"terminate\", or \
                           market.on_interruption = \"stop\" for spot that can be stopped";
            fault(root, section, key, message);
        }
    }
}

fn persistent(root: &Section<'_>) {
    let because = "persistent, and AWS launches another instance for it as soon as one terminates by itself";
    if says(root, "limits", "on_end").is_none() {
        let message = format!("needs limits.on_end = \"stop\" too: such a spot request is {because}");
        fault(root, "market", "on_interruption", &message);
    }
    for (section, key) in [("limits", "on_end"), ("alarm", "do")] {
        if says(root, section, key) == Some("terminate") {
            let message =
                format!("must be \"stop\" for spot that is stopped or hibernated: its request is {because}");
            fault(root, section, key, &message);
        }
    }
}

/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups.html> and
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/health-checks-overview.html>: a group replaces what stops.
fn fleet(root: &Section<'_>, profile: &Profile) {
    if request(root) == Request::Persistent {
        let message =
            "cannot be had for a fleet: a group replaces a member that is interrupted; write \"terminate\"";
        fault(root, "market", "on_interruption", message);
    }
    if says(root, "market", "kind") == Some("spot-then-on-demand") {
        let message = "cannot be had for a fleet, which never falls back: write \"spot\", and in fleet.on_demand_percent \
                       how many of a hundred are not to be spot";
        fault(root, "market", "kind", message);
    }
    if says(root, "limits", "on_end") == Some("stop") {
        let message =
            "cannot be had for a fleet: a group replaces a member that is stopped; write \"terminate\"";
        fault(root, "limits", "on_end", message);
    }
    if root.has("alarm") {
        let message = "cannot be had for a fleet: an alarm watches one instance, and members come and go; leave it out, \
                       [idle] watches every member";
        root.fault("alarm", message);
    }
    if profile.fleet.is_some_and(|fleet| fleet.max > 1) {
        let message = format!(
            "is longer than {LONGEST_COUNTED} letters: in a fleet -1, -2, ... is put behind it for each member"
        );
        for (section, key) in profile.agent.uncountable() {
            fault(root, section, key, &message);
        }
    }
    if profile.regions.len() > 1 {
        root.fault(
            "regions",
            "must be one for a fleet: a group is in one region, and takes every zone of it",
        );
    }
}

/// What exists in one region only is named beside one region only.
fn one_region(root: &Section<'_>, profile: &Profile) {
    if profile.regions.len() < 2 {
        return;
    }
    let but = "is in one region only, and there are several: name one region, or";
    if matches!(profile.image, Image::Id(_)) && root.has("image") {
        root.fault("image", &format!("{but} an image by its alias"));
    }
    if profile.network.subnet.is_some() {
        fault(root, "network", "subnet", &format!("{but} leave the subnet out"));
    }
    if !profile.network.security_groups.is_empty() {
        fault(root, "network", "security_groups", &format!("{but} leave the security groups out"));
    }
}

/// A preflight that can only fail would fail on a machine that is already paid for.
pub(super) fn room(root: &Section<'_>, profile: &Profile) {
    let free = profile.agent.preflight.disk_gib;
    if let Some(size) = profile.disk.size_gib.filter(|&size| size <= free) {
        let message = format!(
            "is {size}, and preflight wants {free} GiB free on it: write more here, or less as preflight.disk_gib"
        );
        fault(root, "disk", "size_gib", &message);
    }
}

fn request(root: &Section<'_>) -> Request {
    let kind = says(root, "market", "kind").unwrap_or("on-demand");
    let on_interruption = says(root, "market", "on_interruption").unwrap_or("terminate");
    match (kind, on_interruption) {
        ("on-demand", _) => Request::None,
        ("spot" | "spot-then-on-demand", "terminate") => Request::OneTime,
        ("spot" | "spot-then-on-demand", "stop" | "hibernate") => Request::Persistent,
        _ => Request::Unclear,
    }
}

/// A text of the file, without a fault if it is none: that was reported where it was read.
fn says<'a>(root: &Section<'a>, section: &str, key: &str) -> Option<&'a str> {
    root.item(section)?.as_section()?.item(key)?.as_text()
}

fn fault(root: &Section<'_>, section: &str, key: &str, message: &str) {
    match root.item(section).and_then(|item| item.as_section()) {
        Some(section) => section.fault(key, message),
        None => root.fault(&format!("{section}.{key}"), message),
    }
}
