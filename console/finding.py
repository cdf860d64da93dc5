"""Finding anything by a few words: some of each kind, each by an index of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import StaffPermission
from approvals.models import ApprovalRequest
from cloudaccounts.models import CloudAccount
from cloudaccounts.providers.aws.ids import read_account_id
from console.request_addresses import address_of
from customers.models import Contact, Customer, Membership, PurchaseOrder
from customers.querysets import LONGEST_SEARCH
from customers.search import holds, id_in

MOST = 5  # of each kind
LONGEST = 200  # characters


@dataclass(frozen=True)
class Hit:
    """One record that was found."""

    title: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class Kind:
    """Something that can be found."""

    label: str | Promise
    icon: str
    permission: StaffPermission
    find: Callable[[str], list[Hit]]
    list_url: Callable[[str], str] | None = None  # where all of them are found


@dataclass(frozen=True)
class Group:
    """What was found of one kind."""

    kind: Kind
    hits: Sequence[Hit]
    more_url: str = ""


def find(text: str, may: Callable[[StaffPermission], bool]) -> list[Group]:
    """What the words are found in, as far as the person may see it. At most eight queries."""
    if not words_of(text):
        return []
    groups = []
    for kind in KINDS:
        hits = kind.find(text) if may(kind.permission) else []
        if hits:
            has_more = len(hits) > MOST and kind.list_url
            more = kind.list_url(text) if has_more and kind.list_url else ""
            groups.append(Group(kind, hits[:MOST], more))
    return groups


def words_of(text: str) -> list[str]:
    """What is looked for: words with a letter or a digit, in lower case."""
    words = [word for word in text.lower().split() if any(map(str.isalnum, word))]
    return words[:LONGEST_SEARCH]


def _matches(text: str, column: str = "search_text") -> Q:
    if key := id_in(text):
        return Q(pk=key)
    return _holding(words_of(text), column)


def _holding(words: list[str], column: str = "search_text") -> Q:
    found = Q()
    for word in words:
        found &= holds(column, word)
    return found


def _customers(text: str) -> list[Hit]:
    """The one with this code or id first; of the others the newest, and no archived ones."""
    exact = Customer.objects.filter(Q(code=text.strip().upper()) | Q(pk=id_in(text)))
    alike: QuerySet[Customer] = Customer.objects.listed().search(text).order_by("-created_at", "pk")
    found = {each.pk: each for each in [*exact[:1], *alike[: MOST + 1]]}
    return [
        Hit(
            each.organization_name,
            reverse("console:customers:detail", args=[each.pk]),
            f"{each.code} · {each.contact_email}",
        )
        for each in found.values()
    ]


def _people(text: str) -> list[Hit]:
    belongs = Exists(Membership.objects.filter(user=OuterRef("pk")))
    users = User.objects.filter(_matches(text), belongs).order_by("pk").values("pk")
    people = Membership.objects.filter(
        user__in=list(users[: MOST + 1].values_list("pk", flat=True))
    )
    shown = people.select_related("user", "customer").order_by("user_id", "pk")[: MOST + 1]
    return [
        Hit(
            str(each.user),
            reverse("console:people:detail", args=[each.customer_id, each.user_id]),
            f"{each.user.email} · {each.customer}",
        )
        for each in shown
    ]


def _contacts(text: str) -> list[Hit]:
    found = Contact.objects.filter(_matches(text)).exclude(customer__status="archived")
    return [
        Hit(
            each.full_name,
            reverse("console:contacts:detail", args=[each.customer_id, each.pk]),
            f"{each.email} · {each.customer}",
        )
        for each in found.select_related("customer").order_by("pk")[: MOST + 1]
    ]


def _orders(text: str) -> list[Hit]:
    found = PurchaseOrder.objects.filter(_matches(text)).exclude(customer__status="archived")
    return [
        Hit(
            each.name,
            reverse("console:purchase_orders:detail", args=[each.customer_id, each.pk]),
            str(each.customer),
        )
        for each in found.select_related("customer").order_by("pk")[: MOST + 1]
    ]


def _accounts(text: str) -> list[Hit]:
    # The ids of other clouds look like keys of ours, and people paste 1234-5678-9012.
    words = words_of(read_account_id(text) or text)
    same = Q(pk=key) if (key := id_in(text)) else Q()
    found = CloudAccount.objects.current().filter(same | _holding(words))
    return [
        Hit(
            str(each),
            reverse("console:cloud_accounts:detail", args=[each.customer_id, each.pk]),
            f"{each.account_id} · {each.customer}" if each.account_id else str(each.customer),
        )
        for each in found.select_related("customer").order_by("-created_at", "pk")[: MOST + 1]
    ]


def _requests(text: str) -> list[Hit]:
    requests = ApprovalRequest.objects.in_queue()
    key = id_in(text)
    found = requests.filter(pk=key) if key else requests.search(" ".join(words_of(text)))
    related = found.select_related("signup", "account_request")
    return [_request_hit(each) for each in related.order_by("-submitted_at", "pk")[: MOST + 1]]


def _request_hit(request: ApprovalRequest) -> Hit:
    is_signup = request.kind == ApprovalRequest.Kind.SIGNUP
    told = request.signup.email if is_signup else request.account_request.customer_name
    return Hit(str(request), address_of(request), f"{request.get_status_display()} · {told}")


def _list(name: str, **parameters: str) -> Callable[[str], str]:
    return lambda text: f"{reverse(name)}?{urlencode({**parameters, 'q': text})}"


KINDS = (
    Kind(
        _("Customers"),
        "building",
        StaffPermission.VIEW_CUSTOMERS,
        _customers,
        _list("console:customers:list"),
    ),
    Kind(_("People"), "users", StaffPermission.VIEW_CUSTOMERS, _people),
    Kind(_("Contacts"), "address-book", StaffPermission.VIEW_CUSTOMERS, _contacts),
    Kind(
        _("Purchase orders"),
        "file-dollar",
        StaffPermission.VIEW_CUSTOMERS,
        _orders,
        _list("console:orders:list"),
    ),
    Kind(
        _("Cloud accounts"),
        "cloud",
        StaffPermission.VIEW_CUSTOMERS,
        _accounts,
        _list("console:accounts:list"),
    ),
    Kind(
        _("Requests"),
        "inbox",
        StaffPermission.VIEW_REQUESTS,
        _requests,
        _list("console:requests:list", view="all"),
    ),
)
