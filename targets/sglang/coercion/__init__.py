"""What the engine does to its own arguments between the command line and the first request.

One module a subject; a step is a function of the engine, and each change and refusal names the line that
makes it. `targets.sglang.effective` puts the steps in the order of the version.
"""

from __future__ import annotations
