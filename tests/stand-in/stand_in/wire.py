"""How each AWS protocol writes an error, so that faults and refusals look as the service's own.

Sources: Smithy's protocol documents (https://smithy.io/2.0/aws/protocols/). EC2's `Response/Errors/Error` shape:
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-errors.html
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from xml.sax.saxutils import escape


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


class Refusal(Exception):
    """An error that AWS would send in place of an answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message = status, code, message


def error_answer(protocol: str, refusal: Refusal) -> Answer:
    """`protocol` is one of ec2, query, json, rest-json, rest-xml: see `AwsCall.protocol`."""
    request_id = str(uuid.uuid4())
    code, message = escape(refusal.code), escape(refusal.message)
    if protocol == "ec2":
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>'
            f"<Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>{request_id}</RequestID></Response>"
        )
        return _answer(refusal.status, "text/xml;charset=UTF-8", body, request_id)
    if protocol in ("json", "rest-json"):
        body = json.dumps({"__type": refusal.code, "message": refusal.message})
        answer = _answer(refusal.status, "application/x-amz-json-1.1", body, request_id)
        answer.headers.append(("x-amzn-ErrorType", refusal.code))
        return answer
    if protocol == "rest-xml":
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{request_id}</RequestId></Error>"
        )
        return _answer(refusal.status, "application/xml", body, request_id)
    kind = "Sender" if refusal.status < 500 else "Receiver"
    body = (
        f"<ErrorResponse><Error><Type>{kind}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return _answer(refusal.status, "text/xml", body, request_id)


def throttled(protocol: str) -> Refusal:
    """EC2: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html; the others use Throttling or
    ThrottlingException with 400."""
    if protocol == "ec2":
        return Refusal(503, "RequestLimitExceeded", "Request limit exceeded.")
    if protocol == "rest-xml":
        return Refusal(503, "SlowDown", "Please reduce your request rate.")
    if protocol == "query":
        return Refusal(400, "Throttling", "Rate exceeded")
    return Refusal(400, "ThrottlingException", "Rate exceeded")


def _answer(status: int, content_type: str, body: str, request_id: str) -> Answer:
    return Answer(status, [("Content-Type", content_type), ("x-amzn-RequestId", request_id)], body.encode())
