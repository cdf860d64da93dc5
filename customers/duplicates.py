"""Companies that look like one that is known already."""

import functools
import operator
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers import search
from customers.codes import LEGAL_FORMS
from customers.models import Customer

MOST_HINTS = 5
# How many look-alikes are read to find those: a name like "IT" is part of many.
CANDIDATES = 100
BATCH = 25  # companies that are looked for at once

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
class LookAlike:
    """A customer, and in what it is like the company in question."""

    customer: Customer
    reason: str | Promise


def look_alikes(
    name: str, *, email: str = "", domain: str = "", besides: Customer | None = None
) -> list[LookAlike]:
    """Customers with this name, e-mail or domain, the likeliest first. Archived ones are left out.

    One query.
    """
    bare, wanted = bare_name(name), telling_domains(email, domain)
    found = []
    for customer in candidates(bare, wanted):
        if besides and customer.pk == besides.pk:
            continue
        if reason := _likeness(customer, bare, email.lower(), wanted):
            found.append((reason[0], LookAlike(customer, reason[1])))
    found.sort(key=lambda each: each[0])
    return [hint for _rank, hint in found[:MOST_HINTS]]


def alike(companies: Sequence[Customer]) -> list[LookAlike | None]:
    """For each company that is to be made the likeliest customer. One query for BATCH of them."""
    found: list[LookAlike | None] = []
    for start in range(0, len(companies), BATCH):
        batch = [_Wanted.of(each) for each in companies[start : start + BATCH]]
        anybody = functools.reduce(
            operator.or_, (_alike(each.bare, each.domains) for each in batch)
        )
        known = Customer.objects.listed().filter(anybody).order_by("created_at", "pk")
        names = known.only("organization_name", "code", "contact_email", "domain")
        read = list(names[: CANDIDATES * 5])
        found += [each.likeliest(read) for each in batch]
    return found


@dataclass(frozen=True)
class _Wanted:
    """What look-alikes of a company have."""

    bare: str
    email: str
    domains: list[str]

    @classmethod
    def of(cls, company: Customer) -> "_Wanted":
        email = company.contact_email.lower()
        domains = telling_domains(email, company.domain)
        return cls(bare_name(company.organization_name), email, domains)

    def likeliest(self, customers: Iterable[Customer]) -> LookAlike | None:
        found = [
            (likeness[0], number, LookAlike(customer, likeness[1]))
            for number, customer in enumerate(customers)
            if (likeness := _likeness(customer, self.bare, self.email, self.domains))
        ]
        return min(found)[2] if found else None


def candidates(bare: str, wanted: Sequence[str]) -> list[Customer]:
    """Whoever may look alike: by the words of the name and by the domains."""
    listed = Customer.objects.listed().filter(_alike(bare, wanted))
    return list(listed.order_by("created_at", "pk")[:CANDIDATES])


def _alike(bare: str, wanted: Sequence[str]) -> Q:
    found = holds_every_word(bare, "search_text")
    for each in wanted:
        found |= Q(search_text__contains=each)
    return found


def telling_domains(email: str, domain: str) -> list[str]:
    """The domains that say which company it is."""
    both = {domain_of(email), domain.lower()} - {""}
    return sorted(both - FREE_MAIL_DOMAINS)


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].lower()


def bare_name(company: str) -> str:
    """The name without its legal form: Acme and ACME GmbH are the same company to the eye."""
    words = re.findall(r"\w+", company.lower().replace(".", ""))
    return " ".join(word for word in words if word.upper() not in LEGAL_FORMS) or " ".join(words)


def holds_every_word(name: str, column: str) -> Q:
    """The column holds lower-case text and has a trigram index. No word is in nothing."""
    every = Q() if name else Q(pk__in=[])
    words = name.split()
    # Names are compared afterwards, with every word: long ones find the candidates.
    for word in [word for word in words if search.is_long(word)] or words:
        every &= search.holds(column, word)
    return every


def _likeness(
    customer: Customer, bare: str, email: str, wanted: Sequence[str]
) -> tuple[int, str | Promise] | None:
    if email and customer.contact_email.lower() == email:
        return 0, _("Same e-mail")
    if bare_name(customer.organization_name) == bare:
        return 1, _("Same name")
    if {customer.domain, domain_of(customer.contact_email)} & set(wanted):
        return 2, _("Same domain")
    return None
