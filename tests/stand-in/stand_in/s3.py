"""What an S3 request is, read from its method, path and query: the operation, the permission it needs, and its ARN.

Operations: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
Permissions: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

# Query parameters that name a part of a bucket or an object, as the operations' names spell it.
_PARTS = {
    "accelerate": "AccelerateConfiguration", "acl": "Acl", "cors": "Cors", "encryption": "Encryption",
    "lifecycle": "LifecycleConfiguration", "location": "Location", "logging": "Logging", "notification": "NotificationConfiguration",
    "ownershipControls": "OwnershipControls", "policy": "Policy", "policyStatus": "PolicyStatus", "publicAccessBlock": "PublicAccessBlock",
    "replication": "Replication", "tagging": "Tagging", "versioning": "Versioning", "website": "Website",
    "legal-hold": "LegalHold", "retention": "Retention", "attributes": "Attributes", "object-lock": "LockConfiguration",
}  # fmt: skip
_VERBS = {"GET": "Get", "HEAD": "Head", "PUT": "Put", "DELETE": "Delete", "POST": "Post"}

# Operations whose permission has another name.
_PERMISSIONS = {
    "HeadBucket": "ListBucket", "ListObjects": "ListBucket", "ListObjectsV2": "ListBucket", "HeadObject": "GetObject",
    "ListObjectVersions": "ListBucketVersions", "ListBuckets": "ListAllMyBuckets", "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject", "UploadPart": "PutObject", "UploadPartCopy": "PutObject",
    "CompleteMultipartUpload": "PutObject", "ListParts": "ListMultipartUploadParts", "DeleteObjects": "DeleteObject",
    "ListMultipartUploads": "ListBucketMultipartUploads", "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration", "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration", "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "DeleteBucketLifecycleConfiguration": "PutLifecycleConfiguration", "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock", "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
}  # fmt: skip


def bucket_and_key(path: str) -> tuple[str, str]:
    """The bucket may be empty, and the key."""
    bucket, _, key = path.lstrip("/").partition("/")
    return bucket, unquote(key)


def operation(method: str, path: str, query: str, headers: dict[str, str]) -> str:
    """GetObject, ListObjectsV2, ...: the name that the API gives the request."""
    bucket, key = bucket_and_key(path)
    given = dict(parse_qsl(query, keep_blank_values=True))
    if not bucket:
        return "ListBuckets"
    part = next((_PARTS[name] for name in given if name in _PARTS), None)
    if part:
        # The public access block belongs to the bucket and is not named so.
        owner = "" if part == "PublicAccessBlock" else ("Object" if key else "Bucket")
        return f"{_VERBS[method]}{owner}{part}"
    return _of_object(method, given, headers) if key else _of_bucket(method, given)


def permission(name: str) -> str:
    return f"s3:{_PERMISSIONS.get(name, name)}"


def arn(path: str) -> str:
    bucket, key = bucket_and_key(path)
    if not bucket:
        return "*"
    return f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"


def _of_object(method: str, given: dict[str, str], headers: dict[str, str]) -> str:
    copied = "x-amz-copy-source" in headers
    if "uploads" in given:
        return "CreateMultipartUpload"
    if "uploadId" in given:
        uploaded = "UploadPartCopy" if copied else "UploadPart"
        of_upload = {
            "PUT": uploaded,
            "POST": "CompleteMultipartUpload",
            "DELETE": "AbortMultipartUpload",
            "GET": "ListParts",
        }
        return of_upload.get(method, method)
    if method == "PUT" and copied:
        return "CopyObject"
    return f"{_VERBS.get(method, method)}Object"


def _of_bucket(method: str, given: dict[str, str]) -> str:
    if method == "GET":
        if "uploads" in given:
            return "ListMultipartUploads"
        if "versions" in given:
            return "ListObjectVersions"
        return "ListObjectsV2" if given.get("list-type") == "2" else "ListObjects"
    if method == "POST":
        return "DeleteObjects" if "delete" in given else "PostObject"
    return {"PUT": "CreateBucket", "DELETE": "DeleteBucket", "HEAD": "HeadBucket"}.get(method, method)
