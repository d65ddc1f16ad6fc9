//! Whether an account is let in. Knows no region and no instance.

use domain::{CloudFault, FaultKind};

/// Why an account is not let in.
#[derive(Clone, Debug)]
pub(super) enum Door {
    /// Its credentials are refused.
    Refuses(CloudFault),
    /// A code of the second factor is needed first.
    WantsCode { serial: String, code: String },
}

/// Nothing in the way, or the failure that every call gets.
pub(super) fn check(door: Option<&Door>) -> Result<(), CloudFault> {
    match door {
        None => Ok(()),
        Some(Door::Refuses(fault)) => Err(fault.clone()),
        Some(Door::WantsCode { serial, .. }) => {
            Err(CloudFault::new(FaultKind::NeedsCode { serial: serial.clone() }))
        }
    }
}
