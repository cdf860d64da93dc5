"""What script/faults tells of its trials, and which steps it chooses."""

import json
from pathlib import Path

import pytest

from tests.faults import report, steps
from tests.faults.contract import Outcome, Trial
from tests.faults.report import Result
from tests.faults.steps import Step

CHECKOUT = Path(__file__).resolve().parents[2]


OLD = "| `mail-killed` | 3 | 3 | 0 | 0 | 0 | 9 |  |\n| `smtp` | 3 | 3 | 0 | 0 | 0 | 4 |  |"


def result(outcome: Outcome) -> Result:
    shown = {"struck": "struck", "never": "never seen"}
    trial = Trial("mail-killed", "No mail is lost.", lambda _rounds: outcome, shown)
    return Result(trial, outcome, 12.4)


def test_a_broken_promise_is_a_failure() -> None:
    outcome = Outcome(3)

    assert outcome.check(True, "kept") is True
    assert outcome.check(False, "round 2: a mail is lost") is False

    assert outcome.failures == ["round 2: a mail is lost"]
    assert not result(outcome).passed
    assert "BROKEN (1)" in result(outcome).line()


def test_a_row_holds_every_count() -> None:
    outcome = Outcome(200, faults=198, lost=0, duplicates=7, figures={"struck": 171})

    assert result(outcome).row() == ("| `mail-killed` | 200 | 198 | 0 | 7 | 0 | 12 | struck 171 |")


def test_what_a_trial_does_not_count_is_a_dash() -> None:
    assert result(Outcome(200)).row() == "| `mail-killed` | 200 | – | – | – | 0 | 12 |  |"


def test_programs_get_everything() -> None:
    (told,) = json.loads(report.as_json([result(Outcome(1, failures=["lost"]))]))

    assert told["name"] == "mail-killed"
    assert told["failures"] == ["lost"]
    assert told["seconds"] == 12.4


def test_new_rows_take_the_place_of_old_ones_and_of_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "reliability.md"
    page.write_text(f"# Before\n\n{report.BEGIN}\nold\n{OLD}\n{report.END}\n\nAfter\n")
    monkeypatch.setattr(report, "PAGE", page)

    report.write([result(Outcome(200))], command="script/faults --write", machine="2 cores")

    text = page.read_text()
    assert text.startswith(
        f"# Before\n\n{report.BEGIN}\nLast: `script/faults --write`, 2 cores:\n\n| "
    )
    assert "| `mail-killed` | 200 |" in text
    assert "| `mail-killed` | 3 |" not in text
    assert "| `smtp` | 3 | 3 |" in text
    assert text.endswith(f"{report.END}\n\nAfter\n")
    assert "old\n" not in text


def known() -> list[Step]:
    ours = str(CHECKOUT / "notifications" / "sending.py")
    return [
        Step(file, line, turn)
        for turn in (1, 2)
        for line in range(10)
        for file in (ours, "/usr/lib/python3.11/smtplib.py")
    ]


def test_half_of_the_rounds_are_spread_over_the_whole_task() -> None:
    chosen = steps.choose(known(), 4, first=("notifications",))

    assert all("notifications" in step.file for step in chosen[:2])
    assert [(step.line, step.turn) for step in chosen[:2]] == [(2, 1), (7, 1)]
    assert [step.turn for step in chosen[2:]] == [1, 2]


def test_a_single_step_comes_from_the_middle() -> None:
    (chosen,) = steps.choose(known(), 1, first=())

    assert chosen == known()[20]


def test_with_enough_rounds_no_line_of_ours_is_left_out() -> None:
    chosen = steps.choose(known(), 30, first=("notifications/sending.py",))

    ours = {step for step in chosen if "notifications" in step.file and step.turn == 1}
    assert len(ours) == 10
    assert len(chosen) == len(set(chosen)) == 30


def test_a_step_survives_being_written_down() -> None:
    step = Step("/a b/c.py", 12, 3)

    assert Step.parse(step.dump()) == step
