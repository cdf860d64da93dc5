"""Numbers and days of custom fields, as the database compares them."""

from django.db import models

from customers.models.custom_fields import LONGEST_KEY
from customers.models.customers import Customer


class CustomRank(models.Model):
    """Where a customer's value of one field stands among all others.

    What is kept stands at the customer itself. No index finds a range in there: it does here.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="custom_ranks")
    key = models.CharField(max_length=LONGEST_KEY)
    # A number as it is; of a day, how many days passed since the first one of year 1.
    # As wide as `custom_values` lets numbers be.
    rank = models.DecimalField(max_digits=24, decimal_places=6)

    class Meta:
        indexes = [models.Index(fields=["key", "rank", "customer"], name="custom_rank_in_order")]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "key"], name="custom_rank_once_per_customer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.rank}"
