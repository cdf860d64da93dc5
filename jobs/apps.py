from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        # Models cannot be imported before all apps are loaded.
        from jobs import restoring  # noqa: PLC0415
        from resellers import hooks  # noqa: PLC0415

        hooks.register_after_restore("jobs", restoring.set_right)
