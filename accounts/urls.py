"""Log-in, passwords and second factor: allauth's views under our own map.

Only what this project uses. The names are allauth's: it reverses them by itself.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa.base import views as mfa
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, re_path
from django.views.decorators.cache import never_cache

from accounts import factor_views, homes
from accounts.models import User
from accounts.views import EndOtherSessions, EndSession, OwnSessions, SignUp
from audit import security

View = Callable[..., HttpResponseBase]


def _page(route: str, view: View, name: str) -> URLPattern:
    """Pages about secrets are kept by no cache."""
    return path(route, never_cache(view), name=name)


def _at_resellers(view: View) -> View:
    """Operators have no mail of their own: `manage.py changepassword` changes their passwords."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if homes.on_platform():
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _forgetful(view: View) -> View:
    """Whoever leaves takes along what the browser kept of these pages."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return wrapped


def _proves(view: View) -> View:
    """Who has just proved once more to be who they are goes on with another session key."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        before = len(get_authentication_records(request, _person(request)))
        response = view(request, *args, **kwargs)
        if len(get_authentication_records(request, _person(request))) > before:
            request.session.cycle_key()
            security.note(security.REAUTHENTICATED, person=str(request.user.pk))
        return response

    return wrapped


urlpatterns = [
    _page("login/", account.login, "account_login"),
    _page("logout/", _forgetful(account.logout), "account_logout"),
    _page("signup/", SignUp.as_view(), "account_signup"),
    _page("inactive/", account.account_inactive, "account_inactive"),
    _page("reauthenticate/", _proves(account.reauthenticate), "account_reauthenticate"),
    _page("sessions/", OwnSessions.as_view(), "account_sessions"),
    _page("sessions/others/end/", EndOtherSessions.as_view(), "account_end_other_sessions"),
    _page("sessions/<uuid:handle>/end/", EndSession.as_view(), "account_end_session"),
    _page("password/change/", account.password_change, "account_change_password"),
    _page("password/set/", account.password_set, "account_set_password"),
    _page("password/reset/", _at_resellers(account.password_reset), "account_reset_password"),
    _page("password/reset/done/", account.password_reset_done, "account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        never_cache(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    _page(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        "account_reset_password_from_key_done",
    ),
    _page("factors/", factor_views.Factors.as_view(), "mfa_index"),
    _page("factors/authenticate/", mfa.authenticate, "mfa_authenticate"),
    _page("factors/reauthenticate/", _proves(mfa.reauthenticate), "mfa_reauthenticate"),
    _page("factors/app/on/", factor_views.TurnOnApp.as_view(), "mfa_activate_totp"),
    _page("factors/app/off/", totp.deactivate_totp, "mfa_deactivate_totp"),
    _page("factors/codes/", factor_views.RecoveryCodes.as_view(), "mfa_view_recovery_codes"),
    _page(
        "factors/codes/new/",
        factor_views.NewRecoveryCodes.as_view(),
        "mfa_generate_recovery_codes",
    ),
    _page(
        "factors/codes/file/",
        factor_views.RecoveryCodesFile.as_view(),
        "mfa_download_recovery_codes",
    ),
    _page("factors/keys/", webauthn.list_webauthn, "mfa_list_webauthn"),
    _page("factors/keys/add/", factor_views.AddKey.as_view(), "mfa_add_webauthn"),
    _page("factors/keys/login/", webauthn.login_webauthn, "mfa_login_webauthn"),
    _page(
        "factors/keys/reauthenticate/",
        _proves(webauthn.reauthenticate_webauthn),
        "mfa_reauthenticate_webauthn",
    ),
    _page("factors/keys/<int:pk>/name/", webauthn.edit_webauthn, "mfa_edit_webauthn"),
    _page("factors/keys/<int:pk>/remove/", webauthn.remove_webauthn, "mfa_remove_webauthn"),
]
