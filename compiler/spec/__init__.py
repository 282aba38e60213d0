"""Stage 2: plain data to a typed, frozen `Runtime`; every field error at its line, all in one run."""

import os

# A plugin of some other package must not change what a spec means; looking for plugins costs start-up, too.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
