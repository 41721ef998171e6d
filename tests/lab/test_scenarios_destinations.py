"""Hosts of the pull beside the registry: tokens, layers, model data, name servers."""

from dataclasses import dataclass

import pytest
from breaking import Break, both, container, name_servers, no_entry, zone
from elsewhere import (
    BUCKET,
    LAYERS,
    SIGNATURE,
    TOKENS,
    allow,
    egress_to,
    host_in_vpc,
    layers_in_s3,
    model_data,
    redirected,
    s3_egress,
    s3_endpoint,
    s3_entries,
    s3_host,
    tokens_from,
)
from laboratory import Lab, Scenario, prove

PUBLIC = "93.184.216.34"
HUB = "docker-images-prod-6a224"
SERVER = "10.0.10.53"
FAR = s3_host(region="eu-west-1")


@dataclass(frozen=True)
class Led(Scenario):
    """A pull that leads to another host, which the lab's server answers for."""

    live: bool = True
    host: str = s3_host()

    def arguments(self, lab: Lab) -> tuple[str, ...]:
        return (*super().arguments(lab), "--resolve", f"{self.host}:{lab.port}:127.0.0.1")


def by_private_link(lab: Lab) -> None:
    """The registry's address is an interface endpoint's."""
    lab.backend("ec2").enis[lab.world.registry_interface].interface_type = "vpc_endpoint"


def name_server(*, admits: bool) -> Break:
    """A name server in the registry's subnet, which its ACL lets through."""

    def apply(lab: Lab) -> None:
        ec2 = lab.client("ec2")
        group = ec2.create_security_group(GroupName="dns", Description="dns", VpcId=lab.world.vpc)["GroupId"]
        model = [{"GroupId": lab.world.model_group}]
        for protocol in ("udp", "tcp"):
            rule = {"IpProtocol": protocol, "FromPort": 53, "ToPort": 53}
            to = {**rule, "IpRanges": [{"CidrIp": f"{SERVER}/32"}]}
            ec2.authorize_security_group_egress(GroupId=lab.world.model_group, IpPermissions=[to])
            if admits:
                come = {**rule, "UserIdGroupPairs": model}
                ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[come])
        ec2.create_network_interface(SubnetId=lab.world.registry_subnet, PrivateIpAddress=SERVER, Groups=[group])
        name_servers(SERVER)(lab)

    return apply


def open_for_dns(lab: Lab) -> None:
    """Both ACLs let questions and answers through."""
    for acl in (lab.world.model_acl, lab.world.registry_acl):
        for number, egress in ((11, True), (11, False)):
            lab.client("ec2").create_network_acl_entry(
                NetworkAclId=acl,
                RuleNumber=number,
                Protocol="-1",
                RuleAction="allow",
                Egress=egress,
                CidrBlock="10.0.0.0/16",
            )


layers_in_vpc = both(redirected(LAYERS), host_in_vpc(LAYERS, "10.0.10.30"), egress_to("10.0.10.30"))
data_in_s3 = both(model_data, s3_egress, s3_entries)

SCENARIOS = (
    Led("sg.model-egress-redirect-hosts", both(redirected(s3_host()), s3_entries, s3_endpoint())),
    Led("nacl.s3-ranges", both(redirected(s3_host()), s3_egress, s3_endpoint())),
    Led("reg.blob-redirect-s3-endpoint-policy", both(layers_in_s3, s3_endpoint(allow("other")))),
    Led(
        "reg.hub-layers-from-s3",
        both(redirected(s3_host(HUB)), s3_egress, s3_entries, s3_endpoint(allow("other"))),
        host=s3_host(HUB),
    ),
    Led("rt.s3-endpoint-not-on-table", both(layers_in_s3, s3_endpoint(on_table=False))),
    Led("rt.no-way-to-redirect-hosts", layers_in_s3),
    Led(
        "rt.no-way-to-redirect-hosts",
        both(redirected(LAYERS), zone(LAYERS, {LAYERS: PUBLIC}), egress_to(PUBLIC)),
        heals=False,
        host=LAYERS,
        label="public",
    ),
    Led("reg.blob-redirect-s3-other-region", both(redirected(FAR), s3_endpoint()), heals=False, host=FAR),
    Led(
        "sg.redirect-host-ingress",
        both(redirected(LAYERS), host_in_vpc(LAYERS, "10.0.10.30", admits=False), egress_to("10.0.10.30")),
        host=LAYERS,
    ),
    Led(
        "sg.model-egress-redirect-hosts",
        both(tokens_from(TOKENS), host_in_vpc(TOKENS, "10.0.10.40")),
        host=TOKENS,
        label="tokens",
    ),
    Led("nacl.redirect-hosts", both(layers_in_vpc, no_entry("registry_acl", 100, egress=True)), host=LAYERS),
    Led(
        "x.privatelink-registry-partial-hosts",
        both(redirected(LAYERS), zone(LAYERS, {LAYERS: PUBLIC}), by_private_link),
        heals=False,
        host=LAYERS,
    ),
    Scenario("reg.hub-no-internet-path", container(Image="team/model:v1"), heals=False),
    Scenario("rt.no-s3-path-for-model-data", data_in_s3),
    Scenario("rt.s3-endpoint-not-on-table", both(data_in_s3, s3_endpoint(on_table=False)), label="model-data"),
    Scenario("sg.model-egress-model-data", both(model_data, s3_entries, s3_endpoint())),
    Scenario("nacl.s3-ranges-model-data", both(model_data, s3_egress, s3_endpoint())),
    Scenario("vpce.s3-policy-model-data", both(data_in_s3, s3_endpoint(allow("other")))),
    Scenario("nacl.dns-to-custom-servers", name_server(admits=True)),
    Scenario("dns.custom-servers-unreachable", both(name_server(admits=False), open_for_dns)),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_keeps_the_pull_from_its_other_hosts(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)


def test_layers_in_s3_pass_by_the_endpoint_and_tell_no_signature(lab: Lab) -> None:
    both(layers_in_s3, s3_endpoint(allow(BUCKET)))(lab)
    run = lab.check(*Led("", lambda _: None).arguments(lab))
    [host] = [one for one in run.report["hosts"] if one["role"] == "redirect target"]

    assert {one["status"] for one in run.findings("network.pull-hosts-reachable")} == {"pass"}
    assert {one["status"] for one in run.findings("network.s3-endpoint-on-tables")} == {"pass"}
    assert run.status == 0
    assert host["name"] == s3_host()
    assert SIGNATURE not in run.output + lab.saved().read_text()


def test_where_s3_is_not_reached_the_forgotten_table_is_the_root(lab: Lab) -> None:
    both(layers_in_s3, data_in_s3_too, s3_endpoint(on_table=False))(lab)
    run = lab.check(*Led("", lambda _: None).arguments(lab))

    assert run.report["root_causes"] == ["rt.s3-endpoint-not-on-table"]
    assert {"rt.no-way-to-redirect-hosts", "rt.no-s3-path-for-model-data"} < run.causes()


def data_in_s3_too(lab: Lab) -> None:
    model_data(lab)


def test_without_other_hosts_nothing_more_is_asked(lab: Lab) -> None:
    run = lab.check(*lab.live)
    own = ("network.pull-hosts-reachable", "network.model-data-reachable", "network.dns-servers-reachable")
    asked = [lab.cloud.count()[name] for name in ("ec2:DescribeVpcEndpoints", "ec2:DescribeManagedPrefixLists")]

    assert {one["status"] for check in own for one in run.findings(check)} == {"not-applicable"}
    assert asked == [1, 0]


def test_nobody_who_looked_knows_no_hosts(lab: Lab) -> None:
    [one] = lab.check("--vantage", "none").findings("network.pull-hosts-reachable")

    assert one["status"] == "unknown"
    assert "--vantage outside" in one["because"]
