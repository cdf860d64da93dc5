"""Signing up as people do it, from the form to the queue, against hashing one password."""

import http.client
import re
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from statistics import median
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.hashers import make_password
from django_tenants.utils import tenant_context

from approvals.models import ApprovalRequest
from notifications.models import OutgoingMail
from resellers.schemas import connection
from tests.benchmarks import crowd, databases
from tests.benchmarks.findings import AtMost, Finding, Scale
from tests.benchmarks.stage import LOOPBACK, Stage
from tests.benchmarks.visits import UnexpectedAnswerError

_PASSWORD = "correct horse battery 1"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def run(stage: Stage, scale: Scale) -> list[Finding]:
    with databases.copied("signups") as database:
        reseller = crowd.make_reseller("signups")
        with stage.web(database) as web, tenant_context(reseller):
            for number in range(2):  # each process of the web server has served the form
                _sign_up(Stranger(web.port, reseller.host, number))
            rounds = [
                _round(Stranger(web.port, reseller.host, number))
                for number in range(2, scale.signups + 2)
            ]
            waiting = ApprovalRequest.objects.pending().count()
        connection.close()
    if waiting != scale.signups + 2:
        raise UnexpectedAnswerError(f"{waiting} of {scale.signups + 2} sign-ups are in the queue.")
    return [
        Finding(
            name="sign-up",
            sentence="a sign-up, from the empty form over the mailed link to the queue, against "
            "hashing one password",
            ratio=median(ours for ours, _hash in rounds) / median(each for _ours, each in rounds),
            target=AtMost(3),
            figures={"sign-ups a second, one after the other": 1 / median(o for o, _h in rounds)},
        )
    ]


@dataclass
class Stranger:
    """Somebody with a browser, an address of their own, and a mailbox."""

    port: int
    host: str
    number: int
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return f"stranger{self.number}@company.example"

    def open(self, path: str) -> str:
        """Look at a page. Returns the token that its form has to carry."""
        status, page = self._ask("GET", path, "")
        found = _TOKEN.search(page)
        if status != HTTPStatus.OK or found is None:
            raise UnexpectedAnswerError(f"{path} answered {status}: {page}")
        return found[1]

    def send(self, path: str, fields: dict[str, str]) -> None:
        """Send a form that must be accepted."""
        status, page = self._ask("POST", path, urlencode(fields))
        if status != HTTPStatus.FOUND:
            raise UnexpectedAnswerError(f"{path} answered {status}: {page}")

    def _ask(self, method: str, path: str, body: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=60)
        headers = {
            "Host": self.host,
            "Origin": f"https://{self.host}",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": f"198.51.{self.number // 250}.{self.number % 250 + 1}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, page


def _round(stranger: Stranger) -> tuple[float, float]:
    """Seconds of one sign-up and of one hash."""
    ours = _sign_up(stranger)
    begun = time.perf_counter()
    make_password(_PASSWORD)
    return ours, time.perf_counter() - begun


def _sign_up(stranger: Stranger) -> float:
    begun = time.perf_counter()
    token = stranger.open("/signup/")
    stranger.send("/signup/", {**_typed(stranger), "csrfmiddlewaretoken": token})
    reading = time.perf_counter()
    mail = OutgoingMail.objects.get(kind="email_validation", recipient_email=stranger.email)
    path = urlsplit(mail.secret_link).path
    read = time.perf_counter() - reading  # the stranger's mail program is not ours
    token = stranger.open(path)
    stranger.send(path, {"csrfmiddlewaretoken": token})
    return time.perf_counter() - begun - read


def _typed(stranger: Stranger) -> dict[str, str]:
    return {
        "company": f"Company {stranger.number}",
        "country": crowd.COUNTRY,
        "contact_name": "Dana Miller",
        "email": stranger.email,
        "password1": _PASSWORD,
        "password2": _PASSWORD,
        "licence": "on",
    }
