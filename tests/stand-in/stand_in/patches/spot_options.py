"""moto drops the SpotOptions of RunInstances; AWS checks them and the request keeps them.

A one-time request cannot stop or hibernate on interruption, a persistent one of RunInstances must, and a price must be
above 0.001: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SpotMarketOptions.html
"""

from __future__ import annotations

from typing import Any

from .. import launch, spot
from ..context import current


def apply() -> None:
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.responses.spot_instances import SpotInstances

    def combination(kind: str, behaviour: str, of_run_instances: bool) -> None:
        if kind == "one-time" and behaviour != "terminate":
            raise EC2ClientError(
                "InvalidParameterCombination",
                f"The request with type 'one-time' is not supported when instanceInterruptionBehavior is set to '{behaviour}'.",
            )
        if of_run_instances and kind == "persistent" and behaviour == "terminate":
            raise EC2ClientError(
                "InvalidParameterCombination",
                "The terminate InstanceInterruptionBehavior is not supported when requestType is set to persistent.",
            )

    def price(text: str | None) -> None:
        if text is not None and float(text) < 0.001:
            raise EC2ClientError(
                "InvalidParameterValue",
                f'Value ({text}) for parameter price is invalid. "{text}" is an invalid spot instance price',
            )

    def check(response: Any) -> None:
        market = launch.parameter(response, "InstanceMarketOptions", {})
        if market.get("MarketType") != "spot":
            return
        wanted = market.get("SpotOptions", {})
        options = spot.Options(
            kind=wanted.get("SpotInstanceType") or "one-time",
            behaviour=wanted.get("InstanceInterruptionBehavior") or "terminate",
            max_price=wanted.get("MaxPrice"),
            valid_until=wanted.get("ValidUntil"),
        )
        price(options.max_price)
        combination(options.kind, options.behaviour, of_run_instances=True)
        current.spot_options = options

    request_spot_instances = SpotInstances.request_spot_instances

    def request(self):
        price(self._get_param("SpotPrice"))
        combination(
            self._get_param("Type", "one-time"),
            self._get_param("InstanceInterruptionBehavior", "terminate"),
            of_run_instances=False,
        )
        return request_spot_instances(self)

    SpotInstances.request_spot_instances = request
    launch.checks.append(check)
