"""Making cloud accounts known, and changing what is said about them."""

import uuid
from typing import Any, TypedDict

import psycopg2
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import trail
from cloudaccounts import actions, hooks
from cloudaccounts.flows import roles, statuses
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount, CustomerProvider
from cloudaccounts.providers import registry
from cloudaccounts.providers.aws.ids import new_external_id
from cloudaccounts.standing import ENDED, Origin, Status
from customers.custom_locks import hold_definitions_still
from customers.flows.filling import CannotFillError, Filled, Told, fill
from customers.models import Customer, CustomField, Group
from customers.staleness import require_fresh
from customers.standing import refusal_to_change
from resellers.clouds import Cloud

_TAKEN = "cloud_account_belongs_to_one_customer"  # the constraint
# What is fixed once somebody decides about it.
_OF_DRAFTS = ("id_kind", "account_id", "root_email")


class AccountDetails(TypedDict, total=False):
    """What people may say about an account. The kind of the ID is one that the provider has."""

    provider: str
    id_kind: str
    account_id: str
    name: str
    root_email: str
    group: Group | None


class AccountTakenError(CannotChangeAccountError):
    """The account is somebody's. Whose stands in `holder`, for staff only; the message fits all."""

    def __init__(self, holder: CloudAccount | None) -> None:
        super().__init__(_("This account is known here already."), field="account_id")
        self.holder = holder


@transaction.atomic
def add(
    customer: Customer,
    details: AccountDetails,
    *,
    by: User,
    key: uuid.UUID | None = None,
    custom: Told | None = None,
) -> CloudAccount:
    """Note an account that the customer has at a provider, to be linked.

    `key` becomes the account's own: the same details sent twice with one key make one account.
    Without a name it is called by its ID. Raises CannotChangeAccountError; AccountTakenError.
    """
    told = {**details, **_clean_id(details["provider"], details)}
    told["name"] = _tidied(told.get("name", "")) or told["account_id"]
    return _make(customer, told, Origin.LINKED, by=by, made=_Made(key, custom))


@transaction.atomic
def add_new(
    customer: Customer,
    details: AccountDetails,
    *,
    by: User,
    key: uuid.UUID | None = None,
    custom: Told | None = None,
) -> CloudAccount:
    """Note an account that the provider is to make for the customer: it has no ID yet.

    `key` as for `add`. Raises CannotChangeAccountError.
    """
    provider = registry.provider(details["provider"])
    told = {**details, "account_id": "", "id_kind": provider.id_kinds[0].name}
    try:
        told["name"] = provider.clean_name(details["name"])
    except ValidationError as error:
        raise CannotChangeAccountError(error.messages[0], field="name") from error
    return _make(customer, told, Origin.CREATED, by=by, made=_Made(key, custom))


@transaction.atomic
def edit(
    account: CloudAccount,
    changes: AccountDetails,
    *,
    version: int,
    by: User,
    custom: Told | None = None,
) -> CloudAccount:
    """Change what is named in `changes` and `custom`, if nobody else did since `version`.

    The ID and the root e-mail stay as they are once the account is no draft. Another ID has no
    role yet. Raises StaleError, CannotChangeAccountError.
    """
    hold_definitions_still()
    account = statuses.lock(account)
    _require_open(account.customer)
    filled = _filled(account.custom_values, custom)
    changed = _changed(account, _clean_changes(account, changes))
    everything = changed | (filled.changes if filled else {})
    if not everything:
        return account
    require_fresh(account, seen=version, fields=everything, edits=actions.EDITS)
    _require_possible(account, changed)
    for field, (_old, new) in changed.items():
        setattr(account, field, new)
    fields = {*changed, "version"}
    if filled:
        account.custom_values, account.custom_search = filled.values, filled.search
        fields |= {"custom_values", "custom_search"}
    if "account_id" in changed:
        fields |= roles.forget(account)
    account.version += 1
    _save(account, sorted(fields))
    trail.record(
        actions.EDITED, subject=account, actor=by, about=[account.customer], changes=everything
    )
    return account


@transaction.atomic
def note_id(account: CloudAccount, typed: str, *, kind: str = "", by: User | None) -> CloudAccount:
    """Give a new account the ID that its provider gave it. Noting the same one again does nothing.

    Raises CannotChangeAccountError; AccountTakenError.
    """
    account = statuses.lock(account)
    told = _clean_id(account.provider, {"id_kind": kind, "account_id": typed})
    if account.account_id == told["account_id"] and account.id_kind == told["id_kind"]:
        return account
    if account.origin != Origin.CREATED or account.account_id or account.status in ENDED:
        raise CannotChangeAccountError(_("This account has its ID already."), field="account_id")
    changed = _changed(account, told)
    for field, value in told.items():
        setattr(account, field, value)
    account.version += 1
    _save(account, [*told, "version"])
    trail.record(
        actions.ID_NOTED, subject=account, actor=by, about=[account.customer], changes=changed
    )
    return account


@transaction.atomic
def discard(account: CloudAccount, *, by: User) -> CloudAccount:
    """Give up an account that is being set up; its ID is free for somebody else.

    Raises CannotChangeAccountError.
    """
    return _move_to(account, Status.DISCARDED, by=by)


@transaction.atomic
def suspend(account: CloudAccount, *, reason: str, by: User) -> CloudAccount:
    """Note that the account is on hold; it is still billed. Raises CannotChangeAccountError."""
    return _move_to(account, Status.SUSPENDED, by=by, reason=reason)


@transaction.atomic
def reactivate(account: CloudAccount, *, by: User) -> CloudAccount:
    """End a suspension. Raises CannotChangeAccountError."""
    account = statuses.lock(account)
    if account.status != Status.SUSPENDED:  # an account that is being linked is linked by AWS
        raise CannotChangeAccountError(_("This account is not suspended."))
    return _move_to(account, Status.LINKED, by=by)


class _Made:
    """Under which key an account is made, and with which custom values."""

    def __init__(self, key: uuid.UUID | None, custom: Told | None) -> None:
        self.key, self.custom = key, custom


def _make(
    customer: Customer, told: dict[str, Any], origin: Origin, *, by: User, made: _Made
) -> CloudAccount:
    hold_definitions_still()
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    known = CloudAccount.objects.filter(pk=made.key).first() if made.key else None
    if known and known.customer_id == customer.pk and not _changed(known, told):
        return known
    _require_open(customer)
    _require_enabled(customer, told["provider"])
    account = CloudAccount(customer=customer, origin=origin, **told)
    if made.key and not known:
        account.id = made.key
    if account.provider == Cloud.AWS:
        account.external_id = new_external_id()
    _require_group(account, before=None)
    _require_free(account)
    if filled := _filled({}, made.custom):
        account.custom_values, account.custom_search = filled.values, filled.search
    _save(account)
    trail.record(actions.ADDED, subject=account, actor=by, about=[customer])
    return account


def _move_to(account: CloudAccount, to: Status, *, by: User, reason: str = "") -> CloudAccount:
    account = statuses.lock(account)
    _require_open(account.customer)
    if to == Status.DISCARDED and (refusal := hooks.obstacle(account)):
        raise CannotChangeAccountError(refusal)
    statuses.change(account, to, by=by, reason=reason)
    return account


def _clean_id(name: str, told: AccountDetails) -> dict[str, Any]:
    """The ID and its kind as they are stored."""
    provider = registry.provider(name)
    kind = told.get("id_kind") or provider.id_kinds[0].name
    try:
        account_id = provider.clean_account_id(told.get("account_id", ""), kind=kind)
    except KeyError as error:
        raise CannotChangeAccountError(_("Choose a kind of ID."), field="id_kind") from error
    except ValidationError as error:
        raise CannotChangeAccountError(error.messages[0], field="account_id") from error
    return {"id_kind": kind, "account_id": account_id}


def _clean_changes(account: CloudAccount, changes: AccountDetails) -> dict[str, Any]:
    told: dict[str, Any] = {**changes}
    if {"account_id", "id_kind"} & told.keys() and account.origin == Origin.LINKED:
        now = {"id_kind": account.id_kind, "account_id": account.account_id}
        told |= _clean_id(account.provider, {**now, **changes})  # type: ignore[typeddict-item]
    if "name" in told:
        told["name"] = _tidied(told["name"]) or account.account_id or account.name
    return told


def _tidied(text: str) -> str:
    return " ".join(text.split())


def _changed(account: CloudAccount, told: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Each field that reads otherwise, old and new."""
    now = {field: getattr(account, field) for field in told}
    return {field: (now[field], new) for field, new in told.items() if now[field] != new}


def _require_possible(account: CloudAccount, changed: dict[str, tuple[Any, Any]]) -> None:
    """Refuse what is fixed. The account still reads as stored."""
    fixed = [field for field in _OF_DRAFTS if field in changed]
    if fixed and account.status != Status.DRAFT:
        sentence = _("This can be changed while the account is being set up, and not later.")
        raise CannotChangeAccountError(sentence, field=fixed[0])
    if account.origin == Origin.CREATED and {"account_id", "id_kind"} & changed.keys():
        raise CannotChangeAccountError(_("A new account gets its ID from the provider."))
    told = {field: new for field, (_old, new) in changed.items()}
    if "account_id" in told:
        _require_free(account, told["account_id"])
    if "group" in told:
        before, account.group = account.group, told["group"]
        _require_group(account, before=before)


def _require_open(customer: Customer) -> None:
    if refusal := refusal_to_change(customer):
        raise CannotChangeAccountError(refusal)


def _require_enabled(customer: Customer, provider: str) -> None:
    if not CustomerProvider.objects.of_customer(customer).enabled().filter(provider=provider):
        sentence = _("Switch this provider on for the customer first.")
        raise CannotChangeAccountError(sentence, field="provider")


def _require_group(account: CloudAccount, *, before: Group | None) -> None:
    group = account.group
    if group is None or group == before:
        return
    if not Group.objects.of_customer(account.customer).current().filter(pk=group.pk).exists():
        sentence = _("Choose a group that the customer has.")
        raise CannotChangeAccountError(sentence, field="group")


def _require_free(account: CloudAccount, account_id: str = "") -> None:
    wanted = account_id or account.account_id
    others = CloudAccount.objects.known_as(account.provider, wanted).exclude(pk=account.pk)
    holder = others.select_related("customer").first() if wanted else None
    if holder:
        raise AccountTakenError(holder)


def _filled(before: dict[str, Any], custom: Told | None) -> Filled | None:
    if custom is None:
        return None
    try:
        return fill(before, custom, target=CustomField.Target.CLOUD_ACCOUNT)
    except CannotFillError as error:
        raise CannotChangeAccountError(str(error), field=error.field) from error


def _save(account: CloudAccount, fields: list[str] | None = None) -> None:
    """Two who add the same account at once have no lock in common: the database decides."""
    try:
        with transaction.atomic():
            account.save(update_fields=fields, force_insert=fields is None)
    except IntegrityError as error:
        if _rule_of(error) != _TAKEN:
            raise
        holder = CloudAccount.objects.known_as(account.provider, account.account_id)
        raise AccountTakenError(holder.select_related("customer").first()) from error


def _rule_of(error: IntegrityError) -> str:
    """The name of the constraint that refused. The message could hold what somebody typed."""
    assert isinstance(error.__cause__, psycopg2.IntegrityError)  # noqa: S101 - our only driver
    return error.__cause__.diag.constraint_name or ""
