"""`script/bench`: measures the product against yardsticks, on servers of its own."""

import argparse
import os
import sys

import django
from django.core.management import CommandError, call_command

from embedded.errors import CannotStartError
from tests.benchmarks import stage
from tests.benchmarks.findings import SCALES

NAMES = (
    "list",
    "filters",
    "accounts",
    "mails",
    "sign-up",
    "new-reseller",
    "resellers",
    "size",
    "import",
    "export",
)


def main() -> int | str:
    options = _options()
    try:
        with stage.set_up(in_a_hurry=options.scale == "tiny") as built:
            os.environ.update(built.variables())
            django.setup()
            call_command("measure", stage=built, **vars(options))
    except (CannotStartError, CommandError) as error:
        return f"script/bench: {error}"
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)} (all)")
    parser.add_argument(
        "--scale", choices=SCALES, default="full", help="the targets speak of the full scale"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--write", action="store_true", help="put the table into the documentation")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"There is no benchmark {', '.join(sorted(unknown))}.")
    return options


if __name__ == "__main__":
    sys.exit(main())
