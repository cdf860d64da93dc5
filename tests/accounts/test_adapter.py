"""What allauth is told here."""

import pytest
from cryptography.fernet import InvalidToken
from django.test import override_settings
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.adapter import AccountAdapter, MFAAdapter, UnexpectedMailError
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.harness.clients import HostClient

NAMES = [
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
]


@pytest.mark.parametrize("urlconf", ["config.urls_reseller", "config.urls_platform"])
def test_every_name_that_allauth_uses_leads_somewhere(urlconf: str) -> None:
    for name in NAMES:
        assert reverse(name, urlconf).startswith("/account/")
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert reverse(name, urlconf, args=[1]).startswith("/account/")
    assert reverse("account_reset_password_from_key", urlconf, args=["a", "b"])


@pytest.mark.parametrize("name", ["account_email", "account_confirm_email", "mfa_signup_webauthn"])
def test_what_is_ours_or_nobodys_allauth_does_not_offer(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)
    assert name not in get_resolver().reverse_dict


def test_a_mail_that_nobody_planned_is_not_sent(alpha: Reseller) -> None:
    with pytest.raises(UnexpectedMailError, match="account/email/unknown_account"):
        AccountAdapter().send_mail("account/email/unknown_account", "a@example.com", {})

    assert not OutgoingMail.objects.exists()


def test_allauth_signs_nobody_up(alpha_client: HostClient) -> None:
    request = alpha_client.get("/account/login/").wsgi_request

    assert not AccountAdapter(request).is_open_for_signup(request)


def test_secrets_are_encrypted_with_the_key_and_read_with_older_ones() -> None:
    with override_settings(SECRET_KEY="older"):
        encrypted = MFAAdapter().encrypt("totp secret")

    assert "totp secret" not in encrypted
    with override_settings(SECRET_KEY="newer", SECRET_KEY_FALLBACKS=["older"]):
        assert MFAAdapter().decrypt(encrypted) == "totp secret"
    with override_settings(SECRET_KEY="newer"), pytest.raises(InvalidToken):
        MFAAdapter().decrypt(encrypted)
