"""The life of a CloudFormation stack: its resources are made, and go, one after the other, on the stand-in's clock.

States: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
A failed creation is rolled back; what has DeletionPolicy Retain stays even then, RetainExceptOnCreate goes then:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
moto makes and deletes the resources themselves; this module says when, and writes down what happened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .world import world

IAM_NAMES = {"RoleName", "InstanceProfileName", "UserName", "GroupName", "ManagedPolicyName"}


@dataclass
class Resource:
    """What DescribeStackResources says of one."""

    logical_resource_id: str
    resource_type: str
    physical_resource_id: str | None
    resource_status: str
    resource_status_reason: str | None
    timestamp: datetime


def create(stack: Any) -> None:
    """Returns at once; the resources follow."""
    stack.status, stack.stack_status_reason = "CREATE_IN_PROGRESS", None
    stack.curfew_resources = {}
    # As moto does before the first one is made.
    stack.resource_map.tags.update(
        {"aws:cloudformation:stack-name": stack.name, "aws:cloudformation:stack-id": stack.stack_id}
    )
    wanted = [n for n in in_order(stack.template_dict["Resources"]) if _is_wanted(stack, n)]
    _step(_creating(stack, wanted))


def delete(stack: Any, done: Callable[[], None]) -> None:
    """`done` is called when all is gone; not when something could not be deleted."""
    enter(stack, "DELETE_IN_PROGRESS", "User Initiated")
    _step(_deleting(stack, done))


def update(stack: Any, changed: dict[str, str], apply: Callable[[], None], restore: Callable[[], None]) -> None:
    """`changed` says of each resource CREATE, UPDATE or DELETE. `apply` makes the changes and may raise; then `restore` puts
    back what the stack says of itself."""
    enter(stack, "UPDATE_IN_PROGRESS", "User Initiated")
    _step(_updating(stack, changed, apply, restore))


def in_order(resources: dict) -> list[str]:
    """Each after those it depends on, otherwise as the template has them."""
    ordered: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in ordered or name in above:
            return
        for needed in _needs(resources[name]):
            if needed in resources:
                visit(needed, (*above, name))
        ordered.append(name)

    for name in resources:
        visit(name, ())
    return ordered


def capability_needed(resources: dict) -> str | None:
    """What CreateStack must acknowledge: making IAM resources, or naming them."""
    iam = [r for r in resources.values() if r.get("Type", "").startswith("AWS::IAM::")]
    if any(IAM_NAMES & set(r.get("Properties") or {}) for r in iam):
        return "CAPABILITY_NAMED_IAM"
    return "CAPABILITY_IAM" if iam else None


def enter(stack: Any, status: str, reason: str | None = None) -> None:
    stack.status, stack.stack_status_reason = status, reason
    stack._add_stack_event(status, resource_status_reason=reason)


def _needs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("Ref", "DependsOn"):
                yield from inner if isinstance(inner, list) else [inner]
            elif key == "Fn::GetAtt":
                yield inner[0] if isinstance(inner, list) else inner.split(".")[0]
            elif key == "Fn::Sub":
                text = inner[0] if isinstance(inner, list) else inner
                yield from (name.split(".")[0] for name in re.findall(r"\$\{([^!}]+)}", text))
                yield from _needs(inner) if isinstance(inner, list) else ()
            else:
                yield from _needs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _needs(inner)


def _step(steps: Iterator[None]) -> None:
    """Goes on with it, and comes back for more after the period that one resource takes."""
    if next(steps, steps) is None:
        world.clock.after(world.periods.stack_resource_s, lambda: _step(steps))


def _is_wanted(stack: Any, name: str) -> bool:
    condition = stack.template_dict["Resources"][name].get("Condition")
    return not condition or bool(stack.resource_map.lazy_condition_map[condition])


def _creating(stack: Any, wanted: list[str]) -> Iterator[None]:
    for number, name in enumerate(wanted, 1):
        _note(stack, name, "CREATE_IN_PROGRESS")
        yield
        if stack.status != "CREATE_IN_PROGRESS":
            return
        reason = world.stack_failures.take(stack, name, number, "create") or _make(stack, name)
        if reason:
            _note(stack, name, "CREATE_FAILED", reason)
            yield from _roll_back(stack, name)
            return
        _note(stack, name, "CREATE_IN_PROGRESS", "Resource creation Initiated")
        _note(stack, name, "CREATE_COMPLETE")
    enter(stack, "CREATE_COMPLETE")
    stack.curfew_completed()


def _make(stack: Any, name: str) -> str | None:
    """The reason why it could not be made."""
    from moto.ec2.models.core import TaggedEC2Resource

    try:
        made = stack.resource_map[name]
        if isinstance(made, TaggedEC2Resource):
            tags = {**stack.resource_map.tags, "aws:cloudformation:logical-id": name}
            made.ec2_backend.create_tags([made.physical_resource_id], tags)
    except Exception as fault:  # whatever moto's model of the resource raises
        return _words(fault)
    return None


def _roll_back(stack: Any, failed: str) -> Iterator[None]:
    reason = f"The following resource(s) failed to create: [{failed}]. "
    if stack.curfew_on_failure == "DO_NOTHING":
        enter(stack, "CREATE_FAILED", reason)
        return
    enter(stack, "ROLLBACK_IN_PROGRESS", f"{reason}Rollback requested by user.")
    stuck = yield from _remove_all(stack, ("Retain",))
    if stuck:
        enter(stack, "ROLLBACK_FAILED", f"The following resource(s) failed to delete: [{', '.join(stuck)}]. ")
        return
    enter(stack, "ROLLBACK_COMPLETE")
    if stack.curfew_on_failure == "DELETE":
        enter(stack, "DELETE_COMPLETE")
        stack.curfew_gone()


def _deleting(stack: Any, done: Callable[[], None]) -> Iterator[None]:
    yield
    stuck = yield from _remove_all(stack, ("Retain", "RetainExceptOnCreate"))
    if stuck:
        enter(stack, "DELETE_FAILED", f"The following resource(s) failed to delete: [{', '.join(stuck)}]. ")
        return
    enter(stack, "DELETE_COMPLETE")
    done()


def _remove_all(stack: Any, kept: tuple[str, ...]) -> Iterator[None]:
    """Newest first. Returns the names of those that could not be deleted."""
    stuck, number = [], 0
    for name in reversed(list(stack.curfew_resources)):
        shown = stack.curfew_resources[name]
        if shown.resource_status == "DELETE_COMPLETE":
            continue
        if stack.template_dict["Resources"][name].get("DeletionPolicy") in kept and shown.physical_resource_id:
            _note(stack, name, "DELETE_SKIPPED")
            continue
        number += 1
        if not shown.physical_resource_id:
            _note(stack, name, "DELETE_COMPLETE")
            continue
        _note(stack, name, "DELETE_IN_PROGRESS")
        yield
        reason = world.stack_failures.take(stack, name, number, "delete") or _unmake(stack, name)
        _note(stack, name, "DELETE_FAILED" if reason else "DELETE_COMPLETE", reason)
        if reason:
            stuck.append(name)
    return stuck


def _unmake(stack: Any, name: str) -> str | None:
    parsed = stack.resource_map._parsed_resources.get(name)
    if parsed is None:
        return None
    try:
        stack.resource_map._delete_resource(parsed, stack.resource_map._resource_json_map[name])
    except Exception as fault:  # whatever moto's model of the resource raises
        return _words(fault)
    stack.resource_map._parsed_resources.pop(name)
    return None


def _updating(stack: Any, changed: dict[str, str], apply: Callable[[], None], restore: Callable[[], None]) -> Iterator[None]:
    for number, (name, kind) in enumerate(changed.items(), 1):
        _note(stack, name, f"{kind}_IN_PROGRESS")
        yield
        reason = world.stack_failures.take(stack, name, number, "update")
        if reason:
            yield from _take_back(stack, name, reason, restore)
            return
    try:
        apply()
    except Exception as fault:  # whatever moto's model of the resource raises
        yield from _take_back(stack, next(reversed(changed), stack.name), _words(fault), restore)
        return
    for name, kind in changed.items():
        _note(stack, name, f"{kind}_COMPLETE")
    enter(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    yield
    enter(stack, "UPDATE_COMPLETE")
    stack.curfew_completed()


def _take_back(stack: Any, failed: str, reason: str, restore: Callable[[], None]) -> Iterator[None]:
    if failed in stack.curfew_resources:
        _note(stack, failed, "UPDATE_FAILED", reason)
    enter(stack, "UPDATE_ROLLBACK_IN_PROGRESS", f"The following resource(s) failed to update: [{failed}]. ")
    yield
    restore()
    enter(stack, "UPDATE_ROLLBACK_COMPLETE")


def _note(stack: Any, name: str, status: str, reason: str | None = None) -> None:
    """Writes the event, and how the resource stands."""
    from moto.cloudformation.models import Event

    before = stack.curfew_resources.get(name)
    resources = {**stack.resource_map._resource_json_map, **stack.template_dict["Resources"]}
    kind = resources[name]["Type"] if name in resources else before.resource_type
    physical = getattr(stack.resource_map._parsed_resources.get(name), "physical_resource_id", None)
    physical = physical or (before.physical_resource_id if before else None)
    stack.curfew_resources[name] = Resource(name, kind, physical, status, reason, world.clock.now())
    event = Event(stack.stack_id, stack.name, name, physical or "", kind, status, reason, "{}")
    event.timestamp = world.clock.now()
    stack.events.append(event)


def _words(fault: Exception) -> str:
    """The service's own, as AWS quotes them."""
    words = getattr(fault, "message", None) or getattr(fault, "description", None) or str(fault)
    code = getattr(fault, "error_type", None) or getattr(fault, "code", None)
    named = f"{words} (Service: moto, Code: {code})" if isinstance(code, str) else str(words)
    return named or type(fault).__name__
