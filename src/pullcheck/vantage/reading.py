"""The reader of one answer, which tells afterwards whether more came than the answer."""

import io
from collections.abc import Callable
from typing import Any


class Answer(io.BufferedReader):
    """What comes over a connection, until it is closed, which leaves the connection open.

    ``read`` fills a buffer and says how much came. ``surplus`` is known when it is closed: whether something was read
    that belongs to no answer.
    """

    def __init__(self, read: Callable[[Any], int]) -> None:
        self.surplus = False
        self._bytes = _Bytes(read)
        super().__init__(self._bytes)

    def close(self) -> None:
        """Nothing more is read."""
        if not self.closed:
            self._bytes.read_some = _nothing
            self.surplus = bool(self.peek())
        super().close()


class _Bytes(io.RawIOBase):
    def __init__(self, read: Callable[[Any], int]) -> None:
        self.read_some = read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self.read_some(buffer)


def _nothing(_buffer: Any) -> int:
    return 0
