"""The ports that an image names."""

from dataclasses import replace

import pytest
from test_image_hosts import SERVED, causes, image, judged

from pullcheck import Severity, Status
from pullcheck.collect.document import read_config
from pullcheck.evidence.pull import Config
from pullcheck.evidence.steps import Step
from pullcheck.go_json import read_object


@pytest.mark.parametrize("ports", [(), ("8080/tcp",), ("8080/tcp", "8081/tcp")])
def test_an_image_that_names_8080_or_nothing_passes(ports: tuple[str, ...]) -> None:
    [verdict] = judged(image(1000, replace(SERVED, ports=ports)))

    assert verdict.status is Status.PASS


def test_an_image_that_names_another_port_alone_is_worth_a_word() -> None:
    [verdict] = judged(image(1000, replace(SERVED, ports=("5000/tcp", "8080/udp"))))

    assert (causes([verdict]), verdict.severity) == (["img.ping-contract"], Severity.WARNING)
    assert verdict.because == "the image names port 5000/tcp, 8080/udp, and not 8080/tcp"
    assert verdict.fix
    assert "/ping on port 8080" in verdict.fix.summary


@pytest.mark.parametrize(
    ("content", "ports"),
    [
        (b'{"config": {"ExposedPorts": {"8080": {}, "53/udp": {}}}}', ("53/udp", "8080/tcp")),
        (b'{"config": {"ExposedPorts": {"8000-8100/tcp": {}, "22/tcp": {}}}}', ()),
        (b'{"config": {"ExposedPorts": ["8080"]}}', ()),
        (b'{"config": {}}', ()),
    ],
)
def test_ports_are_read_from_the_configuration(content: bytes, ports: tuple[str, ...]) -> None:
    assert read_object(content)
    assert read_config(Config(Step(())), content).ports == ports
