"""moto lets anyone launch with any instance profile; AWS asks whether the caller may pass its role.

Without iam:PassRole on the role RunInstances is UnauthorizedOperation naming that action:
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
A profile that does not exist is InvalidParameterValue, with its name in the words:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshoot-iam.html
"""

from __future__ import annotations

from typing import Any

from .. import launch
from ..context import current
from ..world import world


def apply() -> None:
    from moto.ec2.exceptions import EC2ClientError
    from moto.iam.models import iam_backends

    def check(response: Any) -> None:
        wanted = launch.parameter(response, "IamInstanceProfile", {})
        if not wanted:
            return
        profiles = iam_backends[response.current_account]["aws"].instance_profiles.values()
        named = wanted.get("Name") or wanted.get("Arn")
        profile = next((p for p in profiles if named in (p.name, p.arn)), None)
        if profile is None:
            key = "name" if wanted.get("Name") else "arn"
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Value ({named}) for parameter iamInstanceProfile.{key} is invalid. Invalid IAM Instance Profile {key if key == 'name' else 'ARN'}",
            )
        for role in profile.roles:
            passed = {"iam:passedtoservice": ["ec2.amazonaws.com"]}
            world.permissions.check_action(
                current.aws_call, current.key, world.strict_iam, "iam:PassRole", [role.arn], passed
            )

    launch.checks.append(check)
