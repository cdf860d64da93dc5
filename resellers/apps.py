from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResellersConfig(AppConfig):
    name = "resellers"
    verbose_name = _("Platform")

    def ready(self) -> None:
        # Checks and descriptions speak of models, which are loaded by now and not before.
        from resellers import checks, provisioning  # noqa: F401, PLC0415
