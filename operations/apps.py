from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "operations"
    verbose_name = _("Platform")

    def ready(self) -> None:
        # Models must be loaded before.
        from cloudaccounts import connections  # noqa: PLC0415
        from operations.platform import connection_to  # noqa: PLC0415

        connections.register_platform_connection(connection_to)
