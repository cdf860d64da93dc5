"""`manage.py remove_factors`: for a person who lost phone, keys and recovery codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import schema_context

from accounts import hosts
from accounts.flows import factors


class Command(BaseCommand):
    help = (
        "Takes a person's second factors away. Be as sure of who asks as when they got the "
        "account: their password alone lets them in afterwards."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", required=True, help="of a reseller, or of the platform")
        parser.add_argument("--email", required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        with schema_context(hosts.schema_of(options["host"])):
            removed = factors.remove_lost(hosts.person(options["email"]))
        if not removed:
            raise CommandError("This person has no second factor.")
        self.stdout.write(f"{removed} removed. The person was logged out and told.")
