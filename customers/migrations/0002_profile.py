import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
import django_countries.fields
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import migrations, models

import formats.domains
from formats import phones


def store_phones_as_e164(apps, schema_editor):
    """What cannot be read as a number moves to the notes: nothing that people typed is lost."""
    customers = apps.get_model("customers", "Customer").objects.exclude(contact_phone="")
    for customer in customers.only("contact_phone", "country", "notes").iterator():
        typed = customer.contact_phone
        try:
            customer.contact_phone = phones.parse(typed, str(customer.country))
        except ValidationError:
            customer.contact_phone = ""
            customer.notes = f"{customer.notes}\n{typed}".strip()[:5000]
        customer.save(update_fields=["contact_phone", "notes"])


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="address_3",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="address line 3"
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="archived_from",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=20
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="billing_address_3",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="address line 3"
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="billing_city",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=100, verbose_name="city"
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="billing_country",
            field=django_countries.fields.CountryField(
                blank=True, db_default="", default="", max_length=2, verbose_name="country"
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="billing_fax",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=40, verbose_name="fax for billing"
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="billing_landmark",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="landmark"
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="billing_phone",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=40,
                verbose_name="phone for billing",
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="billing_postal_code",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=20, verbose_name="postal code"
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="billing_same_as_office",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="same as the office address"
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="billing_state",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=100,
                verbose_name="state or province",
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="billing_street",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="street address"
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="billing_suite",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=100,
                verbose_name="suite, floor or building",
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="domain",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=253,
                validators=[formats.domains.validate],
                verbose_name="domain",
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="fax",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=40, verbose_name="fax"
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="landmark",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="landmark"
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="merged_into",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="customers.customer",
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="phone",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=40,
                verbose_name="phone of the office",
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="status",
            field=models.CharField(
                choices=[
                    ("active", "Active"),
                    ("suspended", "Suspended"),
                    ("archived", "Archived"),
                ],
                db_default="active",
                default="active",
                editable=False,
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="status_changed_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=django.utils.timezone.now,
                editable=False,
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="status_reason",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=500
            ),
        ),
        migrations.AlterField(
            model_name="customer",
            name="suite",
            field=models.CharField(
                blank=True, max_length=100, verbose_name="suite, floor or building"
            ),
        ),
        # A generated column cannot be altered: it is made anew, and its index with it.
        migrations.RemoveIndex(model_name="customer", name="customer_search"),
        migrations.RemoveField(model_name="customer", name="search_text"),
        migrations.AddField(
            model_name="customer",
            name="search_text",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Lower(
                    django.db.models.functions.text.Concat(
                        models.F("organization_name"),
                        models.Value(" "),
                        models.F("code"),
                        models.Value(" "),
                        models.F("contact_name"),
                        models.Value(" "),
                        models.F("contact_email"),
                        models.Value(" "),
                        models.F("contact_phone"),
                        models.Value(" "),
                        models.F("website"),
                        models.Value(" "),
                        models.F("domain"),
                        models.Value(" "),
                        models.F("phone"),
                        output_field=models.TextField(),
                    )
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="customer_search"),
        ),
        migrations.RunPython(store_phones_as_e164, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["status", "organization_name", "id"], name="customer_by_status"
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("contact_phone__regex", "^(\\+[1-9][0-9]{1,14}(;ext=[0-9]{1,7})?)?$"),
                    ("phone__regex", "^(\\+[1-9][0-9]{1,14}(;ext=[0-9]{1,7})?)?$"),
                    ("fax__regex", "^(\\+[1-9][0-9]{1,14}(;ext=[0-9]{1,7})?)?$"),
                    ("billing_phone__regex", "^(\\+[1-9][0-9]{1,14}(;ext=[0-9]{1,7})?)?$"),
                    ("billing_fax__regex", "^(\\+[1-9][0-9]{1,14}(;ext=[0-9]{1,7})?)?$"),
                ),
                name="customer_phones_are_e164",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("billing_same_as_office", False),
                    models.Q(
                        ("billing_address_3", ""),
                        ("billing_city", ""),
                        ("billing_country", ""),
                        ("billing_fax", ""),
                        ("billing_landmark", ""),
                        ("billing_phone", ""),
                        ("billing_postal_code", ""),
                        ("billing_state", ""),
                        ("billing_street", ""),
                        ("billing_suite", ""),
                    ),
                    _connector="OR",
                ),
                name="customer_same_billing_address_is_empty",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status", "archived"), models.Q(("archived_from", ""), _negated=True)
                    ),
                    models.Q(
                        models.Q(("status", "archived"), _negated=True), ("archived_from", "")
                    ),
                    _connector="OR",
                ),
                name="customer_archived_knows_from_where",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True), ("status", "archived"), _connector="OR"
                ),
                name="customer_merged_is_archived",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True),
                    models.Q(("merged_into", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="customer_is_not_merged_into_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("domain", django.db.models.functions.text.Lower("domain"))),
                name="customer_domain_is_lower_case",
            ),
        ),
    ]
