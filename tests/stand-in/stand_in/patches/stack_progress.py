"""moto makes a stack and its resources in one call, without an event for each, and fails the call when one fails.

Here CreateStack, UpdateStack and DeleteStack return at once and the resources follow on the stand-in's clock, each with its
events; a failure rolls back and says why; what is in progress cannot be updated; nothing to change is said so; IAM resources
need a capability; termination protection holds: `stand_in.stacks` and
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html. The words of AlreadyExistsException
and of `No updates are to be performed`: aws/aws-cdk (toolkit); of a stack that is not there: aws/aws-cli#2887.
"""

from __future__ import annotations

import copy
from typing import Any

from .. import stacks
from ..context import current
from ..wire import Refusal

_WITH_OUTPUTS = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE",
                 "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS")  # fmt: skip
_CHANGEABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")


def apply() -> None:
    from moto.cloudformation.models import CloudFormationBackend, Stack, cloudformation_backends
    from moto.cloudformation.responses import CloudFormationResponse

    outputs, exports = Stack.outputs.fget, Stack.exports.fget
    create_stack, respond_to_create = CloudFormationBackend.create_stack, CloudFormationResponse.create_stack

    def backend_of(stack: Any) -> Any:
        return cloudformation_backends[stack.account_id][stack.region_name]

    def completed(self) -> None:
        for export in self.exports:
            backend_of(self).exports[export.name] = export

    def gone(self) -> None:
        backend = backend_of(self)
        for name in [n for n, e in backend.exports.items() if e.exporting_stack_id == self.stack_id]:
            del backend.exports[name]
        backend.stacks.pop(self.stack_id, None)
        backend.deleted_stacks[self.stack_id] = self

    def create(self, name: str, template: str, *args, **kwargs) -> Any:
        if name in [stack.name for stack in self.stacks.values()]:
            raise Refusal(400, "AlreadyExistsException", f"Stack [{name}] already exists")
        return create_stack(self, name, template, *args, **kwargs)

    def respond(self) -> Any:
        body = self._get_param("TemplateBody") or self._get_stack_from_s3_url(self._get_param("TemplateURL"))
        _check_types(Stack.parse_template(body).get("Resources", {}))
        _check_capability(Stack.parse_template(body).get("Resources", {}), self._get_param("Capabilities", []))
        on_failure = self._get_param("OnFailure") or ("DO_NOTHING" if self._get_param("DisableRollback") else "ROLLBACK")
        current.on_failure = on_failure
        return respond_to_create(self)

    def create_resources(self) -> None:
        self.curfew_on_failure = current.on_failure
        stacks.create(self)

    def update_stack(self, name: str, template: str, role_arn, parameters, tags) -> Any:
        stack = self.get_stack(name)
        resolved = self._resolve_update_parameters(instance=stack, incoming_params=parameters)
        wanted = Stack.parse_template(template)
        if stack.status not in _CHANGEABLE:
            state = f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated."
            raise Refusal(400, "ValidationError", state)
        # Read anew: moto writes into what it has parsed.
        if wanted == Stack.parse_template(stack.template) and resolved == stack.parameters and tags in (None, stack.tags):
            raise Refusal(400, "ValidationError", "No updates are to be performed.")
        _check_types(wanted["Resources"])
        _check_capability(wanted["Resources"], _capabilities())
        _update(stack, template, wanted, resolved, role_arn, tags)
        return stack

    def delete_stack(self, name_or_stack_id: str) -> None:
        # One that is not there is deleted already.
        for stack in list(self.stacks.values()):
            if name_or_stack_id in (stack.name, stack.stack_id) and stack.status != "DELETE_IN_PROGRESS":
                if stack.enable_termination_protection:
                    words = f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
                    raise Refusal(400, "ValidationError", words)
                stacks.delete(stack, stack.curfew_gone)

    def get_stack(self, name_or_stack_id: str) -> Any:
        everyone = [*self.stacks.values(), *(s for s in self.deleted_stacks.values() if s.stack_id == name_or_stack_id)]
        for stack in everyone:
            if name_or_stack_id in (stack.name, stack.stack_id):
                return stack
        raise Refusal(400, "ValidationError", f"Stack with id {name_or_stack_id} does not exist")

    def describe_stacks(self, name_or_stack_id: str) -> list[Any]:
        return [self.get_stack(name_or_stack_id)] if name_or_stack_id else list(self.stacks.values())

    Stack.curfew_completed, Stack.curfew_gone = completed, gone
    Stack.create_resources = create_resources
    Stack.stack_status_reason, Stack.curfew_on_failure = None, "ROLLBACK"
    # Both would make what is not there yet, or not any more: on AWS a stack that is being deleted still shows its own.
    Stack.outputs = property(lambda self: outputs(self) if self.status in _WITH_OUTPUTS else None)
    Stack.exports = property(lambda self: exports(self) if self.status in _WITH_OUTPUTS else [])
    CloudFormationResponse.create_stack = respond
    for method in (update_stack, delete_stack, get_stack, describe_stacks):
        setattr(CloudFormationBackend, method.__name__, method)
    CloudFormationBackend.create_stack = create
    _show_resources(CloudFormationResponse)


def _show_resources(CloudFormationResponse: Any) -> None:
    from moto.core.responses import ActionResult, EmptyResult

    def listed(response: Any) -> list[dict]:
        stack = response.cloudformation_backend.get_stack(response._get_param("StackName"))
        return [_shown(stack, resource) for resource in getattr(stack, "curfew_resources", {}).values()]

    def named(response: Any) -> list[dict]:
        name = response._get_param("LogicalResourceId")
        found = [r for r in listed(response) if name in (None, r["LogicalResourceId"])]
        if name and not found:
            words = f"Resource {name} does not exist for stack {response._get_param('StackName')}"
            raise Refusal(400, "ValidationError", words)
        return found

    def describe_stack_resources(self) -> ActionResult:
        return ActionResult({"StackResources": named(self)})

    def describe_stack_resource(self) -> ActionResult:
        return ActionResult({"StackResourceDetail": named(self)[0]})

    def list_stack_resources(self) -> ActionResult:
        return ActionResult({"StackResourceSummaries": listed(self)})

    def delete_stack(self) -> EmptyResult:
        self.cloudformation_backend.delete_stack(self._get_param("StackName"))
        return EmptyResult()

    for method in (describe_stack_resources, describe_stack_resource, list_stack_resources, delete_stack):
        setattr(CloudFormationResponse, method.__name__, method)


def _shown(stack: Any, resource: stacks.Resource) -> dict:
    return {
        "StackName": stack.name,
        "StackId": stack.stack_id,
        "LogicalResourceId": resource.logical_resource_id,
        "PhysicalResourceId": resource.physical_resource_id,
        "ResourceType": resource.resource_type,
        "Timestamp": resource.timestamp,
        "LastUpdatedTimestamp": resource.timestamp,
        "ResourceStatus": resource.resource_status,
        "ResourceStatusReason": resource.resource_status_reason,
    }


def _capabilities() -> list[str]:
    return [v for n, v in current.aws_call.parameters.items() if n.startswith("Capabilities.")]


def _check_types(resources: dict) -> None:
    """A type that moto does not know would silently not be made; it is refused as one that AWS does not know."""
    from moto.cloudformation.parsing import NULL_MODELS, get_model_map

    known = {*get_model_map(), *NULL_MODELS}
    unknown = sorted({str(r.get("Type")) for r in resources.values() if r.get("Type") not in known})
    if unknown:
        words = f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]"
        raise Refusal(400, "ValidationError", words)


def _check_capability(resources: dict, given: list[str]) -> None:
    needed = stacks.capability_needed(resources)
    enough = {"CAPABILITY_NAMED_IAM"} | ({"CAPABILITY_IAM"} if needed == "CAPABILITY_IAM" else set())
    if needed and not enough & set(given):
        raise Refusal(400, "InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]")


def _update(stack: Any, template: str, wanted: dict, parameters: dict, role_arn: Any, tags: dict | None) -> None:
    before = (stack.template, stack.template_dict, stack.parameters, stack.tags)
    kinds = {"Add": "CREATE", "Modify": "UPDATE", "Remove": "DELETE"}
    diff = stack.resource_map.build_resource_diff(_as_parsed(wanted), parameters)
    changed = {name: kinds[action] for action, names in diff.items() for name in names}
    stack.template, stack.template_dict = template, wanted

    def make() -> None:
        stack.resource_map.update(_as_parsed(wanted), parameters)
        stack.output_map = stack._create_output_map()
        stack.parameters, stack.role_arn = parameters or stack.parameters, role_arn
        stack.tags = stack.tags if tags is None else tags

    def restore() -> None:
        stack.template, stack.template_dict, stack.parameters, stack.tags = before

    stacks.update(stack, changed, make, restore)


def _as_parsed(template: dict) -> dict:
    """As moto leaves a template behind: with properties for every resource."""
    copied = copy.deepcopy(template)
    for resource in copied["Resources"].values():
        resource.setdefault("Properties", {})
    return copied
