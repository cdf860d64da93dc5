"""Who lives in the demo: two resellers, their teams, customers, people and requests. Plain data."""

from dataclasses import dataclass, field

from accounts.models import User
from accounts.roles import StaffRole
from customers.models import CustomField
from customers.order_status import OrderStatus
from customers.roles import CustomerRole

# One password for everybody. Production refuses to start with demo resellers in its database.
PASSWORD = "let-me-look-around"  # noqa: S105 - public on purpose
OPERATOR_EMAIL = "operator@platform.example"

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


NORTHWIND = DemoReseller(
    name="Northwind Cloud",
    host="northwind.localhost",
    currency="USD",
    time_zone="America/New_York",
    brand_color="#0b5c7a",
    domain="northwind.example",
    providers=("aws", "azure", "google"),
    support_phone="+1 206 555 0142",
    team={
        StaffRole.OWNER: "Dana Whitfield",
        StaffRole.ADMIN: "Marcus Oyelaran",
        StaffRole.BILLING: "Priya Raman",
        StaffRole.SUPPORT: "Tom Becker",
        StaffRole.VIEWER: "Ines Duarte",
    },
    customers=(
        DemoCustomer(
            "Acme Robotics Inc.",
            "Anna Kowalski",
            "anna@acme-robotics.example",
            "US",
            "Seattle",
            "1200 Pine Street",
            "98101",
            "Washington",
            "Manufacturing",
            "+1 206 555 0110",
            "Head of IT",
            (
                DemoPerson(
                    "Anna Kowalski", "anna@acme-robotics.example", CustomerRole.ADMINISTRATOR
                ),
                DemoPerson("Ben Ortiz", "ben@acme-robotics.example", CustomerRole.BILLING),
                DemoPerson("Chloe Tan", "chloe@acme-robotics.example", status=Status.SUSPENDED),
                DemoPerson(
                    "Dev Patel", "dev@acme-robotics.example", status=Status.PENDING_APPROVAL
                ),
                DemoPerson(
                    "Erin Walsh",
                    "erin@acme-robotics.example",
                    status=Status.PENDING_EMAIL_VALIDATION,
                    invited=True,
                ),
            ),
            custom={
                "Contract number": "NW-2024-0117",
                "Support tier": "Gold",
                "Contract ends": "2027-03-31",
                "Seats": "1250",
                "Reference customer": "yes",
                "Number in the old CRM": "000-4711",
            },
            groups=(
                DemoGroup(
                    "Robotics research",
                    {"cost centre": "4711", "owner": "Anna Kowalski"},
                    ("production", "us-west"),
                ),
                DemoGroup("Website", {"cost centre": "4720"}, ("marketing", "production")),
            ),
            orders=(
                DemoOrder(
                    "ACME-2026-0042",
                    "240000",
                    "USD",
                    starts_in=-340,
                    expires_in=24,
                    renewal_in=10,
                    provider="aws",
                    base="151200.50",
                    comment="Signed by the board. Ask Anna before renewing.",
                ),
                DemoOrder("ACME-2025-0017", "180000", "USD", -705, -341, status="expired"),
                DemoOrder("ACME-2027 (draft)", "300000", "USD", 25, 389, status="in_discussion"),
            ),
        ),
        DemoCustomer(
            "Blue Harbor Logistics",
            "George Lindqvist",
            "george@blueharbor.example",
            "US",
            "Portland",
            "88 Dock Road",
            "97209",
            "Oregon",
            "Transport",
            "+1 503 555 0175",
            "CTO",
            (
                DemoPerson(
                    "George Lindqvist", "george@blueharbor.example", CustomerRole.ADMINISTRATOR
                ),
            ),
            {"Contract number": "NW-2025-0032", "Support tier": "Silver", "Seats": "80"},
        ),
        DemoCustomer(
            "Cedar Health Partners",
            "Hannah Brooks",
            "hannah@cedarhealth.example",
            "US",
            "Denver",
            "400 Larimer Street",
            "80204",
            "Colorado",
            "Health care",
            "+1 303 555 0133",
            "Director of Platforms",
            (
                DemoPerson(
                    "Hannah Brooks",
                    "hannah@cedarhealth.example",
                    CustomerRole.ADMINISTRATOR,
                    Status.PENDING_EMAIL_VALIDATION,
                    invited=True,
                ),
            ),
        ),
        DemoCustomer(
            "Daybreak Media",
            "Isaac Moreno",
            "isaac@daybreak.example",
            "CA",
            "Toronto",
            "25 King Street West",
            "M5H 1A1",
            "Ontario",
            "Media",
            "+1 416 555 0199",
            "Operations",
        ),
        DemoCustomer(
            "Evergreen Outdoor Co.",
            "Julia Stone",
            "julia@evergreen.example",
            "US",
            "Boise",
            state="Idaho",
            industry="Retail",
        ),
        DemoCustomer(
            "Foxglove Analytics",
            "Kai Nakamura",
            "kai@foxglove.example",
            "US",
            "San Francisco",
            state="California",
            industry="Software",
        ),
        DemoCustomer(
            "Granite State Insurance",
            "Laura Pell",
            "laura@granite.example",
            "US",
            "Concord",
            state="New Hampshire",
            industry="Insurance",
        ),
        DemoCustomer(
            "Halcyon Hotels",
            "Mateo Silva",
            "mateo@halcyon.example",
            "MX",
            "Mérida",
            industry="Hospitality",
        ),
    ),
    signups=(
        DemoSignup(
            "Juniper Bakery Group",
            "Nora Fields",
            "nora@juniperbakery.example",
            "US",
            "Austin",
            "pending",
            3,
            "COO",
            "+1 512 555 0188",
            "501 Congress Avenue",
            "78701",
            "Texas",
        ),
        DemoSignup(
            "Kestrel Avionics",
            "Oscar Lund",
            "oscar@kestrel.example",
            "US",
            "Wichita",
            "pending",
            1,
            "IT lead",
            "+1 316 555 0120",
            "12 Airfield Way",
            "67209",
            "Kansas",
        ),
        DemoSignup(
            "Acme Robotics",
            "Peter Kowalski",
            "peter.kowalski@gmail.com",
            "US",
            "Seattle",
            "pending",
            0,
            "",
            "",
            "",
            "",
            "Washington",
        ),
        DemoSignup("Lumen Studio", "Quinn Avery", "quinn@lumen.example", "GB", "Leeds", "draft", 0),
        DemoSignup(
            "Midnight Hosting", "Rex Doe", "rex@midnight.example", "US", "Reno", "declined", 9
        ),
    ),
    fields=(
        DemoField("Contract number", Kind.TEXT, searchable=True, help_text="As on the paper."),
        DemoField("Support tier", Kind.CHOICE, ("Bronze", "Silver", "Gold")),
        DemoField("Contract ends", Kind.DATE),
        DemoField("Seats", Kind.NUMBER, help_text="How many people work with it."),
        DemoField("Reference customer", Kind.YES_NO),
        DemoField("Number in the old CRM", Kind.TEXT, retired=True),
    ),
)

ALPENBLICK = DemoReseller(
    name="Alpenblick Systemhaus",
    host="alpenblick.localhost",
    currency="EUR",
    time_zone="Europe/Berlin",
    brand_color="#7a2e0b",
    domain="alpenblick.example",
    providers=("aws", "azure"),
    support_phone="+49 89 555 0100",
    team={StaffRole.OWNER: "Katharina Brandstätter", StaffRole.VIEWER: "Jonas Weiß"},
    customers=(
        DemoCustomer(
            "Donaudampfschifffahrtsgesellschaft Regensburg mbH",
            "Dr. Maximilian von Hohenstein-Wittelsbach",
            "m.hohenstein@donaudampf.example",
            "DE",
            "Regensburg",
            "Werftstraße 12",
            "93059",
            "",
            "Schifffahrt",
            "+49 941 555 0123",
            "Leiter Informationstechnik",
            (
                DemoPerson(
                    "Dr. Maximilian von Hohenstein-Wittelsbach",
                    "m.hohenstein@donaudampf.example",
                    CustomerRole.ADMINISTRATOR,
                ),
                DemoPerson("Frieda Köhler", "f.koehler@donaudampf.example", CustomerRole.BILLING),
                DemoPerson(
                    "Gustav Obermüller", "g.obermueller@donaudampf.example", status=Status.SUSPENDED
                ),
                DemoPerson(
                    "Heidemarie Schäfer",
                    "h.schaefer@donaudampf.example",
                    status=Status.PENDING_APPROVAL,
                ),
            ),
            custom={
                "Rahmenvertragsnummer der Einkaufsgemeinschaft": "RV-889/12",
                "Servicevereinbarungsklasse": "Rund-um-die-Uhr-Bereitschaft",
            },
            groups=(
                DemoGroup(
                    "Fahrgastinformationssysteme",
                    {"Kostenstelle": "0815"},
                    ("produktion", "kundenportal"),
                ),
            ),
            orders=(
                DemoOrder(
                    "Rahmenbestellung Rechenzentrumsdienstleistungen",
                    "96000.50",
                    "EUR",
                    starts_in=-100,
                    expires_in=264,
                    renewal_in=20,
                ),
            ),
        ),
        DemoCustomer(
            "Müller & Söhne Maschinenbau",
            "Jürgen Müller",
            "j.mueller@mueller-soehne.example",
            "DE",
            "Augsburg",
            "Gewerbepark 3",
            "86150",
            "",
            "Maschinenbau",
            "+49 821 555 0177",
            "Geschäftsführer",
            (
                DemoPerson(
                    "Jürgen Müller",
                    "j.mueller@mueller-soehne.example",
                    CustomerRole.ADMINISTRATOR,
                    Status.PENDING_EMAIL_VALIDATION,
                    invited=True,
                ),
            ),
        ),
        DemoCustomer(
            "Österreichische Almkäserei eGen",
            "Leni Huber",
            "leni@almkaese.example",
            "AT",
            "Bregenz",
            industry="Lebensmittel",
        ),
    ),
    signups=(
        DemoSignup(
            "Rechtsschutzversicherungsgesellschaft Allgäu AG",
            "Veronika Zwölfer",
            "v.zwoelfer@rsv-allgaeu.example",
            "DE",
            "Kempten",
            "pending",
            2,
            "Prokuristin",
            "+49 831 555 0150",
            "Residenzplatz 1",
            "87435",
        ),
    ),
    fields=(
        DemoField("Rahmenvertragsnummer der Einkaufsgemeinschaft", Kind.TEXT, searchable=True),
        DemoField(
            "Servicevereinbarungsklasse",
            Kind.CHOICE,
            ("Geschäftszeiten", "Rund-um-die-Uhr-Bereitschaft"),
        ),
    ),
)

RESELLERS = (NORTHWIND, ALPENBLICK)
