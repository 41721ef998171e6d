"""``python -m pullcheck``."""

from pullcheck.cli import main

main()
