"""`manage.py create_reseller`: what operators do in the admin, from a shell."""

import time
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from resellers import flows, provisioning
from resellers.clouds import Cloud
from resellers.models import Reseller

SECONDS_BETWEEN_LOOKS = 0.5


class Command(BaseCommand):
    help = "Creates a reseller. Its schema is made by a worker; its first owner is mailed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True)
        parser.add_argument("--host", required=True, help="for example portal.example.com")
        parser.add_argument("--owner-email", required=True, help="the first owner is invited there")
        parser.add_argument("--owner-name", default="")
        parser.add_argument("--currency", default="USD")
        parser.add_argument("--time-zone", default="UTC", help="for example Europe/Berlin")
        parser.add_argument("--language", default="en")
        parser.add_argument(
            "--provider",
            dest="providers",
            action="append",
            default=[],
            choices=Cloud.values,
            help="a cloud it may resell; repeat for several",
        )
        parser.add_argument("--brand-color", default="#0559a8")
        parser.add_argument("--support-email", default="")
        parser.add_argument("--support-phone", default="")
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--wait", action="store_true", help="until a worker has made it ready")
        ways.add_argument("--now", action="store_true", help="make it ready here, without a worker")
        parser.add_argument("--timeout", type=float, default=120, help="seconds that --wait waits")

    def handle(self, *_args: Any, **options: Any) -> None:
        reseller = self._create(options)
        if options["now"]:
            self._make_ready(reseller)
        elif options["wait"]:
            self._wait(reseller, options["timeout"])
        else:
            self.stdout.write(f"{reseller.name} was requested. A worker makes it ready.")

    def _create(self, options: dict[str, Any]) -> Reseller:
        fields = {name: options[name] for name in (*flows.SETTINGS, *flows.FIRST_OWNER)}
        fields["providers"] = list(dict.fromkeys(options["providers"]))
        try:
            return flows.create(Reseller(**fields), by=None)
        except ValidationError as error:
            raise CommandError("\n".join(_lines(error))) from error
        except flows.CannotCreateError as error:
            raise CommandError(str(error)) from error

    def _make_ready(self, reseller: Reseller) -> None:
        try:
            provisioning.provision(reseller.pk)
        except provisioning.CannotProvisionError as error:
            raise CommandError(f"{reseller.name} could not be made ready: {error}") from error
        self.stdout.write(f"{reseller.name} is ready at {reseller.host}.")

    def _wait(self, reseller: Reseller, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while reseller.is_being_made:
            if time.monotonic() > deadline:
                raise CommandError(
                    f"{reseller.name} is not ready after {timeout:g} seconds "
                    f"({reseller.get_state_display()}). Is a worker running?"
                )
            time.sleep(SECONDS_BETWEEN_LOOKS)
            reseller.refresh_from_db()
        if reseller.state == Reseller.State.FAILED:
            raise CommandError(f"{reseller.name} could not be made ready: {reseller.failure}")
        self.stdout.write(f"{reseller.name} is ready at {reseller.host}.")


def _option(field: str) -> str:
    return "--provider" if field == "providers" else f"--{field.replace('_', '-')}"


def _lines(error: ValidationError) -> list[str]:
    """One line a mistake, named as the option that it came from."""
    return [
        f"{_option(field)}: {message}" if field != NON_FIELD_ERRORS else message
        for field, messages in error.message_dict.items()
        for message in messages
    ]
