"""People, staff roles, one-time links, and how people log in."""

import hashlib
import uuid
from importlib import import_module
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.querysets import OneTimeLinkQuerySet, StaffMemberQuerySet
from accounts.roles import StaffRole


class UserManager(BaseUserManager["User"]):
    """Makes people. E-mails are kept in lower case: one mailbox, one person."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return (email or "").strip().lower()

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A platform operator. Called by `manage.py createsuperuser` in the public schema."""
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, status=User.Status.ACTIVE, **fields
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person in one reseller's world (or, in the public schema, a platform operator)."""

    class Status(models.TextChoices):
        PENDING_EMAIL_VALIDATION = "pending_email_validation", _("Pending Email Validation")
        PENDING_APPROVAL = "pending_approval", _("Pending Approval")
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("full name"), max_length=120, blank=True)
    status = models.CharField(
        max_length=30, choices=Status, default=Status.PENDING_EMAIL_VALIDATION
    )
    # Django and allauth ask for is_active; the database derives it, so the two can never disagree.
    is_active = models.GeneratedField(
        expression=ExpressionWrapper(Q(status="active"), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # What reactivating leads back to; empty where nobody was suspended.
    suspended_from = models.CharField(max_length=30, choices=Status, blank=True, editable=False)
    is_staff = models.BooleanField(_("platform operator"), default=False)
    email_validated_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                name="user_email_unique",
                violation_error_message=_("Somebody with this e-mail exists already."),
            ),
            models.CheckConstraint(
                name="user_email_is_lower_case", condition=Q(email=Lower(F("email")))
            ),
            models.CheckConstraint(
                name="user_suspended_from_only_while_suspended",
                condition=Q(status="suspended") | Q(suspended_from=""),
            ),
            models.CheckConstraint(
                name="user_status_is_known",
                condition=Q(
                    status__in=[
                        "pending_email_validation",
                        "pending_approval",
                        "active",
                        "suspended",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def clean(self) -> None:
        self.email = User.objects.normalize_email(self.email)

    @property
    def is_pending(self) -> bool:
        return self.status in {self.Status.PENDING_EMAIL_VALIDATION, self.Status.PENDING_APPROVAL}

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name or self.email


def display_name(user: User) -> str:
    """How allauth's pages call a person."""
    return str(user)


class StaffMember(models.Model):
    """Makes a person one of the reseller's own staff, with one role."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="staff_member"
    )
    role = models.CharField(max_length=20, choices=StaffRole)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = StaffMemberQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class OneTimeLink(models.Model):
    """A link in a mail that lets one person do one thing once. Only the token's digest is kept."""

    class Purpose(models.TextChoices):
        INVITATION = "invitation", _("Invitation")
        EMAIL_VALIDATION = "email_validation", _("E-mail validation")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="one_time_links")
    purpose = models.CharField(max_length=20, choices=Purpose)
    token_digest = models.CharField(max_length=64, unique=True)
    # What an invitation's page tells its reader: whose company, and who asked for it.
    organization = models.CharField(max_length=200, blank=True)
    issued_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    mail_kind = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = OneTimeLinkQuerySet.as_manager()

    class Meta:
        indexes = [
            # Who was invited and has not come, the next to expire first.
            models.Index(
                fields=["purpose", "expires_at"],
                name="one_time_link_live_by_end",
                condition=Q(used_at__isnull=True, revoked_at__isnull=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_time_link_one_live_per_purpose",
                fields=["user", "purpose"],
                condition=Q(used_at__isnull=True, revoked_at__isnull=True),
            ),
            models.CheckConstraint(
                name="one_time_link_used_or_revoked_not_both",
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True),
            ),
            models.CheckConstraint(
                name="one_time_link_expires_after_creation",
                condition=Q(expires_at__gt=F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.user_id}"


class Session(AbstractBaseSession):
    """A browser's session as Django stores it, with what its person may see of it.

    `accounts.sessions` writes these rows. Whoever knows the key is let in: it is never shown.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(name="session_of_person", fields=["user", "-seen_at"])]

    def __str__(self) -> str:
        return f"{self.user_id} since {self.began_at}"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        # By name: the store itself needs this model.
        store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
        return store

    @property
    def handle(self) -> uuid.UUID:
        """Names the session in addresses and gives nothing of its key away."""
        return uuid.UUID(bytes=hashlib.sha256(self.session_key.encode()).digest()[:16])


class SecuritySettings(models.Model):
    """What a reseller demands of those who log in. One row."""

    class SecondFactorFor(models.TextChoices):
        NOBODY = "nobody", _("Nobody must; everybody may")
        STAFF = "staff", _("Your own team")
        EVERYBODY = "everybody", _("Your own team and your customers’ people")

    # The only key there is. A UUID, because the audit trail names its subjects by one.
    KEY = uuid.UUID("00000000-0000-4000-8000-000000000001")

    id = models.UUIDField(primary_key=True, default=KEY, editable=False)
    second_factor_for = models.CharField(
        _("who must have a second factor"),
        max_length=20,
        choices=SecondFactorFor,
        default=SecondFactorFor.NOBODY,
        help_text=_(
            "Whoever must and has none is led to turn one on, at the latest five minutes after "
            "you save."
        ),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="security_settings_one_row",
                condition=Q(id=uuid.UUID("00000000-0000-4000-8000-000000000001")),
            ),
            models.CheckConstraint(
                name="security_settings_second_factor_for_is_known",
                condition=Q(second_factor_for__in=["nobody", "staff", "everybody"]),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Security settings"))
