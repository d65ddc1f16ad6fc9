"""moto launches any image id; AWS refuses one that does not exist, is malformed or does not fit the type's architecture.

InvalidAMIID.NotFound, InvalidAMIID.Malformed: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
Architecture: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-types.html (InvalidParameterValue)
"""

from __future__ import annotations

import re
from typing import Any

from .. import launch

WELL_FORMED = re.compile(r"^ami-([0-9a-f]{8}|[0-9a-f]{17})$")


def apply() -> None:
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    def check(response: Any) -> None:
        image_id = launch.parameter(response, "ImageId")
        if not image_id:
            raise EC2ClientError("MissingParameter", "The request must contain the parameter ImageId")
        backend = response.ec2_backend
        if image_id.startswith("resolve:ssm:"):
            return
        if not WELL_FORMED.match(image_id) and image_id not in backend.amis:
            raise EC2ClientError("InvalidAMIID.Malformed", f'Invalid id: "{image_id}" (expecting "ami-...")')
        if image_id not in backend.amis:
            raise EC2ClientError("InvalidAMIID.NotFound", f"The image id '[{image_id}]' does not exist")
        kind = launch.parameter(response, "InstanceType")
        if kind not in INSTANCE_TYPES:
            return
        supported = INSTANCE_TYPES[kind]["ProcessorInfo"]["SupportedArchitectures"]
        architecture = backend.amis[image_id].architecture
        if architecture not in supported:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"The architecture '{','.join(supported)}' of the specified instance type does not match the architecture "
                f"'{architecture}' of the specified AMI. Specify an instance type and an AMI that have matching "
                "architectures, and try again.",
            )

    launch.checks.append(check)
