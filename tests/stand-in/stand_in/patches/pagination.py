"""moto pages DescribeInstances by its own reservation ids and the other lists not at all.

MaxResults from 5, cut to 1,000 (500 for volumes, 100 for instance types); an opaque NextToken; no MaxResults together with ids:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html and
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-pagination.html
A page of DescribeInstances ends between reservations, so one reservation of many instances stays whole.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

LARGEST = 1000
# What AWS's messages call the lists of ids.
SETS = {
    "InstanceIds": "instancesSet",
    "VolumeIds": "volumesSet",
    "SpotInstanceRequestIds": "spotInstanceRequestIdSet",
    "InstanceTypes": "instanceTypes",
}


def apply() -> None:
    from moto.core.responses import ActionResult
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.responses.elastic_block_store import ElasticBlockStore
    from moto.ec2.responses.instances import InstanceResponse
    from moto.ec2.responses.spot_instances import SpotInstances

    def limit(response: Any, ids: str | None, largest: int = LARGEST, smallest: int = 5) -> int:
        asked = response._get_param("MaxResults")
        if asked is None:
            return largest
        if ids and response._get_param(ids, []):
            raise EC2ClientError(
                "InvalidParameterCombination",
                f"The parameter {SETS[ids]} cannot be used with the parameter maxResults",
            )
        if int(asked) < smallest:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Value ( {asked} ) for parameter maxResults is invalid. Expecting a value greater than {smallest}.",
            )
        return min(int(asked), largest)

    def start(response: Any) -> int:
        token = response._get_param("NextToken")
        if not token:
            return 0
        try:
            return int(base64.urlsafe_b64decode(token).decode().removeprefix("after:"))
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise EC2ClientError("InvalidNextToken", "The specified NextToken is not valid.") from None

    def describe_instances(self) -> ActionResult:
        self.error_on_dryrun()
        ids, filters = self._get_param("InstanceIds", []), self._filters_from_querystring()
        most = limit(self, "InstanceIds")
        if ids:
            found = self.ec2_backend.get_reservations_by_instance_ids(ids, filters=filters)
        else:
            found = self.ec2_backend.describe_instances(filters=filters)
        first = start(self)
        last, instances = first, 0
        while last < len(found) and (last == first or instances + len(found[last].instances) <= most):
            instances += len(found[last].instances)
            last += 1
        return ActionResult({"Reservations": found[first:last], "NextToken": _token(last) if last < len(found) else None})

    def paged(describe, member: str, ids: str | None, largest: int = LARGEST, smallest: int = 5):
        def page(self) -> ActionResult:
            most, first = limit(self, ids, largest, smallest), start(self)
            found = list(describe(self).result[member])
            token = _token(first + most) if first + most < len(found) else None
            return ActionResult({member: found[first : first + most], "NextToken": token})

        return page

    InstanceResponse.describe_instances = describe_instances
    InstanceResponse.describe_instance_status = paged(
        InstanceResponse.describe_instance_status, "InstanceStatuses", "InstanceIds"
    )
    InstanceResponse.describe_instance_types = paged(
        InstanceResponse.describe_instance_types, "InstanceTypes", "InstanceTypes", 100
    )
    InstanceResponse.describe_instance_type_offerings = paged(
        InstanceResponse.describe_instance_type_offerings, "InstanceTypeOfferings", None
    )
    ElasticBlockStore.describe_volumes = paged(ElasticBlockStore.describe_volumes, "Volumes", "VolumeIds", 500)
    SpotInstances.describe_spot_instance_requests = paged(
        SpotInstances.describe_spot_instance_requests, "SpotInstanceRequests", "SpotInstanceRequestIds"
    )
    SpotInstances.describe_spot_price_history = paged(
        SpotInstances.describe_spot_price_history, "SpotPriceHistory", None, smallest=1
    )


def _token(position: int) -> str:
    return base64.urlsafe_b64encode(f"after:{position}".encode()).decode()
