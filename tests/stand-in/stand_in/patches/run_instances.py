"""The frame of RunInstances that the launch checks share; `stand_in.launch` says what hooks in.

DryRun answers after the checks and before anything is made:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
"""

from __future__ import annotations

from .. import launch


def apply() -> None:
    from moto.ec2.responses.instances import InstanceResponse

    of_moto = InstanceResponse.run_instances

    def run_instances(self):
        for check in launch.checks:
            check(self)
        result = of_moto(self)
        for step in launch.finish:
            step(self, result.result.instances)
        return result

    InstanceResponse.run_instances = run_instances
