"""moto looks for one instance, one image and one resource's tags by reading all of them, and draws ids a letter at a
time; here by key and at once.

Not a rule of AWS: with it a fleet of thousands is made and described in seconds, and the answers are the same.
"""

from __future__ import annotations

from typing import Any


def apply() -> None:
    import moto.ec2.utils as utils
    from moto.ec2.exceptions import InvalidInstanceIdError
    from moto.ec2.models.amis import AmiBackend
    from moto.ec2.models.core import TaggedEC2Resource
    from moto.ec2.models.instances import InstanceBackend

    all_images = AmiBackend.describe_images

    def describe_images(self, ami_ids=None, filters=None, exec_users=None, owners=None) -> list[Any]:
        if not (ami_ids or exec_users or owners) and filters and set(filters) == {"image-id"}:
            wanted = filters["image-id"]
            if wanted is None:
                return []
            if isinstance(wanted, str) and "*" not in wanted and "?" not in wanted:
                return [self.amis[wanted]] if wanted in self.amis else []
        return all_images(self, ami_ids, filters, exec_users, owners)

    def get_tags(self) -> list[dict[str, str]]:
        tags = self.ec2_backend.tags.get(self.id, {})
        return [{"key": key, "value": tags[key], "resource_id": self.id} for key in sorted(tags)]

    def get_instance_by_id(self, instance_id: str) -> Any:
        for reservation in self.reservations.values():
            for instance in reservation.instances:
                if instance.id == instance_id:
                    return instance
        return None

    def get_instance(self, instance_id: str) -> Any:
        # The instance being made is the last one.
        for reservation in reversed(self.reservations.values()):
            for instance in reservation.instances:
                if instance.id == instance_id:
                    return instance
        raise InvalidInstanceIdError(instance_id)

    def random_resource_id(size: int = 8) -> str:
        # moto's own generator, so that its seeding still holds.
        return f"{utils.random.getrandbits(4 * size):0{size}x}"

    utils.random_resource_id = random_resource_id
    AmiBackend.describe_images = describe_images
    TaggedEC2Resource.get_tags = get_tags
    InstanceBackend.get_instance_by_id = get_instance_by_id
    InstanceBackend.get_instance = get_instance
