"""Who gets a mail."""

from dataclasses import dataclass

from notifications.models import MailSettings


@dataclass(frozen=True)
class Recipient:
    """One mailbox. Without a language the mail is written in the reseller's."""

    email: str
    name: str = ""
    language: str = ""


def approvals_mailbox() -> str:
    """Where the reseller wants approval requests. Empty: mail everybody who may decide."""
    settings = MailSettings.objects.first()
    return settings.approvals_email if settings else ""
