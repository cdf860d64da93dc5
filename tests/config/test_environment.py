"""What the environment may say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from environs import EnvError

from config.environment import (
    read_aws_endpoints,
    read_aws_principal,
    read_broker_url,
    read_credentials_keys,
    read_role_template_url,
)
from tests.harness.environment import CHECKOUT

GOOD_KEY = "bmV3ZXItbmV3ZXItbmV3ZXItbmV3ZXItbmV3ZXItLS0="
OLDER_KEY = "b2xkZXItb2xkZXItb2xkZXItb2xkZXItb2xkZXItLS0="


@pytest.mark.parametrize(
    ("cache", "broker"),
    [
        ("redis://valkey:6379/0", "redis://valkey:6379/1"),
        ("redis://valkey", "redis://valkey/1"),
        (
            "rediss://:secret@valkey:6380/3?ssl_cert_reqs=none",
            "rediss://:secret@valkey:6380/4?ssl_cert_reqs=none",
        ),
        ("redis://valkey?db=2", "redis://valkey/3"),
        ("unix:///run/valkey?db=2", "redis+socket:///run/valkey?virtual_host=3"),
        ("unix:///run/valkey", "redis+socket:///run/valkey?virtual_host=1"),
    ],
)
def test_without_a_broker_the_next_database_holds_the_queues(
    monkeypatch: pytest.MonkeyPatch, cache: str, broker: str
) -> None:
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)

    assert read_broker_url(cache) == broker


@pytest.mark.parametrize(
    ("cache", "broker"),
    [
        ("redis://valkey:6379/0", "redis://valkey:6379/0"),
        ("redis://valkey:6379/0", "redis://portal:secret@valkey"),
        ("redis://valkey/1", "redis://valkey/?db=1"),
        ("unix:///run/valkey?db=1", "redis+socket:///run/valkey?virtual_host=1"),
    ],
)
def test_one_database_for_cache_and_queues_is_refused(
    monkeypatch: pytest.MonkeyPatch, cache: str, broker: str
) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", broker)

    with pytest.raises(EnvError, match="clearing the cache would clear the queues"):
        read_broker_url(cache)


@pytest.mark.parametrize(
    ("cache", "broker"),
    [
        ("redis://valkey/0", "redis://valkey/1"),
        ("redis://valkey/0", "redis://other/0"),
        ("redis://valkey:6379/0", "redis://valkey:6380/0"),
        ("unix:///run/valkey?db=0", "redis+socket:///run/other?virtual_host=0"),
        ("redis://rabbit", "amqp://rabbit:6379//"),
    ],
)
def test_two_databases_are_taken_as_they_are(
    monkeypatch: pytest.MonkeyPatch, cache: str, broker: str
) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", broker)

    assert read_broker_url(cache) == broker


def test_the_start_stops_with_a_sentence() -> None:
    there = os.environ | {"CELERY_BROKER_URL": os.environ["REDIS_URL"]}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=CHECKOUT,
        env=there | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "name the same database" in done.stderr


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret-key"
    secret.write_text(f"{'from-a-file' * 6}\n")
    without = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
    done = subprocess.run(
        [sys.executable, "-c", "from config.settings import SECRET_KEY; print(SECRET_KEY)"],
        cwd=CHECKOUT,
        env=without | {"SECRET_KEY_FILE": str(secret)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "from-a-file" * 6


def test_nobody_waits_for_minutes_for_a_database_that_is_gone() -> None:
    options = settings.DATABASES["default"]["OPTIONS"]

    assert options["connect_timeout"] == 5
    assert options["tcp_user_timeout"] == 20_000


def test_what_the_database_url_says_wins() -> None:
    url = f"{os.environ['DATABASE_URL']}?connect_timeout=3&sslmode=prefer"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from config.settings import DATABASES; print(DATABASES['default']['OPTIONS'])",
        ],
        cwd=CHECKOUT,
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "'connect_timeout': '3'" in done.stdout or "'connect_timeout': 3" in done.stdout
    assert "'sslmode': 'prefer'" in done.stdout
    assert "'keepalives_idle': 30" in done.stdout


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://my-bucket.s3.eu-central-1.amazonaws.com/role.json",
        "https://my-bucket.s3.amazonaws.com/templates/role-1.json",
        "https://s3.eu-central-1.amazonaws.com/my-bucket/role.json",
    ],
)
def test_the_template_of_roles_lies_on_s3(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("AWS_ROLE_TEMPLATE_URL", url)

    assert read_role_template_url() == url


@pytest.mark.parametrize(
    "url",
    [
        "http://my-bucket.s3.eu-central-1.amazonaws.com/role.json",
        "https://example.com/role.json",
        "https://my-bucket.s3.eu-central-1.amazonaws.com.example.com/role.json",
        "https://my-bucket.s3.eu-central-1.amazonaws.com/",
        "https://my-bucket.s3.eu-central-1.amazonaws.com/role.json?X-Amz-Signature=1",
        "s3://my-bucket/role.json",
    ],
)
def test_and_nowhere_else(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("AWS_ROLE_TEMPLATE_URL", url)

    with pytest.raises(EnvError, match="object on S3"):
        read_role_template_url()


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "arn:aws:iam::123456789012:root",
        "arn:aws:iam::123456789012:role/portal/workers",
        "arn:aws:iam::123456789012:user/portal",
    ],
)
def test_customers_let_in_one_account_role_or_user(
    monkeypatch: pytest.MonkeyPatch, arn: str
) -> None:
    monkeypatch.setenv("AWS_PRINCIPAL", arn)

    assert read_aws_principal() == arn


@pytest.mark.parametrize(
    "arn", ["*", "123456789012", "arn:aws:iam::123456789012:role/*", "ec2.amazonaws.com"]
)
def test_and_not_everybody(monkeypatch: pytest.MonkeyPatch, arn: str) -> None:
    monkeypatch.setenv("AWS_PRINCIPAL", arn)

    with pytest.raises(EnvError, match="AWS_PRINCIPAL must be the ARN"):
        read_aws_principal()


def test_what_leads_awss_calls_elsewhere_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:5000")

    assert read_aws_endpoints() == {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:5000"}


@pytest.mark.parametrize("given", ["short", "x" * 44, "ä" * 44, "YWJj", f"{GOOD_KEY},nonsense"])
def test_a_malformed_key_for_credentials_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("CREDENTIALS_KEYS", given)

    with pytest.raises(EnvError, match="CREDENTIALS_KEYS"):
        read_credentials_keys()


def test_keys_for_credentials_are_read_the_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_KEYS", f"{GOOD_KEY},{OLDER_KEY}")

    assert read_credentials_keys() == [GOOD_KEY, OLDER_KEY]
