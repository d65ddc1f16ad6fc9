//! What the metadata service says, read. A sign of the end is never lost to its form: an action that nobody knows is a
//! notice with that word, a time that cannot be read is a notice without a time.

use jiff::Timestamp;
use protocol::InstanceId;
use serde_json::Value;

use crate::io::credentials::Credentials;

/// Who an instance is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its id.
    pub instance: InstanceId,
    /// `g5.xlarge`.
    pub instance_type: String,
    /// `us-east-1`.
    pub region: String,
    /// `us-east-1a`.
    pub zone: String,
    /// Whose it is: twelve digits.
    pub account: String,
}

/// What EC2 announces for a spot instance, two minutes ahead at best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What will happen.
    pub action: Action,
    /// When; none where the time cannot be read, and then it must be taken for soon.
    pub at: Option<Timestamp>,
    /// What could not be read in it, for the log.
    pub fault: Option<String>,
}

/// What happens to an interrupted spot instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// It can be started again by EC2.
    Stop,
    /// It is gone.
    Terminate,
    /// At once, without two minutes.
    Hibernate,
    /// A word that is not known here; it is an end all the same.
    Other(String),
}

/// EC2 expects to interrupt this spot instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebalance {
    /// When it was said, where that can be read.
    pub at: Option<Timestamp>,
}

/// Where an Auto Scaling group wants an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// At work.
    InService,
    /// Kept out of work.
    Standby,
    /// Gone.
    Terminated,
    /// Out of the group.
    Detached,
    /// In the warm pool, by whatever name.
    Warmed(String),
    /// A word that is not known here.
    Other(String),
}

impl Action {
    /// As EC2 writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Stop => "stop",
            Self::Terminate => "terminate",
            Self::Hibernate => "hibernate",
            Self::Other(word) => word,
        }
    }
}

impl Identity {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let document = object(text)?;
        let field = |name: &str| {
            let value = document[name].as_str().filter(|value| !value.is_empty());
            value.map(str::to_owned).ok_or_else(|| format!("the identity document has no {name}"))
        };
        Ok(Self {
            instance: field("instanceId")?.parse().map_err(|fault| format!("{fault}"))?,
            instance_type: field("instanceType")?,
            region: field("region")?,
            zone: field("availabilityZone")?,
            account: field("accountId")?,
        })
    }
}

impl Notice {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let notice = object(text)?;
        let (action, odd_action) = match notice["action"].as_str() {
            Some("stop") => (Action::Stop, None),
            Some("terminate") => (Action::Terminate, None),
            Some("hibernate") => (Action::Hibernate, None),
            Some(word) => {
                (Action::Other(short(word)), Some(format!("action {:?} is not known", short(word))))
            }
            None => (Action::Other("unknown".into()), Some("it names no action".into())),
        };
        let (at, odd_time) = time(&notice["time"]);
        let faults: Vec<_> = odd_action.into_iter().chain(odd_time).collect();
        Ok(Self { action, at, fault: (!faults.is_empty()).then(|| faults.join(", ")) })
    }
}

impl Rebalance {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        Ok(Self { at: time(&object(text)?["noticeTime"]).0 })
    }
}

impl Lifecycle {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        Ok(match text.trim() {
            "InService" => Self::InService,
            "Standby" => Self::Standby,
            "Terminated" => Self::Terminated,
            "Detached" => Self::Detached,
            word if word.starts_with("Warmed:") => Self::Warmed(short(word)),
            word => Self::Other(short(word)),
        })
    }
}

pub(super) fn credentials(text: &str) -> Result<Credentials, String> {
    let answer = object(text)?;
    let field = |name: &str| {
        let value = answer[name].as_str().filter(|value| !value.is_empty());
        value.map(str::to_owned).ok_or_else(|| format!("the role's credentials have no {name}"))
    };
    if let Some(code) = answer["Code"].as_str().filter(|code| *code != "Success") {
        return Err(format!("the role has no credentials: {}", short(code)));
    }
    Ok(Credentials {
        access_key: field("AccessKeyId")?,
        secret: field("SecretAccessKey")?,
        token: Some(field("Token")?),
        expires: time(&answer["Expiration"]).0,
    })
}

fn object(text: &str) -> Result<Value, String> {
    let value = serde_json::from_str::<Value>(text).ok().filter(Value::is_object);
    value.ok_or_else(|| format!("it answers {:?}", short(text)))
}

fn time(value: &Value) -> (Option<Timestamp>, Option<String>) {
    let text = value.as_str().unwrap_or_default();
    match text.parse() {
        Ok(time) => (Some(time), None),
        Err(_) => (None, Some(format!("time {:?} cannot be read", short(text)))),
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
