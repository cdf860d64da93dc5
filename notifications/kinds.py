"""The mails that the portal sends, and what may stand in each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

SECRET_LINK = "secret_link"  # noqa: S105 - a token's name


class TokenKind(StrEnum):
    """What a token's value may be."""

    LINE = "line"
    TEXT = "text"  # several lines
    URL = "url"


@dataclass(frozen=True)
class Token:
    """One `{{ name }}` that a text may hold."""

    label: Words
    sample: str
    kind: TokenKind = TokenKind.LINE


@dataclass(frozen=True)
class MailKind:
    """One kind of mail: its tokens, and what its text must hold."""

    name: str
    label: Words
    # Why the recipient gets it, for the footer. `{reseller}` stands for the reseller's name.
    reason: Words
    own_tokens: Mapping[str, Token] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    button: str = ""  # the URL token that the button leads to
    secret_link: Words | None = None  # what the link does that only the recipient may see
    essential: bool = True  # nobody can opt out of it

    @property
    def tokens(self) -> dict[str, Token]:
        """Every token that a text of this kind may hold."""
        return {**COMMON_TOKENS, **self.own_tokens, **self._secret_token()}

    @property
    def target(self) -> str:
        """The URL token of the button; empty for a mail without one."""
        return SECRET_LINK if self.secret_link else self.button

    def _secret_token(self) -> dict[str, Token]:
        if not self.secret_link:
            return {}
        return {
            SECRET_LINK: Token(self.secret_link, "https://portal.example.com/s/…", TokenKind.URL)
        }


class UnknownKindError(LookupError):
    """Nobody defined this kind of mail."""


COMMON_TOKENS = {
    "reseller_name": Token(_("The reseller's name"), "Alpine Cloud"),
    "support_contact": Token(_("How to reach the reseller"), "support@alpine.example"),
    "recipient_name": Token(_("The recipient's name, or the e-mail"), "Dana Miller"),
}
_COMPANY = Token(_("The company's name"), "Acme GmbH")
_INVITER = Token(_("Who invites"), "Robin Fisher")
_VALID_UNTIL = Token(_("Until when the link can be used"), "Nov. 28, 2026, 2:30 p.m. UTC")
_ACCOUNT_NAME = Token(_("The cloud account's name"), "Shop, production")
_LOGIN_URL = Token(_("The log-in page"), "https://portal.example.com/account/login/", TokenKind.URL)
_RESET_URL = Token(
    _("The page to ask for a new password"),
    "https://portal.example.com/account/password/reset/",
    TokenKind.URL,
)

_ACCOUNT_REQUEST = {
    "request_type": Token(_("What is asked for"), "Link account"),
    "account_name": Token(_("The cloud account's name"), "Acme production"),
    "provider": Token(_("The cloud provider"), "Amazon Web Services"),
    "company_name": _COMPANY,
    "request_url": Token(
        _("The request's page"), "https://portal.example.com/console/requests/7/", TokenKind.URL
    ),
}
_REQUESTER = Token(_("Who asks"), "Dana Miller")
_TO_REQUESTER = _("You get this mail because you asked {reseller} for something.")
_TO_APPROVER = _("You get this mail because you handle approval requests at {reseller}.")

_KINDS = [
    MailKind(
        name="staff_invitation",
        label=_("Invitation to the team"),
        reason=_("You get this mail because you were invited to the team of {reseller}."),
        own_tokens={
            "inviter_name": _INVITER,
            "role": Token(_("The role in the team"), "Admin"),
            "valid_until": _VALID_UNTIL,
        },
        secret_link=_("Link to accept the invitation"),
    ),
    MailKind(
        name="customer_invitation",
        label=_("Invitation to the customer portal"),
        reason=_("You get this mail because you were invited to the portal of {reseller}."),
        own_tokens={
            "inviter_name": _INVITER,
            "company_name": _COMPANY,
            "valid_until": _VALID_UNTIL,
        },
        secret_link=_("Link to accept the invitation"),
    ),
    MailKind(
        name="customer_joined",
        label=_("Access to a further company"),
        reason=_("You get this mail because you have an account at {reseller}."),
        own_tokens={"inviter_name": _INVITER, "company_name": _COMPANY, "login_url": _LOGIN_URL},
        button="login_url",
    ),
    MailKind(
        name="email_validation",
        label=_("E-mail validation"),
        reason=_("You get this mail because this address was used to sign up at {reseller}."),
        own_tokens={"company_name": _COMPANY, "valid_until": _VALID_UNTIL},
        secret_link=_("Link to validate the e-mail"),
    ),
    MailKind(
        name="request_received",
        label=_("Request received"),
        reason=_("You get this mail because you signed up at {reseller}."),
        own_tokens={"company_name": _COMPANY},
    ),
    MailKind(
        name="approval_request",
        label=_("Approval request"),
        reason=_("You get this mail because you handle approval requests at {reseller}."),
        own_tokens={
            "company_name": _COMPANY,
            "contact_name": Token(_("Who signed up"), "Dana Miller"),
            "contact_email": Token(_("The e-mail of who signed up"), "dana@acme.example"),
            "country": Token(_("The company's country"), "Germany"),
            "request_url": Token(
                _("The request's page"),
                "https://portal.example.com/console/requests/7/",
                TokenKind.URL,
            ),
        },
        button="request_url",
    ),
    MailKind(
        name="welcome",
        label=_("Welcome"),
        reason=_("You get this mail because you signed up at {reseller}."),
        own_tokens={"company_name": _COMPANY, "login_url": _LOGIN_URL},
        button="login_url",
    ),
    MailKind(
        name="request_declined",
        label=_("Request declined"),
        reason=_("You get this mail because you signed up at {reseller}."),
        own_tokens={
            "company_name": _COMPANY,
            "reason": Token(_("The reason"), "Details are incomplete"),
            "message": Token(
                _("What the approver wrote; may be empty"),
                "The postal code does not belong to the city.\n\nPlease sign up again.",
                TokenKind.TEXT,
            ),
        },
        required=frozenset({"message"}),
    ),
    MailKind(
        name="request_account_received",
        label=_("Request about a cloud account"),
        reason=_TO_APPROVER,
        own_tokens={
            **_ACCOUNT_REQUEST,
            "requester_name": _REQUESTER,
            "support": Token(_("The support level that is wanted"), "Business"),
            "reason": Token(_("Why it is asked for"), "We start in March.", TokenKind.TEXT),
        },
        button="request_url",
    ),
    MailKind(
        name="request_question",
        label=_("Question about a request"),
        reason=_TO_REQUESTER,
        own_tokens={
            **_ACCOUNT_REQUEST,
            "question": Token(
                _("What the approvers want to know"),
                "Who owns the root e-mail?",
                TokenKind.TEXT,
            ),
        },
        required=frozenset({"question"}),
        button="request_url",
    ),
    MailKind(
        name="request_answered",
        label=_("Answer to a question about a request"),
        reason=_TO_APPROVER,
        own_tokens={
            **_ACCOUNT_REQUEST,
            "requester_name": _REQUESTER,
            "answer": Token(_("The answer"), "Our head of IT owns it.", TokenKind.TEXT),
        },
        required=frozenset({"answer"}),
        button="request_url",
    ),
    MailKind(
        name="account_request_approved",
        label=_("Request about a cloud account approved"),
        reason=_TO_REQUESTER,
        own_tokens=_ACCOUNT_REQUEST,
        button="request_url",
    ),
    MailKind(
        name="account_request_declined",
        label=_("Request about a cloud account declined"),
        reason=_TO_REQUESTER,
        own_tokens={
            **_ACCOUNT_REQUEST,
            "reason": Token(_("The reason"), "Details are incomplete"),
            "message": Token(
                _("What the approver wrote; may be empty"),
                "The account ID belongs to another company.",
                TokenKind.TEXT,
            ),
        },
        required=frozenset({"message"}),
        button="request_url",
    ),
    MailKind(
        name="account_request_done",
        label=_("Request about a cloud account done"),
        reason=_TO_REQUESTER,
        own_tokens=_ACCOUNT_REQUEST,
        button="request_url",
    ),
    MailKind(
        name="account_request_failed",
        label=_("Request about a cloud account failed"),
        reason=_TO_REQUESTER,
        own_tokens={
            **_ACCOUNT_REQUEST,
            "note": Token(
                _("Why it failed; may be empty"),
                "The owner of the account declined the invitation.",
                TokenKind.TEXT,
            ),
        },
        required=frozenset({"note"}),
        button="request_url",
    ),
    MailKind(
        name="role_broken",
        label=_("Role broken"),
        reason=_("You get this mail because you look after cloud accounts at {reseller}."),
        own_tokens={
            "company_name": _COMPANY,
            "account_name": Token(_("The cloud account's name"), "Web shop"),
            "account_id": Token(_("The cloud account's ID"), "123456789012"),
            "found": Token(_("What was found"), "The role lets us in without our external ID."),
            "account_url": Token(
                _("The account's page, behind the log-in"),
                "https://portal.example.com/console/customers/7/accounts/9/",
                TokenKind.URL,
            ),
        },
        required=frozenset({"found"}),
        button="account_url",
    ),
    MailKind(
        name="export_ready",
        label=_("Export is ready"),
        reason=_("You get this mail because you asked for an export at {reseller}."),
        own_tokens={
            "file_name": Token(_("The name of the file"), "customers-2026-11-22.xlsx"),
            "customers": Token(_("How many customers it holds"), "12,345 customers"),
            "kept_until": Token(_("Until when the file is kept"), "Dec. 6, 2026, 2:30 p.m. UTC"),
            "export_url": Token(
                _("The export's page, behind the log-in"),
                "https://portal.example.com/console/customers/exports/7/",
                TokenKind.URL,
            ),
        },
        button="export_url",
    ),
    MailKind(
        name="invitation_expires",
        label=_("Invitation to link an account runs out"),
        reason=_("You get this mail because an account of your company is being linked."),
        own_tokens={
            "account_name": _ACCOUNT_NAME,
            "account_id": Token(_("The account's ID"), "123456789012"),
            "provider_name": Token(_("The cloud provider"), "Amazon Web Services"),
            "company_name": _COMPANY,
            "expires_at": Token(_("When it runs out"), "Nov. 28, 2026, 2:30 p.m. UTC"),
            "answer_url": Token(
                _("Where the invitation is accepted"),
                "https://console.aws.amazon.com/organizations/v2/home/invitations",
                TokenKind.URL,
            ),
        },
        button="answer_url",
    ),
    MailKind(
        name="credentials_link",
        label=_("Link to credentials"),
        reason=_("You get this mail because a cloud account was opened for you at {reseller}."),
        own_tokens={"account_name": _ACCOUNT_NAME, "valid_until": _VALID_UNTIL},
        secret_link=_("Link that shows the credentials once"),
    ),
    MailKind(
        name="credentials_sent",
        label=_("Credentials were sent"),
        reason=_("You get this mail because you handle approval requests at {reseller}."),
        own_tokens={
            "account_name": _ACCOUNT_NAME,
            "company_name": _COMPANY,
            "sent_to": Token(_("To whom they were sent"), "dana@acme.example"),
            "valid_until": _VALID_UNTIL,
        },
    ),
    MailKind(
        name="password_reset",
        label=_("Password reset"),
        reason=_("You get this mail because somebody asked for a new password at {reseller}."),
        own_tokens={"valid_until": _VALID_UNTIL},
        secret_link=_("Link to choose a new password"),
    ),
    MailKind(
        name="password_reset_offer",
        label=_("Link for a new password"),
        reason=_("You get this mail because you have an account at {reseller}."),
        own_tokens={
            "sender_name": Token(_("Who sends the link"), "Robin Fisher"),
            "valid_until": _VALID_UNTIL,
        },
        secret_link=_("Link to choose a new password"),
    ),
    MailKind(
        name="account_suspended",
        label=_("Account suspended"),
        reason=_("You get this mail because you have an account at {reseller}."),
    ),
    MailKind(
        name="security_notice",
        label=_("Security notice"),
        reason=_("You get this mail because you have an account at {reseller}."),
        own_tokens={
            "change": Token(_("What was changed"), "Your password was changed."),
            "changed_at": Token(_("When"), "Nov. 28, 2026, 2:30 p.m. UTC"),
            "reset_url": _RESET_URL,
        },
        required=frozenset({"change"}),
        button="reset_url",
    ),
    MailKind(
        name="account_exists",
        label=_("Sign-up with a known e-mail"),
        reason=_("You get this mail because this address was used to sign up at {reseller}."),
        own_tokens={
            "login_url": _LOGIN_URL,
            "reset_url": _RESET_URL,
        },
        button="login_url",
    ),
]

MAIL_KINDS: Mapping[str, MailKind] = {kind.name: kind for kind in _KINDS}


def kind_named(name: str) -> MailKind:
    """The kind of this name. Raises UnknownKindError."""
    try:
        return MAIL_KINDS[name]
    except KeyError:
        raise UnknownKindError(f"There is no mail of the kind {name!r}.") from None


def label_of(name: str) -> Words:
    """What a person calls this kind of mail. A kind that is gone keeps its bare name."""
    return MAIL_KINDS[name].label if name in MAIL_KINDS else name
