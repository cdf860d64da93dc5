"""From botocore's exceptions to our words, at one place.

What is logged is the operation, the code and AWS's request id: never parameters, and never
botocore's message, which quotes them.
"""

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from cloudaccounts.providers.aws.advice import explain
from cloudaccounts.providers.aws.failures import PREFIX
from cloudaccounts.providers.troubles import CloudError, Kind, Trouble

logger = logging.getLogger(__name__)

_REFUSED = "AccessDenied"
_DIGITS = 6  # of seconds to wait; more would be no answer to a task

# In this order: the first that fits.
_OWN = (
    (exceptions.ParamValidationError, "Client.ParamValidation"),
    (exceptions.NoCredentialsError, "Client.NoCredentials"),
    (exceptions.PartialCredentialsError, "Client.NoCredentials"),
    (exceptions.CredentialRetrievalError, "Client.NoCredentials"),
    (exceptions.SSLError, "Client.Encryption"),
    (exceptions.ReadTimeoutError, "Client.Timeout"),
    (exceptions.ConnectionClosedError, "Client.Timeout"),
    (exceptions.HTTPClientError, "Client.Connection"),
    (exceptions.ConnectionError, "Client.Connection"),
)


@contextmanager
def speaking(operation: str, *, refused_as: str = "") -> Iterator[None]:
    """Turn what botocore raises within into a CloudError, and note it.

    AWS says AccessDenied to everything; `refused_as` says what it means here.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        trouble = trouble_of(error)
        if trouble.code == _REFUSED and refused_as:
            trouble = explain(refused_as, trouble.request_id)
        fields = {"operation": operation, "code": trouble.code, "aws_request": trouble.request_id}
        level = logging.ERROR if trouble.kind is Kind.OURS else logging.INFO
        logger.log(level, "AWS refused %s", operation, extra={"fields": fields})
        raise CloudError(trouble) from None  # the cause quotes what was sent


def trouble_of(error: ClientError | BotoCoreError) -> Trouble:
    """What happened, in words."""
    if isinstance(error, ClientError):
        return _of_answer(error)
    for kind, code in _OWN:
        if isinstance(error, kind):
            return explain(code)
    return explain(f"Client.{type(error).__name__}")


def failure_of(reason: str, request_id: str = "") -> Trouble:
    """Why the making of an account failed, in words."""
    return explain(f"{PREFIX}{reason}", request_id)


def _of_answer(error: ClientError) -> Trouble:
    answer = error.response
    reason = str(answer.get("Reason") or "")
    told = answer.get("ResponseMetadata", {})
    code = str(answer.get("Error", {}).get("Code") or f"HTTP{told.get('HTTPStatusCode', '')}")
    return explain(
        f"{code}/{reason}" if reason else code,
        str(told.get("RequestId", "")),
        retry_after=_retry_after(told.get("HTTPHeaders", {}).get("retry-after", "")),
    )


def _retry_after(text: str) -> dt.timedelta | None:
    """AWS's own word, in seconds. A date there would be unusual and is left to our own pause."""
    if not (text.isascii() and text.isdecimal() and len(text) < _DIGITS):
        return None
    return dt.timedelta(seconds=int(text))
