//! The calls of a launch against the stand-in: what is asked before it, and what is made.

pub(crate) mod admin;
mod before;
mod delivery;
mod faults;
mod made;

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use curfew_tests::ask_aws::{Ask, AskAws};
use domain::{CloudFault, LaunchId, Region, launch::Place};
use launch::{
    Answer, Call, ClientToken, Order,
    call::{ImageFacts, NetworkFacts},
    order::Home,
    profile::{DiskWish, Image, ImageAlias, NetworkWish},
};
use protocol::{config::OnEnd, userdata::Architecture};

use super::{ask, environment};

/// Where most of it happens.
const HERE: &str = "us-east-1";

/// One call and its answer.
async fn launch(asking: &mut AskAws, call: Call) -> Result<Result<Answer, CloudFault>> {
    asking.ask(Ask::Launch(environment(), Box::new(call))).await
}

async fn image(asking: &mut AskAws, architecture: Architecture) -> Result<ImageFacts> {
    let image = Image::Newest(ImageAlias::Ubuntu2404);
    let answer = launch(asking, Call::Image { region: HERE.into(), image, architecture }).await??;
    let Answer::Image(facts) = answer else { anyhow::bail!("asked for an image and told {answer:?}") };
    Ok(facts)
}

async fn network(asking: &mut AskAws, wish: NetworkWish) -> Result<Result<NetworkFacts, CloudFault>> {
    match launch(asking, Call::Network { region: HERE.into(), wish }).await? {
        Ok(Answer::Network(facts)) => Ok(Ok(facts)),
        Ok(other) => anyhow::bail!("asked for a network and told {other:?}"),
        Err(fault) => Ok(Err(fault)),
    }
}

/// An order for the cheapest of everything, in the default network.
async fn order(asking: &mut AskAws, nth: usize) -> Result<Box<Order>> {
    let image = image(asking, Architecture::X86_64).await?;
    let network = network(asking, NetworkWish::default()).await??;
    let subnet = network.subnets.first().context("a default network has subnets")?.clone();
    let region = Region::new(HERE);
    Ok(Box::new(Order {
        token: ClientToken::of(&LaunchId::of(7), nth),
        place: Place { region: region.clone(), zone: subnet.zone, kind: "t3.micro".into(), spot: false },
        subnet: subnet.id,
        groups: Vec::new(),
        public_ip: true,
        image: image.id,
        root_device: image.root_device,
        disk: DiskWish::default(),
        key: None,
        spot: None,
        cpu: None,
        instance_profile: None,
        user_data: "#!/bin/sh\n".into(),
        on_end: OnEnd::Terminate,
        detailed_monitoring: false,
        hop_limit: 1,
        tags: BTreeMap::from([("curfew:profile".into(), "nightly".into())]),
        home: Home { bucket: "results".into(), region, key: "dev/system-state.json".into() },
        fleet: None,
    }))
}

/// A parameter of a recorded call, by its path.
fn sent<'a>(call: &'a curfew_tests::stand_in::Call, path: &str) -> Option<&'a str> {
    call.parameters.get(path).and_then(|value| value.as_str())
}
