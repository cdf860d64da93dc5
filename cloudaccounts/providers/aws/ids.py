"""How AWS names things: accounts, roles, external ids, handshakes.

Patterns after the API references of IAM, STS and Organizations. AWS's word characters are ASCII,
Python's are those of every alphabet: so they are written out.
"""

import re
import secrets
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_EXTERNAL_ID_BYTES = 20
_ACCOUNT = re.compile(r"[0-9]{12}")
# The console shows 1234-5678-9012; people paste spaces.
_TYPED_ACCOUNT = re.compile(r"[0-9]{12}|[0-9]{4}([- ])[0-9]{4}\1[0-9]{4}")
_EXTERNAL_ID = re.compile(r"[A-Za-z0-9_+=,.@:/-]{2,1224}")
_ROLE_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}")
_ROLE_ARN = re.compile(
    r"arn:aws:iam::(?P<account>[0-9]{12}):role/"
    r"(?P<path>(?:[A-Za-z0-9_+=,.@-]+/){0,64})(?P<name>[A-Za-z0-9_+=,.@-]{1,64})"
)
_PRINCIPAL = re.compile(
    r"arn:aws:iam::[0-9]{12}:(?:root|(?:role|user)/(?:[A-Za-z0-9_+=,.@-]+/){0,64}[A-Za-z0-9_+=,.@-]{1,64})"
)
_LONGEST_ARN = 2048
# AccountName of CreateAccount: 1 to 50 characters from the space to the tilde.
_ACCOUNT_NAME = re.compile(r"[ -~]{1,50}")


def read_account_id(typed: str) -> str | None:
    """Twelve digits, or None. Leading zeros belong to the id."""
    found = typed.strip()
    return re.sub(r"[- ]", "", found) if _TYPED_ACCOUNT.fullmatch(found) else None


def is_account_id(text: str) -> bool:
    """Whether it is an account's id as it is stored."""
    return _ACCOUNT.fullmatch(text) is not None


def clean_name(typed: str) -> str:
    """The name of an account to be made. Raises ValidationError."""
    name = " ".join(typed.split())
    if not _ACCOUNT_NAME.fullmatch(name):
        raise ValidationError(
            _("Enter a name of up to 50 letters without accents, digits and signs."), code="invalid"
        )
    return name


def new_external_id() -> str:
    """A random external id of 160 bits: one for each cloud account, never changed."""
    return secrets.token_hex(_EXTERNAL_ID_BYTES)


def require_external_id(text: str) -> str:
    """The same text. Raises ValueError for what AWS would not take."""
    if not _EXTERNAL_ID.fullmatch(text):
        raise ValueError("An external id has 2 to 1224 characters of A-Z a-z 0-9 _+=,.@:/-")
    return text


def require_role_name(text: str) -> str:
    """The same text. Raises ValueError for what AWS would not take."""
    if not _ROLE_NAME.fullmatch(text):
        raise ValueError("A role's name has 1 to 64 characters of A-Z a-z 0-9 _+=,.@-")
    return text


def require_principal(text: str) -> str:
    """The ARN of an account's root, role or user. Raises ValueError for anything else.

    `*`, a service or a list would let others in.
    """
    if len(text) > _LONGEST_ARN or not _PRINCIPAL.fullmatch(text):
        raise ValueError("A principal is the ARN of an account's root, of a role or of a user.")
    return text


@dataclass(frozen=True)
class RoleArn:
    """The address of a role."""

    account_id: str
    path: str
    name: str

    @classmethod
    def parse(cls, text: str) -> "RoleArn":
        """Read one. Raises ValueError: wildcards, other partitions and other resources are none."""
        found = _ROLE_ARN.fullmatch(text) if len(text) <= _LONGEST_ARN else None
        if found is None:
            raise ValueError("Not the ARN of a role.")
        return cls(found["account"], found["path"], found["name"])

    def __str__(self) -> str:
        """As AWS writes it."""
        return f"arn:aws:iam::{self.account_id}:role/{self.path}{self.name}"
