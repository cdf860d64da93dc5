from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"

    def ready(self) -> None:
        # Models cannot be imported before all apps are loaded.
        from console import cards, navigation  # noqa: PLC0415

        navigation.register()
        cards.register()
