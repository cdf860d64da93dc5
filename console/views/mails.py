"""One mail as it went out, without what only its recipient may see; sending it again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.roles import StaffPermission
from components.frames import mail_document
from console import timeline
from console.views.base import ConsolePage
from notifications import outbox, redaction
from notifications.models import OutgoingMail


class MailPage(ConsolePage):
    """A page about one mail, named by `mail_id` in the URL."""

    permission = StaffPermission.VIEW_CUSTOMERS
    mail: OutgoingMail

    def load(self) -> None:
        self.mail = get_object_or_404(OutgoingMail, pk=self.kwargs["mail_id"])


class ReadMail(MailPage, TemplateView):
    """Everything about one mail: its text, its look, its way."""

    template_name = "console/mails/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_resend = self.may(StaffPermission.MANAGE_PEOPLE)
        return super().get_context_data(
            mail=self.mail,
            text=redaction.redacted_text(self.mail),
            state=timeline.state_of(self.mail),
            resendable=may_resend and outbox.can_be_resent(self.mail),
            **kwargs,
        )


class MailDocument(MailPage):
    """The HTML part alone, for the frame on the mail's page."""

    http_method_names = ["get", "head"]

    def get(self, _request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return mail_document(redaction.redacted_html(self.mail))


class ResendMail(MailPage):
    """Sends the mail once more and goes back to where the button was."""

    permission = StaffPermission.MANAGE_PEOPLE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            outbox.resend(self.mail, by=self.user)
        except outbox.CannotResendError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The mail is on its way again."))
        return redirect(self._way_back())

    def _way_back(self) -> str:
        came_from = self.request.headers.get("Referer", "")
        is_ours = url_has_allowed_host_and_scheme(
            came_from,
            allowed_hosts={self.request.get_host()},
            require_https=self.request.is_secure(),
        )
        return came_from if is_ours else reverse("console:mails:detail", args=[self.mail.pk])
