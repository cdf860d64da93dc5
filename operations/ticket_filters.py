"""What narrows the list of tickets."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations import desk
from operations.models import FulfilmentTicket

Rows = models.QuerySet[Any]
_DAYS = {"1": 1, "3": 3, "7": 7}


class StateFilter(admin.SimpleListFilter):
    """What is to be done, unless somebody asks for more."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        model_admin: Any,  # noqa: ARG002
    ) -> list[tuple[str, str]]:
        states = [(each.value, str(each.label)) for each in FulfilmentTicket.State]
        return [*states, ("all", _("Every state"))]

    def choices(self, changelist: Any) -> Any:
        """The first choice is what one sees without any."""
        first, *others = super().choices(changelist)
        yield {**first, "display": _("Not closed")}
        yield from others

    def queryset(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        queryset: Rows,
    ) -> Rows:
        if self.value() == "all":
            return queryset
        wanted = [self.value()] if self.value() in FulfilmentTicket.State.values else desk.OPEN
        return queryset.filter(state__in=wanted)


class AssigneeFilter(admin.SimpleListFilter):
    title = gettext_lazy("assignee")
    parameter_name = "assigned"

    def lookups(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        model_admin: Any,  # noqa: ARG002
    ) -> list[tuple[str, str]]:
        return [("me", _("Mine")), ("nobody", _("Nobody's")), ("others", _("Others'"))]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        me = request.user.pk
        if self.value() == "me":
            return queryset.filter(assignee=me)
        if self.value() == "nobody":
            return queryset.filter(assignee__isnull=True)
        if self.value() == "others":
            return queryset.filter(assignee__isnull=False).exclude(assignee=me)
        return queryset


class AgeFilter(admin.SimpleListFilter):
    title = gettext_lazy("age")
    parameter_name = "older"

    def lookups(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        model_admin: Any,  # noqa: ARG002
    ) -> list[tuple[str, str]]:
        return [
            ("1", _("Older than a day")),
            ("3", _("Older than three days")),
            ("7", _("Older than a week")),
        ]

    def queryset(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        queryset: Rows,
    ) -> Rows:
        days = _DAYS.get(self.value() or "")
        if days is None:
            return queryset
        return queryset.filter(created_at__lt=timezone.now() - dt.timedelta(days=days))
