"""Stage 1: YAML text to plain data, with a span for every key and every value.

The language is YAML 1.2's core schema and no more: what looks like text is text (`no`, `1:30`, `1_000`), and
what two parsers could read differently is refused (duplicate keys, merge keys, tags, numbers with a leading
zero, several documents). Depth, size and the cost of aliases are bounded on the event stream, because
libyaml's
own loader recurses and crashes on deep nesting.
"""

from compiler.source.document import Document
from compiler.source.reader import read, read_text

__all__ = ["Document", "read", "read_text"]
