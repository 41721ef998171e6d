"""Everything that the demo plays on: the account, the registry, the files, the environment; gone when it is over."""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pullcheck.demo.certificates import Authority, Certificate
from pullcheck.demo.cloud import Cloud
from pullcheck.demo.docker_registry import DockerRegistry, find_docker_registry
from pullcheck.demo.image import tiny_image
from pullcheck.demo.registry import PASSWORD, USERNAME, Registry
from pullcheck.demo.world import REGISTRY_HOST, World, build


@dataclass(frozen=True)
class Stage:
    """A world that works, its registry, and the files that a user would have."""

    world: World
    registry: Registry | DockerRegistry
    certificate: Certificate
    request: Path
    roots: Path

    @property
    def resolve(self) -> str:
        """Where the registry is for live observations: ``--resolve``."""
        return f"{REGISTRY_HOST}:{self.world.port}:127.0.0.1"


@contextmanager
def stage() -> Iterator[Stage]:
    """Set everything up, in this process and on loopback only; take it down again whatever happens."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pullcheck-demo-")))
        authority = Authority()
        certificate = authority.issue(REGISTRY_HOST, "127.0.0.1")
        registry = stack.enter_context(closing(_registry(certificate, authority.root)))
        cloud = stack.enter_context(closing(Cloud()))
        cloud.reset()
        stack.callback(cloud.reset)
        world = build(cloud, registry.port, USERNAME, PASSWORD)
        stack.enter_context(environment(world.environment))
        request = folder / "model.json"
        request.write_text(json.dumps(world.request, indent=2))
        roots = folder / "public-roots.pem"
        roots.write_text(authority.root)
        yield Stage(world, registry, certificate, request, roots)


def _registry(certificate: Certificate, root: str) -> Registry | DockerRegistry:
    program = find_docker_registry()
    if program:
        return DockerRegistry(program, tiny_image(), certificate, root)
    return Registry(tiny_image(), certificate)


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """These variables, and no other of AWS's: the user's own account must not be touched."""
    before = dict(os.environ)
    for name in before:
        if name.startswith("AWS_"):
            del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
