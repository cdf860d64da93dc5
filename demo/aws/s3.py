"""The stand-in's Amazon S3: buckets that customers make, in which objects are put and deleted."""

import re
import uuid
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from demo.aws.world import MANAGEMENT, AwsError, Bucket, World

_CREDENTIAL = re.compile(r"Credential=([A-Z0-9]+)/\d{8}/([a-z0-9-]+)/s3/aws4_request")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]")
_ACCOUNT = re.compile(r"[0-9]{12}")
PUT, DELETE = "PUT", "DELETE"


@dataclass(frozen=True)
class Call:
    """One request. Header names are in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Outcome:
    """What goes back."""

    status: int
    body: str = ""


def create_bucket(world: World, name: str, owner: str, region: str, may: set[str]) -> Bucket:
    """What a customer does in their own account. Raises AwsError."""
    if not (_NAME.fullmatch(name) and _REGION.fullmatch(region) and _ACCOUNT.fullmatch(owner)):
        raise AwsError("InvalidBucketName", "The specified bucket is not valid.")
    bucket = Bucket(name, owner, region, may)
    world.buckets[name] = bucket
    return bucket


def answer(world: World, call: Call) -> Outcome:
    """Do what one signed request asks for."""
    try:
        with world.lock:
            caller, region = _signed(world, call)
            world.calls.append("PutObject" if call.method == PUT else "DeleteObject")
            return _done(world, call, caller, region=region)
    except AwsError as error:
        return Outcome(
            error.status,
            f"<Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message>"
            f"<RequestId>{uuid.uuid4()}</RequestId></Error>",
        )


def _signed(world: World, call: Call) -> tuple[str, str]:
    """The caller's account, and the region for which the request was signed."""
    found = _CREDENTIAL.search(call.headers.get("authorization", ""))
    if found is None:
        raise AwsError("AccessDenied", "Access Denied", status=403)
    caller = world.caller_of(found[1], call.headers.get("x-amz-security-token", ""))
    return caller.account_id, found[2]


def _done(world: World, call: Call, caller: str, *, region: str) -> Outcome:
    name, _slash, key = unquote(urlsplit(call.path).path).lstrip("/").partition("/")
    bucket = world.buckets.get(name)
    if bucket is None:
        raise AwsError("NoSuchBucket", "The specified bucket does not exist", status=404)
    if region != bucket.region:
        message = f"the region '{region}' is wrong; expecting '{bucket.region}'"
        raise AwsError("AuthorizationHeaderMalformed", message)
    expected = call.headers.get("x-amz-expected-bucket-owner", bucket.owner)
    is_let_in = caller == bucket.owner or (caller == MANAGEMENT and call.method in bucket.may)
    if expected != bucket.owner or not is_let_in:
        raise AwsError("AccessDenied", "Access Denied", status=403)
    if call.method == PUT:
        bucket.objects[key] = call.body
        return Outcome(200)
    bucket.objects.pop(key, None)
    return Outcome(204)
