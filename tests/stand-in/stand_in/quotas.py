"""EC2's vCPU quotas: their codes, which instance types each is for, and what an account may run.

Codes and names as ListServiceQuotas gives them (`aws service-quotas list-service-quotas --service-code ec2`); that a
quota is for whole families: https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html. Some accounts
have also been seen with a spot quota for P5 alone (L-C4BD4855); here all P types share theirs, as in newer listings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# AWS gives a new account 5 standard vCPUs and none of the others; tests are not about that unless they say so.
GENEROUS = 10_000.0


@dataclass(frozen=True)
class Quota:
    """`families` are the letters a type begins with; `default` is what AWS gives a new account."""

    code: str
    name: str
    families: tuple[str, ...]
    spot: bool
    default: float = 0.0


_STANDARD = ("a", "c", "d", "h", "i", "im", "is", "m", "mac", "r", "t", "z")
QUOTAS = (
    Quota("L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", _STANDARD, False, 5.0),
    Quota("L-DB2E81BA", "Running On-Demand G and VT instances", ("g", "gr", "vt"), False),
    Quota("L-417A185B", "Running On-Demand P instances", ("p",), False),
    Quota("L-2C3B7624", "Running On-Demand Trn instances", ("trn",), False),
    Quota("L-1945791B", "Running On-Demand Inf instances", ("inf",), False),
    Quota("L-6E869C2A", "Running On-Demand DL instances", ("dl",), False),
    Quota("L-74FC7D96", "Running On-Demand F instances", ("f",), False),
    Quota("L-7295265B", "Running On-Demand X instances", ("x",), False),
    Quota("L-F7808C92", "Running On-Demand HPC instances", ("hpc",), False),
    Quota("L-43DA4232", "Running On-Demand High Memory instances", ("u",), False),
    Quota("L-34B43A08", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", _STANDARD, True, 5.0),
    Quota("L-3819A6DF", "All G and VT Spot Instance Requests", ("g", "gr", "vt"), True),
    Quota("L-7212CCBC", "All P Spot Instance Requests", ("p",), True),
    Quota("L-6B0D517C", "All Trn Spot Instance Requests", ("trn",), True),
    Quota("L-B5D1601B", "All Inf Spot Instance Requests", ("inf",), True),
    Quota("L-85EED4F7", "All DL Spot Instance Requests", ("dl",), True),
    Quota("L-88CF9481", "All F Spot Instance Requests", ("f",), True),
    Quota("L-E3A00192", "All X Spot Instance Requests", ("x",), True),
)
BY_CODE = {quota.code: quota for quota in QUOTAS}


def quota_for(instance_type: str, spot: bool) -> Quota | None:
    family = re.match("[a-z]+", instance_type)
    return next((q for q in QUOTAS if family and q.spot == spot and family[0] in q.families), None)


class Quotas:
    """What each account may run. A value of None: the quota was never applied to the account, and only the default of
    AWS can be asked for."""

    def __init__(self) -> None:
        # (account, region or None for all, code) -> value
        self._values: dict[tuple[str, str | None, str], float | None] = {}

    def configure(self, account: str, region: str | None, values: dict[str, float | None]) -> None:
        """Raises ValueError for a code that is not of a vCPU quota, or a value that is no number from 0."""
        for code, value in values.items():
            if code not in BY_CODE:
                raise ValueError(f"no vCPU quota has the code {code!r}; there are {', '.join(BY_CODE)}")
            if value is not None and (not isinstance(value, (int, float)) or value < 0):
                raise ValueError(f"{code} must be a number of vCPUs from 0, or null, not {value!r}")
        for code, value in values.items():
            self._values[account, region, code] = value

    def applied(self, account: str, region: str, code: str) -> float | None:
        for where in (region, None):
            if (account, where, code) in self._values:
                return self._values[account, where, code]
        return GENEROUS

    def limit(self, account: str, region: str, quota: Quota) -> float:
        applied = self.applied(account, region, quota.code)
        return quota.default if applied is None else applied
