from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        # Models cannot be imported before all apps are loaded.
        from accounts import wiring  # noqa: PLC0415

        wiring.connect()
