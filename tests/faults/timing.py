"""Whoever measures answers learns nothing: known and unknown people take the same time.

In each round every question is asked about each kind of person, in a shuffled order, of a web
server that runs as in production. What is compared is the processor time of the answer and how
often it asked the database: a busy neighbour changes neither. `tests.faults.apart` says when two
kinds differ.
"""

import random
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from statistics import median

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.db import transaction

from accounts import links
from accounts.flows import recovery_codes
from accounts.models import OneTimeLink, User
from approvals import applicants
from approvals.flows import signup
from approvals.flows.signup import SignupDetails
from approvals.models import ApprovalRequest
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import PASSWORD, UserFactory
from tests.faults import stage, world
from tests.faults.apart import compare
from tests.faults.contract import Outcome, Trial
from tests.faults.visits import Answer, Site

NOBODY = "nobody"  # how the e-mails of people begin who do not exist
UNKNOWN = "unknown"
AGAIN = "unknown again"  # compared with itself: the trial may not cry wolf
QUESTIONS = (
    "log-in",
    "reset",
    "sign-up",
    "new validation link",
    "invitation",
    "validation",
    "reset link",
)
ENOUGH = 100  # rounds, after which a comparison that is not sharp is a failure

TYPED = {
    "company": "Acme GmbH",
    "country": "DE",
    "contact_name": "Dana Miller",
    "password1": PASSWORD,
    "password2": PASSWORD,
    "licence": "on",
}

Ask = Callable[[str], Answer]


@dataclass(frozen=True)
class Question:
    """One thing that a stranger can ask about a person or a link, and of whom it is asked."""

    name: str
    ask: Ask
    kinds: Mapping[str, Callable[[], str]]  # who is meant, made anew for each request
    status: int
    most_more: int = 0  # statements by which two kinds may differ


@dataclass
class Row:
    """What the answers of one question about one kind of person cost."""

    seconds: list[float] = field(default_factory=list)  # of the web server's processor
    statements: list[int] = field(default_factory=list)

    def add(self, answer: Answer) -> None:
        self.seconds.append(answer.processor_seconds)
        self.statements.append(answer.statements)


Rows = dict[str, Row]


def run(rounds: int) -> Outcome:
    """Ask everything, and compare each kind with the unknown."""
    outcome = Outcome(rounds)
    world.cheap_hashes()
    with world.ready_reseller() as reseller, stage.current().web() as site:
        people = make_people()
        for question in questions(site, reseller, people):
            rng = random.Random(question.name)  # noqa: S311 - the same order in every run
            _ask_everybody(question, {}, rng, outcome)  # the first answers take longer
            rows: Rows = {}
            for _round in range(rounds):
                _ask_everybody(question, rows, rng, outcome)
            _judge(question, rows, outcome)
        world.empty_broker()
    return outcome


def make_people() -> dict[str, str]:
    """The e-mail of one person of each kind."""
    kinds: dict[str, User] = {
        "active": UserFactory(with_password=True),
        "suspended": UserFactory(with_password=True, suspended=True),
        "pending validation": UserFactory(with_password=True, pending_email_validation=True),
        "pending approval": UserFactory(with_password=True, pending_approval=True),
        "invited": UserFactory(pending_email_validation=True),
        "second factor": UserFactory(with_password=True),
    }
    TOTP.activate(kinds["second factor"], generate_totp_secret())
    recovery_codes.make_first(kinds["second factor"])
    applicant = f"applicant{world.next_number()}@example.com"
    details = SignupDetails(
        company="Acme", contact_name="Dana Miller", email=applicant, country="DE"
    )
    signup.sign_up(details, password=PASSWORD)
    return {**{name: each.email for name, each in kinds.items()}, "applicant": applicant}


def questions(site: Site, reseller: Reseller, people: Mapping[str, str]) -> list[Question]:
    """Everything that is answered to strangers, with the kinds that matter there."""

    def post(path: str, **data: str) -> Answer:
        return site.post(path, data, host=reseller.host, session="")

    def get(path: str) -> Answer:
        return site.get(path, host=reseller.host)

    everybody = _by_email(people, *(kind for kind in people if kind != "applicant"))
    return [
        Question(
            "log-in",
            lambda email: post("/account/login/", login=email, password="not the right one"),
            everybody,
            200,
        ),
        Question(
            "reset", lambda email: post("/account/password/reset/", email=email), everybody, 302
        ),
        Question(
            "sign-up",
            lambda email: post("/signup/", **TYPED, email=email, submission=str(uuid.uuid4())),
            _by_email(people, "active", "suspended", "pending approval", "applicant"),
            302,
        ),
        Question(
            "new validation link",
            lambda email: post("/signup/resend/", email=email),
            _by_email(people, "active", "applicant"),
            302,
            most_more=1,
        ),
        Question("invitation", lambda token: get(f"/invitation/{token}/"), _by_token(), 410),
        Question("validation", lambda token: get(f"/validate/{token}/"), _by_token(), 410),
        Question(
            "reset link",
            lambda person: get(f"/account/password/reset/key/{person}-dif000-{'0' * 32}/"),
            {
                UNKNOWN: _no_person,
                AGAIN: _no_person,
                "known": partial(str, User.objects.get(email=people["active"]).pk.hex),
            },
            200,
        ),
    ]


def _by_email(people: Mapping[str, str], *kinds: str) -> dict[str, Callable[[], str]]:
    known = {kind: partial(str, people[kind]) for kind in kinds}
    return {UNKNOWN: _nobody, AGAIN: _nobody, **known}


def _nobody() -> str:
    return f"{NOBODY}{world.next_number()}@example.com"


def _no_person() -> str:
    return uuid.uuid4().hex


def _by_token() -> dict[str, Callable[[], str]]:
    """Links that nobody has, and links that are over: revoked, of either purpose."""
    over: dict[str, Callable[[], str]] = {}
    person: User = UserFactory(pending_email_validation=True)
    for purpose in OneTimeLink.Purpose:
        with transaction.atomic():
            token = links.issue(person, purpose)
            links.revoke(person, purpose)
        over[f"revoked {purpose.label.lower()}"] = partial(str, token)
    return {UNKNOWN: _no_token, AGAIN: _no_token, **over}


def _no_token() -> str:
    return secrets.token_urlsafe(32)


def _ask_everybody(question: Question, rows: Rows, rng: random.Random, outcome: Outcome) -> None:
    kinds = list(question.kinds)
    rng.shuffle(kinds)
    for kind in kinds:
        whom = question.kinds[kind]()
        cache.clear()  # limits of attempts, too: each attempt is the first
        answer = question.ask(whom)
        is_fine = outcome.check(
            answer.status == question.status,
            f"{question.name} of {kind}: status {answer.status} in place of {question.status}",
        )
        if is_fine:
            rows.setdefault(kind, Row()).add(answer)
        _clear_up(whom)


def _clear_up(whom: str) -> None:
    """Undo what the request did, so that the next one finds the same."""
    OutgoingMail.objects.all().delete()
    for request in ApprovalRequest.objects.filter(
        requester__email=whom, requester__email__startswith=NOBODY
    ):
        applicants.erase(request, request.requester)


def _judge(question: Question, rows: Rows, outcome: Outcome) -> None:
    unknown, shifts, errors = rows[UNKNOWN], [0.0], [0.0]
    for kind, row in rows.items():
        if kind == UNKNOWN:
            continue
        found, name = compare(unknown.seconds, row.seconds), f"{question.name}: {kind}"
        shift = f"{found.shift * 1000:+.1f} ms"
        outcome.check(not found.differ, f"{name} costs {shift}, p {found.probability:.4f}")
        is_told = found.is_sharp or outcome.rounds < ENOUGH
        outcome.check(is_told, f"{name} cannot be told: {found.error * 1000:.1f} ms of noise")
        more = round(median(row.statements) - median(unknown.statements))
        outcome.check(abs(more) <= question.most_more, f"{name} costs {more:+} statements")
        shifts.append(abs(found.shift))
        errors.append(found.error)
    outcome.figures[question.name] = round(max(shifts) * 1000, 2)
    noise = max(float(outcome.figures.get("noise", 0)), round(max(errors) * 1000, 2))
    outcome.figures["noise"] = noise


TRIAL = Trial(
    name="timing",
    promise=(
        "Log-in, password reset, sign-up and one-time links take the same time for known and "
        "unknown people: no difference above 3 ms but by chance, and the same number "
        "of statements (one more or less for a new validation link)."
    ),
    run=run,
    figures_shown={
        "noise": "ms of noise at most",
        **{name: f"largest difference at {name}" for name in QUESTIONS},
    },
)
