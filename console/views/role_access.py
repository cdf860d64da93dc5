"""The access that a customer grants us to an account: what to create, naming it, checking it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy

from accounts.roles import StaffPermission
from cloudaccounts.access_words import access_words
from cloudaccounts.flows import access as flows
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.granting import access_of, has_role
from cloudaccounts.models import CloudAccount
from console.forms.cloud_accounts import RoleForm
from console.views.cloud_accounts import AccountPage
from console.views.editing import EditPage


class SetUpAccess(AccountPage, EditPage):
    """What the customer is to create, and the box for the role's ARN.

    The page looks again by itself while a check is under way.
    """

    template_name = "console/cloud_accounts/access.html"
    permission = StaffPermission.MANAGE_ACCOUNTS
    form_class = RoleForm
    refusal = CannotChangeAccountError
    saved_sentence = gettext_lazy("The role is being checked.")

    @property
    def record(self) -> CloudAccount:
        return self.account

    def get_success_url(self) -> str:
        return self.url_of("access")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cancel_url": ""}

    def save(self, form: RoleForm) -> None:
        arn, version = form.cleaned_data["role_arn"], form.cleaned_data["version"]
        flows.name_and_check(self.account, arn, version=version, by=self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            access=access_of(self.account),
            has_role=has_role(self.account),
            is_possible=bool(settings.AWS_PRINCIPAL),
            words=access_words(self.account),
            **kwargs,
        )


class CheckAccess(AccountPage):
    permission = StaffPermission.MANAGE_ACCOUNTS
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.order_check(self.account, by=self.user)
        except CannotChangeAccountError as error:
            messages.error(self.request, str(error))
        return redirect(self.url_of("access"))
