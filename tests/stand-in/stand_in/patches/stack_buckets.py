"""moto's CloudFormation drops a bucket's lifecycle, public access block, ownership and versioning, deletes none that has
objects but says it did, and knows no bucket policy.

A bucket that is not empty fails the deletion of its stack:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html and
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucketpolicy.html
"""

from __future__ import annotations

import json
from typing import Any

from ..wire import Refusal


def apply() -> None:
    from moto.core.common_models import CloudFormationModel
    from moto.s3.models import FakeBucket, s3_backends

    create, update = FakeBucket.create_from_cloudformation_json.__func__, FakeBucket.update_from_cloudformation_json.__func__

    def create_bucket(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        bucket = create(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs)
        _configure(s3_backends[account_id]["aws"], bucket, cloudformation_json.get("Properties", {}))
        return bucket

    def update_bucket(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        bucket = update(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name)
        _configure(s3_backends[account_id]["aws"], bucket, cloudformation_json["Properties"])
        return bucket

    def delete_bucket(cls, resource_name, cloudformation_json, account_id, region_name):
        backend = s3_backends[account_id]["aws"]
        if backend.get_bucket(resource_name).keys.item_size():
            raise Refusal(409, "BucketNotEmpty", "The bucket you tried to delete is not empty")
        backend.delete_bucket(resource_name)

    class StackBucketPolicy(CloudFormationModel):
        def __init__(self, bucket: str) -> None:
            self._bucket = bucket

        @property
        def physical_resource_id(self) -> str:
            return self._bucket

        @staticmethod
        def cloudformation_name_type() -> str:
            return ""

        @staticmethod
        def cloudformation_type() -> str:
            return "AWS::S3::BucketPolicy"

        @classmethod
        def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
            wanted = cloudformation_json["Properties"]
            document = json.dumps(wanted["PolicyDocument"]).encode()
            s3_backends[account_id]["aws"].put_bucket_policy(wanted["Bucket"], document)
            return cls(wanted["Bucket"])

        def delete(self, account_id: str, region_name: str) -> None:
            s3_backends[account_id]["aws"].delete_bucket_policy(self._bucket)

    FakeBucket.create_from_cloudformation_json = classmethod(create_bucket)
    FakeBucket.update_from_cloudformation_json = classmethod(update_bucket)
    FakeBucket.delete_from_cloudformation_json = classmethod(delete_bucket)


def _configure(backend: Any, bucket: Any, wanted: dict) -> None:
    if "PublicAccessBlockConfiguration" in wanted:
        block = {name: str(value).lower() for name, value in wanted["PublicAccessBlockConfiguration"].items()}
        backend.put_public_access_block(bucket.name, block)
    if "OwnershipControls" in wanted:
        backend.put_bucket_ownership_controls(bucket.name, wanted["OwnershipControls"]["Rules"][0]["ObjectOwnership"])
    if "VersioningConfiguration" in wanted:
        backend.put_bucket_versioning(bucket.name, wanted["VersioningConfiguration"]["Status"])
    if "LifecycleConfiguration" in wanted:
        rules = [_rule(rule) for rule in wanted["LifecycleConfiguration"]["Rules"]]
        backend.put_bucket_lifecycle_configuration(bucket.name, rules)


def _rule(wanted: dict) -> dict:
    """In the words of PutBucketLifecycleConfiguration."""
    rule: dict[str, Any] = {"Status": wanted["Status"], "Filter": {"Prefix": wanted.get("Prefix", "")}}
    if "Id" in wanted:
        rule["ID"] = wanted["Id"]
    if "ExpirationInDays" in wanted:
        rule["Expiration"] = {"Days": int(wanted["ExpirationInDays"])}
    if "AbortIncompleteMultipartUpload" in wanted:
        rule["AbortIncompleteMultipartUpload"] = {
            "DaysAfterInitiation": int(wanted["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"])
        }
    if "NoncurrentVersionExpiration" in wanted:
        rule["NoncurrentVersionExpiration"] = wanted["NoncurrentVersionExpiration"]
    return rule
