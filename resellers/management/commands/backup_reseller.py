"""`manage.py backup_reseller`: one reseller into one file."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from resellers.backups import files, making, reading
from resellers.backups.archive import BrokenBackupError
from resellers.models import Reseller


class Command(BaseCommand):
    help = (
        "Writes one reseller into one file, as it is at one moment. Work goes on meanwhile. The "
        "file holds personal data and is not encrypted: --to - | age -r … > file does that."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reseller", help="its host, or the name of its schema")
        parser.add_argument(
            "--to", required=True, metavar="FILE", help="a new file; - for standard output"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        begun = timezone.now()
        try:
            reseller = making.find(options["reseller"])
            contents = self._write(reseller, options["to"])
        except (making.CannotBackUpError, files.CannotOpenError) as error:
            raise CommandError(str(error)) from error
        except BrokenBackupError as error:
            raise CommandError(f"The file that was written is broken. {error}") from error
        making.note(reseller, contents)
        seconds = (timezone.now() - begun).total_seconds()
        # Standard output may be the backup itself.
        self.stderr.write(
            f"{reseller.name} ({reseller.host}) was backed up: {len(contents.manifest.tables)} "
            f"tables, {contents.rows:,} rows, in {seconds:.1f} s."
        )

    def _write(self, reseller: Reseller, path: str) -> making.Contents:
        with files.writing(path) as target:
            contents = making.back_up(reseller, target)
        if path != files.STANDARD:
            with files.reading(path) as source:
                reading.check(source)
        return contents
