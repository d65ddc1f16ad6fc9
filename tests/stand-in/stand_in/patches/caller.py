"""moto takes any access key and puts it in the default account; AWS knows whose it is.

Account and region come from the credential that signed, as verified by `stand_in.credentials`; GetCallerIdentity
answers with that user's ARN: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

from __future__ import annotations

from ..context import current


def apply() -> None:
    from moto.core.responses import ActionResult, BaseResponse
    from moto.sts.responses import TokenResponse

    moto_account, moto_region = BaseResponse.get_current_account, BaseResponse.get_region_from_url

    def get_current_account(self) -> str:
        return current.key.account if current.key else moto_account(self)

    def get_region_from_url(self, request, full_url) -> str:
        # moto would rather believe the User-Agent.
        if current.aws_call and current.aws_call.region:
            return current.aws_call.region
        return moto_region(self, request, full_url)

    def get_caller_identity(self) -> ActionResult:
        key = current.key
        return ActionResult({"UserId": key.user_id, "Account": key.account, "Arn": key.arn})

    BaseResponse.get_current_account = get_current_account
    BaseResponse.get_region_from_url = get_region_from_url
    TokenResponse.get_caller_identity = get_caller_identity
