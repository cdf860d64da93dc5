"""`script/check`: everything about the code that can be judged without running it."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
# Settings want these to exist; nothing is contacted.
_ENVIRONMENT = {
    "PORTAL_MODE": "test",
    "SECRET_KEY": "no secret",
    "PLATFORM_HOST": "localhost",
    "DATABASE_URL": "postgres://portal@127.0.0.1:1/portal",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


@dataclass(frozen=True)
class Step:
    """One tool."""

    name: str
    command: list[str]


STEPS = [
    Step("format", ["-m", "ruff", "format", "--check", "."]),
    Step("lint", ["-m", "ruff", "check", "."]),
    Step("types", ["-m", "mypy", "."]),
    Step("imports", ["-c", "from importlinter.cli import lint_imports_command as run; run()"]),
    Step("migrations", ["-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"]),
    Step("vendored", ["script/vendor", "--check"]),
    Step("rules", ["-m", "pytest", "-q", "tests/architecture"]),
]


def main() -> int:
    """Run all steps, whatever the ones before said."""
    failed = [step.name for step in STEPS if not passes(step)]
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nAll is well.")
    return 1 if failed else 0


def passes(step: Step) -> bool:
    """Run one step; its output is shown only when it fails."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, *step.command],
        cwd=CHECKOUT,
        env=os.environ | _ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    verdict = "failed" if done.returncode else "ok"
    print(f"{step.name:12}{verdict:8}{time.monotonic() - begun:5.1f} s", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
