"""What log lines look like, and what they must not tell."""

import json
import logging
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from config import logs, settings
from config.logs import JsonLines, PlainLines
from resellers.models import Reseller
from telemetry.context import Work, working
from tests.factories.accounts import UserFactory

KEY = "s3cret-key"
PLAIN = PlainLines(fmt="{levelname} {name} {message}", style="{")


def record(message: str, *arguments: object, **more: Any) -> logging.LogRecord:
    made = logging.LogRecord("portal.x", logging.WARNING, "", 1, message, arguments, None)
    vars(made).update(more)
    return made


def as_json(made: logging.LogRecord) -> dict[str, Any]:
    line = JsonLines().format(made)
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.mark.parametrize("formatter", [JsonLines(), PLAIN])
@pytest.mark.parametrize(
    "path",
    [
        reverse("portal:entrance:invitation", "config.urls_reseller", args=[KEY]),
        reverse("portal:credentials:open", "config.urls_reseller", args=[KEY]),
        reverse("portal:signup:validate", "config.urls_reseller", args=[KEY]),
        reverse("account_reset_password_from_key", "config.urls_reseller", args=["abc123", KEY]),
    ],
)
def test_addresses_with_a_key_are_shortened(path: str, formatter: logging.Formatter) -> None:
    in_message = formatter.format(record("Forbidden (%s): %s", "CSRF", path))
    in_field = formatter.format(record("x", fields={"path": path}))

    assert KEY not in in_message + in_field
    assert "Forbidden (CSRF): /" in in_message


@pytest.mark.parametrize("formatter", [JsonLines(), PLAIN])
@pytest.mark.parametrize(
    "email", ["anna@acme.example", "ANNA.S+x@mail.acme.co.uk", "änna@müller.example", "o'x@a.de"]
)
def test_no_line_holds_an_email_address(formatter: logging.Formatter, email: str) -> None:
    lines = (
        formatter.format(record("%s said hello", email)),
        formatter.format(record("x", fields={"path": f"/find/{email}/"})),
    )

    assert all(email.rpartition("@")[2] not in line for line in lines)
    assert all("…@…" in line for line in lines)


@pytest.mark.parametrize("formatter", [JsonLines(), PLAIN])
def test_a_row_that_the_database_quotes_is_left_out(
    alpha: Reseller, formatter: logging.Formatter
) -> None:
    user = UserFactory(full_name="Anna Schmidt")
    with (
        pytest.raises(IntegrityError, match="Anna Schmidt") as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE accounts_user SET status = 'x' WHERE id = %s", [user.pk])

    error = refused.value
    trace = (type(error), error, error.__traceback__)
    line = formatter.format(record("Oh: %r", error, exc_info=trace))

    assert "user_status_is_known" in line
    assert "Anna" not in line
    assert user.email not in line


def test_a_json_line_tells_everything_in_one_line() -> None:
    error = ValueError('two\nlines and a "quote"')
    trace = (ValueError, error, None)
    made = record("Müller %s", "x\ny", exc_info=trace, fields={"queries": 3})

    with working(Work("id-1", lambda: {"tenant": "alpha", "user": "u-1"})):
        line = as_json(made)

    assert line.pop("time").endswith("+00:00")
    assert line.pop("trace") == 'ValueError: two\nlines and a "quote"'
    del line["process"]
    assert line == {
        "level": "warning",
        "logger": "portal.x",
        "message": "Müller x\ny",
        "request_id": "id-1",
        "tenant": "alpha",
        "user": "u-1",
        "queries": 3,
    }


def test_a_json_line_stays_json_whatever_is_redacted() -> None:
    nasty = '/invitation/abc\\" x@y.example"} DETAIL: ("'

    assert KEY not in as_json(record(nasty))["message"]


def test_a_plain_line_names_the_request_behind_the_message() -> None:
    with working(Work("id-1")):
        assert PLAIN.format(record("Hello")) == "WARNING portal.x Hello [request_id=id-1]"
    assert PLAIN.format(record("Hello")) == "WARNING portal.x Hello"


def test_other_messages_stay_as_they_are() -> None:
    assert logs.redacted("Not Found: /console/x/ celery@host") == (
        "Not Found: /console/x/ celery@host"
    )


def test_every_handler_writes_with_one_of_these() -> None:
    logging_ = settings.LOGGING
    for handler in logging_["handlers"].values():  # type: ignore[attr-defined]
        formatter = logging_["formatters"][handler["formatter"]]  # type: ignore[index]
        assert formatter["()"] in {"config.logs.JsonLines", "config.logs.PlainLines"}
