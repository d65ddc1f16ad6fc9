"""The commercial regions, and which of them an account has opted in to.

Regions: botocore's endpoint data for the partition `aws`. Which need no opt-in:
https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html (regions introduced before
2019-03-20 are enabled by default, all later ones must be opted in to).
"""

from __future__ import annotations

from functools import lru_cache

ENABLED_BY_DEFAULT = (
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
    "us-east-1", "us-east-2", "us-west-1", "us-west-2",
)  # fmt: skip


@lru_cache(maxsize=1)
def commercial() -> tuple[str, ...]:
    import boto3

    return tuple(sorted(boto3.Session().get_available_regions("ec2", partition_name="aws")))


class Regions:
    def __init__(self) -> None:
        self._status: dict[tuple[str, str], str] = {}

    def configure(self, account: str, enabled: list[str], not_opted_in: list[str]) -> None:
        """Raises ValueError for a region that does not exist."""
        for region in [*enabled, *not_opted_in]:
            if region not in commercial():
                raise ValueError(f"there is no commercial region {region!r}")
        for region in enabled:
            self._status[account, region] = "opt-in-not-required" if region in ENABLED_BY_DEFAULT else "opted-in"
        for region in not_opted_in:
            self._status[account, region] = "not-opted-in"

    def status(self, account: str, region: str) -> str:
        default = "opt-in-not-required" if region in ENABLED_BY_DEFAULT else "not-opted-in"
        return self._status.get((account, region), default)

    def usable(self, account: str, region: str) -> bool:
        # What some SDKs sign calls to global services with.
        if region == "aws-global":
            return True
        return region in commercial() and self.status(account, region) != "not-opted-in"
