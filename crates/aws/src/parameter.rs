//! What a parameter of SSM holds: an image's id, or the private key of a pair that CloudFormation made.

use domain::{CloudFault, Region};
use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    launch::absent_if,
    plain_call::{self, Api, Place, Question},
};

const SSM: Api = Api { id: "SSM", name: "ssm", place: Place::Regional };

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetParameter<'a> {
    name: &'a str,
    with_decryption: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GotParameter {
    parameter: Parameter,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    value: String,
}

impl std::fmt::Debug for GotParameter {
    /// Shows nothing of the value, which may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GotParameter(..)")
    }
}

/// The value; `advice` is for when there is no such parameter.
pub(crate) async fn value(
    account: &Account,
    region: &Region,
    name: &str,
    advice: &str,
) -> Result<String, CloudFault> {
    let question = Question::json("AmazonSSM", "GetParameter", &GetParameter { name, with_decryption: true });
    let answer = plain_call::ask::<GotParameter>(&account.sdk_in(region), &SSM, question).await;
    match answer {
        Ok(answer) => Ok(answer.parameter.value),
        Err(error) => {
            let fault = account.fault_in(region, "ssm:GetParameter", error).await;
            let codes = ["ParameterNotFound", "ParameterVersionNotFound", "ValidationException"];
            Err(absent_if(fault, &codes, &format!("parameter {name} in {region}"), advice))
        }
    }
}
