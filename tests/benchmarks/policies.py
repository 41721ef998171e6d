"""How long the evaluation of policies takes: 10,000 calls of a role with 20 policies of 50 statements each.

Run as ``python tests/benchmarks/policies.py``; the ratio of the second line says what more statements cost.
"""

import random
import sys
import time
from typing import Any

from pullcheck_checks.role import Call, Policies, evaluate

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Model"
SERVICES = ("lambda", "s3", "ec2", "sagemaker", "kms", "logs")
ACTIONS = ("Get*", "Put*", "InvokeFunction", "List*", "*", "Describe*", "CreateThing")
NAMES = ("reg-*", "x*y", "registry-credentials", "team-?")
CONTEXT = {"aws:RequestedRegion": "us-east-1", "aws:PrincipalArn": ROLE}


def statement(draw: random.Random) -> dict[str, Any]:
    """A statement as roles have them: three actions of a service on three of its resources, a third with conditions."""
    service = draw.choice(SERVICES)
    resource = f"arn:aws:{service}:us-east-1:{ACCOUNT}:function"
    row: dict[str, Any] = {
        "Effect": draw.choice(("Allow", "Allow", "Allow", "Deny")),
        "Action": [f"{service}:{draw.choice(ACTIONS)}" for _ in range(3)],
        "Resource": [f"{resource}:{draw.choice(NAMES)}{draw.randrange(1000)}" for _ in range(3)],
    }
    if draw.random() < 1 / 3:
        row["Condition"] = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}, "ArnLike": {"aws:PrincipalArn": ROLE}}
    return row


def seconds(policies: int, statements: int, calls: int = 10_000) -> float:
    """For all calls, the reading of the documents included."""
    draw = random.Random(7)
    documents = {
        f"policy {number}": {"Version": "2012-10-17", "Statement": [statement(draw) for _ in range(statements)]}
        for number in range(policies)
    }
    start = time.perf_counter()
    layers = Policies(documents, owner=ACCOUNT)
    for number in range(calls):
        function = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:registry-credentials{number % 1000}"
        evaluate(Call(ROLE, "lambda:InvokeFunction", function, CONTEXT, session="SageMaker"), layers)
    return time.perf_counter() - start


def main() -> None:
    """Print one line for each promise."""
    seconds(1, 50, 100)
    half, whole = seconds(20, 25), seconds(20, 50)
    sys.stdout.write(f"10,000 evaluations of 20 policies of 50 statements: {whole:.1f} s\n")
    sys.stdout.write(f"twice the statements: {whole / half:.1f} times the time\n")


if __name__ == "__main__":
    main()
