from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        # Models must be loaded before flows are.
        from accounts import hooks  # noqa: PLC0415
        from accounts.refusals import register_entrance_guard  # noqa: PLC0415
        from customers.access import customers_of, refusal_to_enter  # noqa: PLC0415
        from customers.administrators import keep_one_when_suspended  # noqa: PLC0415
        from customers.flows import bulk, contacts, groups, merging, purchase_orders  # noqa: PLC0415
        from customers.imports import running as imports  # noqa: PLC0415
        from jobs import kinds  # noqa: PLC0415

        hooks.register_suspension_guard(keep_one_when_suspended)
        hooks.register_ties(customers_of)
        register_entrance_guard(refusal_to_enter)
        for name, kind in {**imports.KINDS, **bulk.KINDS}.items():
            kinds.register(name, kind)
        merging.register_mover(contacts.move)
        merging.register_mover(groups.move)
        merging.register_mover(purchase_orders.move)
