from django.apps import AppConfig


class CloudAccountsConfig(AppConfig):
    name = "cloudaccounts"
    verbose_name = "Cloud accounts"

    def ready(self) -> None:
        # Models must be loaded before.
        from cloudaccounts import actions  # noqa: F401, PLC0415 - describes what is recorded
        from cloudaccounts.flows import moving, providers  # noqa: PLC0415
        from cloudaccounts.models import CloudAccount  # noqa: PLC0415
        from customers.custom_holders import register_holder  # noqa: PLC0415
        from customers.flows import merging  # noqa: PLC0415
        from customers.models import CustomField  # noqa: PLC0415

        register_holder(CustomField.Target.CLOUD_ACCOUNT, CloudAccount)
        merging.register_mover(providers.take_over)
        merging.register_mover(moving.take_along)
