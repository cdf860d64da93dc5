from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"

    def ready(self) -> None:
        # Models must be loaded before these modules can be.
        from approvals import (  # noqa: PLC0415
            account_checks,
            actions,  # noqa: F401 - describes what is recorded
            settling,
        )
        from approvals.flows import signup  # noqa: PLC0415
        from cloudaccounts import hooks  # noqa: PLC0415
        from notifications import renewals  # noqa: PLC0415

        renewals.register("email_validation", signup.renew_link)
        account_checks.register()
        hooks.register_follower("approvals", settling.follow)
        hooks.register_guard("approvals", settling.why_it_must_stay)
        hooks.register_watcher("approvals", settling.who_waits)
