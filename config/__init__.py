"""The project: settings, the two maps of addresses, the Celery application."""

# Django must know the application before a shared task is sent.
from config.celery import app as celery_app

__all__ = ["celery_app"]
