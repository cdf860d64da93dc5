"""`script/manage`: `manage.py` in the environment of the checkout's instance."""

import os
import sys

from embedded import environment, places
from embedded.errors import CannotStartError
from embedded.server import CHECKOUT

_DEFAULT_PORT = 8000


def main() -> None:
    """Become `manage.py`."""
    try:
        where = places.of_checkout(CHECKOUT)
        variables = environment.of_product(where, port=_DEFAULT_PORT)
    except CannotStartError as error:
        sys.exit(f"script/manage: {error}")
    os.chdir(CHECKOUT)
    os.execve(sys.executable, [sys.executable, "manage.py", *sys.argv[1:]], variables)  # noqa: S606


if __name__ == "__main__":
    main()
