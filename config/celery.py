"""The Celery application: a task runs in the schema from which it was sent."""

import os
from typing import Any

from celery import bootsteps
from tenant_schemas_celery.app import CeleryApp as TenantAwareCeleryApp

from config import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class MayStart(bootsteps.Step):
    """No worker starts on demo data in production, on a database that is behind its code, or
    through a pooler that mixes resellers."""

    def __init__(self, worker: Any, **options: Any) -> None:
        from resellers import checks  # noqa: PLC0415 - Django is up only now

        super().__init__(worker, **options)
        checks.refuse_pooling_by_transaction()
        checks.refuse_demo_in_production()
        checks.refuse_older_database()


broker.install()
app = TenantAwareCeleryApp("portal", task_cls="resellers.tasking:ResellerTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(MayStart)
