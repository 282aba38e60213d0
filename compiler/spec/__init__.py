"""Stage 2: plain data to a typed, frozen `Runtime`; every field error at its line, all in one run."""
