"""AWS on loopback: moto behind a door that writes down every call and can be told to misbehave."""

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from pullcheck.demo.account import backend
from pullcheck.demo.calls import QUERY, Call, Reply, read_call
from pullcheck.demo.lifelike import ANSWERS, settle

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse
    from werkzeug.serving import BaseWSGIServer

HANG = 60.0

Answer = Callable[[Call], Reply | None]


class Cloud:
    """One account on a free port of 127.0.0.1. Its state is moto's own, so there can be one in a process at a time."""

    def __init__(self) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
        from werkzeug.serving import make_server

        class Quiet(MotoRequestHandler):
            def log(self, *_: Any) -> None:
                """Says nothing: requests are counted, not printed."""

        os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        self.calls: list[str] = []
        self.latency = 0.0
        self.payloads: dict[str, Reply] = {}
        """What a Lambda function answers when invoked, by its name."""
        self._answers: dict[str, Answer] = {}
        self._amendments: dict[str, dict[str, Any]] = {}
        self._closed = threading.Event()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server: BaseWSGIServer = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """For ``AWS_ENDPOINT_URL``."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def count(self) -> Counter[str]:
        """How often each ``service:Operation`` was called."""
        return Counter(self.calls)

    def reset(self) -> None:
        """Back to an empty account that behaves."""
        from moto.core.base_backend import BackendDict
        from moto.core.model_instances import reset_model_data

        BackendDict.reset()
        reset_model_data()
        self.behave()
        self.payloads.clear()

    def behave(self) -> None:
        """Take back every misbehaviour, and forget the calls."""
        self._answers.clear()
        self._amendments.clear()
        self.latency = 0.0
        self.calls.clear()

    def close(self) -> None:
        """Stop listening and let go of whoever hangs."""
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, name: str, answer: Answer) -> None:
        """Have ``service:Operation`` answered by this function where it gives a reply."""
        self._answers[name] = answer

    def amend(self, name: str, **fields: Any) -> None:
        """Put these fields into the JSON that ``service:Operation`` answers."""
        self._amendments[name] = fields

    def deny(self, *names: str) -> None:
        """No permission for these."""
        for name in names:
            self.answer(name, _denied)

    def throttle(self, *names: str) -> None:
        """Too many requests."""
        for name in names:
            self.answer(name, _throttled)

    def fail_with_html(self, *names: str) -> None:
        """A web server's error page in place of AWS's format."""
        page = Reply(500, b"<html><body><h1>It works!</h1></body></html>", (("Content-Type", "text/html"),))
        for name in names:
            self.answer(name, lambda _call: page)

    def hang(self, *names: str) -> None:
        """No answer for as long as anybody waits."""
        for name in names:
            self.answer(name, lambda _call: self._wait())

    def _wait(self) -> None:
        self._closed.wait(HANG)

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        call = read_call(environ)
        self.calls.append(call.name)
        time.sleep(self.latency)
        for answer in (self._answers.get(call.name), ANSWERS.get(call.name)):
            if answer and (reply := answer(call)):
                return _send(reply, start_response)
        if call.name == "lambda:Invoke":
            return _send(self._invoke(call), start_response)
        if call.name in self._amendments:
            return _send(self._amended(call.name, environ), start_response)
        body: Iterable[bytes] = self._moto(environ, start_response)
        if call.writes:
            settle(call)
        return body

    def _invoke(self, call: Call) -> Reply:
        name = call.fields["FunctionName"].partition(":function:")[2] or call.fields["FunctionName"]
        name, _, qualifier = name.partition(":")
        try:
            function = backend("lambda").get_function(name, call.fields.get("Qualifier") or qualifier or None)
        except Exception as missing:  # noqa: BLE001 - moto raises a different class for each thing that is missing
            return call.refuse("ResourceNotFoundException", str(missing), 404)
        if call.headers.get("x-amz-invocation-type") == "DryRun":
            return Reply(204, b"")
        if function.state != "Active":
            return call.refuse("ResourceConflictException", f"The function is in state {function.state}", 409)
        if str(function.reserved_concurrency) == "0":
            return call.refuse("TooManyRequestsException", "Rate Exceeded.", 429)
        return self.payloads.get(name, Reply(200, b"null"))

    def _amended(self, name: str, environ: dict[str, Any]) -> Reply:
        seen: list[tuple[str, list[tuple[str, str]]]] = []

        def remember(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], object]:
            seen.append((status, headers))
            return lambda _data: None

        body = b"".join(self._moto(environ, remember))
        status, headers = seen[0]
        kept = tuple(header for header in headers if header[0].lower() not in ("content-length", "x-amz-crc32"))
        if status.startswith("2"):
            body = json.dumps(json.loads(body) | self._amendments[name]).encode()
        return Reply(int(status.split()[0]), body, kept)


def _send(reply: Reply, start_response: "StartResponse") -> Iterable[bytes]:
    start_response(f"{reply.status} -", [*reply.headers, ("Content-Length", str(len(reply.body)))])
    return [reply.body]


def _denied(call: Call) -> Reply:
    message = f"not authorized to perform {call.name}"
    if call.service == "ec2":
        return call.refuse("UnauthorizedOperation", message, 403)
    if call.service in QUERY or call.service == "route53":
        return call.refuse("AccessDenied", message, 403)
    return call.refuse("AccessDeniedException", message, 403)


def _throttled(call: Call) -> Reply:
    if call.service == "ec2":
        return call.refuse("RequestLimitExceeded", "Request limit exceeded.", 503)
    return call.refuse("ThrottlingException" if call.service not in QUERY else "Throttling", "Rate exceeded", 400)
