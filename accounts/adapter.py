"""How allauth does its work here: whom it lets in, where it sends them, what it stores."""

from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import duties, encryption, homes, notices, refusals, sessions
from accounts.flows import passwords
from accounts.models import User
from audit import security
from resellers.current import current_reseller

FORBIDDEN = 403
_FACTORS = "accounts.adapter.MFAAdapter"  # what seeds were encrypted for from the beginning


class UnexpectedMailError(RuntimeError):
    """allauth wants to send a mail that this project does not know."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Log-in and passwords."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail or the password is wrong."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": _("Too many attempts. Try again in some minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return False  # strangers sign up on the storefront

    def is_safe_url(self, url: str | None) -> bool:
        """Only addresses of the host that the request came to: other resellers are strangers."""
        request: HttpRequest = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return homes.home_of(_person(request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return homes.home_of(_person(request))

    def set_password(self, user: User, password: str) -> None:
        # allauth would save every column, and so undo a suspension of the same moment.
        passwords.change(user, password)

    def login(self, request: HttpRequest, user: User) -> None:
        # Between the password and the second factor somebody may have been suspended.
        user.refresh_from_db(fields=["status", "is_active"])
        if not user.is_active:
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        super().login(request, user)
        sessions.begin(request)
        duties.settle(request)
        ways = [record["method"] for record in get_authentication_records(request, user)]
        address = sessions.address_of(request)
        security.note(security.LOGIN, person=str(user.pk), ways=ways, address=address)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            security.note(security.LOGOUT, person=str(request.user.pk))
        super().logout(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            _note_failure(security.LOGIN_LOCKED, request, credentials)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        _note_failure(security.LOGIN_FAILED, request, credentials)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """What a person reads whom a passkey or a second factor showed to be who they are."""
        context = {"refusal": refusals.refusal_of(user)}
        return render(request, "account/account_inactive.html", context, status=FORBIDDEN)

    def forget_failed_logins(self, user: User) -> None:
        """Who has just proved to own the mailbox need not wait because of wrong guesses."""
        self._delete_login_attempts_cached_email(self.request, email=user.email)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,  # noqa: ARG002 - allauth's signature
        email: str | None = None,  # noqa: ARG002
    ) -> None:
        """Something that opens the account was changed: its owner learns of it by mail."""
        if template_prefix not in notices.CHANGES:
            raise UnexpectedMailError(template_prefix)
        notices.tell(user, notices.CHANGES[template_prefix])
        if self.request.user.is_authenticated:
            duties.settle(self.request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> NoReturn:  # noqa: ARG002 - allauth's signature
        """Every mail goes through the outbox; a new kind must be written there first."""
        raise UnexpectedMailError(template_prefix)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second factor. Its secrets are encrypted at rest."""

    def get_totp_issuer(self) -> str:
        return settings.PLATFORM_HOST if homes.on_platform() else current_reseller().name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host: str = context.request.get_host()
        return {"id": host.partition(":")[0], "name": self.get_totp_issuer()}

    def encrypt(self, text: str) -> str:
        return encryption.fernet(_FACTORS).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.fernet(_FACTORS).decrypt(encrypted_text.encode()).decode()


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - allauth asks for people who are logged in
    return request.user


def _note_failure(event: str, request: HttpRequest, credentials: dict[str, Any]) -> None:
    account = security.alias(User.objects.normalize_email(credentials.get("email")))
    security.note(event, account=account, address=sessions.address_of(request))
