"""An amount with its currency. Two currencies are never added."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils import formats

from formats.currencies import digits_of


class MixedCurrenciesError(ArithmeticError):
    """Somebody tried to reckon with amounts of two currencies."""


@dataclass(frozen=True)
class Money:
    """An exact amount of one currency (ISO 4217). Printing rounds; reckoning never does."""

    amount: Decimal
    currency: str

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(Decimal(0), currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other).amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __str__(self) -> str:
        """As people read it, half-up to the currency's minor unit: 12,500.00 EUR."""
        unit = Decimal(1).scaleb(-digits_of(self.currency))
        rounded = self.amount.quantize(unit, rounding=ROUND_HALF_UP)
        number = formats.number_format(
            rounded, decimal_pos=digits_of(self.currency), force_grouping=True
        )
        return f"{number}\N{NO-BREAK SPACE}{self.currency}"

    @property
    def is_negative(self) -> bool:
        return self.amount < 0

    def share_of(self, whole: Money) -> Decimal | None:
        """How many percent of `whole` this is, half-up to one decimal; None of nothing."""
        if not self._same(whole).amount:
            return None
        percent = self.amount / whole.amount * 100
        return percent.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise MixedCurrenciesError(f"{self.currency} and {other.currency}")
        return other
