"""What must be true before a provider is asked to do something with an account."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cloudaccounts import connections
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount, ConnectionRecord, Creation, Invitation
from cloudaccounts.providers.registry import provider
from cloudaccounts.standing import Status


def require_orderable(account: CloudAccount, *, via: str, by_hand: str) -> ConnectionRecord:
    """The connection to go through. Raises CannotChangeAccountError with a sentence.

    The account is locked. `by_hand` is the code of what a person does where the provider has no
    automatic connection.
    """
    if account.status != Status.IN_PROGRESS:
        raise CannotChangeAccountError(
            _("This account is “%(status)s”; only one that is being linked can be ordered.")
            % {"status": account.get_status_display()}
        )
    known = provider(account.provider)
    if known.is_manual:
        trouble = known.explain(by_hand, "")
        raise CannotChangeAccountError(f"{trouble.sentence} {trouble.next_step}")
    if is_under_way(account):
        raise CannotChangeAccountError(_("Something is under way for this account already."))
    record = connections.usable(account.provider, via)
    if record is None:
        raise CannotChangeAccountError(
            _("There is no connection to %(provider)s that was checked and works.")
            % {"provider": known.label}
        )
    return record


def is_under_way(account: CloudAccount) -> bool:
    """Whether an invitation or the making of the account has not ended."""
    return any(
        model.objects.open().of_account(account.pk).exists() for model in (Invitation, Creation)
    )


def require_name(account: CloudAccount) -> str:
    """The account's name as the provider takes it. Raises CannotChangeAccountError."""
    try:
        return provider(account.provider).clean_name(account.name)
    except ValidationError as error:
        raise CannotChangeAccountError(error.messages[0], field="name") from error
