"""Whose policies count: those that IAM has for a user (with its groups) or a role.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from .credentials import Key
from .policies import Policy

# What keys of the configuration may do.
ADMINISTRATOR = Policy("AdministratorAccess", {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


def policies_of_key(key: Key) -> list[Policy]:
    held_to = key.policies_of or key
    if held_to.administrator:
        return [ADMINISTRATOR]
    found = policies_of_arn(held_to.arn)
    return [] if found is None else found


def policies_of_arn(arn: str) -> list[Policy] | None:
    """Of a user, a role, or a role's session; None when IAM has no such."""
    account, kind, name = _parts(arn)
    iam = _iam(account)
    if kind == "user":
        user = iam.users.get(name)
        return None if user is None else _of_user(iam, user)
    role = next((r for r in iam.roles.values() if r.name == name), None)
    return None if role is None else _of(role, role.policies)


def _parts(arn: str) -> tuple[str, str, str]:
    """Account, user or role, and name: of arn:aws:iam::A:user/path/N and of arn:aws:sts::A:assumed-role/N/session."""
    account, entity = arn.split(":", 5)[4:]
    kind, _, rest = entity.partition("/")
    if kind == "assumed-role":
        return account, "role", rest.split("/")[0]
    return account, kind, rest.rsplit("/", 1)[-1]


def _iam(account: str) -> Any:
    from moto.iam.models import iam_backends

    return iam_backends[account]["aws"]


def _of_user(iam: Any, user: Any) -> list[Policy]:
    found = _of(user, user.policies)
    for group in iam.groups.values():
        if any(member.name == user.name for member in group.users):
            found += _of(group, group.policies)
    return found


def _of(entity: Any, inline: dict[str, str]) -> list[Policy]:
    found = [Policy(name, _document(text)) for name, text in inline.items()]
    for managed in entity.managed_policies.values():
        version = next(v for v in managed.versions if v.is_default)
        found.append(Policy(managed.name, _document(version.document)))
    return found


def _document(text: str) -> dict:
    return json.loads(text if text.lstrip().startswith("{") else unquote(text))
