//! Lends a simulated cloud to the engine: reads the clock, waits out each answer's delay, decides nothing.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use domain::{
    AccountConfig, CloudFault, Identity, Instance, InstanceId, Region, Timestamp, action::Step,
    region::RegionStatus,
};
use engine::{Builds, Clock, Cloud};
use launch::{Answer, Call};

use crate::{World, stage, world::pause};

/// How long STS and DescribeRegions take to answer.
const SIGN_IN: Duration = Duration::from_millis(80);

/// A simulated cloud that the engine can look at and act on.
pub struct Demo {
    world: Mutex<World>,
    clock: Arc<dyn Clock>,
    sign_in: Duration,
}

impl Demo {
    /// The demo fleet, as it stands at this moment of `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let world = stage::fleet(clock.now(), clock.pace());
        Self { world: Mutex::new(world), clock, sign_in: SIGN_IN }
    }

    /// A world of the caller's own, which answers at once where it was given no delay.
    pub fn with_world(world: World, clock: Arc<dyn Clock>) -> Self {
        Self { world: Mutex::new(world), clock, sign_in: Duration::ZERO }
    }

    /// Looks at the world or changes it: `demo.script(|world, now| world.launch(launch, now))`.
    pub fn script<T>(&self, change: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        let now = self.clock.now();
        // A panic in a script leaves plain facts behind, which are as good as before.
        change(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner), now)
    }

    /// One call to a region: its delay, and its failure if it has one.
    async fn call(&self, account: &AccountConfig, region: &Region) -> Result<(), CloudFault> {
        let call = self.script(|world, now| world.call(&account.name, region, now));
        tokio::time::sleep(call.delay).await;
        call.fault.map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Cloud for Demo {
    async fn identity(&self, account: &AccountConfig) -> Result<Identity, CloudFault> {
        tokio::time::sleep(self.sign_in).await;
        self.script(|world, _| world.identity(&account.name))
    }

    async fn regions(&self, account: &AccountConfig) -> Result<Vec<RegionStatus>, CloudFault> {
        tokio::time::sleep(self.sign_in).await;
        self.script(|world, _| world.regions(&account.name))
    }

    async fn instances(&self, account: &AccountConfig, region: &Region) -> Result<Vec<Instance>, CloudFault> {
        self.call(account, region).await?;
        Ok(self.script(|world, now| world.instances(&account.name, region, now)))
    }

    async fn carry_out(
        &self,
        account: &AccountConfig,
        region: &Region,
        id: &InstanceId,
        step: &Step,
    ) -> Result<(), CloudFault> {
        self.call(account, region).await?;
        self.script(|world, now| world.carry_out(&account.name, region, id, step, now))
    }

    async fn launch(
        &self,
        account: &AccountConfig,
        call: &Call,
        _builds: &dyn Builds,
    ) -> Result<Answer, CloudFault> {
        tokio::time::sleep(if self.sign_in.is_zero() { Duration::ZERO } else { pause(call) }).await;
        let identity = self.script(|world, _| world.identity(&account.name))?;
        self.script(|world, now| world.answer(identity, call, now))
    }

    async fn give_code(&self, account: &AccountConfig, code: &str) -> Result<(), CloudFault> {
        tokio::time::sleep(self.sign_in).await;
        self.script(|world, _| world.give_code(&account.name, code))
    }

    async fn forget(&self, _account: &AccountConfig) {}
}

#[cfg(test)]
mod tests;
