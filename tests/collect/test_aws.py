"""The door to AWS, against a server on loopback that answers as AWS does when it does not answer well."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.errors import UsageError
from pullcheck.missing import NotObserved, Unavailable

SUBNETS = (
    '<DescribeSubnetsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><subnetSet><item>'
    "<subnetId>subnet-0a1</subnetId></item></subnetSet></DescribeSubnetsResponse>"
)


def ec2_error(code: str) -> str:
    return f"<Response><Errors><Error><Code>{code}</Code><Message>no</Message></Error></Errors></Response>"


@dataclass
class Server:
    url: str
    status: int = 200
    body: str = SUBNETS
    pause: float = 0.0
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.requests.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            time.sleep(state.pause)
            body = state.body.encode()
            self.send_response(state.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = Server(f"http://127.0.0.1:{http.server_port}")
    threading.Thread(target=http.serve_forever, daemon=True).start()
    for name, value in {
        "AWS_ENDPOINT_URL": state.url,
        "AWS_ACCESS_KEY_ID": "lab",
        "AWS_SECRET_ACCESS_KEY": "lab",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }.items():
        monkeypatch.setenv(name, value)
    yield state
    http.shutdown()


def unavailable(aws: Aws) -> Unavailable:
    with pytest.raises(NotObserved) as raised:
        aws.call("ec2", "DescribeSubnets")
    return raised.value.unavailable


def test_an_answer_is_read_once_however_many_ask(server: Server) -> None:
    server.pause = 0.1
    aws = Aws("us-east-1")
    answers: list[object] = []
    askers = [
        threading.Thread(target=lambda: answers.append(aws.call("ec2", "DescribeSubnets", SubnetIds=["subnet-0a1"])))
        for _ in range(5)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()

    assert answers == [{"Subnets": [{"SubnetId": "subnet-0a1"}]}] * 5
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "AccessDenied", "AccessDeniedException"])
def test_a_denial_names_the_action(server: Server, code: str) -> None:
    server.status, server.body = 403, ec2_error(code)

    absent = unavailable(Aws("us-east-1"))

    assert absent.because == (
        f"ec2:DescribeSubnets was denied ({code}); allow ec2:DescribeSubnets to who runs pullcheck"
    )


def test_throttling_is_retried_and_then_said(server: Server) -> None:
    server.status, server.body = 503, ec2_error("RequestLimitExceeded")

    absent = unavailable(Aws("us-east-1"))

    assert absent.reason == "ec2:DescribeSubnets was throttled (RequestLimitExceeded)"
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [200, 500, 502])
def test_a_page_that_is_not_awss_format_is_no_answer(server: Server, status: int) -> None:
    server.status, server.body = status, "<html><h1>It works!<br></html>"

    assert unavailable(Aws("us-east-1")).reason.startswith("ec2:DescribeSubnets")


def test_a_hang_ends_in_time_and_after_a_few_of_them_the_others_are_not_tried(server: Server) -> None:
    server.pause = 3
    aws = Aws("us-east-1", timeout=0.1)
    reasons = []
    for operation in ("DescribeSubnets", "DescribeVpcs", "DescribeRouteTables", "DescribeNetworkAcls", "DescribeHosts"):
        with pytest.raises(NotObserved) as raised:
            aws.call("ec2", operation)
        reasons.append(raised.value.unavailable.reason)

    assert "ec2:DescribeSubnets got no answer" in reasons[0]
    assert "ec2:DescribeNetworkAcls got no answer" in reasons[3]
    assert "ec2:DescribeHosts was not tried: the ec2 API did not answer" in reasons[4]


def test_no_credentials_say_so(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    absent = unavailable(Aws("us-east-1"))

    assert "redentials" in absent.reason
    assert "give AWS credentials" in absent.remedy
    assert not server.requests


def test_no_region_says_so(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)

    assert unavailable(Aws()).remedy == "name the region (--region or AWS_REGION)"


def test_an_unknown_profile_is_a_wrong_configuration(server: Server) -> None:
    with pytest.raises(UsageError, match="nobody"):
        Aws("us-east-1", profile="nobody").call("ec2", "DescribeSubnets")


def test_a_no_is_an_answer(server: Server) -> None:
    server.status, server.body = 400, ec2_error("InvalidSubnetID.NotFound")

    with pytest.raises(AwsRefusal) as raised:
        Aws("us-east-1").call("ec2", "DescribeSubnets", SubnetIds=["subnet-gone"])

    assert raised.value.code == "InvalidSubnetID.NotFound"


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("lambda", "Invoke", "lambda:InvokeFunction"),
        ("elbv2", "DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers"),
    ],
)
def test_the_action_is_iams_name_for_the_operation(server: Server, service: str, operation: str, action: str) -> None:
    server.status, server.body = 403, ec2_error("AccessDenied")
    parameters: dict[str, Callable[[], object] | str] = {"FunctionName": "f"} if service == "lambda" else {}

    with pytest.raises(NotObserved) as raised:
        Aws("us-east-1").call(service, operation, **parameters)

    assert action in str(raised.value)
