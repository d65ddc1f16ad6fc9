//! Fleets: groups whose members are there from the start, and go with them. None is replaced.

use domain::{
    CloudFault, FaultKind, GroupName, InstanceId, Lifecycle, Timestamp, instance::GROUP_TAG,
    launch::Headcount,
};
use launch::{ClientToken, Order, call::GroupFacts, order::FleetOrder};

use super::World;

/// An Auto Scaling group.
#[derive(Clone, Debug)]
pub(super) struct Group {
    token: ClientToken,
    members: Vec<InstanceId>,
}

impl World {
    /// Makes a group with its members, once.
    pub(super) fn grow(
        &mut self,
        order: &Order,
        fleet: &FleetOrder,
        now: Timestamp,
    ) -> Result<GroupFacts, CloudFault> {
        if let Some(group) = self.groups.get(&fleet.name)
            && group.token != order.token
        {
            return Err(CloudFault::new(FaultKind::Refused { code: "AlreadyExists".into() }));
        }
        if !self.groups.contains_key(&fleet.name) {
            let member = |_| self.launch(Self::ordered(order).tag(GROUP_TAG, fleet.name.as_str()), now);
            let members = (0..fleet.desired).map(member).collect();
            self.groups.insert(fleet.name.clone(), Group { token: order.token.clone(), members });
        }
        let gone = || CloudFault::new(FaultKind::NotFound);
        self.group(&fleet.name, &order.token, now).ok_or_else(gone)
    }

    /// How a group stands.
    pub(super) fn group(&self, name: &GroupName, token: &ClientToken, now: Timestamp) -> Option<GroupFacts> {
        let group = self.groups.get(name).filter(|group| group.token == *token)?;
        let lifecycles =
            group.members.iter().filter_map(|id| Some(self.machines.get(id)?.at(now)?.lifecycle));
        let alive: Vec<Lifecycle> = lifecycles.filter(|lifecycle| !lifecycle.is_over()).collect();
        let count = |all: usize| u32::try_from(all).unwrap_or(u32::MAX);
        let running = alive.iter().filter(|lifecycle| **lifecycle == Lifecycle::Running).count();
        let members = Headcount { running: count(running), desired: count(alive.len()) };
        Some(GroupFacts { members, trouble: None })
    }

    /// Takes a group away, and its members with it.
    pub(super) fn disband(&mut self, name: &GroupName, token: &ClientToken, now: Timestamp) {
        if self.groups.get(name).is_none_or(|group| group.token != *token) {
            return;
        }
        let tempo = self.tempo;
        for id in self.groups.remove(name).into_iter().flat_map(|group| group.members) {
            if let Some(machine) = self.machines.get_mut(&id) {
                machine.terminate(&tempo, now);
            }
        }
    }
}
