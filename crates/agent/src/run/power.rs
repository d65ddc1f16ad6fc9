//! The ways to power off, with what each needs.

use std::time::Duration;

use protocol::{InstanceId, config::OnEnd};

use super::hands::World;
use crate::{
    core::Ended,
    decide::ending::Way,
    io::{
        aws::Fault,
        clock,
        ec2::{Capacity, Ec2},
        http::Deadline,
        power,
    },
};

/// For the API to answer: it still has to take the machine down after that.
const API: Duration = Duration::from_secs(20);

pub(super) fn off(world: &World, way: Way, on_end: OnEnd, by: Duration) -> Ended {
    let bound = by.saturating_sub(clock::now().up);
    let result = match way {
        Way::ScaleIn => {
            api(world, |ec2, id, deadline| ec2.terminate_in_group(id, Capacity::Decrement, deadline))
        }
        Way::Shutdown => power::shutdown(bound),
        Way::Api => api(world, |ec2, id, deadline| match on_end {
            OnEnd::Stop => ec2.stop(id, deadline).map(drop),
            OnEnd::Terminate | OnEnd::Nothing => ec2.terminate(id, deadline).map(drop),
        }),
        Way::Force => power::force(bound),
    };
    Ended::PoweredOff(way, result)
}

fn api(
    world: &World,
    call: impl FnOnce(&Ec2, &InstanceId, &Deadline) -> Result<(), Fault>,
) -> Result<(), String> {
    let identity = world.identity().ok_or("EC2 cannot be asked: this machine's instance id is not known")?;
    let ec2 = Ec2::new(world.aws(), &identity.region);
    call(&ec2, &identity.instance, &Deadline::after(API)).map_err(|fault| fault.to_string())
}
