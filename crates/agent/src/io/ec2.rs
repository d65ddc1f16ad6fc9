//! The end of an instance, asked of EC2 and of Auto Scaling over their query protocol; and what has become of another.

use std::sync::Arc;
use std::time::Duration;

use protocol::InstanceId;

use super::aws::{self, Api, Aws, Call, Fault, Kind, Payload, xml};
use super::http::Deadline;
use super::sign::encode_query;

/// API versions, which the query protocol wants to be told.
const EC2_VERSION: &str = "2016-11-15";
const AUTO_SCALING_VERSION: &str = "2011-01-01";
/// Answers about one instance are short.
const MOST: usize = 64 * 1024;
/// One attempt.
const BOUND: Duration = Duration::from_secs(15);

/// EC2 in one region.
#[derive(Debug)]
pub struct Ec2 {
    aws: Arc<Aws>,
    region: String,
}

/// What becomes of a group's size when one of its instances ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// One less: nothing takes the instance's place.
    Decrement,
    /// The group starts another.
    Keep,
}

/// What EC2 says an instance is doing now: `shutting-down`, `stopping`.
pub type StateWord = String;

impl Ec2 {
    /// EC2 in `region`.
    pub fn new(aws: Arc<Aws>, region: &str) -> Self {
        Self { aws, region: region.to_owned() }
    }

    /// Terminates an instance. Doing so twice is no fault.
    ///
    /// # Errors
    /// As for all below: EC2 refuses, or cannot be reached before the deadline.
    pub fn terminate(&self, instance: &InstanceId, deadline: &Deadline) -> Result<StateWord, Fault> {
        let what = format!("terminate {instance}");
        self.instance("TerminateInstances", instance, &what, "ec2:TerminateInstances", deadline)
    }

    /// Stops an instance; EC2 refuses where it cannot be, as for one-time spot.
    pub fn stop(&self, instance: &InstanceId, deadline: &Deadline) -> Result<StateWord, Fault> {
        let what = format!("stop {instance}");
        self.instance("StopInstances", instance, &what, "ec2:StopInstances", deadline)
    }

    /// What an instance is doing: `running`, `terminated`.
    ///
    /// # Errors
    /// As above; [`Kind::NotFound`] for one that this region does not know, or does not know any more.
    pub fn state(&self, instance: &InstanceId, deadline: &Deadline) -> Result<StateWord, Fault> {
        let what = format!("ask what {instance} is doing");
        let form =
            [("Action", "DescribeInstances"), ("Version", EC2_VERSION), ("InstanceId.1", instance.as_str())];
        let text = self.ask(Api::Ec2, &form, &what, "ec2:DescribeInstances", deadline)?;
        state("instanceState", &text)
            .ok_or_else(|| Fault::new(Kind::Garbled, &what, "EC2's answer names no state"))
    }

    /// Terminates an instance of an Auto Scaling group, whichever that is.
    pub fn terminate_in_group(
        &self,
        instance: &InstanceId,
        capacity: Capacity,
        deadline: &Deadline,
    ) -> Result<(), Fault> {
        let decrement = match capacity {
            Capacity::Decrement => "true",
            Capacity::Keep => "false",
        };
        let form = [
            ("Action", "TerminateInstanceInAutoScalingGroup"),
            ("Version", AUTO_SCALING_VERSION),
            ("InstanceId", instance.as_str()),
            ("ShouldDecrementDesiredCapacity", decrement),
        ];
        let what = format!("terminate {instance} in its Auto Scaling group");
        let needs = "autoscaling:TerminateInstanceInAutoScalingGroup";
        self.ask(Api::AutoScaling, &form, &what, needs, deadline).map(drop)
    }

    fn instance(
        &self,
        action: &str,
        instance: &InstanceId,
        what: &str,
        needs: &str,
        deadline: &Deadline,
    ) -> Result<StateWord, Fault> {
        let form = [("Action", action), ("Version", EC2_VERSION), ("InstanceId.1", instance.as_str())];
        let text = self.ask(Api::Ec2, &form, what, needs, deadline)?;
        state("currentState", &text)
            .ok_or_else(|| Fault::new(Kind::Garbled, what, "EC2's answer names no state"))
    }

    fn ask(
        &self,
        api: Api,
        form: &[(&str, &str)],
        what: &str,
        needs: &str,
        deadline: &Deadline,
    ) -> Result<String, Fault> {
        let body = encode_query(form);
        let base = self.aws.endpoints().base(api, &self.region);
        let call = Call {
            headers: &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
            payload: Payload::Bytes(body.as_bytes()),
            what,
            needs,
            ..Call::new(api, &self.region, "POST", &base)
        };
        self.aws.retry(deadline, |_| {
            let mut answer = self.aws.once(&call, &deadline.within(BOUND))?;
            let text = aws::text(&call, &mut answer, MOST)?;
            // A captive portal answers everything with 200.
            xml::read(&text, |_| {}).map_err(|why| Fault::new(Kind::Garbled, what, why))?;
            Ok(text)
        })
    }
}

/// The name that is in the element.
fn state(element: &str, text: &str) -> Option<StateWord> {
    let mut state = None;
    let read = xml::read(text, |told| match told {
        xml::Told::Leaf { within, name: "name", text } if within == element => state = Some(text.to_owned()),
        xml::Told::Leaf { .. } | xml::Told::End { .. } => {}
    });
    read.ok().and(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_state_is_read_and_not_the_old() {
        let text = "<TerminateInstancesResponse><instancesSet><item><instanceId>i-1</instanceId>\
            <currentState><code>32</code><name>shutting-down</name></currentState>\
            <previousState><code>16</code><name>running</name></previousState></item></instancesSet>\
            </TerminateInstancesResponse>";
        assert_eq!(state("currentState", text).as_deref(), Some("shutting-down"));
        assert_eq!(state("currentState", "<html></html>"), None);
        assert_eq!(state("currentState", "not XML"), None);
    }
}
