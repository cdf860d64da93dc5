"""From a text and values to a mail: whatever people type is printed as they typed it."""

import html
import re

import pytest

from notifications import colours, rendering, texts
from notifications.kinds import MailKind, kind_named
from notifications.rendering import Brand, RenderedMail, ValueRefusedError

BRAND = Brand("Alpine Cloud", "#0559a8", "support@alpine.example")
DECLINED = kind_named("request_declined")
EXISTS = kind_named("account_exists")

HOSTILE = [
    "{{ secret_link }}",
    "{{ reason }}",
    "{% include 'x' %}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[click](https://evil.example)",
    "![pixel](https://evil.example/p.png)",
    "<https://evil.example>",
    "**bold** _em_ `code` ~~x~~",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "a\\b",
    "&lt;b&gt; &copy; &#60;",
    "a | b",
    "***",
    "====",
    "\u202egnp.exe",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 😀",
]


def samples(kind: MailKind, **values: str) -> dict[str, str]:
    return {**{name: token.sample for name, token in kind.tokens.items()}, **values}


def rendered(kind: MailKind, **values: str) -> RenderedMail:
    text = texts.default_text(kind.name, "en")
    return rendering.render(kind, text, samples(kind, **values), brand=BRAND, language="en")


def visible(markup: str) -> str:
    """What a reader sees of the mail's body."""
    body = markup[markup.index("<body") :]
    return html.unescape(re.sub(r"<[^>]*>", "", body))


def elements(markup: str) -> list[str]:
    return re.findall(r"<[a-z0-9]+", markup)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_is_printed_as_typed_and_never_becomes_markup(value: str) -> None:
    plain = rendered(DECLINED, company_name="Acme", message="No")

    mail = rendered(DECLINED, company_name=value, message=f"{value}\n{value}")

    shown = value.replace("\u202e", "")
    assert mail.text.count(shown) == 3
    assert visible(mail.html).count(shown) == 3
    assert [each for each in elements(mail.html) if each != "<br"] == elements(plain.html)
    assert "evil.example" not in "".join(re.findall(r'(?:href|src)="[^"]*"', mail.html))


def test_lines_and_paragraphs_of_a_longer_text_are_kept() -> None:
    mail = rendered(DECLINED, message="One\r\nTwo\n\n\n\n    Three\n\n")

    assert "\n\nOne\nTwo\n\nThree\n\n" in mail.text
    assert re.search(r">One<br>\s*Two</p>\s*<p[^>]*>Three</p>", mail.html)


def test_a_name_with_a_full_stop_ends_a_sentence_with_one() -> None:
    brand = Brand("Alpine Inc.", "", "Alpine Inc.")
    kind = kind_named("customer_invitation")
    values = samples(kind, company_name="Acme Inc.", reseller_name="Alpine Inc.")

    text = texts.default_text(kind.name, "en")
    mail = rendering.render(kind, text, values, brand=brand, language="en")

    assert "services of Acme Inc.\n" in mail.text
    assert "the portal of Alpine Inc.\n" in mail.text
    assert ".." not in mail.text
    assert ".." not in visible(mail.html)


def test_an_empty_text_leaves_no_gap() -> None:
    mail = rendered(DECLINED, message="")

    assert "\n\n\n" not in mail.text
    assert not re.search(r"<p[^>]*></p>", mail.html)


@pytest.mark.parametrize(
    "bad", ["a\r\nBcc: victim@example.com", "a\x00b", "a\u2028b", "a\tb", "a\x85b"]
)
def test_a_subject_is_one_line_without_control_characters(bad: str) -> None:
    mail = rendered(kind_named("approval_request"), company_name=bad)

    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", mail.subject)
    assert mail.subject.endswith(" asks to become a customer")


def test_direction_overrides_do_not_reach_the_subject() -> None:
    assert "\u202e" not in rendered(kind_named("approval_request"), company_name="a\u202eb").subject


def test_a_long_subject_is_shortened() -> None:
    mail = rendered(kind_named("approval_request"), company_name="x" * 400)

    assert len(mail.subject) == rendering.LONGEST_SUBJECT
    assert mail.subject.endswith("…")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.com/",
        "/relative",
        "https://",
        "",
        "https://example.com/ x",
        'https://example.com/"onclick="x',
        "https://example.com/<b>",
        "https://example.com/\\x",
        "https://example.com/\nBcc: x",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueRefusedError, match="login_url is not a web address"):
        rendered(EXISTS, login_url=address)


def test_addresses_are_links_and_the_button_leads_to_its_own() -> None:
    mail = rendered(
        EXISTS, login_url="https://a.example/?x=1&y=2", reset_url="https://a.example/r_e_s*"
    )

    targets = [html.unescape(each) for each in re.findall(r'href="([^"]*)"', mail.html)]
    assert targets == ["https://a.example/r_e_s*", *["https://a.example/?x=1&y=2"] * 2]
    assert "Log in:\nhttps://a.example/?x=1&y=2\n" in mail.text
    assert "https://a.example/r_e_s*" in mail.text


def test_styles_are_on_the_elements_and_nothing_is_loaded_from_elsewhere() -> None:
    mail = rendered(EXISTS)

    assert "<style" not in mail.html
    assert "<link" not in mail.html
    assert "<img" not in mail.html
    assert re.search(r'<a class="button"[^>]*style="[^"]*text-decoration: none', mail.html)


@pytest.mark.parametrize(
    ("colour", "shown"), [("#FFCC00", "#ffcc00"), ("red;}*{x:y", "#0559a8"), ("", "#0559a8")]
)
def test_the_resellers_colour_is_used_when_it_is_one(colour: str, shown: str) -> None:
    brand = Brand("Alpine", colour, "x")
    text = texts.default_text("account_exists", "en")

    mail = rendering.render(EXISTS, text, samples(EXISTS), brand=brand, language="en")

    assert f"background-color: {shown}" in mail.html
    assert "x:y" not in mail.html


@pytest.mark.parametrize("level", range(0, 256, 15))
def test_text_on_any_colour_can_be_read(level: int) -> None:
    for red, green, blue in [(level, 0, 0), (0, level, 0), (level, level, level), (255, level, 0)]:
        colour = f"#{red:02x}{green:02x}{blue:02x}"
        assert colours.contrast(colour, colours.text_on(colour)) >= 4.5
