"""moto's CloudFormation knows no AWS::EC2::KeyPair.

One that is made there (not imported) has its private key in Parameter Store, as the SecureString `/ec2/keypair/ID`, which
goes with it when the stack goes. Ref is the name; KeyPairId and KeyFingerprint can be asked for:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-keypair.html and
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-key-pairs.html#create-key-pair-cloudformation
"""

from __future__ import annotations

from typing import Any


def apply() -> None:
    from moto.cloudformation.exceptions import UnformattedGetAttTemplateException
    from moto.core.common_models import CloudFormationModel
    from moto.ec2.models import ec2_backends
    from moto.ssm.models import ssm_backends

    class StackKeyPair(CloudFormationModel):
        def __init__(self, pair: Any) -> None:
            self._pair = pair

        @property
        def physical_resource_id(self) -> str:
            return self._pair.key_name

        @staticmethod
        def cloudformation_name_type() -> str:
            return "KeyName"

        @staticmethod
        def cloudformation_type() -> str:
            return "AWS::EC2::KeyPair"

        @classmethod
        def has_cfn_attr(cls, attr: str) -> bool:
            return attr in ("KeyPairId", "KeyFingerprint")

        def get_cfn_attribute(self, attribute_name: str) -> str:
            if attribute_name == "KeyPairId":
                return self._pair.id
            if attribute_name == "KeyFingerprint":
                return self._pair.key_fingerprint
            raise UnformattedGetAttTemplateException()

        @classmethod
        def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
            wanted = cloudformation_json["Properties"]
            tags = {tag["Key"]: tag["Value"] for tag in wanted.get("Tags", [])}
            backend = ec2_backends[account_id][region_name]
            if wanted.get("PublicKeyMaterial"):
                return cls(backend.import_key_pair(resource_name, wanted["PublicKeyMaterial"].encode(), tags))
            pair = backend.create_key_pair(resource_name, wanted.get("KeyType", "rsa"), tags)
            ssm_backends[account_id][region_name].put_parameter(
                name=_parameter(pair),
                description="",
                value=pair.key_material,
                parameter_type="SecureString",
                allowed_pattern=None,
                keyid=None,
                overwrite=False,
                tags=[],
                data_type="text",
                tier="Standard",
                policies=None,
            )
            return cls(pair)

        def delete(self, account_id: str, region_name: str) -> None:
            ec2_backends[account_id][region_name].delete_key_pair(self._pair.key_name)
            ssm_backends[account_id][region_name].delete_parameter(_parameter(self._pair))


def _parameter(pair: Any) -> str:
    return f"/ec2/keypair/{pair.id}"
