from django.apps import AppConfig
from django.core.checks import Tags, register

from inbox.checks import no_inbox_in_production


class InboxConfig(AppConfig):
    name = "inbox"

    def ready(self) -> None:
        register(no_inbox_in_production, Tags.security)
