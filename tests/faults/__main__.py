"""`script/faults`: breaks the product on purpose, many times, and counts what is lost."""

import argparse
import datetime as dt
import os
import platform
import signal
import sys
import time
import traceback

from embedded.errors import CannotStartError
from tests.faults import stage

stage.describe_to_django()

from tests.faults import processes, report, trials  # noqa: E402 - trials import models: settings come first
from tests.faults.contract import Outcome, Trial  # noqa: E402

ROUNDS = 200


def main() -> int:
    """Run the chosen trials. Returns 1 when a promise was broken."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))  # and tidy up
    try:
        chosen = trials.chosen(options.names)
    except KeyError as error:
        known = ", ".join(trial.name for trial in trials.TRIALS)
        print(f"script/faults: no trial is named {error}. There are: {known}", file=sys.stderr)  # noqa: T201
        return 2
    try:
        with stage.running(), processes.ready():
            results = [_told(_run(trial, options.rounds), options) for trial in chosen]
    except CannotStartError as error:
        print(f"script/faults: {error}", file=sys.stderr)  # noqa: T201
        return 2
    if options.json:
        print(report.as_json(results))  # noqa: T201
    return 0 if all(result.passed for result in results) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/faults", description=__doc__)
    parser.add_argument("names", nargs="*", help="of trials; all without a name")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of each trial ({ROUNDS})")
    parser.add_argument("--json", action="store_true", help="print everything, for programs")
    parser.add_argument(
        "--write", action="store_true", help="write the table into docs/reliability.md"
    )
    return parser.parse_args()


def _run(trial: Trial, rounds: int) -> report.Result:
    begun = time.monotonic()
    try:
        outcome = trial.run(rounds)
    except Exception as error:  # noqa: BLE001 - a trial that breaks off is an outcome, too
        traceback.print_exc()
        outcome = Outcome(rounds, failures=[f"broke off: {type(error).__name__}: {error}"])
    result = report.Result(trial, outcome, time.monotonic() - begun)
    print(result.line(), file=sys.stderr, flush=True)  # noqa: T201
    for failure in outcome.failures:
        print(f"  {failure}", file=sys.stderr, flush=True)  # noqa: T201
    return result


def _told(result: report.Result, options: argparse.Namespace) -> report.Result:
    """Written at once: whoever stops a long run keeps what was found."""
    if options.write:
        report.write([result], command=_command(options), machine=_machine())
    return result


def _command(options: argparse.Namespace) -> str:
    words = ["script/faults", *options.names]
    if options.rounds != ROUNDS:
        words += ["--rounds", str(options.rounds)]
    return " ".join([*words, "--write"])


def _machine() -> str:
    today = dt.datetime.now(dt.UTC).date()
    return f"{today}, {os.cpu_count()} cores, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
