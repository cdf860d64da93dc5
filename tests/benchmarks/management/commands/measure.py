"""`manage.py measure` on the stage that `script/bench` has set up."""

from collections.abc import Iterator
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from tests.benchmarks import (
    accounts,
    customer_list,
    exports,
    filters,
    imports,
    installation,
    mails,
    new_reseller,
    report,
    signups,
    sizes,
)
from tests.benchmarks.findings import SCALES, Benchmark, Finding, Scale
from tests.benchmarks.stage import Stage

BENCHMARKS: dict[str, Benchmark] = {
    "list": customer_list.run,
    "filters": filters.run,
    "accounts": accounts.run,
    "mails": mails.run,
    "sign-up": signups.run,
    "new-reseller": new_reseller.run,
    "resellers": installation.run,
    "size": sizes.run,
    "import": imports.run,
    "export": exports.run,
}


class Command(BaseCommand):
    help = "Runs benchmarks, tells their findings, and fails when a target is missed."
    stealth_options = ("stage", "names", "scale", "json", "write")

    def handle(self, *_args: Any, **options: Any) -> None:
        scale = SCALES[options["scale"]]
        findings = []
        _prepare(options["stage"])
        for finding in _found(options["stage"], scale, options["names"]):
            findings.append(finding)
            if not options["json"]:
                self.stdout.write(report.line(finding))
        self._tell(findings, options)

    def _tell(self, findings: list[Finding], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(report.as_json(findings, options["scale"]))
        if options["write"]:
            report.write_table(findings)
        missed = [finding.name for finding in findings if not finding.is_met]
        if missed:
            raise CommandError(f"Missed: {', '.join(missed)}")


def _prepare(stage: Stage) -> None:
    """The installation of which each benchmark gets a copy, and the files that pages name."""
    call_command("prepare", verbosity=0)
    if not stage.in_a_hurry:
        call_command("collectstatic", interactive=False, verbosity=0)


def _found(stage: Stage, scale: Scale, names: list[str]) -> Iterator[Finding]:
    for name in names or BENCHMARKS:
        yield from BENCHMARKS[name](stage, scale)
