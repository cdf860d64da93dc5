"""`manage.py demo_logins`: prints the demo's addresses and log-ins."""

from django.core.management.base import BaseCommand

from demo import logins


class Command(BaseCommand):
    help = "Print the demo's addresses and log-ins."

    def handle(self, *_args: object, **_options: object) -> None:
        for line in logins.lines():
            self.stdout.write(line)
