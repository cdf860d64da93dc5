"""The web server's application in trials: the product's own, where only time passes faster.

Static files are served from where they are, so that a trial need not collect them first.
"""

import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
settings.STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}

from config.wsgi import application  # noqa: E402 - settings come first
from notifications import tasks  # noqa: E402 - the same

# A trial has an outage every second; the product would not knock again for twenty.
tasks.PAUSE_SECONDS = 0

__all__ = ["application"]
