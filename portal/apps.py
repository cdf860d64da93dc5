from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        # Entries name permissions, which live beside models: those must be loaded first.
        from portal import navigation  # noqa: PLC0415

        navigation.register()
