"""How much a spec may hold: fifty times the first one in every way, and little enough to read in a moment."""

from __future__ import annotations

DEPTH_LIMIT = 64
NODE_LIMIT = 50_000
KEY_LIMIT = 200  # characters
TEXT_LIMIT = 8_000  # characters
BYTE_LIMIT = 1024 * 1024
FINDING_LIMIT = 1_000  # reading ends there
PLACES_LIMIT = 10  # of characters that no text has
