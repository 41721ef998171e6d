"""What the command line says about observing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Resolve:
    """``--resolve HOST:PORT:ADDRESS``: the address to use for this host and port in live observations."""

    host: str
    port: int
    address: str


@dataclass(frozen=True)
class Settings:
    """Options that steer observing. ``timeout`` is seconds; ``public_roots`` is the PEM text of ``--public-roots``."""

    region: str | None = None
    timeout: float = 10.0
    invoke_function: bool = False
    verify_with_reachability_analyzer: bool = False
    resolve: tuple[Resolve, ...] = ()
    registry_addresses: tuple[str, ...] = ()
    public_roots: str | None = None
    public_roots_source: str | None = None
