"""moto launches with any key name; AWS refuses one that does not exist in the region.

InvalidKeyPair.NotFound: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from __future__ import annotations

from typing import Any

from .. import launch


def apply() -> None:
    from moto.ec2.exceptions import EC2ClientError

    def check(response: Any) -> None:
        name = launch.parameter(response, "KeyName")
        if name and name not in response.ec2_backend.key_pairs:
            raise EC2ClientError("InvalidKeyPair.NotFound", f"The key pair '{name}' does not exist")

    launch.checks.append(check)
