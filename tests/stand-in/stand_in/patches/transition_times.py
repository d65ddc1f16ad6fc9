"""moto's instances are running, stopped or terminated at once; AWS's take time, and are seen on the way.

pending -> running, stopping -> stopped, shutting-down -> terminated, and how long a terminated instance is still
described (usually under an hour): https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
LaunchTime is new at every start; the primary interface's attach time tells the first launch:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
"""

from __future__ import annotations

import copy

from .. import lifecycle


def apply() -> None:
    from moto.ec2.models.instances import Instance, InstanceBackend
    from moto.ec2.responses._base_response import EC2BaseResponse

    run_instances, release = InstanceBackend.run_instances, Instance.terminate
    lifecycle.release = release

    def run(self, *args, **kwargs):
        reservation = run_instances(self, *args, **kwargs)
        for instance in reservation.instances:
            # An instance that never changed state has no reason for it.
            lifecycle.explain(instance, "", "", "")
            for nic in instance.nics.values():
                nic.attach_time = instance.launch_time
                nic.delete_on_termination = True
            lifecycle.launched(instance)
        return reservation

    def changed_by(act):
        def change(self):
            previous = copy.copy(self._state)
            act(self)
            return previous

        return change

    InstanceBackend.run_instances = run
    Instance.start = changed_by(lifecycle.start)
    Instance.stop = changed_by(lifecycle.stop)
    Instance.terminate = changed_by(lifecycle.terminate)
    # moto says `pending` whatever the state; ours is pending until the next call at least.
    EC2BaseResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER.pop("RunInstances.Reservation.Instances.Instance.State", None)
    _hide_what_ended(Instance)


def _hide_what_ended(Instance) -> None:
    """A terminated instance has no interface and no address left."""

    def unless_ended(name: str, ended):
        of_moto = getattr(Instance, name).fget
        setattr(Instance, name, property(lambda self: ended if self._state.name == "terminated" else of_moto(self)))

    unless_ended("network_interfaces", [])
    for name in ("private_ip", "private_ip_address", "public_ip", "public_ip_address", "public_dns_name"):
        unless_ended(name, None)
    unless_ended("private_dns_name", "")
    unless_ended("vpc_id", None)
    unless_ended("subnet_id", None)
