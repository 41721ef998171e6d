"""The registry behind an interface endpoint for a vendor's service, or for one of the account's own."""

import pytest
from laboratory import Lab, Run, Scenario, prove
from linking import of_a_vendor, of_our_own

from pullcheck.demo.world import to_group

CHECK = "network.registry-reachable"
PUBLIC = "93.184.216.34"


def statuses(run: Run) -> set[str]:
    return {one["status"] for one in run.findings(CHECK)}


def test_a_vendors_endpoint_is_judged_up_to_its_groups_and_the_rest_is_named(lab: Lab) -> None:
    of_a_vendor(lab)
    run = lab.check("--vantage", "none")
    found = run.findings(CHECK)

    assert statuses(run) == {"unknown"}, [one["because"] for one in found]
    assert all("what account 999988887777, which provides" in one["because"] for one in found)
    assert {hop["verdict"] for one in found for hop in one["path"]} == {"pass", "unknown"}


def test_a_service_of_our_own_is_judged_to_the_registry(lab: Lab) -> None:
    of_our_own(lab)
    run = lab.check("--vantage", "none")

    assert statuses(run) == {"pass"}, [one["because"] for one in run.findings(CHECK)]


def vendor_has_not_accepted(lab: Lab) -> None:
    of_a_vendor(lab).is_in_state("pendingAcceptance")


def we_have_not_accepted(lab: Lab) -> None:
    of_our_own(lab).is_in_state("pendingAcceptance")


def one_zone_alone(lab: Lab) -> None:
    one = of_our_own(lab)
    lab.client("ec2").modify_vpc_endpoint(VpcEndpointId=one.id, RemoveSubnetIds=[lab.world.subnets[1]])
    one.lead_the_name_here()


def groups_that_do_not_know_the_endpoint(lab: Lab) -> None:
    """Turning that off is nothing that moto knows of, so that this one rule is all there is to try."""
    of_our_own(lab)
    [group] = [name for one in lab.backend("elbv2").load_balancers.values() for name in one.security_groups]
    everybody = [{"IpProtocol": "tcp", "FromPort": lab.world.port, "ToPort": lab.world.port,
                  "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}]  # fmt: skip
    lab.client("ec2").revoke_security_group_ingress(GroupId=group, IpPermissions=everybody)


SCENARIOS = (
    Scenario("x.privatelink-registry-pending", vendor_has_not_accepted, heals=False, label="vendor"),
    Scenario("x.privatelink-registry-pending", we_have_not_accepted, label="ours"),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_is_wrong_with_the_endpoint(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)


def test_a_zone_without_the_endpoint_is_a_warning(lab: Lab) -> None:
    one_zone_alone(lab)
    run = lab.check("--vantage", "none")
    [warning] = [one for one in run.findings(CHECK) if one["status"] == "fail"]

    assert (warning["cause"], warning["severity"]) == ("x.privatelink-registry-zone", "warning")
    lab.apply(warning["fix"]["commands"])
    assert statuses(lab.check("--vantage", "none")) == {"pass"}


def test_groups_behind_the_service_are_told_to_ask_nothing(lab: Lab) -> None:
    groups_that_do_not_know_the_endpoint(lab)
    found = [one for one in lab.check("--vantage", "none").findings(CHECK) if one["status"] == "fail"]

    assert {one["cause"] for one in found} == {"x.privatelink-nlb-sg-enforced"}
    assert all(
        "--enforce-security-group-inbound-rules-on-private-link-traffic off" in one["fix"]["commands"][0]
        for one in found
    )
    lab.apply(list(dict.fromkeys(line for one in found for line in one["fix"]["commands"])))


def test_an_endpoint_whose_name_leads_past_it_is_named(lab: Lab) -> None:
    """Where the name leads once private DNS is on, only AWS's resolver says."""
    one = of_a_vendor(lab)
    option = ("--vantage", "none", "--registry-address", PUBLIC)
    run = lab.check(*option)
    found = [found for found in run.findings(CHECK) if found["cause"] == "x.privatelink-registry-dns"]

    assert found
    lab.apply(list(dict.fromkeys(line for one in found for line in one["fix"]["commands"])))
    assert one.row.private_dns_enabled  # type: ignore[attr-defined]
    assert "x.privatelink-registry-dns" not in lab.check(*option).causes()


def test_a_name_that_is_not_verified_is_the_providers_matter(lab: Lab) -> None:
    of_a_vendor(lab).verified = False
    run = lab.check("--vantage", "none", "--registry-address", PUBLIC)
    found = [one for one in run.findings(CHECK) if one["cause"] == "x.privatelink-registry-dns"]

    assert found
    assert not any(one["fix"]["commands"] for one in found)


def test_a_rule_for_the_models_group_does_not_count_behind_an_endpoint(lab: Lab) -> None:
    of_our_own(lab)
    ec2, world = lab.client("ec2"), lab.world
    [group] = [name for one in lab.backend("elbv2").load_balancers.values() for name in one.security_groups]
    ec2.revoke_security_group_ingress(GroupId=world.registry_group, IpPermissions=[to_group(world.port, group)])
    ec2.authorize_security_group_ingress(
        GroupId=world.registry_group, IpPermissions=[to_group(world.port, world.model_group)]
    )
    found = lab.check("--vantage", "none").causes()

    assert "sg.nlb-no-preservation" in found
