"""Links that only the recipient may see: the stored mail holds a marker in their place."""

import uuid

from django.utils.html import escape
from django.utils.translation import gettext as _

from notifications.models import OutgoingMail


def marker(mail_id: uuid.UUID) -> str:
    """Stands for the link in the stored bodies. Nobody can type it: the id is made with the
    mail."""
    return f"https://secret-link.invalid/{mail_id}"


def revealed_text(mail: OutgoingMail) -> str:
    """The text part with the link, for the mail server only."""
    return mail.text_body.replace(marker(mail.id), mail.secret_link)


def revealed_html(mail: OutgoingMail) -> str:
    """The HTML part with the link, for the mail server only."""
    return mail.html_body.replace(marker(mail.id), escape(mail.secret_link))


def redacted_text(mail: OutgoingMail) -> str:
    """The text part as staff may see it."""
    return mail.text_body.replace(marker(mail.id), _("(link only the recipient sees)"))


def redacted_html(mail: OutgoingMail) -> str:
    """The HTML part as staff may see it: what led to the link leads nowhere."""
    hidden = marker(mail.id)
    without_targets = mail.html_body.replace(f'href="{hidden}"', "")
    return without_targets.replace(hidden, escape(_("(link only the recipient sees)")))
