#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.management import execute_from_command_line
from environs import EnvError


def main() -> None:
    """Run a command; say plainly what is missing in the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except EnvError as error:
        sys.exit(
            f"{error}\n\nThe settings come from the environment. Beside a running script/server "
            "use script/manage, which knows it; for your own servers see docs/operations.md."
        )


if __name__ == "__main__":
    main()
