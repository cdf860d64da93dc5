"""The texts of mails and what they may hold."""

from pathlib import Path

import pytest

from notifications import texts
from notifications.kinds import MAIL_KINDS, MailKind, TokenKind, UnknownKindError, kind_named
from notifications.texts import TextError

LANGUAGES = sorted(each.name for each in texts.DIRECTORY.iterdir())
WELCOME = kind_named("welcome")
DECLINED = kind_named("request_declined")
INVITATION = kind_named("staff_invitation")


def parsed(body: str, *, subject: str = "Hello", button: str = "Button: Go\n") -> texts.MailText:
    return texts.parse(f"Subject: {subject}\n{button}\n{body}", WELCOME)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MAIL_KINDS)
def test_every_kind_has_a_text_that_fits_it(kind: str, language: str) -> None:
    text = texts.default_text(kind, language)

    assert text.subject
    assert text.body


def test_every_text_belongs_to_a_kind() -> None:
    assert {path.stem for path in texts.DIRECTORY.glob("*/*.md")} == set(MAIL_KINDS)


@pytest.mark.parametrize("kind", MAIL_KINDS.values())
def test_every_kind_knows_its_own_tokens(kind: MailKind) -> None:
    assert kind.target in {"", *kind.tokens}
    assert kind.required <= set(kind.tokens)
    assert not (kind.button and kind.secret_link)


def test_a_kind_that_nobody_defined_is_an_error() -> None:
    with pytest.raises(UnknownKindError, match="no mail of the kind 'birthday'"):
        kind_named("birthday")


@pytest.mark.parametrize("language", ["en-gb", "xx", "", "../en", "en/../.."])
def test_without_a_text_in_the_language_the_english_one_is_used(language: str) -> None:
    assert texts.default_text("welcome", language) == texts.default_text("welcome", "en")


def test_a_language_with_some_texts_borrows_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, kinds in {"en": ["welcome", "account_exists"], "de": ["welcome"]}.items():
        (tmp_path / language).mkdir()
        for kind in kinds:
            source = f"Subject: {language}\nButton: Go\n\nBody"
            (tmp_path / language / f"{kind}.md").write_text(source)
    monkeypatch.setattr(texts, "DIRECTORY", tmp_path)
    read = texts.default_text.__wrapped__

    assert read("welcome", "de-at").subject == "de"
    assert read("account_exists", "de-at").subject == "en"
    with pytest.raises(TextError, match="no text for password_reset"):
        read("password_reset", "de")


def test_an_unknown_token_is_refused_and_the_nearest_one_named() -> None:
    with pytest.raises(TextError, match=r"no \{\{ compny_name \}\} .* mean \{\{ company_name \}\}"):
        parsed("Hello {{ compny_name }}")


@pytest.mark.parametrize(
    "body",
    [
        "{{ company_name.upper }}",
        "{{ company_name|safe }}",
        "{{ company_name[0] }}",
        "{{ }}",
        "{{ company_name",
        "company_name }}",
        "{{ Company_Name }}",
    ],
)
def test_whatever_is_more_than_a_token_is_refused(body: str) -> None:
    with pytest.raises(TextError, match="Two braces"):
        parsed(body)


@pytest.mark.parametrize(
    "body",
    [
        "https://evil.example/{{ login_url }}",
        "{{ login_url }}?next=/",
        "[log in]({{ login_url }}?x)",
        "[log in](//x{{ login_url }})",
        '<a href="{{ login_url }}">',
    ],
)
def test_an_address_stands_only_as_a_whole(body: str) -> None:
    with pytest.raises(TextError, match="must stand alone"):
        parsed(body)


@pytest.mark.parametrize(
    "body", ["{{ login_url }}", "Go: {{login_url}} now", "[x]({{ login_url }})"]
)
def test_an_address_may_stand_alone_or_be_a_link(body: str) -> None:
    assert parsed(body).body == body


def test_a_name_cannot_be_part_of_a_links_address() -> None:
    with pytest.raises(TextError, match="part of a link's address"):
        parsed("[x](https://example.com/{{ company_name }})")


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("Subject: {{ login_url }}\nButton: Go\n\nBody", WELCOME),
        ("Subject: Hello\nButton: {{ login_url }}\n\nBody", WELCOME),
        ("Subject: {{ message }}\n\n{{ message }}", DECLINED),
    ],
)
def test_a_subject_and_a_button_take_single_lines_only(source: str, kind: MailKind) -> None:
    with pytest.raises(TextError, match="subject or on a button"):
        texts.parse(source, kind)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("Button: Go\n\nBody", "needs a subject"),
        ("Subject:\nButton: Go\n\nBody", "needs a subject"),
        ("Subject: Hello\n\nBody", "needs a label"),
        ("Subject: Hello\nButton: Go\n\n", "needs a body"),
        ("Hello\n\nBody", "not a header"),
        ("Subject: Hello\nBcc: x@example.com\n\nBody", "not a header"),
        ("", "needs a subject"),
    ],
)
def test_a_text_without_its_parts_is_refused(source: str, complaint: str) -> None:
    with pytest.raises(TextError, match=complaint):
        texts.parse(source, WELCOME)


def test_a_mail_without_an_address_has_no_button() -> None:
    with pytest.raises(TextError, match="has no button"):
        texts.parse("Subject: Hello\nButton: Go\n\n{{ message }}", DECLINED)


def test_a_required_token_cannot_be_left_out() -> None:
    with pytest.raises(TextError, match=r"must hold \{\{ message \}\}"):
        texts.parse("Subject: Hello\n\nNo.", DECLINED)


def test_the_secret_link_is_a_token_only_where_the_kind_has_one() -> None:
    assert INVITATION.tokens["secret_link"].kind is TokenKind.URL
    with pytest.raises(TextError, match=r"no \{\{ secret_link \}\}"):
        parsed("{{ secret_link }}")
