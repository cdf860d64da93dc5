"""Every table: whether it grows with a reseller's business, or why it does not.

A table that is not listed here fails the tests: whoever adds one says how long it gets.
"""

from django.db import connection

# Rows come with each customer, person, request, mail, log-in or deed, and most of them stay.
GROWING = {
    "accounts_onetimelink",
    "accounts_user",
    "approvals_accountrequest",
    "approvals_approvalrequest",
    "approvals_requestmessage",
    "approvals_signup",
    "audit_auditentry",
    "cloudaccounts_cloudaccount",
    "cloudaccounts_creation",
    "cloudaccounts_customerprovider",
    "cloudaccounts_holding",
    "cloudaccounts_invitation",
    "cloudaccounts_secretlink",
    "customers_accountrun",
    "customers_bulkrow",
    "customers_bulkrun",
    "customers_contact",
    "customers_customer",
    "customers_customrank",
    "customers_export",
    "customers_group",
    "customers_import",
    "customers_importrow",
    "customers_membership",
    "accounts_session",
    "customers_purchaseorder",
    "jobs_job",
    "jobs_storedfile",
    "jobs_storedpart",
    "mfa_authenticator",
    "notifications_outgoingmail",
}
GROWING_IN_PUBLIC = {
    "audit_auditentry",
    "accounts_session",
    "operations_fulfilmentticket",
    "operations_ticketnote",
}

_NEVER = "never written: "
_EVERYWHERE = {
    "django_migrations": "one row for each migration of the code",
    "django_content_type": "one row for each model of the code",
    "auth_permission": "four rows for each model of the code",
    "auth_group": _NEVER + "roles stand in the code",
    "auth_group_permissions": _NEVER + "roles stand in the code",
    "accounts_user_groups": _NEVER + "roles stand in the code",
    "accounts_user_user_permissions": _NEVER + "roles stand in the code",
    "account_emailaddress": _NEVER + "a person's e-mail stands in accounts_user",
    "account_emailconfirmation": _NEVER + "e-mails are validated by our own links",
}
BOUNDED = {
    **_EVERYWHERE,
    "accounts_staffmember": "a reseller's team: dozens",
    "accounts_securitysettings": "one row",
    "cloudaccounts_connection": "one for each cloud at most",
    "customers_customfield": "at most 200 for customers and 200 for cloud accounts",
    "customers_listpreference": "one for each person of a reseller's team",
    "customers_savedview": "at most 30 for each of the team, and 30 shared",
    "notifications_mailsettings": "one row",
}
BOUNDED_IN_PUBLIC = {
    **_EVERYWHERE,
    "accounts_user": "the platform's operators: dozens",
    "accounts_staffmember": _NEVER + "operators are no reseller's team",
    "accounts_onetimelink": _NEVER + "operators are not invited",
    "accounts_securitysettings": _NEVER + "SECOND_FACTOR_FOR says what operators must",
    "mfa_authenticator": "a few keys for each operator",
    "django_admin_log": _NEVER + "the audit trail is kept instead",
    "operations_platformconnection": "one for each cloud at most",
    "resellers_reseller": "hundreds: each has a schema of its own",
    "resellers_domain": "a host or two for each reseller",
    "resellers_schematemplate": "one row for each state of the code's migrations",
}


def growing(schema: str) -> set[str]:
    """The tables of this schema that grow."""
    return GROWING_IN_PUBLIC if schema == "public" else GROWING


def bounded(schema: str) -> dict[str, str]:
    """The tables of this schema that do not, and why."""
    return BOUNDED_IN_PUBLIC if schema == "public" else BOUNDED


def names(schema: str) -> set[str]:
    """Every table that the schema has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        return {name for (name,) in cursor.fetchall()}


def sizes(schema: str) -> dict[str, int]:
    """How many rows each table of the schema has."""
    found = {}
    with connection.cursor() as cursor:
        for name in sorted(names(schema)):
            cursor.execute(f'SELECT count(*) FROM "{schema}"."{name}"')  # noqa: S608 - our own names
            found[name] = int(cursor.fetchone()[0])
    return found
