"""Search in everything."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from accounts.roles import StaffPermission
from console import finding
from console.views.base import ConsolePage
from customers.search import id_in


class Search(ConsolePage, TemplateView):
    """Some of each kind. Whoever pastes the id of a record is led to it."""

    template_name = "console/search.html"
    permission = StaffPermission.VIEW_CONSOLE

    @cached_property
    def text(self) -> str:
        text = self.request.GET.get("q", "").strip()
        return "" if "\x00" in text or len(text) > finding.LONGEST else text

    @cached_property
    def groups(self) -> list[finding.Group]:
        return finding.find(self.text, self.may)

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        if id_in(self.text) and len(self.groups) == 1 and len(self.groups[0].hits) == 1:
            return redirect(self.groups[0].hits[0].url)
        return super().get(*args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            text=self.text, groups=self.groups, told=self._told(), **kwargs
        )

    def _told(self) -> str:
        """How much was found, in words."""
        number = sum(len(group.hits) for group in self.groups)
        if not self.text:
            return _("Type a name, an e-mail, a phone number, a code or an id.")
        if not number:
            return _("Nothing matches “%s”.") % self.text
        return ngettext("%(count)s result", "%(count)s results", number) % {"count": number}
