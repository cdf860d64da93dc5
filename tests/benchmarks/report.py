"""How findings are told: a line each, JSON for programs, a table for the documentation."""

import json
from collections.abc import Iterable
from pathlib import Path

from tests.benchmarks.findings import Finding
from tests.benchmarks.stage import CHECKOUT

PAGE = CHECKOUT / "docs" / "performance.md"
BEGIN, END = "<!-- script/bench --write: begin -->", "<!-- script/bench --write: end -->"


def line(finding: Finding) -> str:
    target = f"(target {finding.target})" if finding.target else "(no target)"
    figures = ", ".join(f"{name} {value:.3g}" for name, value in finding.figures.items())
    told = f"  [{figures}]" if figures else ""
    return f"{finding.verdict:7}{finding.ratio:8.3f} × {target:18}{finding.sentence}{told}"


def as_json(findings: Iterable[Finding], scale: str) -> str:
    told = [
        {
            "name": each.name,
            "sentence": each.sentence,
            "ratio": each.ratio,
            "target": str(each.target) if each.target else None,
            "verdict": each.verdict,
            "figures": each.figures,
        }
        for each in findings
    ]
    return json.dumps({"scale": scale, "findings": told}, indent=2)


def write_table(findings: Iterable[Finding], page: Path = PAGE) -> None:
    """Put the ratios between the marks of the page. Rows of benchmarks that did not run stay."""
    before, rest = page.read_text().split(BEGIN)
    old, after = rest.split(END)
    rows = {_name_of(row): row for row in old.splitlines() if row.startswith("| `")}
    rows |= {each.name: _row(each) for each in findings}
    head = ["| name | what, against what | ratio | target |", "|---|---|---|---|"]
    table = "\n".join([BEGIN, *head, *rows.values(), END])
    page.write_text(before + table + after)


def _row(finding: Finding) -> str:
    target = str(finding.target) if finding.target else "–"
    missed = "" if finding.is_met else " (missed)"
    return f"| `{finding.name}` | {finding.sentence} | {finding.ratio:.3g} ×{missed} | {target} |"


def _name_of(row: str) -> str:
    return row.split("`")[1]
