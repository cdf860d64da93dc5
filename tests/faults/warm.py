"""What the fork server loads before the first process: all that a worker learns at its first task.

Each process of a trial lives for a moment; loading the product would take longer than that.
"""

import celery.apps.worker
import celery.bin.celery
import celery.concurrency.prefork
import celery.concurrency.solo
import celery.fixups.django
import celery.worker.consumer  # noqa: F401 - loaded, that is all
import django
import kombu.transport.redis  # noqa: F401 - the same
from django.conf import settings
from django.template import engines
from django.urls import get_resolver

from config.celery import app

django.setup()

from resellers import schema_template  # noqa: E402 - models come after the set-up

app.loader.import_default_modules()
app.finalize()
get_resolver(settings.ROOT_URLCONF).url_patterns  # noqa: B018 - loads every page
engines.all()
schema_template.fingerprint()
