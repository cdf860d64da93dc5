"""Properties are tried with the same examples in every run, so that a red one can be repeated.

`HYPOTHESIS_PROFILE=search` looks for new examples, and many more of them.
"""

import os

from hypothesis import settings

settings.register_profile("repeat", derandomize=True)
settings.register_profile("search", max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))
