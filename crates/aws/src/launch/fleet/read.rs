//! What Auto Scaling says of a group, read from its XML. Pure.

use domain::launch::Headcount;
use roxmltree::{Document, Node};

use super::group::{BALANCING, ORDER_TAG};
use crate::xml::{child, is, members, text_of};

/// A group as it stands.
#[derive(Debug)]
pub(super) struct Described {
    /// The token of the order that made it, if an order did.
    pub(super) order: Option<String>,
    pub(super) members: Headcount,
    /// Whether every step of its making was done.
    pub(super) is_whole: bool,
}

/// The group of a DescribeAutoScalingGroups that asked for one; none if there is none, or if it is being deleted.
pub(super) fn group(text: &str) -> Option<Option<Described>> {
    let document = Document::parse(text).ok()?;
    let groups = document.descendants().find(|node| is(*node, "AutoScalingGroups"))?;
    let Some(group) = members(groups).next() else { return Some(None) };
    // Only a group that is being deleted has a status.
    if child(group, "Status").is_some() {
        return Some(None);
    }
    let desired = text_of(group, "DesiredCapacity")?.parse().ok()?;
    let of = |name| child(group, name).into_iter().flat_map(members);
    let running = of("Instances").filter(|it| text_of(*it, "LifecycleState") == Some("InService")).count();
    let order = of("Tags").find(|tag| text_of(*tag, "Key") == Some(ORDER_TAG));
    Some(Some(Described {
        order: order.and_then(|tag| text_of(tag, "Value")).map(str::to_owned),
        members: Headcount { running: u32::try_from(running).ok()?, desired },
        is_whole: of("SuspendedProcesses").any(|it| text_of(it, "ProcessName") == Some(BALANCING)),
    }))
}

/// Of a DescribeScalingActivities, which begins with the newest: why the last launch failed, if none after it worked.
pub(super) fn trouble(text: &str) -> Option<Option<String>> {
    let document = Document::parse(text).ok()?;
    let activities = document.descendants().find(|node| is(*node, "Activities"))?;
    let over = |node: &Node<'_, '_>| {
        matches!(text_of(*node, "StatusCode"), Some("Failed" | "Cancelled" | "Successful"))
    };
    let last = members(activities).find(over);
    let failed = last.filter(|node| text_of(*node, "StatusCode") != Some("Successful"));
    Some(failed.and_then(|node| text_of(node, "StatusMessage")).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(group: &str) -> String {
        format!(
            "<DescribeAutoScalingGroupsResponse xmlns=\"http://autoscaling.amazonaws.com/doc/2011-01-01/\">\
             <DescribeAutoScalingGroupsResult><AutoScalingGroups>{group}</AutoScalingGroups>\
             </DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>"
        )
    }

    const WHOLE: &str = "<member><AutoScalingGroupName>curfew-a</AutoScalingGroupName>\
        <DesiredCapacity>3</DesiredCapacity><Instances>\
        <member><InstanceId>i-1</InstanceId><LifecycleState>InService</LifecycleState></member>\
        <member><InstanceId>i-2</InstanceId><LifecycleState>Pending</LifecycleState></member></Instances>\
        <SuspendedProcesses><member><ProcessName>AZRebalance</ProcessName></member></SuspendedProcesses>\
        <Tags><member><Key>Name</Key><Value>a</Value></member>\
        <member><Key>curfew:order</Key><Value>curfew-1-1</Value></member></Tags></member>";

    #[test]
    fn a_group_is_read() {
        let found = group(&answer(WHOLE)).expect("an answer").expect("a group");
        assert_eq!(found.order.as_deref(), Some("curfew-1-1"));
        assert_eq!((found.members.running, found.members.desired, found.is_whole), (1, 3, true));
        let half = WHOLE.replace("AZRebalance", "Launch");
        assert!(!group(&answer(&half)).flatten().expect("a group").is_whole);
    }

    #[test]
    fn what_is_gone_or_going_is_not_there() {
        assert!(group(&answer("")).expect("an answer").is_none());
        let going = WHOLE.replace("<Tags>", "<Status>Delete in progress</Status><Tags>");
        assert!(group(&answer(&going)).expect("an answer").is_none());
        assert!(group("<html></html>").is_none() && group("no XML").is_none());
    }

    #[test]
    fn the_last_failure_is_told_and_none_that_was_made_good() {
        let activity = |status: &str| {
            format!(
                "<member><StatusCode>{status}</StatusCode><StatusMessage>{status}!</StatusMessage></member>"
            )
        };
        let told = |all: &[&str]| {
            let all: String = all.iter().map(|status| activity(status)).collect();
            trouble(&format!("<R><Activities>{all}</Activities></R>")).expect("an answer")
        };
        assert_eq!(told(&["InProgress", "Failed", "Successful"]).as_deref(), Some("Failed!"));
        assert_eq!(told(&["Successful", "Failed"]), None);
        assert_eq!(told(&[]), None);
    }
}
