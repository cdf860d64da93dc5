"""What the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from resellers.checks import refuse_demo_in_production  # noqa: E402 - Django is up only now

refuse_demo_in_production()
