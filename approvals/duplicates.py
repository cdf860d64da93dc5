"""What an approver should know before making another customer: who looks like the applicant."""

import re
from dataclasses import dataclass, field

from django.db.models import Q

from approvals.models import ApprovalRequest, Signup
from customers import search
from customers.codes import LEGAL_FORMS
from customers.models import Customer

MOST_HINTS = 5
# How many look-alikes are read to find those: a name like "IT" is part of many.
CANDIDATES = 100

# Mailboxes that anybody can have: the domain says nothing about the company.
FREE_MAIL_DOMAINS = frozenset(
    """
    aol.com bluewin.ch free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net
    googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.fr icloud.com laposte.net
    libero.it live.com mac.com mail.com mail.ru mailbox.org me.com msn.com naver.com o2.pl
    orange.fr outlook.com outlook.de outlook.fr posteo.de proton.me protonmail.com qq.com
    rediffmail.com seznam.cz t-online.de tutanota.com virgilio.it wanadoo.fr web.de wp.pl
    ya.ru yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.de yahoo.fr yandex.ru ymail.com
    zoho.com 126.com 163.com
    """.split()  # noqa: SIM905 - sixty quotes would hide the domains
)


@dataclass(frozen=True)
class Hints:
    """Who looks like the applicant, and how."""

    is_free_mail: bool
    same_name: list[Customer] = field(default_factory=list)
    same_domain: list[Customer] = field(default_factory=list)
    other_requests: list[ApprovalRequest] = field(default_factory=list)

    @property
    def any(self) -> bool:
        return bool(self.same_name or self.same_domain or self.other_requests)


def hints(signup: Signup) -> Hints:
    """Customers and requests with the name or the mail domain of this sign-up."""
    domain = domain_of(signup.email)
    is_free_mail = domain in FREE_MAIL_DOMAINS
    name = bare_name(signup.company)
    customers = _customers(name, "" if is_free_mail else domain)
    same_name = [each for each in customers if bare_name(each.organization_name) == name]
    same_domain = [
        each
        for each in customers
        if domain_of(each.contact_email) == domain and not is_free_mail and each not in same_name
    ]
    return Hints(
        is_free_mail,
        same_name[:MOST_HINTS],
        same_domain[:MOST_HINTS],
        _other_requests(signup, name),
    )


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].lower()


def bare_name(company: str) -> str:
    """The name without its legal form: Acme and ACME GmbH are the same company to the eye."""
    words = re.findall(r"\w+", company.lower().replace(".", ""))
    return " ".join(word for word in words if word.upper() not in LEGAL_FORMS) or " ".join(words)


def _customers(name: str, domain: str) -> list[Customer]:
    alike = _holds_every_word(name, "search_text")
    if domain:
        alike |= Q(search_text__contains=f"@{domain}")
    return list(Customer.objects.filter(alike).order_by("created_at", "pk")[:CANDIDATES])


def _other_requests(signup: Signup, name: str) -> list[ApprovalRequest]:
    same_email = Q(signup__search_text__contains=signup.email.lower())
    alike = _holds_every_word(name, "signup__search_text") | same_email
    requests = ApprovalRequest.objects.in_queue().exclude(pk=signup.request_id).filter(alike)
    found = requests.select_related("signup", "decided_by").order_by("-submitted_at")[:CANDIDATES]
    return [
        each
        for each in found
        if each.signup.email == signup.email or bare_name(each.signup.company) == name
    ][:MOST_HINTS]


def _holds_every_word(name: str, column: str) -> Q:
    """Both columns hold lower-case text and have a trigram index. No word is in nothing."""
    every = Q() if name else Q(pk__in=[])
    words = name.split()
    # Names are compared afterwards, with every word: long ones find the candidates.
    for word in [word for word in words if search.is_long(word)] or words:
        every &= search.holds(column, word)
    return every
