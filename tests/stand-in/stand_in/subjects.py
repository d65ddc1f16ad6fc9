"""What a call is about, as IAM sees it: the ARNs that must all be allowed, and the condition keys that are known.

ARNs and keys of each service: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
An action of which nothing is known here is about `*`, which only a policy for all resources allows.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any

from . import s3
from .credentials import Key
from .policies import Context
from .request import AwsCall

_KINDS = {"i": "instance", "vol": "volume", "eni": "network-interface", "sg": "security-group", "subnet": "subnet",
          "ami": "image", "lt": "launch-template", "vpc": "vpc", "igw": "internet-gateway", "rtb": "route-table",
          "sir": "spot-instances-request", "key": "key-pair", "vpce": "vpc-endpoint", "snap": "snapshot"}  # fmt: skip


def arns(call: AwsCall, account: str) -> list[str]:
    by_service = {"ec2": _ec2, "s3": _s3, "ssm": _ssm, "iam": _iam, "cloudformation": _stack, "logs": _logs,
                  "monitoring": _alarm, "autoscaling": _group, "sts": _role, "servicequotas": _quota}  # fmt: skip
    found = by_service[call.service](call, account) if call.service in by_service else []
    return found or ["*"]


def context(call: AwsCall, key: Key, now: Any) -> Context:
    """Keys in lower case, as condition keys know no case."""
    known: Context = {
        "aws:principalarn": [key.arn],
        "aws:principalaccount": [key.account],
        "aws:userid": [key.user_id],
        "aws:requestedregion": [call.region or "us-east-1"],
        "aws:securetransport": ["true"],
        "aws:currenttime": [now.replace(tzinfo=UTC).isoformat()],
        "ec2:region": [call.region or "us-east-1"],
    }
    if ":user/" in key.arn:
        known["aws:username"] = [key.arn.rsplit("/", 1)[1]]
    for name, parameter in (("ec2:instancetype", "InstanceType"), ("ec2:metadatahttptokens", "MetadataOptions.HttpTokens")):
        if parameter in call.parameters:
            known[name] = [str(call.parameters[parameter])]
    if call.action == "RunInstances":
        known["ec2:instancemarkettype"] = [call.parameters.get("InstanceMarketOptions.MarketType", "on-demand")]
    if call.service == "s3" and "prefix" in call.parameters:
        known["s3:prefix"] = [call.parameters["prefix"]]
    if call.service == "s3" and (owner := _owner(s3.arn(call.raw_path))):
        known["s3:resourceaccount"] = [owner]
    if any(name.endswith("Ebs.Encrypted") and value == "true" for name, value in call.parameters.items()):
        known["ec2:encrypted"] = ["true"]
    return {**known, **_requested_tags(call), **_resource_tags(call, key.account)}


def _requested_tags(call: AwsCall) -> Context:
    found: Context = {}
    for name, value in call.parameters.items():
        if tag := re.fullmatch(r"((?:TagSpecification\.\d+\.)?Tags?\.(?:member\.)?\d+)\.Key", name):
            found[f"aws:requesttag/{value}".lower()] = [str(call.parameters.get(f"{tag[1]}.Value", ""))]
            found.setdefault("aws:tagkeys", []).append(str(value))
    return found


def _owner(arn: str) -> str | None:
    """Of a bucket that is there: of one that is not, the key is absent."""
    from moto.s3.models import s3_backends

    name = arn.rpartition(":")[2].partition("/")[0]
    return (s3_backends.bucket_accounts.get(name) or (None, None))[1]


def _group_tags(call: AwsCall, account: str) -> Context:
    from moto.autoscaling.models import autoscaling_backends

    group = autoscaling_backends[account][call.region].autoscaling_groups.get(call.parameters.get("AutoScalingGroupName"))
    return {f"aws:resourcetag/{tag['Key']}".lower(): [tag.get("Value", "")] for tag in group.tags} if group else {}


def _resource_tags(call: AwsCall, account: str) -> Context:
    if call.service == "autoscaling":
        return _group_tags(call, account)
    if call.service != "ec2":
        return {}
    from moto.ec2.models import ec2_backends

    tags = ec2_backends[account][call.region].tags
    ids = [value for name, value in call.parameters.items() if re.fullmatch(r"(InstanceId|ResourceId)(\.\d+)?", name)]
    found: Context = {}
    for resource in ids:
        for name, value in tags.get(resource, {}).items():
            found[f"aws:resourcetag/{name}".lower()] = found[f"ec2:resourcetag/{name}".lower()] = [value]
    return found


def _ec2(call: AwsCall, account: str) -> list[str]:
    ids = [str(v) for n, v in call.parameters.items() if re.fullmatch(r"[A-Za-z.]*(Id|Subnet|Group)(\.\d+)*", n)]
    named = [_of_id(call, account, i) for i in dict.fromkeys(ids) if i.partition("-")[0] in _KINDS]
    if call.action.startswith("Describe"):
        return []
    if call.action in ("CreateLaunchTemplate", "DeleteLaunchTemplate"):
        return [f"arn:aws:ec2:{call.region}:{account}:launch-template/*"]
    if call.action == "RunInstances":
        where = f"arn:aws:ec2:{call.region}:{account}"
        made = [f"{where}:{kind}/*" for kind in ("instance", "volume", "network-interface")]
        key = call.parameters.get("KeyName")
        return made + named + ([f"{where}:key-pair/{key}"] if key else [])
    return named


def _of_id(call: AwsCall, account: str, resource: str) -> str:
    kind = _KINDS[resource.partition("-")[0]]
    owner = "" if kind in ("image", "snapshot") else account
    return f"arn:aws:ec2:{call.region}:{owner}:{kind}/{resource}"


def _s3(call: AwsCall, _: str) -> list[str]:
    return [s3.arn(call.raw_path)]


def _ssm(call: AwsCall, account: str) -> list[str]:
    names = [call.parameters.get("Name"), *call.parameters.get("Names", []), call.parameters.get("Path")]
    found = []
    for name in filter(None, names):
        owner = "" if name.startswith("/aws/service/") else account
        found.append(f"arn:aws:ssm:{call.region}:{owner}:parameter/{name.lstrip('/')}")
    return found


def _iam(call: AwsCall, account: str) -> list[str]:
    names = {"RoleName": "role", "InstanceProfileName": "instance-profile", "UserName": "user"}
    found = [f"arn:aws:iam::{account}:{kind}/{call.parameters[n]}" for n, kind in names.items() if n in call.parameters]
    return found[:1] or [v for n in ("PolicySourceArn", "PolicyArn") if (v := call.parameters.get(n))]


def _stack(call: AwsCall, account: str) -> list[str]:
    name = call.parameters.get("StackName")
    if not name:
        return []
    return [name if name.startswith("arn:") else f"arn:aws:cloudformation:{call.region}:{account}:stack/{name}/*"]


def _logs(call: AwsCall, account: str) -> list[str]:
    name = call.parameters.get("logGroupName")
    return [f"arn:aws:logs:{call.region}:{account}:log-group:{name}:*"] if name else []


def _alarm(call: AwsCall, account: str) -> list[str]:
    names = [v for n, v in call.parameters.items() if re.fullmatch(r"AlarmName(s\.member\.\d+)?", n)]
    if isinstance(call.parameters.get("AlarmNames"), list):
        names += call.parameters["AlarmNames"]
    return [f"arn:aws:cloudwatch:{call.region}:{account}:alarm:{name}" for name in names]


def _group(call: AwsCall, account: str) -> list[str]:
    name = call.parameters.get("AutoScalingGroupName")
    where = f"arn:aws:autoscaling:{call.region}:{account}:autoScalingGroup"
    return [f"{where}:*:autoScalingGroupName/{name}"] if name and not call.action.startswith("Describe") else []


def _quota(call: AwsCall, account: str) -> list[str]:
    service, code = call.parameters.get("ServiceCode"), call.parameters.get("QuotaCode")
    is_own = call.action == "GetServiceQuota" and service and code
    return [f"arn:aws:servicequotas:{call.region}:{account}:{service}/{code}"] if is_own else []


def _role(call: AwsCall, _: str) -> list[str]:
    return [call.parameters["RoleArn"]] if "RoleArn" in call.parameters else []
