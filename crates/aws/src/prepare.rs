//! CloudFormation: the one stack of a region. One call each; which comes next is decided in `launch::prepare`.

use std::{collections::BTreeMap, error::Error};

use async_trait::async_trait;
use aws_sdk_cloudformation::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::{Capability, Parameter, Tag},
};
use domain::{AccountConfig, CloudFault, FaultKind, Region, Zone};
use engine::Ground;
use launch::{
    prepare::{BucketOwner, Change, Event, STACK, Stack, Status, TEMPLATE},
    prepared::TAG,
};

use zeroize::Zeroizing;

use crate::{account::Account, ec2::Ec2, parameter};

#[async_trait]
impl Ground for Ec2 {
    async fn stack(&self, account: &AccountConfig, region: &Region) -> Result<Option<Stack>, CloudFault> {
        stack(self.account(&self.entry(account)).await?, region).await
    }

    async fn events(
        &self,
        account: &AccountConfig,
        region: &Region,
        stack: &Stack,
    ) -> Result<Vec<Event>, CloudFault> {
        events(self.account(&self.entry(account)).await?, region, stack).await
    }

    async fn change(
        &self,
        account: &AccountConfig,
        region: &Region,
        change: &Change,
    ) -> Result<(), CloudFault> {
        carry_out(self.account(&self.entry(account)).await?, region, change).await
    }

    async fn zones(&self, account: &AccountConfig, region: &Region) -> Result<Vec<Zone>, CloudFault> {
        zones(self.account(&self.entry(account)).await?, region).await
    }

    async fn private_key(
        &self,
        account: &AccountConfig,
        region: &Region,
        key_pair: &str,
    ) -> Result<Zeroizing<String>, CloudFault> {
        let advice = "Only key pairs that CloudFormation made have their private key there; others never leave \
                      the computer that made them.";
        let account = self.entry(account);
        let account = self.account(&account).await?;
        let name = format!("/ec2/keypair/{key_pair}");
        parameter::value(account, region, &name, advice).await.map(Zeroizing::new)
    }

    async fn bucket_owner(
        &self,
        account: &AccountConfig,
        region: &Region,
        bucket: &str,
    ) -> Result<BucketOwner, CloudFault> {
        owner(self.account(&self.entry(account)).await?, region, bucket).await
    }
}

fn client(account: &Account, region: &Region) -> Client {
    Client::new(&account.sdk_in(region))
}

async fn stack(account: &Account, region: &Region) -> Result<Option<Stack>, CloudFault> {
    let answer = client(account, region).describe_stacks().stack_name(STACK).send().await;
    let found = match answer {
        Ok(answer) => answer.stacks.unwrap_or_default().into_iter().next(),
        // CloudFormation has no code of its own for a stack that is not there.
        Err(error) if says(&error, "does not exist") => None,
        Err(error) => return Err(account.fault_in(region, "cloudformation:DescribeStacks", error).await),
    };
    let Some(found) = found else { return Ok(None) };
    let outputs = found.outputs.unwrap_or_default().into_iter();
    Ok(Some(Stack {
        id: found.stack_id.unwrap_or_default(),
        status: found.stack_status.map_or(Status::Moving, |status| Status::of(status.as_str())),
        reason: found.stack_status_reason.unwrap_or_default(),
        outputs: outputs
            .filter_map(|it| Some((it.output_key?, it.output_value?)))
            .collect::<BTreeMap<_, _>>(),
    }))
}

async fn events(account: &Account, region: &Region, stack: &Stack) -> Result<Vec<Event>, CloudFault> {
    let mut pages =
        client(account, region).describe_stack_events().stack_name(&stack.id).into_paginator().items().send();
    let mut events = Vec::new();
    while let Some(event) = pages.next().await {
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                return Err(account.fault_in(region, "cloudformation:DescribeStackEvents", error).await);
            }
        };
        events.push(Event {
            id: event.event_id.unwrap_or_default(),
            resource: event.logical_resource_id.unwrap_or_default(),
            kind: event.resource_type.unwrap_or_default(),
            status: event.resource_status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
            reason: event.resource_status_reason.unwrap_or_default(),
        });
    }
    events.reverse();
    Ok(events)
}

async fn carry_out(account: &Account, region: &Region, change: &Change) -> Result<(), CloudFault> {
    let client = client(account, region);
    match change {
        Change::Create { zone, bucket } => {
            let call = client
                .create_stack()
                .stack_name(STACK)
                .template_body(TEMPLATE)
                .capabilities(Capability::CapabilityNamedIam)
                .parameters(given("Zone", zone.as_str()))
                .parameters(given("CreateBucket", if *bucket { "yes" } else { "no" }))
                .tags(Tag::builder().key(TAG).value(STACK).build());
            let answer = call.send().await;
            checked(account, region, "cloudformation:CreateStack", answer).await
        }
        Change::Update => {
            let call = client
                .update_stack()
                .stack_name(STACK)
                .template_body(TEMPLATE)
                .capabilities(Capability::CapabilityNamedIam)
                .parameters(as_before("Zone"))
                .parameters(as_before("CreateBucket"));
            match call.send().await {
                Err(error) if says(&error, "No updates are to be performed") => Ok(()),
                answer => checked(account, region, "cloudformation:UpdateStack", answer).await,
            }
        }
        Change::Delete => {
            let answer = client.delete_stack().stack_name(STACK).send().await;
            checked(account, region, "cloudformation:DeleteStack", answer).await
        }
    }
}

fn given(key: &str, value: &str) -> Parameter {
    Parameter::builder().parameter_key(key).parameter_value(value).build()
}

fn as_before(key: &str) -> Parameter {
    Parameter::builder().parameter_key(key).use_previous_value(true).build()
}

async fn checked<T, E>(
    account: &Account,
    region: &Region,
    action: &str,
    answer: Result<T, SdkError<E>>,
) -> Result<(), CloudFault>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match answer {
        Ok(_) => Ok(()),
        Err(error) => Err(account.fault_in(region, action, error).await),
    }
}

/// Whether AWS's own sentence has these words in it.
fn says<E: ProvideErrorMetadata>(error: &SdkError<E>, words: &str) -> bool {
    error.message().is_some_and(|message| message.contains(words))
}

/// Zones proper, in which everything is offered; local zones and wavelength zones are not among them.
async fn zones(account: &Account, region: &Region) -> Result<Vec<Zone>, CloudFault> {
    let answer = account.ec2(region).describe_availability_zones().send().await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Err(account.fault_in(region, "ec2:DescribeAvailabilityZones", error).await),
    };
    let proper = answer.availability_zones.unwrap_or_default().into_iter();
    let proper =
        proper.filter(|zone| zone.zone_type.as_deref().is_none_or(|kind| kind == "availability-zone"));
    let mut zones: Vec<Zone> = proper.filter_map(|zone| zone.zone_name.map(Zone::new)).collect();
    zones.sort();
    Ok(zones)
}

async fn owner(account: &Account, region: &Region, bucket: &str) -> Result<BucketOwner, CloudFault> {
    let number = account.identity().await?.number;
    let client = aws_sdk_s3::Client::new(&account.sdk_in(region));
    let answer = client.head_bucket().bucket(bucket).expected_bucket_owner(number).send().await;
    let error = match answer {
        Ok(_) => return Ok(BucketOwner::Us),
        Err(error) => error,
    };
    match error.raw_response().map(|answer| answer.status().as_u16()) {
        Some(404) => Ok(BucketOwner::Nobody),
        Some(403) => Ok(BucketOwner::Somebody),
        Some(301) => Err(CloudFault::with_detail(
            FaultKind::Refused { code: "PermanentRedirect".into() },
            format!("the bucket {bucket} lies in another region"),
        )),
        Some(_) | None => Err(account.fault_in(region, "s3:ListBucket", error).await),
    }
}
