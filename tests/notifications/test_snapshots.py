"""Each default mail as it reads. After a wanted change: UPDATE_SNAPSHOTS=1 script/test
tests/notifications."""

import os
from pathlib import Path

import pytest
from django.utils import translation

from notifications import rendering, texts
from notifications.kinds import MAIL_KINDS
from notifications.rendering import Brand

SNAPSHOTS = Path(__file__).parent / "snapshots"
LANGUAGES = sorted(each.name for each in texts.DIRECTORY.iterdir())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MAIL_KINDS)
def test_a_default_mail_reads_as_agreed(name: str, language: str) -> None:
    kind = MAIL_KINDS[name]
    values = {each: token.sample for each, token in kind.tokens.items()}
    brand = Brand("Alpine Cloud", "#0559a8", "support@alpine.example")
    with translation.override(language):
        text = texts.default_text(name, language)
        mail = rendering.render(kind, text, values, brand=brand, language=language)
    shown = f"Subject: {mail.subject}\n\n{mail.text}"

    agreed = SNAPSHOTS / language / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        agreed.parent.mkdir(exist_ok=True)
        agreed.write_text(shown)
    assert shown == agreed.read_text()


def test_every_snapshot_belongs_to_a_mail() -> None:
    assert {path.stem for path in SNAPSHOTS.glob("*/*.txt")} == set(MAIL_KINDS)
    assert {path.name for path in SNAPSHOTS.iterdir()} == set(LANGUAGES)
