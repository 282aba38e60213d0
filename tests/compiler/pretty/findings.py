"""One of each kind of finding, and the text that they are about."""

from __future__ import annotations

from compiler.diagnostics import Diagnostic, Span

NAME = "specs/site.yaml"
LINES = ("name: site", "  prt: 30100 # größe", "\tx: y\r", "z" * 300)
FINDINGS = (
    Diagnostic(
        "DN020",
        "`engine` has no key `prt`",
        path=("engine", "prt"),
        span=Span(2, 3, 3),
        reason="a key that nothing reads",
        help="did you mean `port`?",
    ),
    Diagnostic("DN046", "waived, 100% sure: yes", path=("a", 0), span=Span(1, 7, 99), severity="warning"),
    Diagnostic(
        "DN210", "generated/x is stale", file="generated/x,y:z", detail="--- a/x\n+++ b/x\n-old\n+new\n"
    ),
    Diagnostic("DN005", "the spec is empty", span=Span(9, 1)),
)
