"""Observing: the only part that does I/O, one module per evidence module."""
