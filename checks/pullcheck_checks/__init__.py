"""The built-in checks, in the order of the report."""

CHECKS = ()
