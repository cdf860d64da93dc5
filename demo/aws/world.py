"""What the stand-in remembers while it runs."""

import datetime as dt
import secrets
import string
import threading
from dataclasses import dataclass, field
from typing import Any

# The account from which the demo's platform invites, and its access key. No secret opens anything.
MANAGEMENT = "100000000001"
_LETTERS = string.ascii_lowercase + string.digits
_KEY_PREFIX = "AKIADEMO"
_SESSION_PREFIX = "ASIADEMO"


class AwsError(Exception):
    """An error as AWS answers it."""

    def __init__(self, code: str, message: str, *, status: int = 400, reason: str = "") -> None:
        """Keep what is told on the wire."""
        super().__init__(code)
        self.code, self.message, self.status, self.reason = code, message, status, reason


@dataclass(frozen=True)
class Caller:
    """Who signed a request. `trusted_as` is the ARN that trust policies name."""

    account_id: str
    arn: str
    trusted_as: str


@dataclass
class Session:
    """Temporary credentials that were handed out."""

    caller: Caller
    token: str


@dataclass
class Role:
    """A role and its trust policy."""

    arn: str
    trust: dict[str, Any]


@dataclass
class Handshake:
    """An invitation."""

    id: str
    account_id: str
    notes: str
    requested_at: dt.datetime
    expires_at: dt.datetime
    state: str = "REQUESTED"


@dataclass
class Creation:
    """An account that is being made. `reason` is why it is going to fail."""

    id: str
    name: str
    email: str
    requested_at: dt.datetime
    done_at: dt.datetime
    reason: str = ""
    account_id: str = ""
    state: str = "IN_PROGRESS"


@dataclass
class Member:
    """An account of the organization."""

    id: str
    name: str
    email: str
    joined_at: dt.datetime
    method: str


@dataclass
class Bucket:
    """A customer's bucket. `may` holds the methods that its policy allows our account."""

    name: str
    owner: str
    region: str
    may: set[str]
    objects: dict[str, bytes] = field(default_factory=dict)


@dataclass
class World:
    """One organization, its invitations, and the roles of everybody."""

    id: str = "o-demo000001"
    email: str = "aws@platform.example"
    ahead: dt.timedelta = dt.timedelta()
    seconds_to_create: int = 10
    seconds_to_answer: float = 0
    roles: dict[str, Role] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    handshakes: dict[str, Handshake] = field(default_factory=dict)
    creations: dict[str, Creation] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """The organization begins with its management account."""
        self.join(Member(MANAGEMENT, "Platform", self.email, self.now(), "INVITED"))

    def now(self) -> dt.datetime:
        """The stand-in's own time: people move it on. AWS tells whole seconds."""
        return (dt.datetime.now(dt.UTC) + self.ahead).replace(microsecond=0)

    def join(self, member: Member) -> None:
        """Make an account part of the organization."""
        self.members[member.id] = member

    def caller_of(self, access_key: str, token: str) -> Caller:
        """Who owns an access key. Raises AwsError."""
        session = self.sessions.get(access_key)
        if session and secrets.compare_digest(session.token, token):
            return session.caller
        account = access_key.removeprefix(_KEY_PREFIX)
        if access_key.startswith(_KEY_PREFIX) and len(account) == len(MANAGEMENT):
            arn = f"arn:aws:iam::{account}:user/demo"
            return Caller(account, arn, arn)
        message = "The security token included in the request is invalid."
        raise AwsError("InvalidClientTokenId", message, status=403)

    def open_session(self, role: Role, name: str) -> tuple[str, str]:
        """Hand out credentials of a role. Returns access key and token."""
        account, path = role.arn.split(":")[4], role.arn.rpartition("/")[2]
        arn = f"arn:aws:sts::{account}:assumed-role/{path}/{name}"
        key = _SESSION_PREFIX + "".join(secrets.choice(string.ascii_uppercase) for _ in range(12))
        token = secrets.token_urlsafe(64)
        self.sessions[key] = Session(Caller(account, arn, role.arn), token)
        return key, token

    def settle(self) -> None:
        """Let happen what time brings: invitations run out, accounts are done."""
        now = self.now()
        for handshake in self.handshakes.values():
            if handshake.state == "REQUESTED" and now >= handshake.expires_at:
                handshake.state = "EXPIRED"
        for creation in self.creations.values():
            if creation.state == "IN_PROGRESS" and now >= creation.done_at:
                self._end(creation)

    def _end(self, creation: Creation) -> None:
        if any(each.email.lower() == creation.email.lower() for each in self.members.values()):
            creation.reason = creation.reason or "EMAIL_ALREADY_EXISTS"
        if creation.reason:
            creation.state = "FAILED"
            return
        creation.state = "SUCCEEDED"
        creation.account_id = "2" + "".join(secrets.choice(string.digits) for _ in range(11))
        self.join(
            Member(creation.account_id, creation.name, creation.email, creation.done_at, "CREATED")
        )


def access_key_of(account_id: str) -> str:
    """The access key with which somebody acts as an account."""
    return f"{_KEY_PREFIX}{account_id}"


def new_id(prefix: str, length: int = 12) -> str:
    """An id in AWS's manner, such as h-1a2b3c4d5e6f."""
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(length))
