"""function.ready with what the function shares, function.environment-fits and function.reaches-its-secret."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from pullcheck.evidence.dns import HostedZone, PrivateZones
from pullcheck.evidence.endpoint import EndpointInterface, InterfaceEndpoint
from pullcheck.evidence.function import EnvironmentHost, Function, FunctionConcurrency
from pullcheck.evidence.function_surroundings import (
    AliasTarget,
    FunctionAlias,
    FunctionKey,
    FunctionNetwork,
    NeededService,
)
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.evidence.placement import CredentialsProvider, Registry
from pullcheck.evidence.quota import AccountConcurrency
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Target, TargetKind, Variant
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.function.egress import reaches_its_secret
from pullcheck_checks.function.fitting import environment_fits
from pullcheck_checks.function.ready import function_ready

ARN = "arn:aws:lambda:us-east-1:123456789012:function:creds"
PROVIDER = CredentialsProvider(ARN, "aws", "us-east-1", "123456789012", "creds", None)
FUNCTION = Function(ARN, "1", "python3.13", 15, "Active", "", None, "Successful", "", None, "Zip")
NOTHING = NotApplicable("not asked")
REGISTRY = Registry("registry.example.com", 443)
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234"


def target(instances: int) -> Target:
    variants = (Variant("all", "m", ("ml.m5.xlarge",), instances),) if instances else ()
    return Target(TargetKind.REQUEST, "m", "model.json", "us-east-1", (), variants)


def ready(instances: int = 0, reserved: int | None = None, **around: Any) -> list[Verdict]:
    given: dict[str, Any] = {
        "account": AccountConcurrency(1000, 900),
        "alias": NOTHING,
        "key": NOTHING,
        "target": target(instances),
        **around,
    }
    return list(function_ready(PROVIDER, FUNCTION, FunctionConcurrency(reserved), **given))


def causes(verdicts: list[Verdict]) -> list[str]:
    return [one.cause.id for one in verdicts if one.cause and one.status is Status.FAIL]


def test_a_reserve_for_fewer_than_start_at_once_is_a_warning() -> None:
    [verdict] = ready(4, 1)

    assert verdict.cause
    assert (verdict.cause.id, verdict.severity) == ("lam.concurrency-exhausted", Severity.WARNING)
    assert verdict.fix
    assert verdict.fix.commands[0].endswith("--reserved-concurrent-executions 4")
    assert causes(ready(4, 4)) == causes(ready(4)) == []


def test_an_account_with_nothing_left_is_a_warning_too() -> None:
    assert causes(ready(account=AccountConcurrency(10, 0))) == ["lam.concurrency-exhausted"]
    assert causes(ready(20, account=AccountConcurrency(10, 10))) == ["lam.concurrency-exhausted"]


@pytest.mark.parametrize(
    ("other", "cause"),
    [
        (replace(FUNCTION, state="Failed", state_reason_code="ImageDeleted"), "lam.image-gone"),
        (replace(FUNCTION, state="Pending"), "lam.state-not-active"),
        (replace(FUNCTION, state="Inactive"), "lam.state-inactive"),
        (None, "lam.state-not-active"),
    ],
)
def test_every_version_of_the_alias_has_to_be_ready(other: Function | None, cause: str) -> None:
    alias = FunctionAlias("live", (AliasTarget("7", 0.1, other),))
    [verdict] = ready(alias=alias)

    assert verdict.cause
    assert verdict.cause.id == cause
    assert "10% of the calls to version 7" in verdict.because
    assert verdict.fix
    assert "update-alias" in verdict.fix.commands[0]
    assert ready(alias=FunctionAlias("live", (AliasTarget("7", 0.1, FUNCTION),)))[0].status is Status.PASS
    assert TypeAdapter(FunctionAlias).validate_json(TypeAdapter(FunctionAlias).dump_json(alias)) == alias


@pytest.mark.parametrize(
    ("state", "commands"),
    [("Disabled", ["enable-key"]), ("PendingDeletion", ["cancel-key-deletion", "enable-key"]), (None, [])],
)
def test_a_key_that_does_not_decrypt_is_named(state: str | None, commands: list[str]) -> None:
    [verdict] = ready(key=FunctionKey(KEY, state))

    assert causes([verdict]) == ["lam.kms-env-key"]
    assert verdict.fix
    assert [line.split()[2] for line in verdict.fix.commands] == commands
    assert ready(key=FunctionKey(KEY, "Enabled"))[0].status is Status.PASS


@pytest.mark.parametrize("what", ["alias", "key"])
def test_what_could_not_be_read_is_unknown(what: str) -> None:
    around: dict[str, Any] = {what: Unavailable(f"{what} was denied")}
    [verdict] = ready(**around)

    assert verdict.status is Status.UNKNOWN
    assert f"{what} was denied" in verdict.because


def test_a_reason_code_says_what_to_do() -> None:
    failed = replace(FUNCTION, state="Failed", state_reason_code="InsufficientRolePermissions")
    [verdict] = function_ready(
        PROVIDER, failed, FunctionConcurrency(None), AccountConcurrency(9, 9), NOTHING, NOTHING, target(0)
    )

    assert verdict.fix
    assert "AWSLambdaVPCAccessExecutionRole" in verdict.fix.summary


ZONES = PrivateZones("vpc-1", "us-east-1", (HostedZone("Z1", "example.com", "123456789012"),))


def fits(*hosts: tuple[str, str], zones: Any = ZONES, **changes: Any) -> list[Verdict]:
    named = tuple(EnvironmentHost(variable, host) for variable, host in hosts)
    return list(environment_fits(PROVIDER, replace(FUNCTION, hosts=named, **changes), REGISTRY, zones))


@pytest.mark.parametrize(
    "hosts",
    [
        (),
        (("REGISTRY_HOST", "registry.example.com"),),
        (("REGISTRY_HOST", "registry.example.com"), ("REGISTRY_MIRROR_HOST", "other.example.net")),
        (("VAULT_ADDR", "vault.public.example.net"),),
        (("LOGIN_URL", "registry.example.com"),),
    ],
)
def test_an_environment_that_names_this_registry_or_none_passes(hosts: tuple[tuple[str, str], ...]) -> None:
    [verdict] = fits(*hosts)

    assert verdict.status is Status.PASS


def test_another_registry_is_a_warning() -> None:
    [verdict] = fits(("REGISTRY_HOST", "other.example.net"))

    assert verdict.cause
    assert (verdict.cause.id, verdict.severity) == ("lam.serves-other-registry", Severity.WARNING)


@pytest.mark.parametrize("host", ["10.0.3.4", "vault.example.com"])
def test_a_private_host_without_a_vpc_is_a_warning(host: str) -> None:
    [verdict] = fits(("VAULT_ADDR", host))

    assert causes([verdict]) == ["lam.needs-vpc-but-has-none"]
    assert fits(("VAULT_ADDR", host), subnet_ids=("subnet-1",))[0].status is Status.PASS


def test_zones_that_were_not_read_are_no_reason_to_warn() -> None:
    [verdict] = fits(("VAULT_ADDR", "vault.example.com"), zones=Unavailable("denied"))

    assert verdict.status is Status.PASS


def network(**tables: Any) -> NetworkEvidence:
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    acl = [
        {"RuleNumber": 100, "Egress": egress, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
        for egress in (True, False)
    ]
    subnet = {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1a"}
    local = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}
    table = {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": [local], "Associations": [{"Main": True}]}
    group = {
        "GroupId": "sg-1",
        "VpcId": "vpc-1",
        "IpPermissions": [everything],
        "IpPermissionsEgress": [everything],
    }
    return NetworkEvidence.from_describe(
        {
            "Subnets": [subnet],
            "RouteTables": [table],
            "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": True, "Entries": acl}],
            "SecurityGroups": [group],
            "NetworkInterfaces": [],
            "ManagedPrefixLists": [],
            "PrefixLists": [],
            "NatGateways": [],
            "InternetGateways": [],
            "VpcPeeringConnections": [],
            **tables,
        }
    )


SECRETS = NeededService(
    "secretsmanager", "secretsmanager.us-east-1.amazonaws.com", "com.amazonaws.us-east-1.secretsmanager"
)
ENDPOINT = InterfaceEndpoint(
    "vpce-1",
    "vpc-1",
    SECRETS.service_name,
    "available",
    True,
    interfaces=(EndpointInterface("eni-1", "subnet-1", "10.0.1.50"),),
)
SEAT = {
    "NetworkInterfaceId": "eni-1",
    "VpcId": "vpc-1",
    "SubnetId": "subnet-1",
    "PrivateIpAddress": "10.0.1.50",
    "Groups": [{"GroupId": "sg-1"}],
    "Status": "in-use",
}
TO_THE_INTERNET = {
    "RouteTableId": "rtb-1",
    "VpcId": "vpc-1",
    "Associations": [{"Main": True}],
    "Routes": [
        {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
        {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"},
    ],
}
IN_VPC = replace(FUNCTION, subnet_ids=("subnet-1",), security_group_ids=("sg-1",), vpc_id="vpc-1")


def reaches(service: NeededService, **tables: Any) -> Verdict:
    around = FunctionNetwork("vpc-1", network(**tables), (service,))
    [verdict] = reaches_its_secret(PROVIDER, IN_VPC, around)

    assert TypeAdapter(FunctionNetwork).validate_json(TypeAdapter(FunctionNetwork).dump_json(around)) == around
    return verdict


def test_an_endpoint_in_its_subnet_is_reached() -> None:
    verdict = reaches(replace(SECRETS, endpoints=(ENDPOINT,)), NetworkInterfaces=[SEAT])

    assert verdict.status is Status.PASS
    assert "vpce-1" in verdict.because


def test_without_any_way_out_an_endpoint_is_printed() -> None:
    verdict = reaches(SECRETS)

    assert causes([verdict]) == ["lam.vpc-no-egress"]
    assert verdict.fix
    assert "--service-name com.amazonaws.us-east-1.secretsmanager" in verdict.fix.commands[-1]


def test_a_public_subnet_is_told_from_one_without_a_way() -> None:
    assert causes([reaches(SECRETS, RouteTables=[TO_THE_INTERNET])]) == ["lam.vpc-public-subnet"]


@pytest.mark.parametrize(
    ("service", "word"),
    [
        (replace(SECRETS, assumed=True), "its environment does not say"),
        (replace(SECRETS, elsewhere="a rule forwards it"), "a rule forwards it"),
        (replace(SECRETS, endpoints=(replace(ENDPOINT, interfaces=()),)), "no address of vpce-1"),
    ],
)
def test_a_doubt_is_no_failure(service: NeededService, word: str) -> None:
    verdict = reaches(service)

    assert verdict.status is Status.UNKNOWN
    assert word in verdict.because
