"""A newline may be in an object's name, as any UTF-8 may be; moto's routes end at it, and it answers 404.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
"""

from __future__ import annotations


def apply() -> None:
    from moto.s3.models import S3Backend

    known = S3Backend.url_paths.fget

    def url_paths(self) -> dict:
        return {path.replace("(?P<key_name>.+)", r"(?P<key_name>[\s\S]+)"): to for path, to in known(self).items()}

    S3Backend.url_paths = property(url_paths)
