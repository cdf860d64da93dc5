"""Finds the recovery codes that are not hashed yet: soon none, so that looking costs nothing."""

from django.db import migrations

# The table is allauth's: its model cannot name the index.
FIND = """
CREATE INDEX CONCURRENTLY mfa_codes_to_hash ON mfa_authenticator (id)
WHERE type = 'recovery_codes' AND data ? 'seed'
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("accounts", "0004_search_people"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunSQL(FIND, "DROP INDEX CONCURRENTLY mfa_codes_to_hash")]
