"""Which leaf of the spec made a line of an output: found by watching, not by notes in templates.

The compiler sees which leaves an output's plan and rendering read; of those it changes one after the other to
a neighbouring value, renders the output again, and looks whether the line moves (docs/architecture.md,
"Provenance"). Exact for values, and paid for only when something is wrong with a line.
"""

from compiler.origin.origins import Origins

__all__ = ["Origins"]
