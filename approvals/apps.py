from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"

    def ready(self) -> None:
        # Models must be loaded before these modules can be.
        from approvals import account_checks, settling  # noqa: PLC0415
        from approvals import actions  # noqa: F401, PLC0415 - describes what is recorded
        from approvals.flows import signup  # noqa: PLC0415
        from cloudaccounts import hooks  # noqa: PLC0415
        from notifications import renewals  # noqa: PLC0415

        renewals.register("email_validation", signup.renew_link)
        account_checks.register()
        hooks.register_follower("approvals", settling.follow)
