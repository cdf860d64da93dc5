"""AWS's protocols: JSON 1.1 for Organizations, query and XML for STS.

Input is checked against the model that AWS publishes and botocore carries, so that a call which AWS
would not understand is not understood here either.
"""

import json
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from demo.aws import organizations, sts
from demo.aws.world import AwsError, World

_CREDENTIAL = re.compile(r"Credential=([A-Z0-9]+)/\d{8}/([a-z0-9-]+)/([a-z]+)/aws4_request")
_ONLY_REGION = "us-east-1"
_STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
_loader = Loader()
MODELS = {
    name: ServiceModel(_loader.load_service_model(name, "service-2"), name)
    for name in ("organizations", "sts")
}
OPERATIONS: dict[str, dict[str, organizations.Operation]] = {
    "organizations": organizations.OPERATIONS,
    "sts": sts.OPERATIONS,
}


@dataclass(frozen=True)
class Request:
    """What of an HTTP request matters. Header names are in small letters."""

    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Response:
    """What goes back."""

    status: int
    content_type: str
    body: str


def answer(world: World, request: Request) -> Response:
    """Do what one signed request asks for."""
    service = "organizations" if "x-amz-target" in request.headers else "sts"
    write = _json if service == "organizations" else _xml
    operation, asked = _read(service, request)
    try:
        with world.lock:
            world.settle()
            caller = world.caller_of(*_signature(request, service))
            world.calls.append(operation)
            return write(
                operation,
                _called(service, operation)(world, caller, _checked(service, operation, asked)),
            )
    except AwsError as error:
        return _refusal(service, error)


def _read(service: str, request: Request) -> tuple[str, dict[str, Any]]:
    if service == "organizations":
        asked: dict[str, Any] = json.loads(request.body or "{}")
        return request.headers["x-amz-target"].rpartition(".")[2], asked
    fields: dict[str, Any] = dict(parse_qsl(request.body, keep_blank_values=True))
    fields.pop("Version", None)
    if "DurationSeconds" in fields:
        fields["DurationSeconds"] = int(fields["DurationSeconds"])
    return str(fields.pop("Action", "")), fields


def _signature(request: Request, service: str) -> tuple[str, str]:
    found = _CREDENTIAL.search(request.headers.get("authorization", ""))
    if found is None:
        message = "Request is missing Authentication Token"
        raise AwsError("MissingAuthenticationToken", message, status=403)
    if (found[2], found[3]) != (_ONLY_REGION, service):
        message = f"Credential should be scoped to a valid region: {_ONLY_REGION}."
        raise AwsError("SignatureDoesNotMatch", message, status=403)
    return found[1], request.headers.get("x-amz-security-token", "")


def _called(service: str, operation: str) -> organizations.Operation:
    if operation not in OPERATIONS[service]:
        raise AwsError("UnknownOperationException", f"The stand-in does not know {operation}.")
    return OPERATIONS[service][operation]


def _checked(service: str, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
    shape = MODELS[service].operation_model(operation).input_shape
    if shape is None:  # of an operation that takes nothing
        return asked
    report = ParamValidator().validate(asked, shape)
    if report.has_errors():
        if service == "sts":
            raise AwsError("ValidationError", report.generate_report())
        raise AwsError("InvalidInputException", report.generate_report(), reason="INPUT_REQUIRED")
    return asked


def _json(_operation: str, told: dict[str, Any]) -> Response:
    return Response(200, "application/x-amz-json-1.1", json.dumps(told))


def _xml(operation: str, told: dict[str, Any]) -> Response:
    body = (
        f'<{operation}Response xmlns="{_STS_NAMESPACE}"><{operation}Result>'
        f"{''.join(_elements(told))}</{operation}Result>"
        f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"
        f"</{operation}Response>"
    )
    return Response(200, "text/xml", body)


def _elements(told: dict[str, Any]) -> Iterable[str]:
    for name, value in told.items():
        inner = "".join(_elements(value)) if isinstance(value, dict) else escape(str(value))
        yield f"<{name}>{inner}</{name}>"


def _refusal(service: str, error: AwsError) -> Response:
    if service == "organizations":
        told = {"__type": error.code, "Message": error.message}
        if error.reason:
            told["Reason"] = error.reason
        return Response(error.status, "application/x-amz-json-1.1", json.dumps(told))
    body = (
        f'<ErrorResponse xmlns="{_STS_NAMESPACE}"><Error><Type>Sender</Type>'
        f"<Code>{error.code}</Code><Message>{escape(error.message)}</Message></Error>"
        f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
    )
    return Response(error.status, "text/xml", body)
