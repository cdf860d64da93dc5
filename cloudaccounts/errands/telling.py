"""Each step of an errand on the account's timeline, and to whoever follows the account."""

from accounts.models import User
from audit import trail
from cloudaccounts import hooks
from cloudaccounts.models import CloudAccount, Errand
from cloudaccounts.providers.registry import provider
from cloudaccounts.providers.troubles import Trouble

# By the product itself: nobody is named.
NOBODY: User | None = None


def tell(
    account: CloudAccount,
    errand: Errand,
    action: str,
    *,
    by: User | None = NOBODY,
    changes: dict[str, tuple[object, object]] | None = None,
) -> None:
    """Record what was done with the errand of a locked account, and tell its followers."""
    trail.record(
        action,
        subject=account,
        actor=by,
        about=[account.customer],
        changes=changes,
        note=sentence_of(errand),
    )
    hooks.tell(hooks.News(account, hooks.Event.ERRAND_CHANGED, errand))


def trouble_of(errand: Errand) -> Trouble | None:
    """What the provider answered last instead of what was asked for, in the reader's language."""
    if not errand.trouble_code:
        return None
    known = provider(errand.account.provider)
    return known.explain(errand.trouble_code, errand.trouble_request_id)


def sentence_of(errand: Errand) -> str:
    """The trouble and what to do about it; empty where there is none."""
    trouble = trouble_of(errand)
    return f"{trouble.sentence} {trouble.next_step}" if trouble else ""
