"""Ranks of the values that were kept before there were ranks."""

from django.db import migrations

FILL = """
INSERT INTO customers_customrank (customer_id, key, rank)
SELECT customer.id, field.key, CASE field.kind
    WHEN 'number' THEN (customer.custom_values ->> field.key)::numeric
    ELSE (customer.custom_values ->> field.key)::date - date '0001-01-01' + 1 END
FROM customers_customfield field
JOIN customers_customer customer ON customer.custom_values ? field.key
WHERE field.applies_to = 'customer' AND field.kind IN ('number', 'date')
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_custom_ranks")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
