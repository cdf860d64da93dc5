"""Every test run begins here. The order matters: Django's settings want the environment first."""

pytest_plugins = [
    "tests.harness.environment",
    "tests.harness.properties",
    "tests.harness.fixtures",
    "tests.harness.browser",
    "tests.harness.pooler",
]
