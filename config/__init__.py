"""The project: settings, the two maps of addresses, the Celery application."""
