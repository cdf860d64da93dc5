"""`manage.py end_sessions`: log people out, all of a host, of all hosts, or one person."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import schema_context

from accounts import hosts
from accounts.models import Session
from audit import security
from resellers.models import Reseller
from resellers.schemas import PUBLIC


class Command(BaseCommand):
    help = "Logs people out at once: after a theft, or when nobody knows who is in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="", help="of a reseller, or of the platform")
        parser.add_argument("--all", action="store_true", help="every host of this installation")
        parser.add_argument("--email", default="", help="one person at that host")

    def handle(self, *_args: Any, **options: Any) -> None:
        host, email, everywhere = options["host"], options["email"], options["all"]
        if bool(host) == everywhere:
            raise CommandError("Say whose sessions: --host or --all.")
        if email and everywhere:
            raise CommandError("A person belongs to one host: name it with --host.")
        schemas = _schemas() if everywhere else [hosts.schema_of(host)]
        number = sum(_end(schema, email) for schema in schemas)
        security.note(security.SESSIONS_ENDED, number=number, schemas=len(schemas))
        self.stdout.write(f"{number} sessions ended.")


def _schemas() -> list[str]:
    with schema_context(PUBLIC):
        return [PUBLIC, *Reseller.objects.ready().values_list("schema_name", flat=True)]


def _end(schema: str, email: str) -> int:
    with schema_context(schema):
        ended = Session.objects.all()
        if email:
            ended = ended.filter(user=hosts.person(email))
        number, _by_model = ended.delete()
        return number
