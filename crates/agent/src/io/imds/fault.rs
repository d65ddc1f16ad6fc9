//! Why the metadata service did not say what it was asked.

/// What callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// This is no EC2 instance, as far as can be seen from here.
    NotOnEc2,
    /// Switched off for this instance.
    Off,
    /// It takes no token, not even a new one.
    TokenRefused,
    /// Asked too often.
    Throttled,
    /// Nobody answers the connection, on a machine that is on EC2.
    NoConnection,
    /// It does not answer in time, or breaks off.
    TimedOut,
    /// It says something that makes no sense.
    Garbled,
}

impl Kind {
    /// Whether asking again may help.
    pub(super) fn passes(self) -> bool {
        match self {
            Self::Throttled | Self::NoConnection | Self::TimedOut | Self::Garbled => true,
            Self::NotOnEc2 | Self::Off | Self::TokenRefused => false,
        }
    }
}

/// A question without an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the instance metadata service at {endpoint} cannot be asked for {path}: {why}")]
pub struct Fault {
    /// What kind of failure.
    pub kind: Kind,
    endpoint: String,
    path: String,
    why: String,
}

impl Fault {
    pub(super) fn new(kind: Kind, endpoint: &str, path: &str, why: &str) -> Self {
        Self { kind, endpoint: endpoint.to_owned(), path: path.to_owned(), why: why.to_owned() }
    }

    pub(super) fn into_kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// With what helps, once it is final.
    pub(super) fn settled(mut self) -> Self {
        let hint = match self.kind {
            Kind::NotOnEc2 => "this machine is no EC2 instance",
            Kind::TimedOut => "in a container, the instance's hop limit must be 2 or more",
            Kind::Off => {
                "switch it on with `aws ec2 modify-instance-metadata-options --http-endpoint enabled`"
            }
            Kind::TokenRefused | Kind::Throttled | Kind::NoConnection | Kind::Garbled => return self,
        };
        self.why = format!("{} ({hint})", self.why);
        self
    }
}
