"""moto keeps the inline policies of a stack's role as objects, where every call answers with text, and reads bucket policies
without their conditions.

GetRolePolicy answers with the document: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
A bucket policy's deny holds where its conditions do; every call here counts as made over TLS:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html. An allow of a bucket policy gives nothing here.
"""

from __future__ import annotations

import json

from .. import subjects
from ..context import current
from ..policies import Policy, decide
from ..world import world


def apply() -> None:
    from moto.iam.access_control import PermissionResult
    from moto.iam.models import Role
    from moto.s3.models import FakeBucket

    put_policy = Role.put_policy

    def put(self, policy_name: str, policy_json: object) -> None:
        put_policy(self, policy_name, policy_json if isinstance(policy_json, str) else json.dumps(policy_json))

    def get_permission(self, action: str, resource: str) -> PermissionResult:
        if self.policy is None or current.key is None:
            return PermissionResult.NEUTRAL
        document = json.loads(self.policy)
        context = subjects.context(current.aws_call, current.key, world.clock.now())
        denied = decide([Policy("bucket policy", document)], action, resource, context).decision == "explicitDeny"
        return PermissionResult.DENIED if denied else PermissionResult.NEUTRAL

    Role.put_policy = put
    FakeBucket.get_permission = get_permission
