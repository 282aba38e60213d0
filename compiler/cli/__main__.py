"""`python -m compiler.cli`, for where the console script is not installed."""

from compiler.cli import main

main()
