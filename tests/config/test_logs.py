"""What the logs must not tell."""

import logging

import pytest
from django.urls import reverse

from config import settings
from config.logs import SecretLinks

KEY = "s3cret-key"


@pytest.mark.parametrize(
    "path",
    [
        reverse("portal:entrance:invitation", "config.urls_reseller", args=[KEY]),
        reverse("portal:signup:validate", "config.urls_reseller", args=[KEY]),
        reverse("account_reset_password_from_key", "config.urls_reseller", args=["abc123", KEY]),
    ],
)
def test_addresses_with_a_key_are_shortened(path: str) -> None:
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 1, "Forbidden (%s): %s", ("CSRF", path), None
    )

    assert SecretLinks().filter(record)

    assert KEY not in record.getMessage()
    assert record.getMessage().startswith("Forbidden (CSRF): /")


def test_other_messages_stay_as_they_are() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 1, "Not Found: %s", ("/console/x/",), None)

    SecretLinks().filter(record)

    assert record.getMessage() == "Not Found: /console/x/"
    assert record.args == ("/console/x/",)


def test_every_handler_keeps_secrets() -> None:
    for handler in settings.LOGGING["handlers"].values():  # type: ignore[attr-defined]
        assert "secret_links" in handler["filters"]
