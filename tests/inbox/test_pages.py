"""The pages of the inbox, on the platform's host."""

import uuid
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from inbox import store
from tests.harness.clients import HostClient

HTML = "<!DOCTYPE html><html><head></head><body><a href='https://x.example/'>Go</a></body></html>"


@pytest.fixture
def _inbox(settings: Any, tmp_path: Path) -> None:
    settings.INBOX_DIRECTORY = tmp_path
    settings.EMAIL_BACKEND = "inbox.backend.InboxBackend"


def send(subject: str, to: str = "dana@acme.example") -> uuid.UUID:
    text = "Hello <b>Dana</b>\nAccept:\nhttps://alpha.localhost/s/token?a=1&b=2\n"
    message = EmailMultiAlternatives(subject, text, "a@alpha.example", [to])
    message.attach_alternative(HTML, "text/html")
    message.send()
    return next(store.letters()).id


@pytest.mark.usefixtures("_inbox")
def test_the_list_shows_the_mails_and_can_be_narrowed_to_a_recipient(
    platform_client: HostClient,
) -> None:
    send("For Dana")
    send("For Robin <b>", to="robin@acme.example")

    everything = platform_client.get("/inbox/").content.decode()
    narrowed = platform_client.get("/inbox/", {"to": "robin@"}).content.decode()

    assert "For Dana" in everything
    assert "For Robin &lt;b&gt;" in everything
    assert "2 mails" in everything
    assert "For Dana" not in narrowed
    assert "1 mail<" in narrowed
    assert 'value="robin@"' in narrowed


@pytest.mark.usefixtures("_inbox")
@pytest.mark.parametrize("to", ["", "\x00", "\u202e", "<script>", "x" * 5000, "nobody@"])
def test_an_empty_list_says_so(platform_client: HostClient, to: str) -> None:
    response = platform_client.get("/inbox/", {"to": to})

    assert response.status_code == HTTPStatus.OK
    assert "No mail" in response.content.decode()
    assert "<script>" not in response.content.decode().partition("<main")[2]


@pytest.mark.usefixtures("_inbox")
def test_a_mail_shows_its_text_with_links_and_its_html_in_a_frame(
    platform_client: HostClient,
) -> None:
    letter = send("For Dana")

    page = platform_client.get(f"/inbox/{letter}/").content.decode()

    assert "Hello &lt;b&gt;Dana&lt;/b&gt;" in page
    assert 'href="https://alpha.localhost/s/token?a=1&amp;b=2"' in page
    assert f'src="/inbox/{letter}/html/"' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "srcdoc" not in page


@pytest.mark.usefixtures("_inbox")
def test_the_html_part_is_a_document_that_can_only_be_read(platform_client: HostClient) -> None:
    response = platform_client.get(f"/inbox/{send('For Dana')}/html/")

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "frame-ancestors 'self'" in policy
    assert policy.endswith("sandbox allow-popups allow-popups-to-escape-sandbox")
    assert "script-src" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert '<head><base target="_blank">' in response.content.decode()


@pytest.mark.usefixtures("_inbox")
@pytest.mark.parametrize("page", ["", "html/"])
def test_a_mail_that_is_gone_is_not_found(platform_client: HostClient, page: str) -> None:
    response = platform_client.get(f"/inbox/{uuid.uuid4()}/{page}")

    assert response.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.usefixtures("_inbox")
def test_reading_changes_nothing_and_posting_is_refused(platform_client: HostClient) -> None:
    letter = send("For Dana")

    for page in ("/inbox/", f"/inbox/{letter}/", f"/inbox/{letter}/html/"):
        assert platform_client.post(page).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert [each.id for each in store.letters()] == [letter]


@pytest.mark.parametrize("page", ["", "{letter}/", "{letter}/html/"])
def test_without_a_folder_there_is_no_inbox(
    platform_client: HostClient, page: str, settings: Any
) -> None:
    settings.INBOX_DIRECTORY = None

    response = platform_client.get(f"/inbox/{page.format(letter=uuid.uuid4())}")

    assert response.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.usefixtures("_inbox")
@pytest.mark.parametrize("page", ["", "{letter}/", "{letter}/html/"])
def test_in_production_there_is_no_inbox(
    platform_client: HostClient, page: str, settings: Any
) -> None:
    letter = send("For Dana")
    settings.IS_PRODUCTION = True

    response = platform_client.get(f"/inbox/{page.format(letter=letter)}")

    assert response.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.usefixtures("_inbox")
def test_a_resellers_host_has_no_inbox(alpha_client: HostClient) -> None:
    assert alpha_client.get("/inbox/").status_code == HTTPStatus.NOT_FOUND
