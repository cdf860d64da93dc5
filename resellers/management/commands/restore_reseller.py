"""`manage.py restore_reseller`: one reseller out of a file, also of another installation."""

from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import schema_context

from resellers.backups import files, reading, restoring
from resellers.backups.archive import BrokenBackupError
from resellers.backups.making import Contents
from resellers.backups.reading import BackupReader
from resellers.schemas import PUBLIC

_GIGABYTE = 1 << 30


class Command(BaseCommand):
    help = (
        "Makes a reseller out of a file that backup_reseller wrote, here or elsewhere. Every table "
        "is compared by checksum before anybody sees it; what does not fit leaves nothing behind."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="- for standard input")
        parser.add_argument("--check", action="store_true", help="read and judge it; write nothing")
        parser.add_argument("--host", default="", help="under another host than it had")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="into the suspended reseller that the backup was made of; its data is replaced",
        )
        parser.add_argument(
            "--takes-over",
            action="store_true",
            help="the original is gone: send the mails that waited, keep links in mails valid",
        )
        parser.add_argument(
            "--without-key",
            action="store_true",
            help="although the SECRET_KEY of the installation that made it is not known here",
        )
        parser.add_argument(
            "--largest",
            type=int,
            default=reading.DEFAULT_LARGEST // _GIGABYTE,
            metavar="GIGABYTES",
            help="refuse a file that unpacks to more (default: %(default)s)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        names = ("host", "replace", "takes_over", "without_key")
        wishes = restoring.Wishes(**{name: options[name] for name in names})
        if wishes.host and wishes.replace:
            raise CommandError("--replace keeps the reseller's host: --host does not go with it.")
        try:
            with schema_context(PUBLIC), files.reading(options["file"]) as source:
                self._restore(source, wishes, options)
        except (restoring.CannotRestoreError, files.CannotOpenError) as error:
            raise CommandError(str(error)) from error
        except BrokenBackupError as error:
            raise CommandError(f"{options['file']} cannot be used. {error}") from error

    def _restore(self, source: BinaryIO, wishes: restoring.Wishes, options: dict[str, Any]) -> None:
        largest = options["largest"] * _GIGABYTE
        if options["check"] or source.seekable():
            # A broken file is found before anything is begun.
            contents = reading.check(source, largest=largest)
            restoring.Plan(contents.manifest, wishes).require_possible()
        if options["check"]:
            self._describe(contents)
            return
        if source.seekable():
            source.seek(0)
        restored = restoring.restore(BackupReader(source, largest=largest), wishes)
        for sentence in restored.told:
            self.stderr.write(sentence)
        self.stdout.write(
            f"{restored.reseller.name} was restored at {restored.reseller.host}: "
            f"{_size(restored.contents)}, every table compared by checksum."
        )
        if restored.reseller.is_suspended:
            self.stdout.write("It is suspended. Resume it in the admin.")

    def _describe(self, contents: Contents) -> None:
        manifest = contents.manifest
        self.stdout.write(
            f"A whole backup of {manifest.reseller['name']} ({manifest.reseller['host']}) of "
            f"{manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, made by version "
            f"{manifest.product_version}: {_size(contents)}. It can be restored here."
        )


def _size(contents: Contents) -> str:
    return f"{len(contents.manifest.tables)} tables, {contents.rows:,} rows"
