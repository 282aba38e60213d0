"""What holds for every test: property tests run a fixed set of examples, and many new ones in `make soak`."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("fixed", derandomize=True, deadline=None, max_examples=50, database=None)
settings.register_profile("soak", deadline=None, max_examples=5000)
settings.load_profile("soak" if os.environ.get("SOAK") == "1" else "fixed")
