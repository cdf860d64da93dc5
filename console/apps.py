from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"

    def ready(self) -> None:
        # Models cannot be imported before all apps are loaded.
        from console import cards, navigation  # noqa: PLC0415
        from console.exports import running as exports  # noqa: PLC0415
        from jobs import kinds  # noqa: PLC0415

        navigation.register()
        cards.register()
        for name, kind in exports.KINDS.items():
            kinds.register(name, kind)
