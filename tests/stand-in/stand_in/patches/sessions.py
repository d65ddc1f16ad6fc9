"""moto lets anyone assume any role, without MFA, and hands out fixed keys for GetSessionToken.

Here a role can be configured to need MFA or an external id (/_curfew/roles), and the keys made are good for calls until
they expire: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html,
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ..context import current
from ..credentials import MFA_CODE, Key, new_temporary
from ..wire import Refusal
from ..world import world


def apply() -> None:
    from moto.core.responses import ActionResult
    from moto.sts.responses import TokenResponse

    assume_role = TokenResponse.assume_role

    def assume(self) -> ActionResult:
        arn = self._get_param("RoleArn")
        _check_duration(self._get_int_param("DurationSeconds", 3600), 900, 43200)
        _admit(self, arn)
        result = assume_role(self)
        made = result.result["Credentials"]
        caller = current.key
        world.credentials.add(Key(
            access_key=made.access_key_id,
            secret_key=made.secret_access_key,
            account=made.account_id,
            arn=made.arn,
            user_id=made.user_id,
            session_token=made.session_token,
            expires_at=made.expiration,
            # A role that IAM does not know has no policies to hold it to.
            administrator=bool(caller and caller.administrator) and not _known_to_iam(made),
        ))  # fmt: skip
        return result

    def get_session_token(self) -> ActionResult:
        seconds = self._get_int_param("DurationSeconds", 43200)
        _check_duration(seconds, 900, 129_600)
        if self._get_param("SerialNumber") or self._get_param("TokenCode"):
            _check_code(self)
        caller = current.key
        key = new_temporary(caller, world.clock.now() + timedelta(seconds=seconds))
        world.credentials.add(key)
        return ActionResult({
            "Credentials": {
                "AccessKeyId": key.access_key,
                "SecretAccessKey": key.secret_key,
                "SessionToken": key.session_token,
                "Expiration": key.expires_at,
            }
        })  # fmt: skip

    TokenResponse.assume_role = assume
    TokenResponse.get_session_token = get_session_token


def _admit(response: Any, arn: str) -> None:
    role = world.credentials.roles.get(arn)
    gave_code = response._get_param("SerialNumber") or response._get_param("TokenCode")
    if gave_code:
        _check_code(response)
    if role is None:
        return
    wrong_id = role.external_id is not None and response._get_param("ExternalId") != role.external_id
    if role.denied or wrong_id or (role.mfa and not gave_code):
        caller = current.key.arn if current.key else "anonymous"
        raise Refusal(403, "AccessDenied", f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {arn}")


def _check_code(response: Any) -> None:
    serial, code = response._get_param("SerialNumber"), response._get_param("TokenCode")
    if not serial or not code:
        raise Refusal(
            403,
            "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
        )
    if code != MFA_CODE:
        raise Refusal(403, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")


def _check_duration(seconds: int, least: int, most: int) -> None:
    if not least <= seconds <= most:
        raise Refusal(
            400,
            "ValidationError",
            f"1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: Member must "
            f"have value {'greater' if seconds < least else 'less'} than or equal to {least if seconds < least else most}",
        )


def _known_to_iam(made: Any) -> bool:
    from moto.iam.models import iam_backends

    roles = iam_backends[made.account_id]["aws"].roles.values()
    return world.strict_iam and any(role.arn == made.role_arn for role in roles)
