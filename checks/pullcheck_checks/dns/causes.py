"""Why the registry's name has no answer, or a wrong one, in the model's VPC."""

from pullcheck.verdict import Basis, Cause, Severity

VPC_GUIDE = "Amazon VPC User Guide, DNS attributes for your VPC"
ZONES_GUIDE = "Route 53 Developer Guide, considerations when using a private hosted zone"

SUPPORT_DISABLED = Cause(
    "dns.support-disabled",
    breaks="The VPC has no resolver, so no name at all is found there.",
    seen="ec2:DescribeVpcAttribute: enableDnsSupport is false, and DHCP hands out Amazon's servers.",
    fix="Turn enableDnsSupport on.",
    basis=Basis.DOCUMENTED,
    source=VPC_GUIDE,
)
HOSTNAMES_DISABLED = Cause(
    "dns.hostnames-disabled",
    breaks="The registry's name stands in a private zone, and the VPC does not use private zones.",
    seen="ec2:DescribeVpcAttribute: enableDnsHostnames is false; route53:ListHostedZonesByVPC: a zone covers the name.",
    fix="Turn enableDnsHostnames on; it is off in VPCs that were not made by default.",
    basis=Basis.DOCUMENTED,
    source=f"{VPC_GUIDE}; {ZONES_GUIDE}",
)
CUSTOM_SERVERS = Cause(
    "dns.dhcp-custom-servers",
    breaks="The VPC hands out name servers that are not Amazon's, and these know nothing of its private zones by"
    " themselves.",
    seen="ec2:DescribeVpcs and ec2:DescribeDhcpOptions: domain-name-servers is not AmazonProvidedDNS.",
    fix="Let those servers forward the registry's domain to the VPC's resolver, or hand out Amazon's.",
    basis=Basis.DOCUMENTED,
    source="Amazon VPC User Guide, DHCP option sets; Route 53 Developer Guide, VPC Resolver",
    certain=False,
)
ZONE_NOT_ASSOCIATED = Cause(
    "dns.zone-not-associated",
    breaks="A private zone knows the registry, but the model's VPC does not use that zone.",
    seen="route53:ListHostedZonesByVPC lacks a zone that route53:ListHostedZones shows; public DNS has no such name.",
    fix="Associate the zone with the VPC.",
    basis=Basis.DOCUMENTED,
    source=ZONES_GUIDE,
)
ZONE_SHADOWS = Cause(
    "dns.zone-shadows-public-name",
    breaks="A private zone of the VPC covers the registry's name without answering it, and the resolver then asks"
    " nobody else.",
    seen="route53:ListHostedZonesByVPC: a zone covers the name; route53:ListResourceRecordSets: no record answers it.",
    fix="Put the record into that zone.",
    basis=Basis.DOCUMENTED,
    source=ZONES_GUIDE,
)
MORE_SPECIFIC_WINS = Cause(
    "dns.more-specific-zone-wins",
    breaks="Two private zones of the VPC cover the registry's name: the record stands in the one that is not asked.",
    seen="route53:ListHostedZonesByVPC: several zones cover the name; only a shorter one has the record.",
    fix="Put the record into the zone with the longest matching name.",
    basis=Basis.DOCUMENTED,
    source=ZONES_GUIDE,
    certain=False,
)
SPLIT_HORIZON = Cause(
    "dns.split-horizon-public-address",
    breaks="The name gives a public address in the model's VPC, while a private zone elsewhere gives a private one: the"
    " pull leaves the VPC, where security group references no longer count.",
    seen="A live public answer; route53:ListHostedZones: a private zone that is not associated has the record.",
    fix="Associate the private zone with the VPC, or see that the public way is meant.",
    basis=Basis.DOCUMENTED,
    source="Amazon VPC User Guide, security group rules; Route 53 Developer Guide, split-view DNS",
    certain=False,
)
AAAA_ONLY = Cause(
    "dns.aaaa-only",
    breaks="The registry's name has IPv6 addresses only, which the model's network interfaces are not known to have.",
    seen="route53:ListResourceRecordSets or a live answer: AAAA and no A.",
    fix="Give the name an A record.",
    basis=Basis.DOCUMENTED,
    source="Amazon VPC User Guide, IP addressing; that SageMaker hosting uses IPv4 is an inference",
)
CNAME_TARGET = Cause(
    "dns.cname-target-unresolvable",
    breaks="The registry's record leads on to a name that has no address in the VPC.",
    seen="route53:ListResourceRecordSets: the CNAME or alias followed through the VPC's zones.",
    fix="Give the last name of the chain an address, or point the record elsewhere.",
    basis=Basis.INFERENCE,
    source="RFC 1034 section 3.6.2",
)
NOT_ANSWERED = Cause(
    "dns.name-not-answered",
    breaks="The resolver that the model's VPC uses gives no address for the registry's name.",
    seen="A lookup made inside the VPC.",
    fix="Publish the name where that resolver looks: a private zone of the VPC, a forwarded domain or public DNS.",
    basis=Basis.SPECIFICATION,
    source="RFC 1034 section 4.3",
)
ANSWERS_DIFFER = Cause(
    "dns.answers-differ",
    breaks="Two sources give different addresses for the registry, so that the way to one of them says little about the"
    " other.",
    seen="The addresses of Route 53's records, of a lookup inside the VPC and of --registry-address, compared.",
    fix="Find out which is right, and correct the other.",
    basis=Basis.INFERENCE,
    source="RFC 1034 section 4.3.2",
    severity=Severity.WARNING,
)

SEARCH_DOMAIN = Cause(
    "dns.search-domain-reliance",
    breaks="The registry's name is a single label, which only a search domain makes whole; the hosts that pull are not"
    " known to have yours.",
    seen="The host in Image has no dot, and no private zone of the VPC answers it.",
    fix="Write the registry's full name into Image.",
    basis=Basis.SPECIFICATION,
    source="RFC 1034 section 3.1; resolv.conf(5), search",
    certain=False,
)
NO_ZONES_OVER_TRANSIT = Cause(
    "dns.tgw-no-phz",
    breaks="The private zone that knows the registry is used by a VPC behind the same transit gateway, which carries"
    " packets between the VPCs and no zone.",
    seen="route53:GetHostedZone: the zone's VPCs; ec2:DescribeTransitGatewayVpcAttachments: one of these and the"
    " model's VPC are attached to one gateway; route53:ListHostedZonesByVPC lacks the zone.",
    fix="Associate the zone with the model's VPC too.",
    basis=Basis.DOCUMENTED,
    source=f"Amazon VPC Transit Gateways Guide, VPC attachments; {ZONES_GUIDE}",
)

CAUSES = (
    SUPPORT_DISABLED,
    HOSTNAMES_DISABLED,
    CUSTOM_SERVERS,
    ZONE_NOT_ASSOCIATED,
    ZONE_SHADOWS,
    MORE_SPECIFIC_WINS,
    SPLIT_HORIZON,
    AAAA_ONLY,
    CNAME_TARGET,
    NOT_ANSWERED,
    ANSWERS_DIFFER,
    SEARCH_DOMAIN,
    NO_ZONES_OVER_TRANSIT,
)
