"""Who lives in the demo."""

from demo.alpenblick import ALPENBLICK
from demo.northwind import NORTHWIND

# One password for everybody. Production refuses to start with demo resellers in its database.
PASSWORD = "let-me-look-around"  # noqa: S105 - public on purpose
OPERATOR_EMAIL = "operator@platform.example"

RESELLERS = (NORTHWIND, ALPENBLICK)
