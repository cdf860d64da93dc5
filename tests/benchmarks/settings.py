"""The product's own settings, with the pages that it is compared to."""

import os

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, SHARED_APPS, STORAGES

# Public only, and without tables: the resellers' schemas are exactly the product's.
SHARED_APPS = [*SHARED_APPS, "django_tables2", "tests.benchmarks"]
INSTALLED_APPS = [*INSTALLED_APPS, "django_tables2", "tests.benchmarks"]
ROOT_URLCONF = "tests.benchmarks.urls"

# Tests only want to see that everything runs: they do not wait for compressed files.
if os.environ.get("BENCHMARK_IN_A_HURRY"):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    STORAGES = {**STORAGES, "staticfiles": plain}
