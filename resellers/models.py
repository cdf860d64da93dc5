"""Resellers and their hosts. These tables live in the public schema only."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinLengthValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from resellers.clouds import Cloud
from resellers.querysets import ResellerQuerySet
from resellers.validators import (
    RESERVED_SCHEMAS,
    validate_currency,
    validate_host,
    validate_language,
    validate_schema_name,
    validate_time_zone,
)


def new_schema_name() -> str:
    """A schema's name is random: what people type never becomes an identifier."""
    return f"reseller_{uuid.uuid4().hex[:16]}"


class Reseller(TenantMixin):
    """A company that sells cloud services through this installation, on a schema of its own."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        CREATING = "creating", _("Creating schema")
        SEEDING = "seeding", _("Seeding")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    # Making schemas is the business of resellers.provisioning, never of save() and delete().
    auto_create_schema = False
    auto_drop_schema = False

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    schema_name = models.CharField(
        max_length=63,
        unique=True,
        default=new_schema_name,
        editable=False,
        validators=[validate_schema_name],
    )
    name = models.CharField(_("name"), max_length=120, validators=[MinLengthValidator(2)])
    host = models.CharField(
        _("host"),
        max_length=253,
        validators=[validate_host],
        help_text=_("For example portal.example.com"),
    )
    currency = models.CharField(
        _("currency"), max_length=3, default="USD", validators=[validate_currency]
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_time_zone]
    )
    language = models.CharField(
        _("language"), max_length=10, default="en", validators=[validate_language]
    )
    providers = ArrayField(
        models.CharField(max_length=20, choices=Cloud),
        default=list,
        blank=True,
        verbose_name=_("cloud providers it may resell"),
    )
    owner_email = models.EmailField(_("first owner's e-mail"))
    owner_name = models.CharField(_("first owner's name"), max_length=120, blank=True)
    brand_color = models.CharField(
        _("brand colour"),
        max_length=7,
        default="#0559a8",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("Enter a colour such as #0559a8."))],
    )
    support_email = models.EmailField(_("support e-mail"), blank=True)
    support_phone = models.CharField(_("support phone"), max_length=40, blank=True)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    state = models.CharField(max_length=20, choices=State, default=State.REQUESTED, editable=False)
    state_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    failure = models.TextField(blank=True, editable=False)
    suspended_at = models.DateTimeField(null=True, editable=False)
    suspension_reason = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ResellerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("host"),
                name="reseller_host_unique",
                violation_error_message=_("Another reseller has this host."),
            ),
            models.CheckConstraint(
                name="reseller_schema_name_is_safe",
                condition=Q(schema_name__regex=r"^[a-z][a-z0-9_]{2,40}$")
                & ~Q(schema_name__startswith="pg_")
                & ~Q(schema_name__in=RESERVED_SCHEMAS),
            ),
            models.CheckConstraint(
                name="reseller_suspended_only_when_ready",
                condition=Q(suspended_at__isnull=True) | Q(state="ready"),
            ),
            models.CheckConstraint(
                name="reseller_failure_iff_failed",
                condition=(Q(state="failed") & ~Q(failure=""))
                | (~Q(state="failed") & Q(failure="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_suspended(self) -> bool:
        return self.suspended_at is not None

    @property
    def is_being_made(self) -> bool:
        return self.state in UNFINISHED


# On the way to ready. A reseller that stays here for long was left behind by a worker that died.
UNFINISHED = (Reseller.State.REQUESTED, Reseller.State.CREATING, Reseller.State.SEEDING)


class Domain(DomainMixin):
    """A host that leads to a reseller. The row appears only when the reseller's schema is ready."""


class SchemaTemplate(models.Model):
    """The text from which new schemas are made, for one state of the code's migrations."""

    fingerprint = models.CharField(max_length=64, primary_key=True)
    sql = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.fingerprint[:12]
