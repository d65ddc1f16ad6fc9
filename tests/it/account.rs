//! An account in which a small profile can be launched: a bucket and a role, made before as its owner would; and what the
//! agent of an instance leaves there.

use anyhow::Result;
use curfew_tests::stand_in::StandIn;

use crate::aws::launching::admin::Admin;

/// Where it is.
pub(crate) const HERE: &str = "us-east-1";
const BUCKET: &str = "results";

/// On demand, so that a place is a zone.
pub(crate) const PROFILE: &str = r#"
regions = ["us-east-1"]
types = ["t3.micro"]
image = "ubuntu-24.04"

[disk]
size_gib = 40

[network]
instance_profile = "trainer"

[run]
bucket = "results"
command = "python train.py"
"#;

/// Needs everything that `curfew prepare` makes, and names none of it.
pub(crate) const NAMELESS: &str = r#"
regions = ["us-east-1"]
types = ["t3.micro"]
image = "ubuntu-24.04"

[run]
command = "python train.py"
"#;

/// Makes what the first profile names.
pub(crate) async fn furnish(aws: &StandIn) -> Result<()> {
    let admin = Admin(aws);
    admin.bucket(BUCKET, HERE).await?;
    admin.role("trainer").await
}

/// The agent's state file, of a run in this environment, as it writes it.
pub(crate) async fn agent_says(aws: &StandIn, environment: &str, phase: &str, instance: &str) -> Result<()> {
    let state = format!(
        r#"{{"version": 1, "run_id": "2026-11-22-120000", "environment": "{environment}", "status": "{phase}",
            "current_step": "command", "instance_id": "{instance}", "instance_type": "t3.micro",
            "s3_prefix": "s3://{BUCKET}/{environment}/2026-11-22-120000/",
            "timestamps": {{"start": "2026-11-22T12:00:00Z", "last_update": "2026-11-22T12:01:00Z"}},
            "error_message": null, "pid": null}}"#
    );
    Admin(aws).object(HERE, BUCKET, &format!("{environment}/system-state.json"), &state).await
}
