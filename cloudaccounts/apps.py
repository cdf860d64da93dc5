from django.apps import AppConfig


class CloudAccountsConfig(AppConfig):
    name = "cloudaccounts"
    verbose_name = "Cloud accounts"

    def ready(self) -> None:
        # Models must be loaded before.
        from cloudaccounts import credential_mails, restoring  # noqa: PLC0415
        from cloudaccounts.flows import moving, providers, secrets  # noqa: PLC0415
        from cloudaccounts.models import CloudAccount  # noqa: PLC0415
        from customers.custom_holders import register_holder  # noqa: PLC0415
        from customers.flows import merging  # noqa: PLC0415
        from customers.models import CustomField  # noqa: PLC0415
        from notifications import renewals  # noqa: PLC0415
        from resellers import hooks  # noqa: PLC0415

        register_holder(CustomField.Target.CLOUD_ACCOUNT, CloudAccount)
        merging.register_mover(providers.take_over)
        merging.register_mover(moving.take_along)
        renewals.register(credential_mails.LINK, secrets.renew)
        hooks.register_after_restore("cloudaccounts", restoring.set_right)
