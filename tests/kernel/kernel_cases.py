"""What is changed in the healthy network, and whom that cuts off; R1-R37 are the rules that the walk cites."""

from changing import (
    abroad,
    also,
    attached,
    between,
    central,
    egress,
    entries,
    everywhere,
    ingress,
    inside,
    on,
    outside,
    peered,
    plus,
    put,
    referencing,
    relayed,
    routes,
    transit,
    unrouted,
    without,
)
from healthy import (
    ANYWHERE,
    FAR_LOCAL,
    HUB_LOCAL,
    IN,
    LOCAL,
    MODEL_SUBNETS,
    OUT,
    PEER_LOCAL,
    attachment,
    by_group,
    deny,
    entry,
    route,
    route_table,
    rule,
    transit_route,
    transit_table,
)

BLACKHOLE = {"State": "blackhole"}
EPHEMERAL = (1024, 65535)
TO_REGISTRY = rule(PrefixListIds=[{"PrefixListId": "pl-1"}])
LIST = plus("PrefixLists", {"PrefixListId": "pl-1", "Entries": [{"Cidr": "10.0.10.0/24"}, {"Cidr": "10.50.0.0/16"}]})
ALL_443 = "registry neighbour public hairpin peer far central relayed"
INTERNET = "public hairpin"
BACK_BY_GATEWAY = (
    plus("TransitGatewayVpcAttachments", attachment("att-peer", "vpc-peer", "subnet-peer")),
    plus(
        "TransitGatewayRouteTables",
        transit_table(
            "tgw-rtb-peer",
            "att-peer",
            transit_route("10.0.0.0/16", "att-near"),
            transit_route("10.1.0.0/16", "att-near"),
        ),
    ),
    also("rtb-peer", route("10.0.0.0/16", "tgw-1"), route("10.1.0.0/16", "tgw-1")),
)

GROUPS = (
    everywhere("nothing changed", ""),
    everywhere("R7 no egress rule for 443", ALL_443, egress(by_group("sg-reg", 5000))),
    everywhere(
        "R10 egress by reference",
        "public hairpin far central relayed",
        egress(*map(by_group, ("sg-reg", "sg-neighbour", "sg-peer", "sg-far", "sg-open")), by_group("sg-reg", 5000)),
    ),
    everywhere(
        "R14 egress by prefix list", "port-5000 neighbour public hairpin far central relayed", LIST, egress(TO_REGISTRY)
    ),
    everywhere(
        "R15 egress for IPv6", ALL_443, egress(rule(Ipv6Ranges=[{"CidrIpv6": "::/0"}]), by_group("sg-reg", 5000))
    ),
    everywhere("R9 egress for UDP", ALL_443, egress(rule(ANYWHERE, IpProtocol="udp"), by_group("sg-reg", 5000))),
    inside("R9 egress for every protocol", "", egress({"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]})),
    inside("R9 protocol by number, a range of ports", "port-5000", egress(rule(ANYWHERE, IpProtocol="6", ToPort=4999))),
    inside(
        "R1 ingress from half of a subnet",
        "a>registry c>registry b>registry",
        ingress("sg-reg", rule("10.0.1.0/25"), by_group("sg-model", 5000)),
    ),
    inside(
        "R1 two halves make a whole",
        "",
        ingress(
            "sg-reg",
            rule("10.0.1.0/25"),
            rule("10.0.1.128/25"),
            rule("10.0.2.0/24", "10.1.0.0/16"),
            by_group("sg-model", 5000),
        ),
    ),
    inside(
        "R10 ingress from another group",
        "registry port-5000",
        ingress("sg-reg", by_group("sg-empty"), by_group("sg-open", 5000)),
    ),
    inside("registry's port is not 443", "port-5000", ingress("sg-reg", by_group("sg-model"))),
    inside(
        "R7 union of two groups",
        "port-5000",
        ingress("sg-reg"),
        ingress("sg-empty", by_group("sg-model")),
        put("NetworkInterfaces", "eni-reg", Groups=[{"GroupId": "sg-reg"}, {"GroupId": "sg-empty"}]),
    ),
    inside(
        "no group at all",
        "",
        ingress("sg-reg"),
        egress(rule(ANYWHERE), rule(ANYWHERE, port=5000)),
        put("NetworkInterfaces", "eni-reg", Groups=[]),
    ),
    peered(
        "R12 stale reference over a peering", "peer", ingress("sg-peer", by_group("sg-model", PeeringStatus="deleted"))
    ),
)
ACLS = (
    everywhere(
        "R19 implicit deny outbound",
        "registry port-5000 b>neighbour c>neighbour public hairpin peer far central relayed",
        entries("acl-model", IN),
    ),
    inside("R19 order is by number", "registry", entries("acl-reg", IN, OUT, deny(90, "in", ANYWHERE, (443, 443)))),
    inside("R19 the first match decides", "", entries("acl-reg", OUT, deny(200, "in"), IN)),
    inside(
        "R20 UDP is another protocol",
        "registry port-5000",
        entries("acl-reg", OUT, entry(100, "in", ANYWHERE, (0, 65535), Protocol="17")),
    ),
    inside(
        "R22 Linux's ports and above into the model",
        "registry port-5000 b>neighbour c>neighbour",
        entries("acl-model", OUT, entry(100, "in", ANYWHERE, (32768, 65535))),
    ),
    inside(
        "R22 high ports alone out of the registry",
        "registry port-5000",
        entries("acl-reg", IN, entry(100, "out", ANYWHERE, (49152, 65535))),
    ),
    inside(
        "R21 one single port", "registry port-5000", entries("acl-reg", IN, entry(100, "out", ANYWHERE, (65535, 65535)))
    ),
    inside(
        "R23 a deny inside the client ports",
        "registry port-5000",
        entries("acl-reg", IN, OUT, deny(50, "out", ANYWHERE, (3389, 3389))),
    ),
    inside(
        "R23 port 443 is no client port",
        "",
        entries("acl-reg", IN, entry(100, "out", ANYWHERE, EPHEMERAL), deny(50, "out", ANYWHERE, (443, 443))),
    ),
    inside(
        "R27 answers by the destination's port",
        "registry port-5000",
        entries("acl-reg", IN, entry(100, "out", ANYWHERE, (443, 443))),
    ),
    inside(
        "R20 from half of a subnet",
        "a>registry b>registry c>registry a>port-5000 b>port-5000 c>port-5000",
        entries("acl-reg", entry(100, "in", "10.0.2.0/25"), OUT),
    ),
    inside(
        "R20 answers to half of a subnet",
        "a>registry a>port-5000",
        entries("acl-reg", IN, deny(50, "out", "10.0.1.128/25"), OUT),
    ),
    inside(
        "ports and addresses at once",
        "b>registry b>port-5000",
        entries("acl-reg", IN, deny(50, "out", "10.0.2.128/25", (40000, 50000)), OUT),
    ),
    inside(
        "a deny with a hole",
        "a>registry a>port-5000",
        entries(
            "acl-reg",
            IN,
            entry(40, "out", "10.0.1.128/26", (1024, 30000)),
            deny(50, "out", "10.0.1.128/25", EPHEMERAL),
            OUT,
        ),
    ),
    inside("R20 one port of two", "port-5000", entries("acl-reg", entry(100, "in", ANYWHERE, (443, 443)), OUT)),
    inside(
        "R20 egress is by destination",
        "registry port-5000",
        entries("acl-model", IN, deny(50, "out", "10.0.10.0/24"), OUT),
    ),
    inside(
        "R20 the model's own range is not where answers come from",
        "registry port-5000 b>neighbour c>neighbour",
        entries("acl-model", entry(100, "in", "10.0.1.0/24"), OUT),
        entries("acl-reg", IN, OUT),
    ),
    inside("R24 within a subnet no ACL stands", "registry port-5000 b>neighbour c>neighbour", entries("acl-model")),
    inside(
        "R18 the VPC's default ACL", "registry port-5000", without("NetworkAcls", "acl-reg"), entries("acl-default", IN)
    ),
)
ROUTES = (
    inside(
        "R30 a blackhole longer than local",
        "registry port-5000",
        also("rtb-model", route("10.0.10.0/24", "pcx-9", **BLACKHOLE)),
    ),
    peered(
        "R30 a blackhole does not fall back",
        "peer",
        also("rtb-model", route("10.50.0.0/16", "pcx-9", **BLACKHOLE)),
    ),
    peered("R29 a longer blackhole", "peer", also("rtb-model", route("10.50.1.0/24", "pcx-1", **BLACKHOLE))),
    peered(
        "R29 a longer way",
        "",
        also("rtb-model", route("10.50.0.0/16", "pcx-9", **BLACKHOLE), route("10.50.1.0/24", "pcx-1")),
    ),
    abroad("R29 one address", "peer", also("rtb-model", route("10.50.1.20/32", "nat-1"))),
    peered(
        "R29 a prefix list's entry is longer",
        "",
        unrouted("rtb-model", "10.50.0.0/16"),
        also(
            "rtb-model",
            route("10.48.0.0/14", "pcx-9", **BLACKHOLE),
            {"DestinationPrefixListId": "pl-2", "VpcPeeringConnectionId": "pcx-1", "State": "active"},
        ),
        plus("PrefixLists", {"PrefixListId": "pl-2", "Entries": [{"Cidr": "10.50.0.0/16"}]}),
    ),
    outside(
        "R29 static before propagated",
        "",
        also("rtb-model", route(ANYWHERE, "vgw-1", Origin="EnableVgwRoutePropagation", **BLACKHOLE)),
    ),
    inside(
        "R31 propagated is never before local",
        "",
        also("rtb-model", route("10.0.10.0/24", "vgw-1", Origin="EnableVgwRoutePropagation", **BLACKHOLE)),
    ),
    everywhere(
        "R28 the main table",
        "b>public b>hairpin b>peer b>far b>central b>relayed",
        on("rtb-model", "subnet-a", "subnet-c"),
    ),
    outside(
        "R28 its own table beside the main one",
        "",
        put("RouteTables", "rtb-main", Routes=[*LOCAL, route(ANYWHERE, "pcx-9", **BLACKHOLE)]),
    ),
    outside("no default route", INTERNET, unrouted("rtb-model", ANYWHERE)),
    inside(
        "the answers to half of a subnet are lost",
        "a>registry a>port-5000",
        also("rtb-main", route("10.0.1.128/25", "pcx-9", **BLACKHOLE)),
    ),
    inside(
        "R5 nobody has the address",
        "registry port-5000",
        put("NetworkInterfaces", "eni-reg", PrivateIpAddresses=[{"PrivateIpAddress": "10.0.10.21"}]),
    ),
    inside(
        "R5 no subnet has the address",
        "registry port-5000",
        without("NetworkInterfaces", "eni-reg"),
        without("Subnets", "subnet-reg"),
    ),
)
NAT = (
    outside(
        "R2 the model at the internet gateway",
        INTERNET,
        also("rtb-model", route(ANYWHERE, "igw-1")),
    ),
    outside("R34 the NAT gateway has no way out", INTERNET, on("rtb-public", "subnet-open")),
    outside("R34 failed", INTERNET, put("NatGateways", "nat-1", State="failed")),
    outside(
        "R34 private",
        INTERNET,
        put("NatGateways", "nat-1", ConnectivityType="private", NatGatewayAddresses=[{"PrivateIp": "10.0.100.9"}]),
    ),
    outside(
        "R34 in a subnet that leads back to it",
        INTERNET,
        on("rtb-model", *MODEL_SUBNETS, "subnet-nat"),
        on("rtb-public", "subnet-open"),
    ),
    outside("R33 detached", INTERNET, put("InternetGateways", "igw-1", Attachments=[])),
    outside("R25 in from the VPC alone", INTERNET, entries("acl-nat", entry(100, "in", "10.0.0.0/15"), OUT)),
    outside(
        "R25 not in from one subnet",
        "b>public b>hairpin",
        entries("acl-nat", deny(50, "in", "10.0.2.0/24", (443, 443)), IN, OUT),
    ),
    outside("R25 not out to the internet", INTERNET, entries("acl-nat", IN, entry(100, "out", "10.0.0.0/15"))),
    outside(
        "R25 some ports in from the internet",
        INTERNET,
        entries("acl-nat", entry(90, "in", "10.0.0.0/15"), entry(100, "in", ANYWHERE, (32768, 65535)), OUT),
    ),
    outside(
        "R25 some ports back to the model",
        INTERNET,
        entries("acl-nat", IN, entry(90, "out", ANYWHERE, (443, 443)), entry(100, "out", "10.0.0.0/15", (1024, 60999))),
    ),
    outside(
        "R25 not back to half of a subnet",
        "c>public c>hairpin",
        entries("acl-nat", IN, deny(90, "out", "10.1.1.0/25", EPHEMERAL), OUT),
    ),
    outside("R10 a reference does not match behind NAT", "hairpin", ingress("sg-open", by_group("sg-model"))),
    outside(
        "hairpin by the public address, rules for the private one", "hairpin", ingress("sg-open", rule("10.0.0.0/15"))
    ),
    outside(
        "hairpin, some ports of the answers",
        "hairpin",
        entries("acl-open", IN, entry(100, "out", "203.0.113.9/32", (20000, 65535))),
    ),
    outside("hairpin, the answers have no way out", "hairpin", on("rtb-public", "subnet-nat")),
)
PEERING = (
    abroad("R35 no route there", "peer", unrouted("rtb-model", "10.50.0.0/16")),
    peered("R35 no route back", "peer", routes("rtb-peer", *PEER_LOCAL)),
    peered(
        "R32 no route back to the secondary range",
        "c>peer",
        routes("rtb-peer", *PEER_LOCAL, route("10.0.0.0/16", "pcx-1")),
    ),
    peered(
        "R35 a route back to part of a subnet",
        "a>peer b>peer",
        routes("rtb-peer", *PEER_LOCAL, route("10.0.1.0/25", "pcx-1"), route("10.1.0.0/16", "pcx-1")),
    ),
    peered("R35 not active", "peer", put("VpcPeeringConnections", "pcx-1", Status={"Code": "deleted"})),
    between(
        "R35 not transitive",
        "far",
        also("rtb-model", route("10.60.0.0/16", "pcx-1")),
        also("rtb-peer", route("10.60.0.0/16", "tgw-1")),
    ),
    abroad("R35 no way to the internet", "public", also("rtb-model", route(ANYWHERE, "pcx-1"))),
    peered("ingress over a peering from a range", "c>peer", ingress("sg-peer", rule("10.0.0.0/16"))),
    peered(
        "R27 ports of the answers over a peering",
        "peer",
        entries("acl-peer", IN, entry(100, "out", "10.0.0.0/15", (32768, 60999))),
    ),
)
TRANSIT = (
    attached("R36 not associated", "far", put("TransitGatewayRouteTables", "tgw-rtb-near", Associations=[])),
    attached("R36 no route of the gateway", "far", transit("tgw-rtb-near")),
    attached("R36 not propagated back", "far", transit("tgw-rtb-far")),
    attached(
        "R36 the secondary range is not propagated back",
        "c>far",
        transit("tgw-rtb-far", transit_route("10.0.0.0/16", "att-near")),
    ),
    attached("R36a a static route does", "", transit("tgw-rtb-near", transit_route(ANYWHERE, "att-far", "static"))),
    attached(
        "R36 a blackhole wins by its length",
        "far",
        transit(
            "tgw-rtb-near",
            transit_route("10.60.0.0/16", "att-far"),
            transit_route("10.60.1.0/24", "", "static", **BLACKHOLE),
        ),
    ),
    attached(
        "R36 static before propagated",
        "far",
        transit(
            "tgw-rtb-near",
            transit_route("10.60.0.0/16", "att-far"),
            transit_route("10.60.0.0/16", "", "static", **BLACKHOLE),
        ),
    ),
    attached(
        "R36b back to where it came from", "far", transit("tgw-rtb-near", transit_route(ANYWHERE, "att-near", "static"))
    ),
    attached(
        "R36 no door in the zone", "b>far", put("TransitGatewayVpcAttachments", "att-near", SubnetIds=["subnet-door"])
    ),
    attached(
        "R36 attachment not accepted", "far", put("TransitGatewayVpcAttachments", "att-far", State="pendingAcceptance")
    ),
    attached("R36 no route back to the gateway", "far", routes("rtb-far", FAR_LOCAL)),
    attached(
        "R26 the door's ACL sees the source",
        "b>far",
        entries("acl-door", deny(50, "in", "10.0.2.0/24"), IN, OUT),
    ),
    attached(
        "R26 out of the near door there are answers alone",
        "far",
        entries("acl-door", IN, entry(100, "out", "10.0.0.0/15", (32768, 65535))),
    ),
    attached(
        "R26 into the near door there is nothing from afar",
        "",
        entries("acl-door", entry(100, "in", "10.0.0.0/15", (443, 443)), entry(100, "out", "10.0.0.0/15", EPHEMERAL)),
    ),
    attached(
        "R26 out of the far door to the registry",
        "far",
        entries("acl-far-door", IN, entry(100, "out", "10.60.1.0/24", (80, 80))),
    ),
    attached(
        "R26 into the far door there are answers alone",
        "far",
        entries("acl-far-door", entry(100, "in", "10.60.0.0/16", (1024, 49151)), OUT),
    ),
    attached(
        "R27 the far subnet's own ACL",
        "a>far",
        entries("acl-far", deny(50, "in", "10.0.1.0/25", (443, 443)), IN, OUT),
    ),
    attached(
        "R37 the door's own table",
        "far",
        plus(
            "RouteTables",
            route_table(
                "rtb-door", "vpc-far", [FAR_LOCAL, route("10.60.1.0/24", "pcx-9", **BLACKHOLE)], ["subnet-far-door"]
            ),
        ),
    ),
    attached(
        "R37 the near door's own table",
        "a>far",
        plus(
            "RouteTables",
            route_table(
                "rtb-door",
                "vpc-1",
                [*LOCAL, route("10.0.1.0/25", "pcx-9", **BLACKHOLE)],
                ["subnet-door", "subnet-door-2"],
            ),
        ),
    ),
    attached(
        "R26 the door is the model's own subnet",
        "b>far c>far",
        put("TransitGatewayVpcAttachments", "att-near", SubnetIds=["subnet-a"]),
        put("NetworkAcls", "acl-model", Associations=[{"SubnetId": "subnet-b"}, {"SubnetId": "subnet-c"}]),
        put(
            "NetworkAcls",
            "acl-reg",
            Associations=[{"SubnetId": "subnet-a"}],
            Entries=[deny(50, "in", "10.60.0.0/16"), deny(60, "in", "10.1.0.0/16"), IN, OUT],
        ),
    ),
    attached("R11 no reference over a transit gateway", "far", ingress("sg-far", by_group("sg-model"))),
    attached("R11 references where they are on", "", referencing("enable"), ingress("sg-far", by_group("sg-model"))),
    attached(
        "R11 references where one attachment has them off",
        "far",
        referencing("enable"),
        ingress("sg-far", by_group("sg-model")),
        put("TransitGatewayVpcAttachments", "att-far", Options={"SecurityGroupReferencingSupport": "disable"}),
    ),
    attached(
        "R11 no reference for egress",
        "far",
        referencing("enable"),
        egress(
            *map(by_group, ("sg-reg", "sg-neighbour", "sg-peer", "sg-far")),
            rule("198.51.100.0/24", "203.0.113.0/24"),
            by_group("sg-reg", 5000),
        ),
    ),
)
CENTRAL = (
    central("R34 no route back to the gateway", "central", routes("rtb-hub-nat", HUB_LOCAL, route(ANYWHERE, "igw-2"))),
    central(
        "R34 no route back to the secondary range",
        "c>central",
        routes("rtb-hub-nat", HUB_LOCAL, route(ANYWHERE, "igw-2"), route("10.0.0.0/16", "tgw-1")),
    ),
    central("R37 the hub's door has no route to NAT", "central", routes("rtb-hub", HUB_LOCAL)),
    central(
        "R36 the hub learns no way back", "central", transit("tgw-rtb-hub", transit_route("10.70.0.0/16", "att-hub"))
    ),
    central("R33 the hub is not on the internet", "central", put("InternetGateways", "igw-2", Attachments=[])),
    central(
        "R25 ports into the hub's NAT gateway",
        "central",
        entries("acl-hub-nat", entry(90, "in", "10.0.0.0/15"), entry(100, "in", ANYWHERE, (32768, 65535)), OUT),
    ),
    central(
        "R25 ports out of the hub's NAT gateway",
        "b>central",
        entries("acl-hub-nat", IN, deny(90, "out", "10.0.2.0/24", (1024, 32767)), OUT),
    ),
    central(
        "R25 into the hub's NAT gateway not from one subnet",
        "b>central",
        entries("acl-hub-nat", deny(90, "in", "10.0.2.0/24", (443, 443)), IN, OUT),
    ),
    central(
        "R26 the hub's door: not out to the internet",
        "central",
        entries("acl-hub-door", IN, entry(100, "out", "10.0.0.0/8")),
    ),
    central(
        "R26 the hub's door: packets out, answers in",
        "",
        entries(
            "acl-hub-door", entry(100, "in", "198.51.100.0/24", EPHEMERAL), entry(100, "out", ANYWHERE, (443, 443))
        ),
    ),
    central(
        "R26 the hub's door: ports of the answers",
        "central",
        entries("acl-hub-door", entry(100, "in", ANYWHERE, (32768, 60999)), OUT),
    ),
)
SIDEWAYS = (
    between("R38 there by a peering, back by a gateway", "", *BACK_BY_GATEWAY),
    between(
        "R38 back by a gateway that has no way",
        "a>peer b>peer",
        *BACK_BY_GATEWAY,
        transit("tgw-rtb-peer", transit_route("10.1.0.0/16", "att-near")),
        also("rtb-peer", route("10.1.0.0/16", "pcx-1")),
    ),
    between(
        "R26 the door's ACL sees answers that came another way",
        "peer far",
        *BACK_BY_GATEWAY,
        entries("acl-door", IN, deny(90, "out", "10.0.0.0/15", (20000, 30000)), OUT),
    ),
)
RELAYED = (
    relayed("R10 a private NAT gateway hides the groups", "relayed", ingress("sg-relayed", by_group("sg-model"))),
    relayed("R34 its address is not the model's", "relayed", ingress("sg-relayed", rule("10.0.0.0/22", "10.1.0.0/16"))),
    relayed("R34 its subnet has no way on", "relayed", routes("rtb-relay", *LOCAL)),
    relayed(
        "R35 a way back to its subnet will do", "peer", routes("rtb-peer", *PEER_LOCAL, route("10.0.110.0/24", "pcx-1"))
    ),
    relayed("R35 no way back to its subnet", "relayed", also("rtb-peer", route("10.0.110.0/24", "pcx-9", **BLACKHOLE))),
    relayed(
        "R25 ports of the answers to it",
        "relayed",
        entries(
            "acl-relay",
            entry(90, "in", "10.0.0.0/22"),
            entry(91, "in", "10.1.0.0/16"),
            entry(100, "in", ANYWHERE, (1024, 60999)),
            OUT,
        ),
    ),
    relayed("R27 answers to the model alone", "relayed", entries("acl-relayed", IN, entry(100, "out", "10.0.0.0/22"))),
)
TOPOLOGIES = GROUPS + ACLS + ROUTES + NAT + PEERING + TRANSIT + CENTRAL + SIDEWAYS + RELAYED
