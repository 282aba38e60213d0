"""What is not the spec's fault: the compiler itself failed, or the disk refused.

Said without a traceback, and to a program in the form that it reads.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from compiler.diagnostics import Diagnostic

if TYPE_CHECKING:
    from compiler.pretty import Format


def diagnostic(error: Exception) -> Diagnostic:
    """The finding that an exception is."""
    if isinstance(error, OSError):
        name = error.filename if isinstance(error.filename, str) else None
        return Diagnostic("DN901", f"{name or 'the disk'}: {error.strerror or error}", file=name)
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return Diagnostic(
        "DN900",
        f"the compiler failed: {type(error).__name__}: {error}{where}",
        reason="this is a fault of dncompile, not of the spec; nothing was written",
        help="report it with the spec and this message",
    )


def said(error: Exception, form: Format, spec: str) -> tuple[str, str]:
    """What goes to standard output and what to standard error."""
    from compiler.pretty import show  # noqa: PLC0415 - paid only when something failed
    from compiler.pretty.conceal import conceal  # noqa: PLC0415 - as above
    from compiler.pretty.visible import visible  # noqa: PLC0415 - as above

    found = diagnostic(error)
    if form != "text":
        return show([found], spec, (), form, colour=False), ""
    message = visible(conceal(found.message))
    if isinstance(error, OSError):
        return "", f"error: {message}\n"
    lines = (f"error[{found.code}]: {message}", f"   = why: {found.reason}", f"   = help: {found.help}")
    return "", "\n".join((*lines, ""))
