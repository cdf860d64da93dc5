"""Every error of AWS in words: the table is held against the model that AWS publishes."""

import datetime as dt
from collections.abc import Iterator

import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from cloudaccounts.providers.aws.advice import TABLE, explain
from cloudaccounts.providers.aws.failures import FAILURES
from cloudaccounts.providers.aws.speaking import failure_of, trouble_of
from cloudaccounts.providers.troubles import Kind
from demo.aws.wire import MODELS, OPERATIONS

ORGANIZATIONS = MODELS["organizations"]
NAMED = {*TABLE, *FAILURES}


def reasons(shape: str) -> list[str]:
    found: list[str] = ORGANIZATIONS.shape_for(shape).enum  # type: ignore[attr-defined]
    return found


def codes_of_every_operation_we_use() -> Iterator[str]:
    for service, operations in OPERATIONS.items():
        for name in operations:
            for shape in MODELS[service].operation_model(name).error_shapes:
                yield str(shape.metadata.get("error", {}).get("code", shape.name))


def test_every_error_that_our_calls_can_meet_has_words() -> None:
    assert set(codes_of_every_operation_we_use()) - NAMED == set()


def test_every_reason_against_an_invitation_has_words() -> None:
    found = reasons("HandshakeConstraintViolationExceptionReason")

    assert len(found) == 16
    assert {f"HandshakeConstraintViolationException/{each}" for each in found} <= NAMED


def test_every_reason_why_an_account_is_not_made_has_words() -> None:
    found = reasons("CreateAccountFailureReason")

    assert {f"CreateAccount/{each}" for each in found} <= NAMED


def test_no_reason_in_the_table_is_invented() -> None:
    real = {
        "HandshakeConstraintViolationException": reasons(
            "HandshakeConstraintViolationExceptionReason"
        ),
        "ConstraintViolationException": reasons("ConstraintViolationExceptionReason"),
        "InvalidInputException": reasons("InvalidInputExceptionReason"),
        "AccessDenied": ["CONNECTION", "CUSTOMER_ROLE", "BUCKET", "BUCKET_DELETE"],  # ours
        "CreateAccount": [
            *reasons("CreateAccountFailureReason"),
            "SAME_NAME_IN_PROGRESS",
            "KNOWN_ALREADY",
        ],
    }
    with_reason = [each.partition("/") for each in NAMED if "/" in each]

    assert len(with_reason) > 50
    assert [code + reason for code, _, reason in with_reason if reason not in real[code]] == []


@pytest.mark.parametrize("code", sorted(NAMED))
def test_each_code_is_a_sentence_with_a_next_step(code: str) -> None:
    trouble = explain(code, "11-22")

    for words in (str(trouble.sentence), str(trouble.next_step)):
        assert words[0].isupper()
        assert words.endswith(".")
    assert (trouble.code, trouble.request_id) == (code, "11-22")
    assert (trouble.retry_after is not None) == (trouble.kind is Kind.LATER)


def test_an_unknown_code_is_told_honestly() -> None:
    trouble = explain("BrandNewException", "11-22")

    assert "BrandNewException" in str(trouble.sentence)
    assert "request ID" in str(trouble.next_step)
    assert (trouble.kind, trouble.request_id) == (Kind.PERSON, "11-22")


@pytest.mark.parametrize(
    "code", ["ConstraintViolationException", "HandshakeConstraintViolationException"]
)
def test_an_unknown_reason_keeps_its_code(code: str) -> None:
    trouble = explain(f"{code}/BRAND_NEW")

    assert trouble.code == f"{code}/BRAND_NEW"
    assert trouble.sentence == explain(code).sentence


def answered(code: str, *, reason: str = "", retry_after: str = "") -> ClientError:
    answer = {
        "Error": {"Code": code, "Message": "secret@example.com"},
        "ResponseMetadata": {
            "RequestId": "11-22",
            "HTTPStatusCode": 400,
            "HTTPHeaders": {"retry-after": retry_after} if retry_after else {},
        },
    }
    if reason:
        answer["Reason"] = reason
    return ClientError(answer, "Anything")  # type: ignore[arg-type]


def test_an_answer_is_read_with_its_reason_and_request() -> None:
    trouble = trouble_of(
        answered("HandshakeConstraintViolationException", reason="PAST_DUE_INVOICE")
    )

    assert trouble.code == "HandshakeConstraintViolationException/PAST_DUE_INVOICE"
    assert trouble.request_id == "11-22"
    assert "overdue" in str(trouble.sentence)


def test_awss_own_word_on_when_to_come_again_counts() -> None:
    told = trouble_of(answered("TooManyRequestsException", retry_after="17"))
    silent = trouble_of(answered("TooManyRequestsException"))

    assert told.retry_after == dt.timedelta(seconds=17)
    assert silent.retry_after == dt.timedelta(minutes=1)


@pytest.mark.parametrize("nonsense", ["-1", "9" * 400, "²", "Sun, 22 Nov 2026 10:00:00 GMT"])
def test_nonsense_there_does_not(nonsense: str) -> None:
    trouble = trouble_of(answered("TooManyRequestsException", retry_after=nonsense))

    assert trouble.retry_after == dt.timedelta(minutes=1)


def test_an_answer_without_a_code_is_told_by_its_status() -> None:
    answer = {"ResponseMetadata": {"HTTPStatusCode": 502}}

    assert trouble_of(ClientError(answer, "Anything")).code == "HTTP502"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "code", "kind"),
    [
        (exceptions.ParamValidationError(report="x"), "Client.ParamValidation", Kind.OURS),
        (exceptions.NoCredentialsError(), "Client.NoCredentials", Kind.OURS),
        (
            exceptions.PartialCredentialsError(provider="env", cred_var="x"),
            "Client.NoCredentials",
            Kind.OURS,
        ),
        (
            exceptions.CredentialRetrievalError(provider="x", error_msg="y"),
            "Client.NoCredentials",
            Kind.OURS,
        ),
        (exceptions.SSLError(endpoint_url="x", error=OSError()), "Client.Encryption", Kind.OURS),
        (exceptions.ReadTimeoutError(endpoint_url="x"), "Client.Timeout", Kind.LATER),
        (exceptions.ConnectionClosedError(endpoint_url="x"), "Client.Timeout", Kind.LATER),
        (exceptions.ConnectTimeoutError(endpoint_url="x"), "Client.Connection", Kind.LATER),
        (
            exceptions.EndpointConnectionError(endpoint_url="x"),
            "Client.Connection",
            Kind.LATER,
        ),
        (
            exceptions.ProxyConnectionError(proxy_url="x", error="y"),
            "Client.Connection",
            Kind.LATER,
        ),
        (exceptions.HTTPClientError(error="y"), "Client.Connection", Kind.LATER),
        (
            exceptions.UnknownServiceError(service_name="x", known_service_names="y"),
            "Client.UnknownServiceError",
            Kind.PERSON,
        ),
    ],
)
def test_what_never_reached_aws_has_words_too(error: BotoCoreError, code: str, kind: Kind) -> None:
    trouble = trouble_of(error)

    assert (trouble.code, trouble.kind, trouble.request_id) == (code, kind, "")


def test_a_failed_account_tells_its_reason() -> None:
    assert "root e-mail" in str(failure_of("EMAIL_ALREADY_EXISTS").sentence)
    assert failure_of("INTERNAL_FAILURE").kind is Kind.LATER
    assert "CreateAccount/NEW" in str(failure_of("NEW").sentence)
