"""moto takes no function inside Fn::GetAZs, invents four zones for every region, and us-east-1's where none is named.

The zones of the region that is named, or of the stack's own for an empty text, that have a default subnet:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html
"""

from __future__ import annotations

from typing import Any


def apply() -> None:
    from moto.cloudformation import parsing
    from moto.ec2.models import ec2_backends

    of_moto = parsing.clean_json

    def clean_json(resource_json: Any, resources_map: Any) -> Any:
        if isinstance(resource_json, dict) and "Fn::GetAZs" in resource_json:
            region = clean_json(resource_json["Fn::GetAZs"], resources_map) or resources_map["AWS::Region"]
            backend = ec2_backends[resources_map["AWS::AccountId"]][region]
            return sorted(zone.name for zone in backend.describe_availability_zones())
        return of_moto(resource_json, resources_map)

    parsing.clean_json = clean_json
