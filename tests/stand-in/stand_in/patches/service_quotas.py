"""moto knows the quotas of VPC only, and of those only the defaults.

GetServiceQuota answers with the account's value, GetAWSDefaultServiceQuota with AWS's own, and a quota that was never
applied to the account is NoSuchResourceException at the first and not at the second:
https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html and
https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html
Set by /_curfew/quotas; here are EC2's vCPU quotas (see `stand_in.quotas`), each with the usage metric that AWS gives.
"""

from __future__ import annotations

import json
from typing import Any

from ..quotas import BY_CODE, QUOTAS, Quota
from ..world import world

PAGE = 100


def apply() -> None:
    from moto.core.exceptions import JsonRESTError
    from moto.servicequotas.responses import ServiceQuotasResponse

    of_moto = ServiceQuotasResponse.get_service_quota
    defaults_of_moto = ServiceQuotasResponse.list_aws_default_service_quotas

    def missing() -> JsonRESTError:
        return JsonRESTError(
            "NoSuchResourceException", "The request failed because the specified service quota does not exist."
        )

    def wanted(response: Any) -> tuple[dict, Quota | None]:
        parameters = json.loads(response.body)
        if parameters.get("ServiceCode") != "ec2":
            return parameters, None
        quota = BY_CODE.get(parameters.get("QuotaCode"))
        if quota is None:
            raise missing()
        return parameters, quota

    def get_service_quota(self) -> str:
        _, quota = wanted(self)
        if quota is None:
            return of_moto(self)
        value = world.quotas.applied(self.current_account, self.region, quota.code)
        if value is None:
            raise missing()
        return json.dumps({"Quota": _shown(self, quota, value)})

    def get_aws_default_service_quota(self) -> str:
        _, quota = wanted(self)
        if quota is None:
            return of_moto(self)
        return json.dumps({"Quota": _shown(self, quota, quota.default)})

    def list_service_quotas(self) -> str:
        parameters = json.loads(self.body)
        if parameters.get("ServiceCode") != "ec2":
            return defaults_of_moto(self)
        applied = ((q, world.quotas.applied(self.current_account, self.region, q.code)) for q in QUOTAS)
        return json.dumps(_page(parameters, [_shown(self, q, value) for q, value in applied if value is not None]))

    def list_aws_default_service_quotas(self) -> str:
        parameters = json.loads(self.body)
        if parameters.get("ServiceCode") != "ec2":
            return defaults_of_moto(self)
        return json.dumps(_page(parameters, [_shown(self, q, q.default) for q in QUOTAS]))

    ServiceQuotasResponse.get_service_quota = get_service_quota
    ServiceQuotasResponse.get_aws_default_service_quota = get_aws_default_service_quota
    ServiceQuotasResponse.list_service_quotas = list_service_quotas
    ServiceQuotasResponse.list_aws_default_service_quotas = list_aws_default_service_quotas


def _page(parameters: dict, quotas: list[dict]) -> dict:
    start, size = int(parameters.get("NextToken") or 0), int(parameters.get("MaxResults") or PAGE)
    page: dict = {"Quotas": quotas[start : start + size]}
    if start + size < len(quotas):
        page["NextToken"] = str(start + size)
    return page


def _shown(response: Any, quota: Quota, value: float) -> dict:
    kind = quota.name.split(" instances")[0].removeprefix("Running On-Demand ").removeprefix("All ")
    return {
        "ServiceCode": "ec2",
        "ServiceName": "Amazon Elastic Compute Cloud (Amazon EC2)",
        "QuotaArn": f"arn:aws:servicequotas:{response.region}:{response.current_account}:ec2/{quota.code}",
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": value,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
        "UsageMetric": {
            "MetricNamespace": "AWS/Usage",
            "MetricName": "ResourceCount",
            "MetricDimensions": {"Class": kind, "Resource": "vCPU", "Service": "EC2", "Type": "Resource"},
            "MetricStatisticRecommendation": "Maximum",
        },
    }
