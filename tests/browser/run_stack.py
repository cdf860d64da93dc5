"""Runs the product with demo data on a throw-away instance.

Usage: `python -m tests.browser.run_stack PORT`.
"""

import shutil
import sys

from embedded import places
from embedded.server import Supervisor


def main() -> int:
    """Serve until SIGTERM; leave nothing behind."""
    where = places.temporary()
    try:
        supervisor = Supervisor(where, int(sys.argv[1]))
        print(f"aws_port {supervisor.aws_port}", flush=True)  # noqa: T201 - read by `stack`
        return supervisor.run()
    finally:
        shutil.rmtree(where.state, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
