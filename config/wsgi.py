"""What the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from resellers import checks  # noqa: E402 - Django is up only now

checks.refuse_pooling_by_transaction()
checks.refuse_demo_in_production()
