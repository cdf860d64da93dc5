"""Properties are tried with the same examples in every run, so that a red one can be repeated.

`HYPOTHESIS_PROFILE=search` looks for new ones.
"""

import os

from hypothesis import settings

settings.register_profile("repeat", derandomize=True)
settings.register_profile("search")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))
