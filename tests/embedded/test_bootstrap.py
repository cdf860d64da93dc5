"""The virtual environment is made once, and again after a cut-short installation."""

from pathlib import Path

import pytest

from embedded import bootstrap


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout in which the developer's lock was installed to the end."""
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").touch()
    (tmp_path / "requirements").mkdir()
    monkeypatch.setattr(bootstrap, "CHECKOUT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "PYTHON", venv / "bin" / "python")
    for name in ("runtime", "dev"):
        bootstrap.lock_file(name).write_text(f"{name}==1")
        bootstrap.stamp(name).write_text(bootstrap.fingerprint(name))
    return tmp_path


def test_nothing_is_to_do_when_the_lock_is_installed(installed: Path) -> None:
    assert bootstrap.is_installed("runtime")
    assert bootstrap.is_installed("dev")


def test_a_changed_lock_is_installed_again(installed: Path) -> None:
    bootstrap.lock_file("runtime").write_text("runtime==2")

    assert not bootstrap.is_installed("runtime")
    assert bootstrap.is_installed("dev")


def test_an_installation_cut_short_does_not_count(installed: Path) -> None:
    bootstrap.being_changed().touch()

    assert not bootstrap.is_installed("runtime")


def test_an_environment_whose_python_has_gone_does_not_count(installed: Path) -> None:
    bootstrap.PYTHON.unlink()

    assert not bootstrap.is_installed("runtime")


def test_a_python_without_venv_is_refused_with_the_package_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("embedded.bootstrap.importlib.util.find_spec", lambda _name: None)

    with pytest.raises(bootstrap.CannotInstallError, match=r"apt-get install python3\.\d+-venv"):
        bootstrap.refuse_half_a_python()
