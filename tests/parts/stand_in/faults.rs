//! What the stand-in is asked to do to calls instead of answering them rightly.

use std::time::Duration;

use serde_json::{Value, json};

/// Which calls a fault meets; what is left out fits any.
#[derive(Clone, Debug, Default)]
pub struct Match {
    region: Option<String>,
    service: Option<String>,
    action: Option<String>,
    id: Option<String>,
    parameter: Option<(String, String)>,
}

impl Match {
    /// Every call.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Only calls to this region.
    #[must_use]
    pub fn region(self, region: &str) -> Self {
        Self { region: Some(region.to_owned()), ..self }
    }

    /// Only calls to this service, such as `ec2`.
    #[must_use]
    pub fn service(self, service: &str) -> Self {
        Self { service: Some(service.to_owned()), ..self }
    }

    /// Only calls of this action, such as `StopInstances`.
    #[must_use]
    pub fn action(self, action: &str) -> Self {
        Self { action: Some(action.to_owned()), ..self }
    }

    /// Only calls that name this id.
    #[must_use]
    pub fn id(self, id: &str) -> Self {
        Self { id: Some(id.to_owned()), ..self }
    }

    /// Only calls that were sent with this parameter, by its dotted name.
    #[must_use]
    pub fn parameter(self, name: &str, value: &str) -> Self {
        Self { parameter: Some((name.to_owned(), value.to_owned())), ..self }
    }
}

/// What happens to a call.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It is answered with this AWS error.
    Error {
        /// HTTP status.
        status: u16,
        /// AWS's code.
        code: String,
        /// AWS's text.
        message: String,
    },
    /// It is carried out later.
    Delay(Duration),
    /// It is never answered.
    Hang,
    /// It is answered with bytes that mean nothing, and status 200.
    Garbage,
    /// It is answered with a page of HTML and status 200, as a hotel's network does.
    Html,
    /// It is carried out, and the connection closed without an answer.
    Cut,
    /// The connection is closed before it is carried out.
    Refuse,
    /// It is answered with the throttling error of its service.
    Throttle,
    /// The service's clock is ahead of the machine's by so many seconds.
    ClockSkew(i32),
}

/// How often a fault happens.
#[derive(Clone, Copy, Debug)]
pub enum Times {
    /// Until the faults are cleared.
    Always,
    /// So many times, then never again.
    Only(u32),
}

/// The rule as the control plane takes it.
pub(super) fn rule(calls: &Match, fault: &Fault, times: Times) -> Value {
    let named = [
        ("region", &calls.region),
        ("service", &calls.service),
        ("action", &calls.action),
        ("id", &calls.id),
    ];
    let mut matched: serde_json::Map<_, _> = named
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value.as_deref()?.into())))
        .collect();
    if let Some((name, value)) = &calls.parameter {
        matched.insert("parameters".to_owned(), json!({ name: value }));
    }
    let mut rule = json!({ "match": matched, "fault": to_json(fault) });
    if let Times::Only(times) = times {
        rule["times"] = times.into();
    }
    rule
}

fn to_json(fault: &Fault) -> Value {
    match fault {
        Fault::Error { status, code, message } => {
            json!({ "error": { "status": status, "code": code, "message": message } })
        }
        Fault::Delay(delay) => json!({ "delay_ms": delay.as_millis() as u64 }),
        Fault::Hang => json!({ "hang": true }),
        Fault::Garbage => json!({ "garbage": true }),
        Fault::Html => json!({ "html": true }),
        Fault::Cut => json!({ "cut": true }),
        Fault::Refuse => json!({ "refuse": true }),
        Fault::Throttle => json!({ "throttle": true }),
        Fault::ClockSkew(seconds) => json!({ "clock_skew_s": seconds }),
    }
}
