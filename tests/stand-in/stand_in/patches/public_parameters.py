"""moto knows the public parameters of Amazon Linux and of ECS only, and none in regions newer than its data.

Here the image parameters that Curfew's profiles name resolve in every region, each to an image of its own that can be
launched there and has the architecture the path says. The ids are made up (a hash of region and path), so they stay the
same from run to run and differ between regions, as on AWS. An unknown path is ParameterNotFound, or InvalidParameters.

- Deep Learning AMIs, `/aws/service/deeplearning/ami/ARCH/NAME/latest/ami-id`:
  https://docs.aws.amazon.com/dlami/latest/devguide/find-dlami-id.html
- Neuron, `/aws/service/neuron/dlami/NAME/OS/latest/image_id` (`image_id`, not `ami-id`):
  https://awsdocs-neuron.readthedocs-hosted.com/en/latest/dlami/index.html
- Ubuntu, 22.04 under `ebs-gp2` and 24.04 under `ebs-gp3`:
  https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/
- Amazon Linux 2023: https://docs.aws.amazon.com/linux/al2023/ug/ec2.html
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

AMAZON, CANONICAL, DEEP_LEARNING = "137112412989", "099720109477", "898082745236"
ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "arm64": "arm64"}


@dataclass(frozen=True)
class Family:
    """`path` has groups `name`, `arch` (or an `arch` of the family's own) and `os`."""

    path: re.Pattern
    owner: str
    title: str
    architecture: str | None = None


_BASE = r"base-oss-nvidia-driver-gpu"
_PYTORCH = r"oss-nvidia-driver-gpu-pytorch-2\.\d+"
_SYSTEM = r"(?P<os>ubuntu-22\.04|ubuntu-24\.04|amazon-linux-2023)"
FAMILIES = (
    Family(
        re.compile(
            rf"/aws/service/deeplearning/ami/(?P<arch>x86_64|arm64)/(?P<name>{_BASE}|{_PYTORCH})-{_SYSTEM}/latest/ami-id"
        ),
        DEEP_LEARNING,
        "Deep Learning {name} ({os}) 20260101",
    ),
    Family(
        re.compile(
            r"/aws/service/neuron/dlami/(?P<name>base|multi-framework|pytorch-\d\.\d+)/"
            r"(?P<os>ubuntu-24\.04|amazon-linux-2023)/latest/image_id"
        ),
        DEEP_LEARNING,
        "Deep Learning {name} Neuron ({os}) 20260101",
        "x86_64",
    ),
    Family(
        re.compile(
            r"/aws/service/canonical/ubuntu/server/(?:(?P<old>22\.04|jammy)|(?P<new>24\.04|noble))/stable/current/"
            r"(?P<arch>amd64|arm64)/hvm/(?(old)ebs-gp2|ebs-gp3)/ami-id"
        ),
        CANONICAL,
        "ubuntu/images/hvm-ssd/ubuntu-{arch}-server-20260101",
    ),
    Family(
        re.compile(
            r"/aws/service/ami-amazon-linux-latest/(?P<name>al2023-ami-(?:minimal-)?kernel-(?:default|6\.1))-(?P<arch>x86_64|arm64)"
        ),
        AMAZON,
        "{name}-{arch}",
    ),
)


def apply() -> None:
    from moto.ssm.models import ParameterDict

    look_up, contains = ParameterDict.__getitem__, ParameterDict.__contains__

    def plant(self, name: str) -> None:
        if name and name.startswith("/aws/service/") and not contains(self, name):
            _plant(self, name)

    def get(self, name: str) -> Any:
        plant(self, name)
        return look_up(self, name)

    def has(self, name: str) -> bool:
        plant(self, name)
        return contains(self, name)

    ParameterDict.__getitem__ = get
    ParameterDict.__contains__ = has


def _plant(parameters: Any, name: str) -> None:
    for family in FAMILIES:
        if found := family.path.fullmatch(name):
            break
    else:
        return
    parts = {k: v for k, v in found.groupdict().items() if v}
    architecture = family.architecture or ARCHITECTURES[parts["arch"]]
    title = family.title.format(**{"name": "", "os": "", **parts})
    image = _image(parameters.account_id, parameters.region_name, name, family.owner, title, architecture)
    _keep(parameters, name, image)


def _image(account: str, region: str, path: str, owner: str, title: str, architecture: str) -> str:
    from moto.ec2.models import ec2_backends
    from moto.ec2.models.amis import Ami

    backend = ec2_backends[account][region]
    image_id = "ami-" + hashlib.sha256(f"{region} {path}".encode()).hexdigest()[:17]
    if image_id not in backend.amis:
        backend.amis[image_id] = Ami(
            backend,
            image_id,
            name=title,
            description=title,
            owner_id=owner,
            owner_alias="amazon",
            public=True,
            virtualization_type="hvm",
            architecture=architecture,
            hypervisor="xen",
            root_device_type="ebs",
            root_device_name="/dev/xvda" if "amazon-linux" in path else "/dev/sda1",
            image_location=f"amazon/{title}",
            region_name=f"{region}a",
        )
    return image_id


def _keep(parameters: Any, name: str, image: str) -> None:
    from moto.ssm.models import Parameter, utcnow

    # The list of versions, by the mapping's own default: through `__getitem__` this would not end.
    super(type(parameters), parameters).__getitem__(name).append(
        Parameter(
            account_id=parameters.account_id,
            name=name,
            value=image,
            parameter_type="String",
            description=None,
            allowed_pattern=None,
            keyid=None,
            last_modified_date=utcnow(),
            version=1,
            data_type="aws:ec2:image",
        )
    )
