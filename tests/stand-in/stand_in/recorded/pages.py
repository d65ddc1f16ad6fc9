"""The fleet of the recorded answers, and its XML in the shape of EC2's own.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html and the sibling pages; the element names
are those of the model's `locationName`s. The same arguments give the same fleet, but for its launch times, which are
told from the start of the process.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from xml.sax.saxutils import escape

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
ACCOUNT = "123456789012"
KINDS = ("g5.xlarge", "g5.2xlarge", "g4dn.2xlarge", "p4d.24xlarge", "trn1.2xlarge", "t3.micro", "c6i.4xlarge", "m7g.large")
STATES = ("running",) * 8 + ("stopped",) * 2
CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}


@dataclass
class Machine:
    id: str
    number: int
    kind: str
    state: str
    zone: str
    name: str
    launched: str
    spot_request: str | None
    volume: str
    gib: int


@dataclass
class Region:
    name: str
    machines: list[Machine] = field(default_factory=list)

    def items(self, action: str, filters: Iterable[tuple[str, frozenset[str]]] = ()) -> list[Machine]:
        shown = [m for m in self.machines if all(FILTERS[action][name](m) in values for name, values in filters)]
        if action == "DescribeSpotInstanceRequests":
            return [m for m in shown if m.spot_request]
        return shown


def fleet(instances: int, regions: list[str]) -> dict[str, Region]:
    """Spread evenly over the regions, the first ones taking the rest."""
    drawn, started = random.Random(20250101), datetime.now(UTC)
    made = {name: Region(name) for name in regions}
    for number in range(instances):
        region = made[regions[number % len(regions)]]
        launched = started - timedelta(seconds=drawn.randrange(30 * 86_400))
        region.machines.append(Machine(
            id=f"i-{drawn.getrandbits(68):017x}",
            number=number,
            kind=drawn.choice(KINDS),
            state=drawn.choice(STATES),
            zone=region.name + drawn.choice("abc"),
            name=f"train <{number}> & evaluate",
            launched=f"{launched:%Y-%m-%dT%H:%M:%S}.000Z",
            spot_request=f"sir-{drawn.getrandbits(32):08x}" if drawn.random() < 0.5 else None,
            volume=f"vol-{drawn.getrandbits(68):017x}",
            gib=drawn.choice((8, 50, 100, 500)),
        ))  # fmt: skip
    return made


SETS = {
    "DescribeInstances": "reservationSet",
    "DescribeVolumes": "volumeSet",
    "DescribeSpotInstanceRequests": "spotInstanceRequestSet",
}


# What of a machine a filter's values name.
FILTERS = {
    "DescribeInstances": {"instance-state-name": lambda machine: machine.state},
    "DescribeVolumes": {"attachment.instance-id": lambda machine: machine.id},
    "DescribeSpotInstanceRequests": {"spot-instance-request-id": lambda machine: machine.spot_request},
}


def page(action: str, machines: list[Machine], next_token: str | None) -> bytes:
    token = f"<nextToken>{next_token}</nextToken>" if next_token else ""
    body = "".join(ITEMS[action](machine) for machine in machines)
    return answer(action, f"<{SETS[action]}>{body}</{SETS[action]}>{token}")


def answer(action: str, inner: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{action}Response xmlns="{NAMESPACE}">'
        f"<requestId>00000000-0000-4000-8000-000000000000</requestId>{inner}</{action}Response>"
    ).encode()


def regions_answer(names: list[str]) -> bytes:
    items = "".join(
        f"<item><optInStatus>opted-in</optInStatus><regionName>{name}</regionName>"
        f"<regionEndpoint>ec2.{name}.amazonaws.com</regionEndpoint></item>"
        for name in names
    )
    return answer("DescribeRegions", f"<regionInfo>{items}</regionInfo>")


def identity_answer() -> bytes:
    return (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>arn:aws:iam::{ACCOUNT}:user/curfew</Arn><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>{ACCOUNT}</Account>"
        "</GetCallerIdentityResult><ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId>"
        "</ResponseMetadata></GetCallerIdentityResponse>"
    ).encode()


def _tag(key: str, value: str) -> str:
    return f"<item><key>{escape(key)}</key><value>{escape(value)}</value></item>"


def _addresses(machine: Machine) -> tuple[str, str]:
    low = machine.number & 0xFF, machine.number >> 8 & 0xFF
    return f"10.{machine.number >> 16 & 0xFF}.{low[1]}.{low[0]}", f"54.{machine.number >> 16 & 0xFF}.{low[1]}.{low[0]}"


@cache
def _group() -> str:
    return "<item><groupId>sg-0a1b2c3d4e5f60718</groupId><groupName>default</groupName></item>"


def _instance(machine: Machine) -> str:
    private, public = _addresses(machine)
    spot = (
        f"<spotInstanceRequestId>{machine.spot_request}</spotInstanceRequestId><instanceLifecycle>spot</instanceLifecycle>"
        if machine.spot_request
        else ""
    )
    running = machine.state == "running"
    address = f"<ipAddress>{public}</ipAddress>" if running else ""
    association = (
        f"<association><publicIp>{public}</publicIp><publicDnsName/><ipOwnerId>amazon</ipOwnerId></association>"
        if running
        else ""
    )
    reason = "" if running else "User initiated (2025-01-01 00:00:00 GMT)"
    tags = _tag("Name", machine.name) + _tag("Project", "crpbot") + _tag("Owner", "curfew")
    return (
        f"<item><reservationId>r-{machine.id[2:]}</reservationId><ownerId>{ACCOUNT}</ownerId><groupSet/><instancesSet><item>"
        f"<instanceId>{machine.id}</instanceId><imageId>ami-0a1b2c3d4e5f60718</imageId>"
        f"<instanceState><code>{CODES[machine.state]}</code><name>{machine.state}</name></instanceState>"
        f"<privateDnsName/><dnsName/><reason>{reason}</reason><amiLaunchIndex>0</amiLaunchIndex><productCodes/>"
        f"<instanceType>{machine.kind}</instanceType><launchTime>{machine.launched}</launchTime>"
        f"<placement><availabilityZone>{machine.zone}</availabilityZone><groupName/><tenancy>default</tenancy></placement>"
        "<monitoring><state>disabled</state></monitoring><subnetId>subnet-0a1b2c3d4e5f60718</subnetId>"
        f"<vpcId>vpc-0a1b2c3d4e5f60718</vpcId><privateIpAddress>{private}</privateIpAddress>{address}"
        f"<sourceDestCheck>true</sourceDestCheck><groupSet>{_group()}</groupSet><architecture>x86_64</architecture>"
        "<rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName><blockDeviceMapping><item>"
        f"<deviceName>/dev/xvda</deviceName><ebs><volumeId>{machine.volume}</volumeId><status>attached</status>"
        f"<attachTime>{machine.launched}</attachTime><deleteOnTermination>true</deleteOnTermination></ebs></item>"
        f"</blockDeviceMapping>{spot}<virtualizationType>hvm</virtualizationType><clientToken/><tagSet>{tags}</tagSet>"
        "<hypervisor>xen</hypervisor><networkInterfaceSet><item>"
        f"<networkInterfaceId>eni-{machine.id[2:]}</networkInterfaceId><subnetId>subnet-0a1b2c3d4e5f60718</subnetId>"
        f"<vpcId>vpc-0a1b2c3d4e5f60718</vpcId><description/><ownerId>{ACCOUNT}</ownerId><status>in-use</status>"
        f"<macAddress>02:00:00:00:00:00</macAddress><privateIpAddress>{private}</privateIpAddress>"
        f"<sourceDestCheck>true</sourceDestCheck><groupSet>{_group()}</groupSet><attachment>"
        f"<attachmentId>eni-attach-{machine.id[2:]}</attachmentId><deviceIndex>0</deviceIndex><status>attached</status>"
        f"<attachTime>{machine.launched}</attachTime><deleteOnTermination>true</deleteOnTermination></attachment>{association}"
        "</item></networkInterfaceSet><ebsOptimized>true</ebsOptimized><enaSupport>true</enaSupport>"
        "<cpuOptions><coreCount>2</coreCount><threadsPerCore>2</threadsPerCore></cpuOptions><metadataOptions>"
        "<state>applied</state><httpTokens>required</httpTokens><httpPutResponseHopLimit>2</httpPutResponseHopLimit>"
        "<httpEndpoint>enabled</httpEndpoint></metadataOptions><platformDetails>Linux/UNIX</platformDetails>"
        "<usageOperation>RunInstances</usageOperation></item></instancesSet></item>"
    )


def _volume(machine: Machine) -> str:
    return (
        f"<item><volumeId>{machine.volume}</volumeId><size>{machine.gib}</size><snapshotId/>"
        f"<availabilityZone>{machine.zone}</availabilityZone><status>in-use</status><createTime>{machine.launched}</createTime>"
        f"<attachmentSet><item><volumeId>{machine.volume}</volumeId><instanceId>{machine.id}</instanceId>"
        f"<device>/dev/xvda</device><status>attached</status><attachTime>{machine.launched}</attachTime>"
        "<deleteOnTermination>true</deleteOnTermination></item></attachmentSet><volumeType>gp3</volumeType>"
        "<encrypted>true</encrypted><iops>3000</iops><throughput>125</throughput>"
        "<multiAttachEnabled>false</multiAttachEnabled></item>"
    )


def _spot_request(machine: Machine) -> str:
    state, code = ("active", "fulfilled") if machine.state == "running" else ("disabled", "instance-stopped-by-user")
    return (
        f"<item><spotInstanceRequestId>{machine.spot_request}</spotInstanceRequestId><spotPrice>0.500000</spotPrice>"
        f"<type>persistent</type><state>{state}</state><status><code>{code}</code><updateTime>{machine.launched}</updateTime>"
        f"<message>{code}</message></status><launchSpecification><imageId>ami-0a1b2c3d4e5f60718</imageId>"
        f"<instanceType>{machine.kind}</instanceType></launchSpecification><instanceId>{machine.id}</instanceId>"
        f"<createTime>{machine.launched}</createTime><productDescription>Linux/UNIX</productDescription>"
        f"<launchedAvailabilityZone>{machine.zone}</launchedAvailabilityZone>"
        "<instanceInterruptionBehavior>stop</instanceInterruptionBehavior></item>"
    )


ITEMS = {
    "DescribeInstances": _instance,
    "DescribeVolumes": _volume,
    "DescribeSpotInstanceRequests": _spot_request,
}
