"""Clients of STS, Organizations and S3: with time limits, as one account.

A bucket is asked in its own region. Organizations lives in us-east-1 only, and STS is asked there,
too: what AWS_REGION or a profile says does not matter. AWS_ENDPOINT_URL is botocore's own setting
and redirects everything, which is how the demo and the tests reach their stand-in.

Reading may be repeated by botocore. What makes something is sent once: after a lost answer the
caller looks whether it was made, which botocore cannot.
"""

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from cloudaccounts.providers.aws.speaking import speaking
from cloudaccounts.providers.results import Connection

if TYPE_CHECKING:
    from typing import Any

    from types_boto3_organizations import OrganizationsClient
    from types_boto3_sts import STSClient
    from types_boto3_sts.type_defs import AssumeRoleRequestTypeDef, CredentialsTypeDef

REGION = "us-east-1"
SESSION_NAME = "reseller-portal"
SESSION_SECONDS = 3600
# A call begins with credentials that outlast it: an answer may take a minute with all repetitions.
_LEFT = dt.timedelta(minutes=5)
_LIMITS = Config(connect_timeout=5, read_timeout=20, user_agent_extra="reseller-portal")
READING = _LIMITS.merge(Config(retries={"mode": "adaptive", "total_max_attempts": 4}))
# The probe of a bucket is written and deleted: doing it again changes nothing.
_PROBING = READING.merge(
    Config(request_checksum_calculation="when_required", s3={"addressing_style": "auto"})
)
MAKING = _LIMITS.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))


@dataclass(frozen=True)
class Credentials:
    """Temporary credentials of a role. Nothing of them is ever shown."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str = field(repr=False)
    ends_at: dt.datetime

    @classmethod
    def read(cls, told: "CredentialsTypeDef") -> "Credentials":
        """As STS tells them."""
        return cls(
            told["AccessKeyId"], told["SecretAccessKey"], told["SessionToken"], told["Expiration"]
        )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class RoleSessions:
    """Roles that this process has taken on, each kept until shortly before its credentials end."""

    def __init__(self, now: Callable[[], dt.datetime] = _now) -> None:
        """Begin with none."""
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[Connection, Credentials] = {}

    def of(self, connection: Connection) -> Credentials:
        """The role's credentials. Raises CloudError."""
        with self._lock:
            kept = self._kept.get(connection)
            if kept is None or kept.ends_at - self._now() < _LEFT:
                kept = self._kept[connection] = _taken_on(connection)
            return kept

    def forget(self, connection: Connection) -> None:
        """Ask anew next time: the connection was changed."""
        with self._lock:
            self._kept.pop(connection, None)


def _taken_on(connection: Connection) -> Credentials:
    asked: AssumeRoleRequestTypeDef = {
        "RoleArn": connection.role_arn,
        "RoleSessionName": SESSION_NAME,
        "DurationSeconds": SESSION_SECONDS,
    }
    if connection.external_id:
        asked["ExternalId"] = connection.external_id
    with speaking("AssumeRole of the connection", refused_as="AccessDenied/CONNECTION"):
        machine: STSClient = boto3.session.Session().client(
            "sts", region_name=REGION, config=READING
        )
        return Credentials.read(machine.assume_role(**asked)["Credentials"])


_sessions = RoleSessions()


class Clients:
    """What speaks as one connected account. Keep one for many calls: making a client takes time."""

    def __init__(self, connection: Connection, sessions: RoleSessions | None = None) -> None:
        """Nothing is asked before the first client is wanted."""
        self.connection = connection
        self._sessions = sessions or _sessions
        self._credentials: Credentials | None = None
        self._session: boto3.session.Session | None = None

    def sts(self) -> "STSClient":
        """For reading. Raises CloudError where the connection's role cannot be taken on."""
        session = self._current()
        with speaking("connect to STS"):
            return session.client("sts", region_name=REGION, config=READING)

    def organizations(self, config: Config = READING) -> "OrganizationsClient":
        """For reading, or with `MAKING`. Raises CloudError as above."""
        session = self._current()
        with speaking("connect to Organizations"):
            return session.client("organizations", region_name=REGION, config=config)

    def s3(self, region: str) -> "Any":
        """For the probe of a bucket. Raises CloudError as above."""
        session = self._current()
        with speaking("connect to S3"):
            return session.client("s3", region_name=region, config=_PROBING)

    def machine(self) -> "STSClient":
        """STS as the machine itself, whatever role the connection takes on. Raises CloudError."""
        with speaking("connect to STS"):
            return boto3.session.Session().client("sts", region_name=REGION, config=READING)

    def forget(self) -> None:
        """Take the connection's role on anew with the next call."""
        self._sessions.forget(self.connection)

    def _current(self) -> "boto3.session.Session":
        wanted = self._sessions.of(self.connection) if self.connection.role_arn else None
        if self._session is None or wanted is not self._credentials:
            self._session = session_of(wanted) if wanted else boto3.session.Session()
            self._credentials = wanted
        return self._session


def session_of(credentials: Credentials) -> "boto3.session.Session":
    """A session with these credentials."""
    return boto3.session.Session(credentials.access_key, credentials.secret_key, credentials.token)
