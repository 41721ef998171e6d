"""The registry's VPC, the model's, and who owns what is in them."""

from dataclasses import replace

import pytest
from network_world import BY_ENDPOINT, BY_NAT, HEALTHY, LOCAL, PLACEMENT, VPC, registry_at, with_routes

from pullcheck import Severity, Status, Unavailable, Verdict
from pullcheck.evidence.endpoint import InterfaceEndpoint, LambdaEndpoints
from pullcheck.evidence.names import LambdaAddresses, RegistryAddresses
from pullcheck.evidence.network import NetworkEvidence, RouteTables
from pullcheck.evidence.network_rows import Route
from pullcheck.evidence.placement import ExecutionRole
from pullcheck.evidence.vpc import ModelSubnet, ModelSubnets, ModelVpc
from pullcheck.target import Model, Target, TargetKind
from pullcheck_checks.network.lambda_endpoint import has_an_endpoint
from pullcheck_checks.network.placement import subnets_are_usable
from pullcheck_checks.network.registry_vpc import registry_is_in_the_vpc

ACCOUNT, OWNER = "123456789012", "210987654321"
ROLE = ExecutionRole(f"arn:aws:iam::{ACCOUNT}:role/x", "aws", ACCOUNT, "x", "/")
SERVICE = "com.amazonaws.us-east-1.lambda"
SUBNETS = ModelSubnets(
    tuple(
        ModelSubnet(f"subnet-{zone}", VPC, cidr, f"us-east-1{zone}", zone, "available", ACCOUNT, 200)
        for zone, cidr in (("a", "10.0.1.0/24"), ("b", "10.0.2.0/24"))
    )
)
SHARED = ModelSubnets(tuple(replace(one, owner=OWNER) for one in SUBNETS.subnets))
NONE = LambdaEndpoints(VPC, SERVICE, ())


def in_vpc(registry: RegistryAddresses, tables: object = HEALTHY.route_tables) -> Verdict:
    assert isinstance(tables, RouteTables)
    [verdict] = registry_is_in_the_vpc(registry, ModelVpc(VPC), tables)
    return verdict


def test_a_registry_in_the_range_of_the_vpc_passes() -> None:
    verdict = in_vpc(registry_at("10.0.10.20", "54.10.20.30"))

    assert (verdict.status, verdict.subject) == (Status.PASS, "registry.example.com:443")
    assert verdict.because == "10.0.10.20 lies in vpc-1, 10.0.0.0/16"


@pytest.mark.parametrize("address", ["10.1.0.20", "192.168.1.1", "100.64.0.1"])
def test_a_private_address_outside_is_a_warning(address: str) -> None:
    verdict = in_vpc(registry_at("10.0.10.20", address))

    assert (verdict.status, verdict.severity) == (Status.FAIL, Severity.WARNING)
    assert verdict.cause is not None
    assert verdict.cause.id == "cfg.registry-outside-model-vpc"
    assert verdict.because.startswith(f"{address} lies outside vpc-1, whose ranges are 10.0.0.0/16")
    assert verdict.fix is not None


def test_public_addresses_are_not_asked_and_without_ranges_it_is_unknown() -> None:
    assert in_vpc(registry_at("54.10.20.30")).status is Status.NOT_APPLICABLE
    assert in_vpc(registry_at("fd00::1")).status is Status.NOT_APPLICABLE
    assert in_vpc(registry_at("10.0.10.20"), RouteTables(())).status is Status.UNKNOWN


def endpoint(
    endpoints: LambdaEndpoints = NONE,
    addresses: LambdaAddresses | Unavailable = BY_NAT,
    subnets: ModelSubnets = SUBNETS,
    network: NetworkEvidence = HEALTHY,
) -> Verdict:
    [verdict] = has_an_endpoint(endpoints, addresses, subnets, PLACEMENT, ROLE, network)
    return verdict


def test_an_endpoint_in_the_vpc_or_in_another_that_is_used_passes() -> None:
    here = replace(NONE, here=(InterfaceEndpoint("vpce-1", VPC, SERVICE, "available", True),))

    assert endpoint(here).status is Status.PASS
    assert endpoint(addresses=BY_ENDPOINT).status is Status.PASS


@pytest.mark.parametrize("addresses", [Unavailable("the name is forwarded"), replace(BY_ENDPOINT, endpoint_id=None)])
def test_where_the_name_leads_elsewhere_it_is_unknown(addresses: LambdaAddresses | Unavailable) -> None:
    assert endpoint(addresses=addresses).status is Status.UNKNOWN


def test_calls_over_the_internet_are_a_warning_and_an_endpoint_mends_it() -> None:
    verdict = endpoint()

    assert (verdict.status, verdict.severity) == (Status.FAIL, Severity.WARNING)
    assert verdict.cause is not None
    assert verdict.cause.id == "vpce.none-but-nat"
    assert verdict.fix is not None
    assert verdict.fix.commands[-1].startswith("aws ec2 create-vpc-endpoint")


def test_without_any_way_out_another_check_speaks() -> None:
    closed = with_routes("rtb-model", Route("10.9.0.0/16", "pcx-1"))

    assert LOCAL.target == "local"
    assert endpoint(network=closed).status is Status.NOT_APPLICABLE
    assert endpoint(network=replace(HEALTHY, route_tables=Unavailable("denied"))).status is Status.UNKNOWN


def test_in_a_shared_vpc_its_owner_has_to_make_the_endpoint() -> None:
    verdict = endpoint(subnets=SHARED)

    assert verdict.cause is not None
    assert verdict.cause.id == "sub.shared-vpc-participant"
    assert verdict.fix is not None
    assert (verdict.fix.account, verdict.fix.commands) == (OWNER, ())


def usable(subnets: ModelSubnets, role: ExecutionRole | Unavailable) -> dict[str, str]:
    model = Model("m", None, None, ())
    target = Target(TargetKind.REQUEST, "m", "model.json", "us-east-1", (model,))
    verdicts = subnets_are_usable(target, model, PLACEMENT, subnets, role=role)
    return {verdict.subject: verdict.cause.id for verdict in verdicts if verdict.cause}


def test_a_subnet_that_vanishes_beside_shared_ones_was_withdrawn_or_deleted_by_their_owner() -> None:
    left = ModelSubnets(SHARED.subnets[:1], ("subnet-b",))

    assert usable(left, ROLE)["subnet-b"] == "sub.unshared-subnet"
    assert usable(left, Unavailable("no role"))["subnet-b"] == "sub.not-found-or-unavailable"
    assert usable(ModelSubnets(SUBNETS.subnets[:1], ("subnet-b",)), ROLE) == {
        "subnet-b": "sub.not-found-or-unavailable"
    }
