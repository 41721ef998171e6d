"""The quotas' collectors: what is read when, and the evidence on paper. The calls are tried in the lab too."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from pullcheck import NotApplicable, Unavailable
from pullcheck.collect import quota
from pullcheck.collect.aws import Aws
from pullcheck.evidence.endpoint import InterfaceEndpoint, LambdaEndpoints
from pullcheck.evidence.function import FunctionConcurrency
from pullcheck.evidence.network import DestinationGroups, ModelGroups
from pullcheck.evidence.network_rows import GroupRule, SecurityGroup
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.quota import (
    AccountConcurrency,
    EndpointQuotas,
    PrefixListSize,
    PrefixListSizes,
    Quota,
    RegionInterfaces,
    VpcInterfaceEndpoints,
    VpcQuotas,
)
from pullcheck.evidence.vpc import ModelVpc
from pullcheck.target import Target, TargetKind, Variant

ARN = "arn:aws:lambda:us-east-1:123456789012:function:credentials"
PROVIDER = CredentialsProvider(ARN, "aws", "us-east-1", "123456789012", "credentials", None)
SERVICE = "com.amazonaws.us-east-1.lambda"
ONE = Quota("L-1", "ml.m5.xlarge for endpoint usage", 4.0)


class Scripted(Aws):
    """Answers from a script; what is asked is kept."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__("us-east-1")
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        self.asked.append(parameters)
        return self.answer


def row(code: str, name: str, value: float | None) -> dict[str, Any]:
    return {"QuotaCode": code, "QuotaName": name, "Value": value}


def target(kind: TargetKind = TargetKind.REQUEST, *types: str) -> Target:
    variants = (Variant("all", "m", types, 1),) if types else ()
    return Target(kind, "m", "model.json", "us-east-1", (), variants)


def test_the_vpcs_quotas_are_kept_by_code() -> None:
    found = quota.vpc_quotas(ModelVpc("vpc-1"), Scripted({"Quotas": [row("L-1", "a", 5), row("L-2", "b", None)]}))

    assert found.find("L-1") == Quota("L-1", "a", 5.0)
    assert found.find("L-2") is None


def test_of_sagemakers_quotas_those_of_the_types_and_of_all_are_kept() -> None:
    rows = [row("L-1", ONE.name, 4), row("L-2", "ml.m5.xlarge for training job usage", 9)]
    found = quota.endpoint_quotas(target(TargetKind.REQUEST, "ml.m5.xlarge"), Scripted({"Quotas": rows}))

    assert found == EndpointQuotas((ONE,))


@pytest.mark.parametrize("subject", [target(), target(TargetKind.ENDPOINT, "ml.m5.xlarge")])
def test_sagemakers_quotas_are_many_and_not_read_for_nothing(subject: Target) -> None:
    aws = Scripted({})

    assert isinstance(quota.endpoint_quotas(subject, aws), NotApplicable)
    assert not aws.asked


def test_endpoints_are_counted_where_one_has_to_be_made() -> None:
    aws = Scripted({"VpcEndpoints": [{"State": "available"}, {"State": "deleted"}]})
    here = InterfaceEndpoint("vpce-1", "vpc-1", SERVICE, "available", True)

    assert isinstance(quota.vpc_interface_endpoints(LambdaEndpoints("vpc-1", SERVICE, (here,)), aws), NotApplicable)
    assert not aws.asked
    assert quota.vpc_interface_endpoints(LambdaEndpoints("vpc-1", SERVICE, ()), aws) == VpcInterfaceEndpoints(
        "vpc-1", 1
    )


def test_a_function_with_a_reserve_does_not_share() -> None:
    aws = Scripted({"AccountLimit": {"ConcurrentExecutions": 10}})

    assert isinstance(quota.account_concurrency(PROVIDER, FunctionConcurrency(5), aws), NotApplicable)
    assert not aws.asked
    assert quota.account_concurrency(PROVIDER, FunctionConcurrency(None), aws) == AccountConcurrency(10, 10)
    assert isinstance(quota.account_concurrency(PROVIDER, FunctionConcurrency(None), Scripted({})), Unavailable)


def test_prefix_lists_are_measured_where_a_rule_names_one() -> None:
    def groups(*lists: str) -> ModelGroups:
        return ModelGroups((SecurityGroup("sg-1", "vpc-1", "1", (), (GroupRule("tcp", prefix_list_ids=lists),)),))

    aws = Scripted({"PrefixLists": [{"PrefixListId": "pl-1", "MaxEntries": 5}, {"PrefixListId": "pl-2"}]})

    assert quota.prefix_list_sizes(groups(), DestinationGroups(()), aws) == PrefixListSizes(())
    assert not aws.asked
    sizes = quota.prefix_list_sizes(groups("pl-1", "pl-2"), DestinationGroups(()), aws)
    assert (sizes.of("pl-1"), sizes.of("pl-2"), sizes.of("pl-3")) == (5, None, None)


@pytest.mark.parametrize(
    "evidence",
    [
        VpcQuotas((ONE,)),
        EndpointQuotas((ONE,)),
        RegionInterfaces(7),
        VpcInterfaceEndpoints("vpc-1", 3),
        AccountConcurrency(10, 10),
        PrefixListSizes((PrefixListSize("pl-1", None),)),
    ],
)
def test_evidence_comes_back_from_paper(evidence: object) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(type(evidence))

    assert adapter.validate_json(adapter.dump_json(evidence)) == evidence
