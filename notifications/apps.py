from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        # Models cannot be imported before all apps are loaded.
        from notifications import restoring  # noqa: PLC0415
        from resellers import hooks  # noqa: PLC0415

        hooks.register_after_restore("notifications", restoring.set_right)
