//! What the stand-in tells: instances as they truly are, and the calls that it received.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An instance as it truly is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Instance {
    /// Its id.
    pub id: String,
    /// Its state.
    pub state: State,
    /// Its type, such as `g5.xlarge`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its availability zone.
    pub zone: String,
    /// When it was started last, in RFC 3339.
    pub launched_at: String,
    /// Why it is in its state, in EC2's words; empty if nobody acted.
    #[serde(default)]
    pub state_transition_reason: Option<String>,
    /// The code of the reason.
    #[serde(default)]
    pub state_reason: Option<String>,
    /// `spot`, or nothing.
    #[serde(default)]
    pub lifecycle: Option<String>,
    /// Whether termination protection is on.
    pub protected: bool,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its address, where it has one.
    #[serde(default)]
    pub public_ip: Option<String>,
    /// Ids of its volumes.
    pub volumes: Vec<String>,
    /// The request that it came from, where it is a spot instance.
    #[serde(default)]
    pub spot_request: Option<SpotRequest>,
}

/// The state of an instance
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Starting.
    Pending,
    /// Running.
    Running,
    /// Being stopped.
    Stopping,
    /// Stopped.
    Stopped,
    /// Being terminated.
    ShuttingDown,
    /// Gone.
    Terminated,
}

/// A spot request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SpotRequest {
    /// Its id.
    pub id: String,
    /// `open`, `active`, `closed` and so on.
    pub state: String,
    /// The code of its status, such as `fulfilled`.
    pub status: String,
    /// `one-time` or `persistent`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// An AWS call that the stand-in received.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Call {
    /// When, by the machine's clock, in RFC 3339.
    pub time: String,
    /// The account of the key that signed, if the key is known.
    pub account: Option<String>,
    /// The region it was sent to.
    pub region: Option<String>,
    /// The service, such as `ec2`.
    pub service: String,
    /// The action, such as `DescribeInstances`.
    pub action: String,
    /// Its parameters as they were sent.
    pub parameters: Value,
    /// The HTTP status that was answered; nothing if no answer was sent.
    pub status: Option<u16>,
    /// The error code that was answered.
    pub error: Option<String>,
}
