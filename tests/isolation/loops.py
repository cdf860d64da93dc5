"""Every loop of the templates: whether it shows records, and so gets longer, or why it does not.

A list page is a loop. A loop that is not listed here must be seen to get longer in
test_longer_lists.py, on each page where it stands.
"""

import copy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.db.models import QuerySet
from django.template.defaulttags import ForNode

Loop = tuple[str, str]  # the template, and the tag: ("console/home.html", "for card in cards")

_FIELDS = "the fields of a form"
_MENU = "the entries of a menu"
_CLOUDS = "the clouds that the product knows"
BOUNDED: dict[Loop, str] = {
    ("account/_alternatives.html", "for way in reauthentication_alternatives"): "ways to log in",
    ("admin/operations/_timeline.html", "for change in entry.changes"): "fields of one deed",
    ("admin/operations/form_page.html", "for field in form"): _FIELDS,
    ("admin/operations/fulfilmentticket/change_form.html", "for action in ticket_actions"): (
        "what can be done"
    ),
    ("allauth/elements/fields.html", "for field in attrs.form"): _FIELDS,
    ("allauth/elements/panel.html", "for action in slots.actions"): "buttons of a panel",
    ("bootstrap5/layout/field_errors.html", "for error in field.errors"): "rules of one field",
    ("bootstrap5/layout/field_errors_block.html", "for error in field.errors"): (
        "rules of one field"
    ),
    ("components/cloud_steps.html", "for document in access.documents"): "four ways at most",
    ("components/cloud_steps.html", "for link in access.links"): "pages of one provider",
    ("components/cloud_steps.html", "for step in access.steps"): "steps at one provider",
    ("components/error_summary.html", "for line in lines"): _FIELDS,
    ("components/bulk_bar.html", "for action in listing.bulk.shown"): "what can be done",
    ("components/bulk_bar.html", "for action in listing.bulk.more"): "what can be done",
    ("components/layout/_keys.html", "for link in links"): _MENU,
    ("components/layout/_menu.html", "for link in links"): _MENU,
    ("components/list_chips.html", "for chip in listing.chips"): "a list's parameters",
    ("components/list_filters.html", "for boxes in listing.filters.boxes"): "filters of a list",
    ("components/list_filters.html", "for field in boxes.fields"): "from and to",
    ("components/list_filters.html", "for name, value in listing.kept_beside_filters"): (
        "a list's parameters"
    ),
    ("components/list_head.html", "for name, value in listing.kept_parameters"): (
        "a list's parameters"
    ),
    ("components/list_head.html", "for notice in listing.notices"): "a list's parameters",
    ("components/list_results.html", "for header in listing.headers"): "columns of a list",
    ("components/messages.html", "for message in messages"): "what one deed says",
    ("components/tabs.html", "for tab in tabs"): "named views of a list",
    ("console/_stale.html", "for row in conflicts"): _FIELDS,
    ("console/customers/_look_alikes.html", "for hint in look_alikes"): "at most five hints",
    ("console/customers/_facts.html", "for tag in customer.tags"): "tags of one customer",
    ("console/customers/merge.html", "for name, value in filled.items"): _FIELDS,
    ("components/tags_input.html", "for tag in suggested"): "thirty tags at most",
    ("console/contacts/_rows.html", "for row in rows"): "the contacts that were ticked on one page",
    ("console/contacts/accounts.html", "for row in todo"): (
        "the contacts that were ticked on one page"
    ),
    ("console/bulk/_skipped.html", "for reason, number in reasons"): "reasons for being skipped",
    ("console/bulk/confirm.html", "for customer in names"): "ten names at most",
    ("console/bulk/confirm.html", "for words in selection.in_words"): "a list's parameters",
    ("console/bulk/detail.html", "for tag in run.tags"): "twenty tags at most",
    ("console/custom_fields/list.html", "for field in live"): "fifty custom fields at most",
    ("console/custom_fields/list.html", "for field in retired"): "fifty custom fields at most",
    ("console/customer_fields/detail.html", "for fact in live"): "fifty custom fields at most",
    ("console/customer_fields/detail.html", "for fact in retired"): "fifty custom fields at most",
    ("console/groups/_attributes.html", 'for key, value in row.attribute_pairs|slice:":3"'): (
        "attributes of one group"
    ),
    ("console/groups/_tags.html", "for tag in row.tags"): "tags of one group",
    ("console/groups/detail.html", "for key, value in group.attribute_pairs"): (
        "attributes of one group"
    ),
    ("console/groups/detail.html", "for tag in group.tags"): "tags of one group",
    ("console/help/contents.html", "for page in pages"): "pages of the guide",
    ("console/help/contents.html", "for section in page.sections"): "sections of the guide",
    ("console/help/page.html", "for section in page.sections"): "sections of the guide",
    ("console/cloud_accounts/choose.html", "for provider in providers"): _CLOUDS,
    ("console/cloud_accounts/detail.html", "for fact in facts"): "fifty custom fields at most",
    ("console/cloud_providers/list.html", "for provider, held in rows"): _CLOUDS,
    ("console/home.html", "for card in cards"): "one card for each area",
    ("console/list_views/_told.html", "for chip in listing.chips"): "a list's parameters",
    ("console/list_views/columns.html", "for box, place in form.rows"): "columns of a list",
    ("console/list_views/columns.html", "for error in place.errors"): "rules of one field",
    ("console/list_views/list.html", "for view in views"): "sixty views at most",
    ("console/exports/new.html", "for chip in listing.chips"): "a list's parameters",
    ("console/exports/new.html", "for notice in listing.notices"): "a list's parameters",
    ("console/imports/columns.html", "for column in form.file_columns"): "columns of one file",
    ("console/imports/columns.html", "for error in column.box.errors"): "rules of one field",
    ("console/imports/detail.html", "for outcome, number in outcomes"): "what becomes of rows",
    ("console/orders/list.html", "for field in filters"): "filters of a list",
    ("console/orders/list.html", "for name, value in listing.kept_beside_filters"): (
        "a list's parameters"
    ),
    ("console/purchase_orders/_state.html", "for sign in row.signs_today"): "three at most",
    ("console/purchase_orders/detail.html", "for sign in order.signs_today"): "three at most",
    ("console/requests/_findings.html", "for answer in answers"): "the checks there are",
    ("console/requests/bulk.html", "for record in requests"): "the requests ticked on one page",
    ("console/requests/bulk_outcome.html", "for outcome in outcomes"): (
        "the requests ticked on one page"
    ),
    ("console/search.html", "for group in groups"): "the kinds of records",
    ("console/search.html", "for hit in group.hits"): "at most five of a kind",
    ("mfa/recovery_codes/index.html", "for code in codes"): "ten codes a person",
    ("portal/cloud_accounts/choose.html", "for provider in providers"): _CLOUDS,
    ("portal/requests/detail.html", "for step in steps"): "three steps",
    ("portal/storefront.html", "for cloud in clouds"): _CLOUDS,
}
# Loops of other people's templates that show our records.
FOREIGN: set[Loop] = {("admin/change_list_results.html", "for result in results")}
# Lists that never get long, by the page.
SHORT_LISTS = {"admin:operations_platformconnection_changelist": "one for each cloud at most"}

_TAG = re.compile(r"{%\s*(for\s.+?\sin\s.+?)\s*%}")
_ours = Path(settings.BASE_DIR) / "templates"


def ours() -> set[Loop]:
    """Every loop of the project's own templates for pages. Mails show one record each."""
    files = (path for kind in ("*.html", "*.txt") for path in _ours.rglob(kind))
    return {
        (path.relative_to(_ours).as_posix(), tag)
        for path in files
        if path.relative_to(_ours).parts[0] != "emails"
        for tag in _TAG.findall(path.read_text())
    }


class _Known:
    """What a loop runs over, asked for once: looking at it must not add to the queries."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def resolve(self, context: Any, ignore_failures: bool = False) -> Any:
        return self.values


@contextmanager
def watched() -> Iterator[dict[Loop, int]]:
    """Notes how often each loop runs at most, while pages are made."""
    seen: dict[Loop, int] = {}
    render = ForNode.render

    def noting(node: Any, context: Any) -> Any:
        values = node.sequence.resolve(context, ignore_failures=True)
        loop: Loop = (node.origin.template_name, node.token.contents)
        length = len(list(values)) if isinstance(values, QuerySet | list | tuple) else 0
        seen[loop] = max(seen.get(loop, 0), length)
        known = copy.copy(node)
        known.sequence = _Known(values)
        return render(known, context)

    with patch.object(ForNode, "render", noting):
        yield seen
