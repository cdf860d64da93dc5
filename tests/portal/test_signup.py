"""The sign-up pages, as a stranger in a browser meets them."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import OneTimeLink, User
from approvals.models import ApprovalRequest
from audit.models import AuditEntry
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import UserFactory
from tests.factories.approvals import ApprovalRequestFactory
from tests.harness.clients import HostClient

TYPED = {
    "company": "Acme GmbH",
    "country": "DE",
    "street": "Chausseestr. 1",
    "suite": "4. OG",
    "postal_code": "10115",
    "city": "Berlin",
    "state": "Berlin",
    "contact_name": "Anna Schmidt",
    "title": "CTO",
    "phone": "+49 30 1234567",
    "email": "anna@acme.example",
    "password1": "correct horse battery 1",
    "password2": "correct horse battery 1",
    "licence": "on",
}
REQUIRED = ["company", "country", "contact_name", "email", "password1", "password2", "licence"]


def send(client: HostClient, **changes: str) -> Any:
    return client.post("/signup/", {**TYPED, **changes})


def errors(response: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = response.context["form"].errors
    return found


def validation_path() -> str:
    mail = OutgoingMail.objects.filter(kind="email_validation").latest("created_at")
    found = re.search(r"/validate/[^/]+/", mail.secret_link)
    assert found
    return found[0]


class TestTheForm:
    def test_says_for_each_box_what_browsers_may_fill_in(self, alpha_client: HostClient) -> None:
        page = alpha_client.get("/signup/").content.decode()

        for name, token in {
            "company": "organization",
            "contact_name": "name",
            "title": "organization-title",
            "phone": "tel",
            "country": "country",
            "street": "address-line1",
            "suite": "address-line2",
            "city": "address-level2",
            "state": "address-level1",
            "postal_code": "postal-code",
            "email": "email",
            "password1": "new-password",
            "password2": "new-password",
        }.items():
            assert re.search(rf'name="{name}"[^>]* autocomplete="{token}"', page), name

    def test_takes_a_sign_up_and_says_to_check_the_mail(
        self, alpha_client: HostClient, alpha: Reseller
    ) -> None:
        response = send(alpha_client)

        assert (response.status_code, response["Location"]) == (302, "/signup/done/")
        page = alpha_client.get("/signup/done/").content.decode()
        assert "anna@acme.example" in page
        signup = ApprovalRequest.objects.get().signup
        stored = {**TYPED, "phone": "+49301234567", "state": ""}  # Germany writes no states
        assert {name: str(getattr(signup, name)) for name in TYPED if hasattr(signup, name)} == {
            name: value for name, value in stored.items() if hasattr(signup, name)
        }

    @pytest.mark.parametrize("trait", ["", "pending_approval", "suspended"])
    def test_answers_known_and_unknown_people_alike(
        self, alpha_client: HostClient, alpha: Reseller, trait: str
    ) -> None:
        known = UserFactory(**({trait: True} if trait else {}))
        answers = []
        for email in (known.email, "nobody@nowhere.example"):
            cache.clear()
            response = send(alpha_client, email=email)
            page = alpha_client.get(response["Location"]).content.decode()
            answers.append((response.status_code, page.replace(email, "")))

        assert answers[0][0] == answers[1][0]
        assert strip_tokens(answers[0][1]) == strip_tokens(answers[1][1])

    def test_two_clicks_on_one_form_are_one_sign_up(
        self, alpha_client: HostClient, alpha: Reseller
    ) -> None:
        page = alpha_client.get("/signup/").content.decode()
        found = re.search(r'name="submission" value="([^"]+)"', page)
        assert found

        first, second = (send(alpha_client, submission=found[1]) for _ in range(2))

        assert first.status_code == second.status_code == 302
        assert OutgoingMail.objects.count() == ApprovalRequest.objects.count() == 1

    def test_who_is_logged_in_is_sent_to_their_own_place(
        self, alpha_client: HostClient, alpha: Reseller
    ) -> None:
        alpha_client.force_login(UserFactory())

        assert alpha_client.get("/signup/")["Location"] == "/after-login/"
        assert send(alpha_client)["Location"] == "/after-login/"
        assert not ApprovalRequest.objects.exists()

    def test_too_many_from_one_mailbox_wait(
        self, alpha_client: HostClient, alpha: Reseller
    ) -> None:
        codes = [send(alpha_client).status_code for _ in range(6)]

        assert codes == [302] * 5 + [429]
        assert OutgoingMail.objects.count() == 5

    def test_another_resellers_visitors_are_counted_apart(
        self, alpha_client: HostClient, bravo_client: HostClient, alpha: Reseller
    ) -> None:
        for _ in range(6):
            send(alpha_client)

        assert send(bravo_client).status_code == 302

    def test_costs_the_same_queries_at_each_look(
        self, alpha_client: HostClient, alpha: Reseller
    ) -> None:
        alpha_client.get("/signup/")

        with CaptureQueriesContext(connection) as queries:
            alpha_client.get("/signup/")

        assert len(queries) <= 2


def strip_tokens(page: str) -> str:
    return re.sub(r'value="[^"]{20,}"', "", page)


class TestWhatIsWrong:
    def test_each_empty_box_is_named(self, alpha_client: HostClient, alpha: Reseller) -> None:
        response = alpha_client.post("/signup/", {})

        assert response.status_code == 200
        assert sorted(errors(response)) == sorted(REQUIRED)
        assert "<title>Error:" in response.content.decode()
        assert not User.objects.exists()

    @pytest.mark.parametrize("name", REQUIRED)
    def test_one_empty_box_keeps_the_rest(
        self, alpha_client: HostClient, alpha: Reseller, name: str
    ) -> None:
        response = send(alpha_client, **{name: ""})

        assert list(errors(response)) == [name]
        page = response.content.decode()
        kept = [value for box, value in TYPED.items() if box not in {name, "licence", "country"}]
        for value in kept:
            assert (value in page) is ("horse" not in value)
        assert not User.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "box", "words"),
        [
            ({"password2": "another horse 22"}, "password2", "not the same"),
            ({"password1": "short", "password2": "short"}, "password1", "too short"),
            (
                {"password1": "password123", "password2": "password123"},
                "password1",
                "known from data leaks",
            ),
            (
                {"password1": "anna@acme.example", "password2": "anna@acme.example"},
                "password1",
                "too similar",
            ),
            ({"email": "anna"}, "email", "valid email"),
            ({"country": "XX"}, "country", "valid choice"),
            ({"phone": "call me"}, "phone", "phone number"),
            ({"company": "x" * 201}, "company", "at most 200"),
            ({"contact_name": "x" * 121}, "contact_name", "at most 120"),
            ({"email": f"{'x' * 250}@acme.example"}, "email", "at most 254"),
            ({"password1": "x" * 200, "password2": "x" * 200}, "password1", "at most 128"),
        ],
    )
    def test_is_said_beside_the_box(
        self,
        alpha_client: HostClient,
        alpha: Reseller,
        changes: dict[str, str],
        box: str,
        words: str,
    ) -> None:
        response = send(alpha_client, **changes)

        assert response.status_code == 200
        assert words in " ".join(errors(response)[box])
        assert not User.objects.exists()

    @pytest.mark.parametrize("box", sorted(set(TYPED) - {"licence", "country"}))
    @pytest.mark.parametrize(
        "text",
        [
            "nul\x00byte",
            "left\u202eright",
            "\ud83d\ude80".encode("utf-16", "surrogatepass").decode("utf-16") * 3,
            "<script>alert(1)</script>",
            "{{ token }} {% load i18n %}",
            "%s %(name)s {0}",
            " ",
            "=1+1",
        ],
    )
    def test_strange_text_is_refused_or_kept_as_it_is(
        self, alpha_client: HostClient, alpha: Reseller, box: str, text: str
    ) -> None:
        cache.clear()
        changes = {box: text, "password2": text} if box == "password1" else {box: text}
        changes |= {"country": "RO"} if box == "state" else {}  # where people type theirs
        response = send(alpha_client, **changes)

        assert response.status_code in {200, 302}
        assert "<script>alert" not in response.content.decode()
        if response.status_code == 302 and "password" not in box:
            assert getattr(ApprovalRequest.objects.get().signup, box) == text.strip()
        else:
            assert not User.objects.exists() or response.status_code == 302

    def test_a_form_number_that_is_nonsense_is_no_matter(
        self, alpha_client: HostClient, alpha: Reseller
    ) -> None:
        assert send(alpha_client, submission="not a number").status_code == 302

    def test_nonsense_for_a_licence_or_country_is_no_500(
        self, alpha_client: HostClient, alpha: Reseller
    ) -> None:
        assert send(alpha_client, country="\x00").status_code == 200
        assert alpha_client.get("/signup/?next=%00&company[]=x").status_code == 200


class TestValidating:
    @pytest.fixture
    def path(self, alpha_client: HostClient, alpha: Reseller) -> str:
        send(alpha_client)
        return validation_path()

    def test_looking_at_the_link_spends_nothing(
        self, alpha_client: HostClient, alpha: Reseller, path: str
    ) -> None:
        for method in (alpha_client.get, alpha_client.head):
            response = method(path)
            assert response.status_code == 200

        assert "Confirm e-mail address" in alpha_client.get(path).content.decode()
        assert OneTimeLink.objects.live().count() == 1
        assert User.objects.get().status == User.Status.PENDING_EMAIL_VALIDATION

    def test_the_button_validates_and_tells_what_comes_next(
        self, alpha_client: HostClient, alpha: Reseller, path: str
    ) -> None:
        response = alpha_client.post(path)

        assert response["Location"] == "/validate/done/"
        assert "looks at your request" in alpha_client.get("/validate/done/").content.decode()
        assert ApprovalRequest.objects.get().status == ApprovalRequest.Status.PENDING

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_spent_link_says_so_and_offers_a_new_one(
        self, alpha_client: HostClient, alpha: Reseller, path: str, method: str
    ) -> None:
        alpha_client.post(path)

        response = getattr(alpha_client, method)(path)

        assert response.status_code == 410
        assert "used already" in response.content.decode()
        assert 'href="/signup/resend/"' in response.content.decode()
        assert AuditEntry.objects.filter(action="request.submitted").count() == 1

    @pytest.mark.parametrize("token", ["x", "%00", "%F0%9F%94%91", "a" * 3_000, "{{ token }}"])
    def test_nonsense_is_a_dead_link(
        self, alpha_client: HostClient, alpha: Reseller, token: str
    ) -> None:
        for method in (alpha_client.get, alpha_client.post):
            assert method(f"/validate/{token}/").status_code == 410

    def test_another_resellers_link_is_dead_here(
        self, bravo_client: HostClient, alpha: Reseller, path: str
    ) -> None:
        assert bravo_client.post(path).status_code == 410
        assert OneTimeLink.objects.live().count() == 1

    def test_is_not_kept_by_any_cache(
        self, alpha_client: HostClient, alpha: Reseller, path: str
    ) -> None:
        assert "no-store" in alpha_client.get(path)["Cache-Control"]


class TestANewLink:
    @pytest.mark.parametrize("known", [True, False])
    def test_is_promised_to_everybody_and_sent_to_who_waits(
        self, alpha_client: HostClient, alpha: Reseller, known: bool
    ) -> None:
        email = ApprovalRequestFactory(draft=known).requester.email

        response = alpha_client.post("/signup/resend/", {"email": email}, follow=True)

        assert f"If {email} waits for its confirmation" in response.content.decode()
        sent = OutgoingMail.objects.values_list("kind", flat=True)
        assert list(sent) == (["email_validation"] if known else [])

    @pytest.mark.parametrize("typed", ["", "anna", "\x00@acme.example", "x" * 300])
    def test_needs_an_email(self, alpha_client: HostClient, alpha: Reseller, typed: str) -> None:
        response = alpha_client.post("/signup/resend/", {"email": typed})

        assert response.status_code == 200
        assert list(errors(response)) == ["email"]

    def test_is_not_sent_without_end(self, alpha_client: HostClient, alpha: Reseller) -> None:
        body = {"email": ApprovalRequestFactory(draft=True).requester.email}

        codes = [alpha_client.post("/signup/resend/", body).status_code for _ in range(4)]

        assert codes == [302, 302, 302, 429]
        assert OutgoingMail.objects.count() == 3


class TestLoggingInMeanwhile:
    """The words a person reads at log-in, from sign-up to approval."""

    def log_in(self, client: HostClient) -> str:
        body = {"login": TYPED["email"], "password": TYPED["password1"]}
        page: str = client.post("/account/login/", body, follow=True).content.decode()
        return page

    def test_first_account_not_validated_then_waiting_for_approval(
        self, alpha_client: HostClient, alpha: Reseller
    ) -> None:
        send(alpha_client)
        page = self.log_in(alpha_client)
        assert "Account not Validated" in page
        assert 'href="/signup/resend/"' in page

        alpha_client.post(validation_path())
        page = self.log_in(alpha_client)
        assert "Account not Validated" not in page
        assert "approval" in page.lower()
        assert "_auth_user_id" not in alpha_client.session


def test_the_licence_can_be_read_by_everybody(alpha_client: HostClient) -> None:
    page = alpha_client.get("/signup/licence/").content.decode()

    assert "Alpha Cloud" in page
    assert "Licence agreement" in page


def test_the_form_leads_to_the_licence_without_losing_what_was_typed(
    alpha_client: HostClient,
) -> None:
    page = alpha_client.get("/signup/").content.decode()

    assert '<a href="/signup/licence/" target="_blank" rel="noopener">' in page


def test_who_tried_too_often_reads_a_kind_page(alpha_client: HostClient) -> None:
    page = [send(alpha_client) for _ in range(6)][-1].content.decode()

    assert "One moment, please" in page
