"""`manage.py load_demo`: the two demo resellers, if they are not there yet."""

from django.core.management.base import BaseCommand, CommandError

from demo import loading


class Command(BaseCommand):
    help = "Make the demo resellers, if they are missing. Running it again changes nothing."

    def handle(self, *_args: object, **_options: object) -> None:
        try:
            made = loading.load()
        except loading.NotADemoError as error:
            raise CommandError(str(error)) from error
        for name in made:
            self.stdout.write(f"Made the demo reseller {name}.")
