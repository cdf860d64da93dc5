import datetime as dt
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import timezone

from components import icons
from components.statuses import SHAPES


def render(source: str, **values: Any) -> str:
    return Template("{% load components %}" + source).render(Context(values))


@pytest.mark.parametrize("name", ["../../settings", "a/b", "", "PLUS", "a\x00"])
def test_an_icons_name_never_leaves_its_folder(name: str) -> None:
    with pytest.raises(ValueError, match="no icon's name"):
        icons.svg(name)


def test_an_unknown_icon_fails_loudly_and_says_what_to_do() -> None:
    with pytest.raises(LookupError, match=r"script/icons\.txt"):
        icons.svg("no-such-icon")


def test_icons_are_hidden_from_screen_readers() -> None:
    assert 'aria-hidden="true"' in render('{% icon "plus" %}')


@pytest.mark.parametrize("kind", SHAPES)
def test_every_kind_of_status_has_a_shape(kind: str) -> None:
    page = render("{% status_badge 'Active' kind %}", kind=kind)

    assert "Active" in page
    assert "<svg" in page


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (dt.timedelta(seconds=5), "just now"),
        (dt.timedelta(hours=5, minutes=3), "5\xa0hours ago"),
        (dt.timedelta(days=3, hours=2), "3\xa0days ago"),
        (dt.timedelta(hours=-5, minutes=-3), "in 5\xa0hours"),
    ],
)
def test_recent_moments_are_told_in_words_and_exactly_on_hover(
    age: dt.timedelta, words: str
) -> None:
    page = render("{% time moment %}", moment=timezone.now() - age)

    assert f">{words}</time>" in page
    assert "UTC" in page


def test_older_moments_are_dates() -> None:
    moment = dt.datetime(2020, 2, 29, 12, tzinfo=dt.UTC)

    assert "Feb. 29, 2020</time>" in render("{% time moment %}", moment=moment)
    assert render("{% time moment %}", moment=None) == ""
    assert "Feb. 29, 2020" in render("{% time day %}", day=moment.date())


def test_values_are_escaped_everywhere() -> None:
    evil = "<b>&\"'"
    page = render(
        "{% datagrid %}{% fact evil evil %}{% factblock label=evil %}{{ evil }}{% endfactblock %}"
        "{% enddatagrid %}{% card title=evil url=evil label=evil %}{{ evil }}{% endcard %}"
        "{% action evil evil %}{% crumb evil evil %}{% copy evil label=evil %}"
        "{% empty_state evil evil url=evil label=evil %}{% status_badge evil %}"
        "{% post_button evil evil name=evil value=evil %}{% tabs tabs %}{% timeline entries %}",
        evil=evil,
        tabs=[{"label": evil, "url": evil, "count": evil}],
        entries=[{"sentence": evil, "detail": evil, "actor": evil, "at": timezone.now()}],
    )

    assert "<b>" not in page
    assert page.count("&lt;b&gt;") > 15


def test_an_unknown_fact_says_so() -> None:
    assert "Not given" in render("{% fact 'Website' '' %}")
    assert "Not given" in render("{% fact 'Website' None %}")
    assert "Not given" not in render("{% fact 'People' 0 %}")


def test_a_timeline_offers_its_action_as_a_post() -> None:
    entry = {
        "sentence": "Mail failed.",
        "at": timezone.now(),
        "action": {"url": "/again/", "label": "Resend"},
    }

    page = render("{% timeline entries %}", entries=[entry])

    assert '<form method="post" action="/again/"' in page
    assert "Nothing has happened yet." in render("{% timeline entries %}", entries=[])


def test_a_confirm_page_posts_and_leads_back() -> None:
    page = render(
        "{% confirm label='Suspend' cancel_url='/back/' kind='danger' %}<p>Why</p>{% endconfirm %}"
    )

    assert "<p>Why</p>" in page
    assert 'method="post"' in page
    assert 'href="/back/"' in page
    assert "btn-danger" in page
