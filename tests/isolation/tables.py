"""Every table: whether it grows with a reseller's business, or why it does not.

A table that is not listed here fails the tests: whoever adds one says how long it gets.
"""

from django.db import connection

# Rows come with each customer, person, request, mail, log-in or deed, and most of them stay.
GROWING = {
    "accounts_onetimelink",
    "accounts_user",
    "approvals_approvalrequest",
    "approvals_signup",
    "audit_auditentry",
    "customers_customer",
    "customers_membership",
    "django_session",
    "mfa_authenticator",
    "notifications_outgoingmail",
}
GROWING_IN_PUBLIC = {"accounts_user", "audit_auditentry", "django_session", "mfa_authenticator"}

_NEVER_WRITTEN = "never written: "
BOUNDED = {
    "accounts_staffmember": "a reseller's team: dozens",
    "notifications_mailsettings": "one row",
    "django_migrations": "one row for each migration of the code",
    "django_content_type": "one row for each model of the code",
    "auth_permission": "four rows for each model of the code",
    "auth_group": _NEVER_WRITTEN + "roles stand in the code",
    "auth_group_permissions": _NEVER_WRITTEN + "roles stand in the code",
    "accounts_user_groups": _NEVER_WRITTEN + "roles stand in the code",
    "accounts_user_user_permissions": _NEVER_WRITTEN + "roles stand in the code",
    "account_emailaddress": _NEVER_WRITTEN + "a person's e-mail stands in accounts_user",
    "account_emailconfirmation": _NEVER_WRITTEN + "see approvals.flows.signup",
    # in public
    "accounts_onetimelink": _NEVER_WRITTEN + "operators are not invited",
    "django_admin_log": _NEVER_WRITTEN + "the audit trail is kept instead",
    "resellers_reseller": "hundreds: each has a schema of its own",
    "resellers_domain": "a host or two for each reseller",
    "resellers_schematemplate": "one row for each state of the code's migrations",
}


def growing(schema: str) -> set[str]:
    """The tables of this schema that grow."""
    return GROWING_IN_PUBLIC if schema == "public" else GROWING


def names(schema: str) -> set[str]:
    """Every table that the schema has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = %s AND table_type = 'BASE TABLE'",
            [schema],
        )
        return {name for (name,) in cursor.fetchall()}


def sizes(schema: str) -> dict[str, int]:
    """How many rows each table of the schema has."""
    found = {}
    with connection.cursor() as cursor:
        for name in sorted(names(schema)):
            cursor.execute(f'SELECT count(*) FROM "{schema}"."{name}"')  # noqa: S608 - our own names
            found[name] = int(cursor.fetchone()[0])
    return found
