"""What a demo reseller is described with. Plain data."""

from dataclasses import dataclass, field

from accounts.models import User
from customers.models import CustomField
from customers.order_status import OrderStatus
from customers.roles import CustomerRole

Status = User.Status
Kind = CustomField.Kind


@dataclass(frozen=True)
class DemoPerson:
    full_name: str
    email: str
    role: str = CustomerRole.VIEWER
    status: str = Status.ACTIVE
    invited: bool = False


@dataclass(frozen=True)
class DemoField:
    label: str
    kind: str
    choices: tuple[str, ...] = ()
    help_text: str = ""
    required: bool = False
    searchable: bool = False
    retired: bool = False


@dataclass(frozen=True)
class DemoGroup:
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class DemoOrder:
    """Its days are counted from today, so that something is near whenever the demo is made."""

    name: str
    annual_value: str
    currency: str
    starts_in: int
    expires_in: int
    renewal_in: int | None = None
    status: str = OrderStatus.ACTIVE
    provider: str = ""
    base: str = "0"
    comment: str = ""


@dataclass(frozen=True)
class DemoCustomer:
    organization_name: str
    contact_name: str
    contact_email: str
    country: str
    city: str
    street: str = ""
    postal_code: str = ""
    state: str = ""
    industry: str = ""
    contact_phone: str = ""
    contact_title: str = ""
    people: tuple[DemoPerson, ...] = ()
    custom: dict[str, str] = field(default_factory=dict)  # label of the field → as typed
    groups: tuple[DemoGroup, ...] = ()
    orders: tuple[DemoOrder, ...] = ()


@dataclass(frozen=True)
class DemoSignup:
    company: str
    contact_name: str
    email: str
    country: str
    city: str
    outcome: str  # "draft", "pending", "declined"
    days_ago: int
    title: str = ""
    phone: str = ""
    street: str = ""
    postal_code: str = ""
    state: str = ""


@dataclass(frozen=True)
class DemoReseller:
    name: str
    host: str
    currency: str
    time_zone: str
    brand_color: str
    domain: str  # of its team's e-mail addresses
    providers: tuple[str, ...]
    support_phone: str
    team: dict[str, str]  # role → full name
    customers: tuple[DemoCustomer, ...]
    signups: tuple[DemoSignup, ...] = field(default=())
    fields: tuple[DemoField, ...] = field(default=())

    def team_email(self, role: str) -> str:
        return f"{role}@{self.domain}"
