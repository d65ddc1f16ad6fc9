//! What the caller's policies say of things that are done later: IAM's policy simulation.
//!
//! Whoever may not ask goes without. Boundaries and the organization's policies are in a simulation, a session's own
//! policy is not.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>.

use std::{collections::BTreeSet, time::Duration};

use domain::{CloudFault, FaultKind, Identity};
use futures::future::try_join_all;
use launch::call::Simulation;
use roxmltree::Document;

use crate::{
    account::Account,
    plain_call::{Api, Place},
    query::QueryApi,
    xml::{is, members, text_of},
};

pub(super) static IAM: QueryApi = QueryApi {
    api: Api { id: "IAM", name: "iam", place: Place::Global },
    version: "2010-05-08",
    prefix: "iam",
};
const ACTION: &str = "SimulatePrincipalPolicy";
/// A launch does not wait longer for what it can do without.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whose policies count.
#[derive(Debug, PartialEq, Eq)]
enum Principal {
    /// A user's or role's ARN.
    Entity(String),
    /// A role's name, whose path the session's ARN does not tell.
    Role(String),
    /// Who has none that could be asked: the account's root, a federated user.
    Nobody,
}

/// The actions that are denied, whatever else the call may bring; in their order.
pub(super) async fn denied(
    account: &Account,
    identity: &Identity,
    simulations: &[Simulation],
) -> Result<Vec<String>, CloudFault> {
    let late = |_| Err(CloudFault::new(FaultKind::TimedOut { after: PATIENCE }));
    let found = tokio::time::timeout(PATIENCE, simulate(account, identity, simulations)).await;
    let found = found.unwrap_or_else(late);
    if let Err(fault @ CloudFault { kind: FaultKind::Denied { .. }, .. }) = &found {
        account.do_without("iam:SimulatePrincipalPolicy", fault);
    }
    found
}

async fn simulate(
    account: &Account,
    identity: &Identity,
    simulations: &[Simulation],
) -> Result<Vec<String>, CloudFault> {
    let entity = match principal(&identity.arn) {
        Principal::Entity(arn) => arn,
        Principal::Role(name) => role(account, &name).await?,
        Principal::Nobody => return Ok(Vec::new()),
    };
    let found = try_join_all(simulations.iter().map(|it| ask(account, &entity, it))).await?;
    let found: BTreeSet<String> = found.into_iter().flatten().collect();
    Ok(found.into_iter().collect())
}

async fn role(account: &Account, name: &str) -> Result<String, CloudFault> {
    let read = |text: &str| {
        let document = Document::parse(text).ok()?;
        let role = document.descendants().find(|node| is(*node, "Role"))?;
        text_of(role, "Arn").map(str::to_owned)
    };
    IAM.ask_for(account, &account.home_region(), "GetRole", &[("RoleName", name)], read).await
}

async fn ask(account: &Account, entity: &str, simulation: &Simulation) -> Result<Vec<String>, CloudFault> {
    let parameters = parameters(entity, simulation);
    let parameters: Vec<(&str, &str)> =
        parameters.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    IAM.ask_for(account, &account.home_region(), ACTION, &parameters, read).await
}

fn parameters(entity: &str, simulation: &Simulation) -> Vec<(String, String)> {
    let mut parameters = vec![
        ("PolicySourceArn".to_owned(), entity.to_owned()),
        ("ResourceArns.member.1".to_owned(), simulation.resource.clone()),
    ];
    for (at, action) in (1..).zip(&simulation.actions) {
        parameters.push((format!("ActionNames.member.{at}"), action.clone()));
    }
    for (at, (key, value)) in (1..).zip(&simulation.keys) {
        let entry =
            |field: &str, value: &str| (format!("ContextEntries.member.{at}.{field}"), value.to_owned());
        parameters.extend([
            entry("ContextKeyName", key),
            entry("ContextKeyType", "string"),
            entry("ContextKeyValues.member.1", value),
        ]);
    }
    parameters
}

/// The actions that are denied for certain: not those that hang on a key that the question did not give.
fn read(text: &str) -> Option<Vec<String>> {
    let document = Document::parse(text).ok()?;
    let results = document.descendants().find(|node| is(*node, "EvaluationResults"))?;
    let is_certain = |result: &roxmltree::Node<'_, '_>| {
        let mut lists = result.descendants().filter(|node| is(*node, "MissingContextValues"));
        lists.all(|list| members(list).next().is_none())
    };
    let denied = members(results)
        .filter(|result| text_of(*result, "EvalDecision").is_some_and(|said| said != "allowed"))
        .filter(is_certain);
    Some(denied.filter_map(|result| text_of(result, "EvalActionName")).map(str::to_owned).collect())
}

/// A session acts with its role's policies, and IAM simulates no session.
fn principal(arn: &str) -> Principal {
    let mut parts = arn.splitn(6, ':').skip(1);
    let (partition, api) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let (number, rest) = (parts.nth(1).unwrap_or_default(), parts.next().unwrap_or_default());
    match (api, rest.split_once('/')) {
        ("iam", Some(("user" | "role", _))) => Principal::Entity(arn.to_owned()),
        ("sts", Some(("assumed-role", session))) => {
            let name = session.split('/').next().unwrap_or(session);
            // Those of IAM Identity Center lie below a path of their own.
            if name.starts_with("AWSReservedSSO_") {
                Principal::Role(name.to_owned())
            } else {
                Principal::Entity(format!("arn:{partition}:iam::{number}:role/{name}"))
            }
        }
        _ => Principal::Nobody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_those_of_the_user_or_of_the_sessions_role() {
        let check = |arn: &str, expected: Principal| assert_eq!(principal(arn), expected, "{arn}");
        let entity = |arn: &str| Principal::Entity(arn.to_owned());
        let user = "arn:aws:iam::123456789012:user/lab/ana";
        check(user, entity(user));
        let role = entity("arn:aws-cn:iam::123456789012:role/dev");
        check("arn:aws-cn:sts::123456789012:assumed-role/dev/ana@example.com", role);
        let sso = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/ana";
        check(sso, Principal::Role("AWSReservedSSO_Admin_0123456789abcdef".into()));
        check("arn:aws:iam::123456789012:root", Principal::Nobody);
        check("arn:aws:sts::123456789012:federated-user/ana", Principal::Nobody);
        check("", Principal::Nobody);
    }

    #[test]
    fn only_what_is_denied_for_certain_is_told() {
        let result = |action: &str, decision: &str, missing: &str| {
            format!(
                "<member><EvalActionName>{action}</EvalActionName><EvalDecision>{decision}</EvalDecision>\
                 <MissingContextValues>{missing}</MissingContextValues></member>"
            )
        };
        let results = [
            result("ec2:StopInstances", "allowed", ""),
            result("ec2:TerminateInstances", "explicitDeny", ""),
            result("cloudwatch:PutMetricAlarm", "implicitDeny", ""),
            result("cloudwatch:DeleteAlarms", "explicitDeny", "<member>aws:MultiFactorAuthPresent</member>"),
        ];
        let answer =
            format!("<R xmlns=\"x\"><EvaluationResults>{}</EvaluationResults></R>", results.concat());
        let denied = ["ec2:TerminateInstances", "cloudwatch:PutMetricAlarm"].map(str::to_owned);
        assert_eq!(read(&answer), Some(denied.into()));
        assert_eq!(read("<html/>"), None);
    }
}
