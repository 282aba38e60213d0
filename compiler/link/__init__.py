"""Stage 6: nothing dangles. What each output needs of others is read from its own text and resolved.

Nobody writes a requirement down a second time: a unit's `ExecStart=` *is* the need for a program.
"""
