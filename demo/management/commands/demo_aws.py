"""`manage.py demo_aws`: the stand-in for AWS, and the customer who plays with it."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.aws import command

_WISHED = ("account", "days", "external_id", "trust", "name", "region", "policy")


class Command(BaseCommand):
    help = "Start the stand-in for AWS, or play the customer: accept, decline, let days pass."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        command.add_arguments(parser)

    def handle(self, *_args: object, **options: Any) -> None:
        try:
            if options["act"] == "serve":
                self.serve(options["at"])
            else:
                given = {name: options.get(name) for name in _WISHED}
                wish = {
                    name: str(value) for name, value in given.items() if value not in {None, ""}
                }
                self.stdout.write(command.play(options["act"], wish))
        except command.CannotPlayError as error:
            raise CommandError(str(error)) from error

    def serve(self, port: int) -> None:
        """Until somebody stops the process."""
        with command.serve(settings.MODE, port) as server:
            self.stdout.write(f"AWS_ENDPOINT_URL={server.url}")
            self.stdout.flush()
            server.serve_forever()
