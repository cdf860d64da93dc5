"""Whether a customer's role lets us look into their account: what tasks ask and keep.

The provider is asked outside of a transaction, because it may take its time. What it said is kept
only if the account still reads as it did when it was asked.
"""

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit import trail
from cloudaccounts import actions, mails
from cloudaccounts.flows import statuses
from cloudaccounts.models import CloudAccount
from cloudaccounts.models.checks import CheckState
from cloudaccounts.providers import registry
from cloudaccounts.providers.contract import Cloud
from cloudaccounts.providers.results import AccessCheck, AccessOutcome, Connection, Grant
from cloudaccounts.providers.troubles import Kind

HANGS = dt.timedelta(minutes=5)  # after that, nobody waits for the answer any more
GRACE = dt.timedelta(minutes=1)  # a check that is younger was announced to a worker a moment ago
EVERY = dt.timedelta(days=7)  # how often a role that is in use is looked at again
PAUSE = dt.timedelta(hours=1)  # until one is asked about again of which nothing was learnt
LOST = "Portal.CheckLost"
MOST_PER_ROUND = 50  # of one reseller: a round every five minutes makes 100,000 in a week
MOST_PER_SWEEP = 50
_FIELDS = [
    "access_state",
    "access_outcome",
    "access_trouble_code",
    "access_request_id",
    "access_checked_at",
    "access_broken_since",
]


def run_ordered(account: CloudAccount, *, by: User | None) -> None:
    """Ask the provider about the account as it was read, if a check of it is under way."""
    if account.access_state == CheckState.CHECKING:
        store(account, ask(account, _cloud(account.provider)), by=by)


def recheck(limit: int = MOST_PER_ROUND) -> int:
    """Look again at roles that nobody looked at for a week. Returns how many were asked about.

    Where the provider asks us to slow down twice in a row, or the fault is ours, the rest waits
    for the next round.
    """
    now = timezone.now()
    rested = Q(access_check_began_at__isnull=True) | Q(access_check_began_at__lt=now - PAUSE)
    due = CloudAccount.objects.to_check(before=now - EVERY).filter(rested)
    clouds: dict[str, Cloud] = {}
    asked = slowed = 0
    for account in due.exclude(access_state=CheckState.CHECKING)[:limit]:
        cloud = clouds.get(account.provider) or _cloud(account.provider)
        clouds[account.provider] = cloud
        check = ask(account, cloud)
        asked += 1
        if not _says_nothing(check):
            slowed = 0
            store(account, check, by=None)
            continue
        _let_rest(account)
        slowed += _kind_of(check) is Kind.LATER
        if slowed > 1 or _kind_of(check) is Kind.OURS:
            break
    return asked


def waiting() -> list[uuid.UUID]:
    """The accounts whose check should have begun by now: a message or a worker was lost."""
    now = timezone.now()
    found = CloudAccount.objects.filter(
        access_state=CheckState.CHECKING, access_check_began_at__range=(now - HANGS, now - GRACE)
    )
    return list(found.values_list("pk", flat=True)[:MOST_PER_SWEEP])


def end_lost() -> None:
    """End the checks that nobody waits for any more: they count as failed."""
    lost = CloudAccount.objects.filter(
        access_state=CheckState.CHECKING, access_check_began_at__lt=timezone.now() - HANGS
    )
    for account in lost[:MOST_PER_SWEEP]:
        trouble = registry.provider(account.provider).explain(LOST, "")
        store(account, AccessCheck(AccessOutcome.UNKNOWN, trouble), by=None)


def ask(account: CloudAccount, cloud: Cloud) -> AccessCheck:
    """What the provider says. Waits for the network: never inside a transaction."""
    return cloud.check_access(Grant(account.account_id, account.role_arn, account.external_id))


@transaction.atomic
def store(asked: CloudAccount, check: AccessCheck, *, by: User | None) -> bool:
    """Keep what the provider said of the account as it was `asked`. False if it reads otherwise
    now: then the answer is void.

    What says nothing about the role leaves the last verdict on it as it was.
    """
    account = statuses.lock(asked)
    if _question(account) != _question(asked):
        return False
    worked, was_broken = account.access_outcome == AccessOutcome.OK, account.access_broken_since
    account.access_state = CheckState.FAILED
    if not _says_nothing(check):
        account.access_outcome = check.outcome.value
        account.access_checked_at = timezone.now()
        if check.outcome == AccessOutcome.OK:
            account.access_state = CheckState.OK
        account.access_broken_since = _broken_since(account, worked=worked)
    account.access_trouble_code = check.trouble.code if check.trouble else ""
    account.access_request_id = check.trouble.request_id if check.trouble else ""
    account.save(update_fields=_FIELDS)
    if action := _action(account, was_broken, was_ordered=asked.access_state):
        _tell(action, account, check, by=by)
    return True


def _question(account: CloudAccount) -> tuple[object, ...]:
    """What an answer is an answer to."""
    began = account.access_check_began_at
    return account.account_id, account.role_arn, account.external_id, account.access_state, began


def _broken_since(account: CloudAccount, *, worked: bool) -> dt.datetime | None:
    """Since when a role that worked does not: of accounts that are billed through us."""
    if account.access_state == CheckState.OK:
        return None
    if account.access_broken_since or not (worked and account.is_held):
        return account.access_broken_since
    return account.access_checked_at


def _action(account: CloudAccount, was_broken: dt.datetime | None, *, was_ordered: str) -> str:
    """What the timeline tells; of the weekly look only what changes something."""
    if account.access_broken_since and not was_broken:
        return actions.BROKE
    if was_broken and not account.access_broken_since:
        return actions.WORKS
    return actions.CHECKED if was_ordered == CheckState.CHECKING else ""


def _tell(action: str, account: CloudAccount, check: AccessCheck, *, by: User | None) -> None:
    found = check.trouble.sentence if check.trouble else check.outcome.sentence
    about = [account.customer]
    trail.record(action, subject=account, actor=by, about=about, note=str(found))
    if action == actions.BROKE:
        mails.role_broken(account, found=found)


def _says_nothing(check: AccessCheck) -> bool:
    """Whether the check did not get as far as the role."""
    return check.outcome == AccessOutcome.UNKNOWN


def _kind_of(check: AccessCheck) -> Kind | None:
    return check.trouble.kind if check.trouble else None


def _let_rest(account: CloudAccount) -> None:
    same = CloudAccount.objects.filter(pk=account.pk, access_state=account.access_state)
    same.update(access_check_began_at=timezone.now())


def _cloud(provider: str) -> Cloud:
    """The cloud as this installation itself: roles of customers name it as their principal."""
    principal: str = settings.AWS_PRINCIPAL
    account_id = principal.split(":")[4] if principal else ""
    return registry.cloud(provider, Connection(account_id))
