from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "operations"
    verbose_name = _("Platform")

    def ready(self) -> None:
        # Models must be loaded before.
        from approvals import hooks as approvals  # noqa: PLC0415
        from cloudaccounts import connections, hooks  # noqa: PLC0415
        from operations import desk, restoring  # noqa: PLC0415
        from operations.platform import connection_to  # noqa: PLC0415
        from resellers import hooks as resellers  # noqa: PLC0415

        approvals.register_desk(desk.receive)
        hooks.register_follower("operations", desk.follow)
        resellers.register_after_restore("operations", restoring.set_right)
        connections.register_platform_connection(connection_to)
