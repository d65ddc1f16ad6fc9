//! An instance in the stand-in, with a role, as its metadata service describes it.

use serde_json::json;

use crate::parts::{
    imds::{Imds, document},
    stand_in::{REGION, StandIn},
};

/// Launches one.
pub(crate) fn launch(stand_in: &StandIn) -> Imds {
    let fleet = json!([{ "region": REGION, "count": 1, "type": "g5.xlarge" }]);
    let made = stand_in.control("fleet", &fleet);
    let instance = made["ids"][0].as_str().expect("an instance");
    let imds = Imds::start();
    imds.say("dynamic/instance-identity/document", &document(instance));
    let (key, secret, token) = (format!("ASIA{}", instance.replace("i-", "")), "a/secret", "a-token==");
    let role = json!({ "access_key": key, "secret_key": secret, "session_token": token,
        "account": "123456789012", "expires_in_s": 21_600 });
    stand_in.control("credentials", &role);
    imds.role(&key, secret, token, "2999-01-01T00:00:00Z");
    imds
}
