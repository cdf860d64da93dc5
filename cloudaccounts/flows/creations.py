"""Ordering new accounts. What the provider answers comes in by tasks."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from cloudaccounts import actions
from cloudaccounts.errands import telling
from cloudaccounts.flows import statuses
from cloudaccounts.flows.ordering import require_name, require_orderable
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount, Creation
from cloudaccounts.tasks import errands as tasks

# Email of AWS's CreateAccount.
_LENGTHS = (MinLengthValidator(6), MaxLengthValidator(64))


@transaction.atomic
def order_creation(account: CloudAccount, *, via: str, by: User | None) -> Creation:
    """Have the account made, through the platform's connection or the reseller's own.

    Raises CannotChangeAccountError.
    """
    account = statuses.lock(account)
    if account.account_id:
        raise CannotChangeAccountError(_("This account exists already: it has an ID."))
    record = require_orderable(account, via=via, by_hand="by_hand/create")
    creation = Creation.objects.create(
        account=account,
        via=via,
        management_account_id=record.account_id,
        name=require_name(account),
        root_email=_email_of(account),
    )
    telling.tell(account, creation, actions.CREATION_ORDERED, by=by)
    tasks.wake_after_commit(creation)
    return creation


def _email_of(account: CloudAccount) -> str:
    try:
        for check in _LENGTHS:
            check(account.root_email)
    except ValidationError as error:
        sentence = _("A new account needs a root e-mail of 6 to 64 characters.")
        raise CannotChangeAccountError(sentence, field="root_email") from error
    return account.root_email
