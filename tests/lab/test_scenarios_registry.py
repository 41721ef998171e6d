"""Registries that do not speak the protocol, do not take the credentials, or do not have the image."""

import contextlib
import socket
import threading

import pytest
from breaking import Break, image, returns, serves
from laboratory import Lab, Scenario, prove

HTML = "<html><body>Sign in</body></html>"
MANIFEST = "/v2/team/model/manifests/v1"


def live(cause: str, breaks: Break, label: str = "", status: str = "fail") -> Scenario:
    return Scenario(cause, breaks, heals=False, live=True, label=label, status=status)


def challenge(text: str) -> Break:
    """Ask for credentials in other words."""
    return serves("/v2/", 401, "{}", WWW_Authenticate=text)


def behind(path: str) -> Break:
    """The API is served, but below a path."""

    def apply(lab: Lab) -> None:
        serves("/v2/", 404, "not found")(lab)
        serves(f"{path}/v2/", 401, "{}", WWW_Authenticate='Basic realm="x"')(lab)

    return apply


def listen_at(lab: Lab, port: int) -> None:
    """The model names this port of the registry's host."""
    lab.port = port
    image(f"{{host}}:{port}/team/model:v1")(lab)


def nobody_listens(lab: Lab) -> None:
    """The registry's port on loopback, where nobody is."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        listen_at(lab, server.getsockname()[1])


def speaks(answer: bytes) -> Break:
    """Something on the registry's port that answers every connection with these bytes, in clear."""

    def apply(lab: Lab) -> None:
        server = socket.create_server(("127.0.0.1", 0))
        listen_at(lab, server.getsockname()[1])
        threading.Thread(target=_answer, args=(server, answer), daemon=True).start()

    return apply


def _answer(server: socket.socket, answer: bytes) -> None:
    server.settimeout(30)
    with server, contextlib.suppress(OSError):
        while True:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(4096)
                connection.sendall(answer)


SCENARIOS = (
    live("reg.v2-root-missing", serves("/v2/", 404, "not found")),
    live("reg.sso-or-waf-answers", serves("/v2/", 302, "", Location="https://sso.example.com/login")),
    live("reg.sso-or-waf-answers", serves("/v2/", 200, HTML, Content_Type="text/html"), label="page"),
    live("reg.elb-targets-unhealthy", serves("/v2/", 503, HTML, Server="awselb/2.0")),
    live("auth.scheme-unsupported", challenge('Digest realm="x", nonce="y"')),
    live("auth.challenge-malformed", challenge("Bearer service=registry")),
    live("auth.realm-http", challenge('Bearer realm="http://auth.example.com/token",service="registry"')),
    live(
        "auth.secret-has-newline",
        returns({"Credentials": {"Username": "sagemaker", "Password": "only-for-the-demo\n"}}),
    ),
    live("reg.api-version-header-missing", serves("/v2/", 401, "{}", WWW_Authenticate='Basic realm="x"')),
    live("reg.bad-gateway", serves("/v2/", 502, HTML, Content_Type="text/html")),
    live("reg.server-error", serves("/v2/", 500, "{}")),
    live("reg.throttled-by-own-registry", serves("/v2/", 429, "{}")),
    live("reg.unexpected-status", serves("/v2/", 418, "")),
    live("reg.redirect-to-http", serves("/v2/", 301, "", Location="http://registry.example.com/v2/")),
    live("reg.path-prefix", behind("/team")),
    live("reg.connection-refused", nobody_listens),
    live("reg.plain-http", speaks(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")),
    live("reg.not-http", speaks(b"SSH-2.0-OpenSSH_9.6\r\n")),
    live("auth.challenges-in-one-line", challenge('Negotiate, Basic realm="x"')),
    live("auth.challenge-empty-parameter", challenge('Bearer realm="https://auth.example.com/token",service=""')),
    live("auth.realm-relative", challenge('Bearer realm="/token",service="registry"')),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_is_wrong_with_the_registry(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)
