"""The reseller's own AWS organization: named, checked, given up."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.roles import StaffPermission
from cloudaccounts.connecting import connection_access, connection_words
from cloudaccounts.flows import connections as flows
from cloudaccounts.flows.connections import CannotSaveConnectionError
from cloudaccounts.models import Connection
from console.forms.connections import ConnectionForm
from console.views.base import ConsolePage
from console.views.editing import Editing
from resellers.clouds import Cloud


class ConnectionPage(ConsolePage):
    """A page about the connection. There is one at most; without it most pages are not there."""

    permission = StaffPermission.MANAGE_SETTINGS
    connection: Connection | None

    def load(self) -> None:
        self.connection = Connection.objects.filter(provider=Cloud.AWS).first()

    @property
    def stored(self) -> Connection:
        """The connection. Raises Http404."""
        if self.connection is None:
            raise Http404
        return self.connection


class ConnectionDetail(ConnectionPage, TemplateView):
    template_name = "console/connections/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.connection
        return super().get_context_data(
            connection=found,
            words=connection_words(found) if found else None,
            access=connection_access(found) if found else None,
            **kwargs,
        )


class EditConnection(Editing, ConnectionPage):
    """The account and its role; the first time, too."""

    template_name = "console/connections/edit.html"
    form_class = ConnectionForm
    refusal = CannotSaveConnectionError
    saved_sentence = gettext_lazy("The connection was saved. It serves once a check ended well.")

    @property
    def record(self) -> Connection:
        return self.connection or Connection(provider=Cloud.AWS, version=flows.NOTHING_SEEN)

    def get_success_url(self) -> str:
        return reverse("console:connections:detail")

    def save(self, form: ConnectionForm) -> None:
        version = form.cleaned_data["version"]
        flows.set_connection(self.record, form.details, version=version, by=self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(connection=self.connection, **kwargs)


class CheckConnection(ConnectionPage):
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        flows.order_connection_check(self.stored, by=self.user)
        return redirect("console:connections:detail")


class Disconnect(ConnectionPage, TemplateView):
    template_name = "console/connections/disconnect.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(connection=self.stored, **kwargs)

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.disconnect(self.stored, by=self.user)
        except CannotSaveConnectionError as error:
            messages.error(self.request, str(error))
        else:
            messages.success(self.request, _("The connection was given up."))
        return redirect("console:connections:detail")
