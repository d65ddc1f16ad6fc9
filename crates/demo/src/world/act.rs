//! What a step of an action does to an instance, and what AWS refuses.
//!
//! Sources: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html>, `API_StartInstances`,
//! `API_TerminateInstances` beside it, and <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>.

use domain::{
    AccountName, CloudFault, FaultKind, Instance, InstanceId, Lifecycle, Market, Region, Timestamp,
    action::Step, instance::Persistence, time::after,
};

use super::World;

impl World {
    /// One step of an action on one instance.
    pub fn carry_out(
        &mut self,
        account: &AccountName,
        region: &Region,
        id: &InstanceId,
        step: &Step,
        now: Timestamp,
    ) -> Result<(), CloudFault> {
        let not_found = || CloudFault::new(FaultKind::NotFound);
        let machine = self.machines.get(id).filter(|machine| machine.is_seen(account, region));
        let seen = machine.and_then(|machine| machine.at(now)).ok_or_else(not_found)?;
        match step {
            Step::CheckProtection => self.check_protection(id),
            Step::CancelSpotRequest(request) => self.cancel(&seen, request),
            Step::Stop => self.stop(&seen, now),
            Step::Start => self.start(&seen, now),
            Step::Terminate => self.terminate(&seen, now),
        }
    }

    fn check_protection(&self, id: &InstanceId) -> Result<(), CloudFault> {
        let protected = self.machines.get(id).is_some_and(|machine| machine.api_protected);
        if protected { refuse(FaultKind::Protected) } else { Ok(()) }
    }

    /// The request stands no longer; the instance runs on.
    fn cancel(&mut self, seen: &Instance, request: &domain::SpotRequestId) -> Result<(), CloudFault> {
        match &seen.market {
            Market::Spot(spot) if spot.request.as_ref() == Some(request) => {
                self.change(&seen.id, |machine| machine.request_stands = false);
                Ok(())
            }
            Market::Spot(_) | Market::OnDemand => refuse(FaultKind::NotFound),
        }
    }

    fn start(&mut self, seen: &Instance, now: Timestamp) -> Result<(), CloudFault> {
        let tempo = self.tempo;
        match seen.lifecycle {
            Lifecycle::Pending | Lifecycle::Running => Ok(()),
            Lifecycle::Stopped => {
                self.change(&seen.id, |machine| machine.start(&tempo, now));
                Ok(())
            }
            Lifecycle::Stopping | Lifecycle::ShuttingDown | Lifecycle::Terminated => {
                refuse(FaultKind::WrongState)
            }
        }
    }

    /// A stopped member is unhealthy to its group, which ends it and launches another.
    ///
    /// Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html>.
    fn stop(&mut self, seen: &Instance, now: Timestamp) -> Result<(), CloudFault> {
        let tempo = self.tempo;
        if is_one_time(seen) {
            return refuse(FaultKind::Unsupported);
        }
        match seen.lifecycle {
            Lifecycle::Stopping | Lifecycle::Stopped => Ok(()),
            Lifecycle::Pending | Lifecycle::ShuttingDown | Lifecycle::Terminated => {
                refuse(FaultKind::WrongState)
            }
            Lifecycle::Running => {
                self.change(&seen.id, |machine| machine.stop(&tempo, now));
                if seen.group().is_some() {
                    self.end_stopped_member(seen, after(now, tempo.stopping));
                }
                Ok(())
            }
        }
    }

    fn end_stopped_member(&mut self, seen: &Instance, stopped_at: Timestamp) {
        let tempo = self.tempo;
        self.change(&seen.id, |machine| machine.terminate(&tempo, stopped_at));
        if let Some(machine) = self.machines.get(&seen.id).cloned() {
            self.replace(&machine, stopped_at);
        }
    }

    fn terminate(&mut self, seen: &Instance, now: Timestamp) -> Result<(), CloudFault> {
        self.check_protection(&seen.id)?;
        if seen.lifecycle.is_over() {
            return Ok(());
        }
        let tempo = self.tempo;
        self.change(&seen.id, |machine| machine.terminate(&tempo, now));
        if let Some(machine) = self.machines.get(&seen.id).cloned()
            && (seen.group().is_some() || machine.request_stands)
        {
            self.replace(&machine, now);
        }
        Ok(())
    }

    fn change(&mut self, id: &InstanceId, change: impl FnOnce(&mut super::Machine)) {
        if let Some(machine) = self.machines.get_mut(id) {
            change(machine);
        }
    }
}

fn is_one_time(seen: &Instance) -> bool {
    match &seen.market {
        Market::OnDemand => false,
        Market::Spot(spot) => spot.persistence == Persistence::OneTime,
    }
}

fn refuse(kind: FaultKind) -> Result<(), CloudFault> {
    Err(CloudFault::new(kind))
}
