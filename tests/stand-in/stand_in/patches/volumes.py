"""moto drops the IOPS and throughput of the volumes RunInstances makes, and makes gp2 where today's images have gp3.

Limits and defaults of gp3 (3,000 to 80,000 IOPS; 125 to 2,000 MiB/s; 0.25 MiB/s for each IOPS):
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html and
https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
A device of the image's own, asked for without a size, keeps the image's, which moto refuses:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html
"""

from __future__ import annotations

from typing import Any

from .. import launch

GP3_IOPS = (3000, 80_000)
GP3_THROUGHPUT = (125, 2000)


def apply() -> None:
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models.elastic_block_store import EBSBackend, Volume
    from moto.ec2.models.instances import Instance, InstanceBackend
    from moto.ec2.responses.instances import InstanceResponse

    create_volume, run_instances = EBSBackend.create_volume, InstanceBackend.run_instances
    parse = InstanceResponse._parse_block_device_mapping

    def check(response: Any) -> None:
        for mapping in launch.parameter(response, "BlockDeviceMappings", []):
            ebs = mapping.get("Ebs") or {}
            if ebs.get("VolumeType", "gp3") == "gp3":
                _check_gp3(ebs.get("Iops"), ebs.get("Throughput"))
            elif ebs.get("Throughput"):
                raise EC2ClientError(
                    "InvalidParameterCombination",
                    f"The parameter throughput is not supported for {ebs['VolumeType']} volumes.",
                )

    def _check_gp3(iops: int | None, throughput: int | None) -> None:
        iops, throughput = int(iops or GP3_IOPS[0]), int(throughput or GP3_THROUGHPUT[0])
        if not GP3_IOPS[0] <= iops <= GP3_IOPS[1]:
            raise EC2ClientError(
                "InvalidParameterValue", f"Volume iops of {iops} is outside of the range {GP3_IOPS[0]}-{GP3_IOPS[1]} for gp3"
            )
        if not GP3_THROUGHPUT[0] <= throughput <= GP3_THROUGHPUT[1]:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Throughput of {throughput} MiB/s is outside of the range {GP3_THROUGHPUT[0]}-{GP3_THROUGHPUT[1]} for gp3",
            )
        if throughput > iops * 0.25:
            raise EC2ClientError(
                "InvalidParameterCombination",
                f"Throughput (MiBps) to iops ratio of {throughput / iops:f} is too high; maximum is 0.250000 MiBps per iops.",
            )

    def create(self, *args, **kwargs) -> Volume:
        volume = create_volume(self, *args, **kwargs)
        if volume.volume_type == "gp3":
            volume.iops = int(volume.iops or GP3_IOPS[0])
            volume.throughput = int(volume.throughput or GP3_THROUGHPUT[0])
        elif volume.volume_type == "gp2":
            # The baseline that AWS describes: 3 IOPS a GiB, at least 100, at most 16,000.
            volume.iops = min(max(100, 3 * int(volume.size)), 16_000)
        return volume

    def root(self) -> None:
        volume = self.ec2_backend.create_volume(size=8, zone_name=self._placement.zone, volume_type="gp3")
        self.ec2_backend.attach_volume(volume.id, self.id, self.root_device_name or "/dev/xvda", True)

    def run(self, *args, **kwargs):
        mappings = kwargs.get("block_device_mappings") or []
        reservation = run_instances(self, *args, **kwargs)
        for instance in reservation.instances:
            for mapping in mappings:
                _keep(self, instance, mapping)
        return reservation

    def keep_requested(response: Any, instances: list[Any]) -> None:
        for instance in instances:
            for mapping in response._get_param("BlockDeviceMappings", []):
                _keep(response.ec2_backend, instance, mapping)

    def parsed(self) -> list[dict[str, Any]]:
        image = self.ec2_backend.amis.get(launch.parameter(self, "ImageId"))
        sizes = {m["DeviceName"]: m["Ebs"]["VolumeSize"] for m in image.block_device_mappings} if image else {}
        for mapping in self._get_param("BlockDeviceMappings", []):
            ebs = mapping.get("Ebs") or {}
            if not ebs.get("SnapshotId") and mapping.get("DeviceName") in sizes:
                ebs.setdefault("VolumeSize", sizes[mapping["DeviceName"]])
        return parse(self)

    InstanceResponse._parse_block_device_mapping = parsed
    EBSBackend.create_volume = create
    Instance.setup_defaults = root
    InstanceBackend.run_instances = run
    launch.checks.append(check)
    launch.finish.append(keep_requested)


def _keep(backend: Any, instance: Any, mapping: dict) -> None:
    device, ebs = instance.block_device_mapping.get(mapping["DeviceName"]), mapping.get("Ebs") or {}
    if device is None:
        return
    volume = backend.volumes[device.volume_id]
    for member in ("Iops", "Throughput"):
        if ebs.get(member):
            setattr(volume, member.lower(), int(ebs[member]))
