"""Of all resellers one at most links an account through the platform.

Each reseller's accounts lie in a schema of their own, so no constraint of the database can say so.
All of them meet in the platform's organization: there, an account that another reseller brought in
would pass for one that has just accepted.
"""

from django.db.models import Q
from django_tenants.utils import schema_context, tenant_context

from cloudaccounts.models import CloudAccount
from cloudaccounts.standing import HELD
from resellers.models import Reseller
from resellers.schemas import PUBLIC, connection

_ONE_AT_A_TIME = 20_252  # the first number of an advisory lock


def is_claimed_elsewhere(account: CloudAccount) -> bool:
    """Whether another reseller holds this account, or invites it through the platform.

    Until the transaction ends nobody else gets an answer about the same account.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))",
            [_ONE_AT_A_TIME, f"{account.provider}:{account.account_id}"],
        )
    here = connection.schema_name
    with schema_context(PUBLIC):
        others = list(Reseller.objects.filter(state="ready").exclude(schema_name=here))
    return any(_claims(reseller, account) for reseller in others)


def _claims(reseller: Reseller, account: CloudAccount) -> bool:
    invited = Q(invitations__via="platform", invitations__ended_at__isnull=True)
    with tenant_context(reseller):
        same = CloudAccount.objects.known_as(account.provider, account.account_id)
        return same.filter(Q(status__in=HELD) | invited).exists()
