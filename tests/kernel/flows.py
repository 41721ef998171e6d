"""TCP connections, many at once: which of them the kernel opens."""

import resource
import selectors
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from namespaces import Namespace

BACKLOG = 4096


@dataclass(frozen=True)
class Flow:
    """One connection: from an address and port of a model subnet to a server's."""

    subnet: str
    client: str
    client_port: int
    goal: str
    server: str
    server_port: int


@contextmanager
def listening(spaces: Mapping[str, Namespace], ports: Iterable[int]) -> Iterator[None]:
    """A server on each of the ports in each of the namespaces, which answers for all addresses there."""
    with ExitStack() as stack:
        for space in spaces.values():
            with space.inside():
                for port in ports:
                    server = stack.enter_context(socket.socket())
                    server.bind(("0.0.0.0", port))
                    server.listen(BACKLOG)
        yield


def opened(spaces: Mapping[str, Namespace], flows: Iterable[Flow], patience: float) -> set[Flow]:
    """Those that were opened. It ends when none has been for ``patience`` seconds."""
    flows = list(flows)
    _, limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    found: set[Flow] = set()
    with ExitStack() as stack, selectors.DefaultSelector() as waiting:
        for subnet in dict.fromkeys(flow.subnet for flow in flows):
            with spaces[f"model in {subnet}"].inside():
                for flow in (flow for flow in flows if flow.subnet == subnet):
                    client = stack.enter_context(_knocking(flow))
                    waiting.register(client, selectors.EVENT_WRITE, flow)
        while waiting.get_map() and (ready := waiting.select(patience)):
            for key, _ in ready:
                waiting.unregister(key.fileobj)
                assert isinstance(key.fileobj, socket.socket)
                if key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                    found.add(key.data)
    return found


def _knocking(flow: Flow) -> socket.socket:
    client = socket.socket()
    client.setblocking(False)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.bind((flow.client, flow.client_port))
    client.connect_ex((flow.server, flow.server_port))
    return client
