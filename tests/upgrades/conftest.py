"""One installation for the tests of a module: its processes take a while to start."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.environment import CHECKOUT
from tests.upgrades.installation import RESELLERS, Installation, installation


@pytest.fixture(scope="session")
def static_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Collected once for all versions: they have the same."""
    folder = tmp_path_factory.mktemp("static files")
    with installation(tmp_path_factory.mktemp("collecting"), folder) as there:
        there.manage(CHECKOUT, "collectstatic", "--noinput", "--verbosity", "0")
    return folder


@pytest.fixture(scope="module")
def prepared(
    static_files: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """Prepared by this version, with some resellers."""
    with installation(tmp_path_factory.mktemp("installation"), static_files) as made:
        made.manage(CHECKOUT, "prepare", "--verbosity", "0")
        made.make_resellers(CHECKOUT, RESELLERS)
        yield made


@pytest.fixture
def there(prepared: Installation) -> Iterator[Installation]:
    """It, for one test: without processes at first and at last."""
    ours = dataclasses.replace(prepared, environment=dict(prepared.environment), started=[])
    ours.forget_logs()
    yield ours
    ours.stop()
