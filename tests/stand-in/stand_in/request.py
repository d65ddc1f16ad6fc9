"""Reads an HTTP request as the AWS call it is: who signed it, for which service, region and action."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from . import s3

_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/,\s]+)/(?P<date>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


@dataclass
class AwsCall:
    method: str
    raw_path: str
    query: str
    headers: dict[str, str]
    body: bytes
    access_key: str | None
    region: str | None
    service: str
    action: str
    parameters: dict = field(default_factory=dict)
    presigned: bool = False

    @property
    def session_token(self) -> str | None:
        return self.headers.get("x-amz-security-token")

    @property
    def is_unsigned(self) -> bool:
        """Neither by this version of the signature nor by the old one in a query."""
        return self.access_key is None and not self.presigned and "AWSAccessKeyId=" not in self.query

    @property
    def protocol(self) -> str:
        """How the service writes its errors, as the caller's own writing shows."""
        if self.service == "ec2":
            return "ec2"
        if self.service == "s3":
            return "rest-xml"
        sent_as = self.headers.get("content-type", "")
        if "x-amz-target" in self.headers or "json" in sent_as:
            return "json"
        if sent_as.startswith("application/x-www-form-urlencoded"):
            return "query"
        return "rest-json"

    def values(self) -> set[str]:
        """Every scalar among the parameters: an id matches wherever it stands."""
        return set(_scalars(self.parameters))


def read(environ: dict) -> AwsCall:
    """Takes the body out of `environ` and puts it back, so that moto can read it as well."""
    body = _body(environ)
    headers = _headers(environ)
    query = environ.get("QUERY_STRING", "")
    presigned = "X-Amz-Signature=" in query
    scope = _CREDENTIAL.search(_credential_in(query) if presigned else headers.get("authorization", ""))
    action, parameters = _action(headers, query, body)
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ.get("PATH_INFO", "/")
    path = raw.split("?", 1)[0] or "/"
    service = scope["service"].lower() if scope else _unsigned_service(headers, path, action)
    if service == "s3":
        action = s3.operation(environ["REQUEST_METHOD"], path, query, headers)
        bucket, key = s3.bucket_and_key(path)
        parameters = {"Bucket": bucket, "Key": key, **parameters}
    return AwsCall(
        method=environ["REQUEST_METHOD"],
        raw_path=path,
        query=query,
        headers=headers,
        body=body,
        access_key=scope["key"] if scope else None,
        region=scope["region"] if scope else None,
        service=service,
        action=action or f"{environ['REQUEST_METHOD']} {path}",
        parameters=parameters,
        presigned=presigned,
    )


def _body(environ: dict) -> bytes:
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        body = environ["wsgi.input"].read()
        # moto gets it in one piece.
        del environ["HTTP_TRANSFER_ENCODING"]
        environ["CONTENT_LENGTH"] = str(len(body))
    else:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _headers(environ: dict) -> dict[str, str]:
    headers = {k[5:].replace("_", "-").lower(): v for k, v in environ.items() if k.startswith("HTTP_")}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = environ[name]
    return headers


def _credential_in(query: str) -> str:
    return f"Credential={dict(parse_qsl(query)).get('X-Amz-Credential', '')}"


def _unsigned_service(headers: dict[str, str], path: str, action: str | None) -> str:
    """An unsigned call still names its service in the host it was meant for; on an endpoint of our own it does not, but
    only S3 has a path and names no action."""
    host = headers.get("host", "")
    if host.endswith("amazonaws.com"):
        return host.split(".")[0]
    return "s3" if path.strip("/") and not action else "unsigned"


def _action(headers: dict[str, str], query: str, body: bytes) -> tuple[str | None, dict]:
    target = headers.get("x-amz-target")
    if target:
        return target.rsplit(".", 1)[-1], _json(body)
    pairs = parse_qsl(query, keep_blank_values=True)
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        pairs += parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    parameters = dict(pairs)
    action = parameters.pop("Action", None)
    parameters.pop("Version", None)
    return action, parameters


def _json(body: bytes) -> dict:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _scalars(value: object):
    if isinstance(value, dict):
        for inner in value.values():
            yield from _scalars(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _scalars(inner)
    else:
        yield str(value)
