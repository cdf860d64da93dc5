"""Saving how a list is looked at: columns, views, the view to begin with."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import sentences, trail
from customers.list_view_querysets import SavedViewQuerySet
from customers.models import ListPreference, SavedView

SHARED = "saved_view.shared"
CHANGED = "saved_view.changed"
WITHDRAWN = "saved_view.withdrawn"
DELETED = "saved_view.deleted"
sentences.describe(
    {
        SHARED: gettext_lazy("shared the view {subject}"),
        CHANGED: gettext_lazy("changed the shared view {subject}"),
        WITHDRAWN: gettext_lazy("shares the view {subject} no longer"),
        DELETED: gettext_lazy("deleted the shared view {subject}"),
    }
)
# More tabs than this nobody reads.
MOST_OWN = 30
MOST_SHARED = 30
MOST_PARAMETERS = 150
LONGEST_VALUE = 500
_NAMES = 7_252  # the number of the lock; the second one is the reseller's schema


class CannotSaveViewError(Exception):
    """It cannot be saved like that. The message is fit to show, beside `field` if named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is shown, as the list's address says it, and in which columns; None: everybody's own."""

    parameters: Mapping[str, str]
    columns: Sequence[str] | None = None


@transaction.atomic
def save(
    name: str, look: Look, *, by: User, is_shared: bool = False, key: uuid.UUID | None = None
) -> SavedView:
    """Save a view. `key` becomes its own: sent twice, it is saved once. Raises
    CannotSaveViewError."""
    if key and (made := SavedView.objects.filter(pk=key, owner=by).first()):
        return made
    view = SavedView(
        id=uuid.uuid4() if key is None or SavedView.objects.filter(pk=key).exists() else key,
        owner=by,
        name=name,
        is_shared=is_shared,
    )
    _claim_names()
    _refuse_too_many(view)
    _refuse_taken(view)
    _take(view, look)
    view.save(force_insert=True)
    if is_shared:
        trail.record(SHARED, subject=view, actor=by)
    return view


@transaction.atomic
def rename(view: SavedView, name: str, *, is_shared: bool, by: User) -> SavedView:
    """Change its name and who sees it. Raises CannotSaveViewError."""
    _claim_names()
    view = _locked(view)
    was_shared, before = view.is_shared, view.name
    view.name, view.is_shared = name, is_shared
    if was_shared and not is_shared:
        view.owner = by  # whoever withdraws it keeps it
    if is_shared != was_shared:
        _refuse_too_many(view)
    _refuse_taken(view)
    view.save(update_fields=["name", "is_shared", "owner"])
    if is_shared != was_shared:
        trail.record(SHARED if is_shared else WITHDRAWN, subject=view, actor=by)
    elif is_shared and before != name:
        trail.record(CHANGED, subject=view, actor=by, changes={"name": (before, name)})
    return view


@transaction.atomic
def replace(view: SavedView, look: Look, *, version: int, by: User) -> SavedView:
    """Let the view show something else, unless somebody did since the person saw `version`.

    Raises CannotSaveViewError.
    """
    view = _locked(view)
    before = (view.parameters, view.columns)
    _take(view, look)
    if before == (view.parameters, view.columns):
        return view
    if view.version != version:
        raise CannotSaveViewError(
            _("Somebody else changed the view meanwhile. Look at it again, then save.")
        )
    view.version += 1
    view.save(update_fields=["parameters", "columns", "version"])
    if view.is_shared:
        trail.record(CHANGED, subject=view, actor=by)
    return view


@transaction.atomic
def delete(view: SavedView, *, by: User) -> None:
    """Forget a view. Whose list began with it, begins with all customers again."""
    locked = SavedView.objects.select_for_update().filter(pk=view.pk).first()
    if locked is None:
        return
    if locked.is_shared:
        trail.record(DELETED, subject=locked, actor=by)
    locked.delete()


def begin_with(view: SavedView | None, *, by: User) -> None:
    """Let the person's list begin with this view; None: with all customers."""
    ListPreference.objects.update_or_create(user=by, defaults={"default_view": view})


def choose_columns(columns: Sequence[str] | None, *, by: User) -> None:
    """Show these columns to the person, in this order; None: the usual ones."""
    chosen = None if columns is None else list(columns)
    ListPreference.objects.update_or_create(user=by, defaults={"columns": chosen})


def _claim_names() -> None:
    """Whoever names a view at the same moment waits: numbers and names stay as they were seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [_NAMES])


def _take(view: SavedView, look: Look) -> None:
    told = dict(look.parameters)
    if len(told) > MOST_PARAMETERS or any(len(value) > LONGEST_VALUE for value in told.values()):
        raise CannotSaveViewError(_("These are too many filters for one view."))
    view.parameters = told
    view.columns = None if look.columns is None else list(look.columns)


def _locked(view: SavedView) -> SavedView:
    found = SavedView.objects.select_for_update().filter(pk=view.pk).first()
    if found is None:
        raise CannotSaveViewError(_("The view was deleted meanwhile."))
    return found


def _neighbours(view: SavedView) -> SavedViewQuerySet:
    """The other views among which its name must be the only one of its kind."""
    views = SavedView.objects.exclude(pk=view.pk)
    return views.shared() if view.is_shared else views.own(view.owner)


def _refuse_too_many(view: SavedView) -> None:
    most = MOST_SHARED if view.is_shared else MOST_OWN
    if _neighbours(view).count() >= most:
        sentence = _("There are %s such views already. Delete one that nobody needs first.")
        raise CannotSaveViewError(sentence % most)


def _refuse_taken(view: SavedView) -> None:
    # The database compares in lower case of its own: ask it, so that it cannot disagree later.
    same = (
        _neighbours(view).alias(lower_name=Lower("name")).filter(lower_name=Lower(Value(view.name)))
    )
    if same.exists():
        raise CannotSaveViewError(_("There is a view with this name already."), field="name")
