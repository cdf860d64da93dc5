"""A reseller with long German words: its team, customers, people and requests. Plain data."""

from accounts.roles import StaffRole
from customers.roles import CustomerRole
from demo.kinds import (
    DemoCustomer,
    DemoField,
    DemoGroup,
    DemoOrder,
    DemoPerson,
    DemoReseller,
    DemoSignup,
    Kind,
    Status,
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
