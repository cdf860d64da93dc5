"""What an installation may choose about logs and metrics, and what stops the start."""

import pytest
from environs import EnvError

from config.environment import LogFormat, Mode, read_log_format, read_metrics_token


@pytest.mark.parametrize(
    ("mode", "usual"),
    [
        (Mode.PRODUCTION, LogFormat.JSON),
        (Mode.DEMO, LogFormat.PLAIN),
        (Mode.TEST, LogFormat.PLAIN),
    ],
)
def test_machines_read_the_logs_of_production_people_those_of_a_demo(
    monkeypatch: pytest.MonkeyPatch, mode: Mode, usual: LogFormat
) -> None:
    monkeypatch.delenv("LOG_FORMAT", raising=False)
    assert read_log_format(mode) is usual

    for chosen in LogFormat:
        monkeypatch.setenv("LOG_FORMAT", chosen.value)
        assert read_log_format(mode) is chosen


def test_another_format_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")

    with pytest.raises(EnvError, match="LOG_FORMAT"):
        read_log_format(Mode.PRODUCTION)


def test_a_guessable_token_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_TOKEN", "x" * 19)
    with pytest.raises(EnvError, match="at least 20 characters"):
        read_metrics_token()

    monkeypatch.setenv("METRICS_TOKEN", "x" * 20)
    assert read_metrics_token() == "x" * 20


def test_without_a_token_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for given in (None, ""):
        monkeypatch.delenv("METRICS_TOKEN", raising=False)
        if given is not None:
            monkeypatch.setenv("METRICS_TOKEN", given)
        assert read_metrics_token() == ""
