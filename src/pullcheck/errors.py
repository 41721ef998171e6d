"""What can go wrong outside the question that is asked."""


class UsageError(Exception):
    """The command line, the target or the configuration is wrong (exit status 2).

    The message is one line that names the file, the field and what was expected.
    """


class WiringError(Exception):
    """Checks and collectors do not fit together: a programming error in a pack, found before anything is observed."""
