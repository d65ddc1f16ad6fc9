"""The files under test, read once: the template as CloudFormation sees it, the policies with their places filled in."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "bundle/cloudformation/region.yaml"
POLICIES = ROOT / "bundle/policies"
# The region with the longest name, as sizes and names are limited.
REGION, ACCOUNT = "ap-southeast-1", "123456789012"
BUCKET = f"curfew-{ACCOUNT}-{REGION}"
PLACES = {"@PARTITION@": "aws", "@REGION@": REGION, "@ACCOUNT@": ACCOUNT, "@BUCKET@": BUCKET}
PSEUDO = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::StackName": "curfew-region"}


class _Loader(yaml.SafeLoader):
    """With CloudFormation's short forms: `!Sub x` is `{"Fn::Sub": "x"}`."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict:
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


@cache
def template() -> dict:
    return yaml.load(TEMPLATE.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506


def resources() -> dict[str, dict]:
    return template()["Resources"]


def resolved(value: object) -> object:
    """With the pseudo parameters' values. What refers to anything else stays as it is."""
    if isinstance(value, list):
        return [resolved(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Ref"} and value["Ref"] in PSEUDO:
        return PSEUDO[value["Ref"]]
    if value.keys() == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str):
        return re.sub(r"\$\{([\w:]+)\}", lambda found: PSEUDO[found[1]], value["Fn::Sub"])
    return {key: resolved(item) for key, item in value.items()}


@cache
def policy(name: str) -> dict:
    """`desktop`, `prepare` or `instance`."""
    text = (POLICIES / f"{name}.json").read_text(encoding="utf-8")
    for place, value in PLACES.items():
        text = text.replace(place, value)
    return json.loads(text)


def actions(name: str) -> list[str]:
    """All that a policy allows, as it is written."""
    from iam import listed

    return [a for s in policy(name)["Statement"] if s["Effect"] == "Allow" for a in listed(s["Action"])]
