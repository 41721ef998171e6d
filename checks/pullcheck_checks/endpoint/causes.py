"""Why the Lambda name does not lead to the interface endpoint."""

from pullcheck.verdict import Basis, Cause, Severity

PRIVATELINK = "AWS PrivateLink Guide, access an AWS service using an interface endpoint"
API = "Amazon EC2 API Reference, VpcEndpoint"
ZONES_GUIDE = "Route 53 Developer Guide, considerations when using a private hosted zone"

WRONG_SERVICE = Cause(
    "vpce.wrong-service",
    breaks="The VPC's endpoint stands for a service that is named like the regional Lambda service but is not it, so"
    " the name that SageMaker calls passes it by.",
    seen="ec2:DescribeVpcEndpoints: ServiceName is another than the regional Lambda service's.",
    fix="Make an endpoint for the regional Lambda service.",
    basis=Basis.INFERENCE,
    source=PRIVATELINK,
)
STATE = Cause(
    "vpce.state-not-available",
    breaks="The Lambda endpoint exists but carries no traffic.",
    seen="ec2:DescribeVpcEndpoints: State is not available; LastError and FailureReason say why.",
    fix="Wait while it is pending; otherwise make it anew.",
    basis=Basis.API,
    source=API,
)
PRIVATE_DNS_OFF = Cause(
    "vpce.private-dns-off",
    breaks="The Lambda endpoint does not take over the service's own name, which goes on leading to public addresses.",
    seen="ec2:DescribeVpcEndpoints: PrivateDnsEnabled is false; no private zone of the VPC has the name.",
    fix="Turn private DNS on.",
    basis=Basis.DOCUMENTED,
    source=PRIVATELINK,
)
PRIVATE_DNS_BLOCKED = Cause(
    "vpce.private-dns-blocked",
    breaks="The endpoint's private DNS has no effect while the VPC's DNS attributes are not both on.",
    seen="ec2:DescribeVpcAttribute: enableDnsSupport or enableDnsHostnames is false.",
    fix="Turn both attributes on.",
    basis=Basis.DOCUMENTED,
    source=f"{PRIVATELINK}; Amazon VPC User Guide, DNS attributes for your VPC",
)
IP_TYPE = Cause(
    "vpce.ip-type",
    breaks="The endpoint's name has IPv6 addresses only, which the model's network interfaces are not known to have.",
    seen="ec2:DescribeVpcEndpoints: IpAddressType or DnsOptions.DnsRecordIpType is ipv6.",
    fix="Give it the type ipv4 or dualstack.",
    basis=Basis.API,
    source=API,
)
INBOUND_ONLY = Cause(
    "vpce.inbound-resolver-only-dns",
    breaks="The endpoint takes over the name for queries from other networks only, not for those from the VPC itself.",
    seen="ec2:DescribeVpcEndpoints: DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint is true.",
    fix="Turn that option off.",
    basis=Basis.API,
    source=API,
    certain=False,
)
ZONE_HIJACKS = Cause(
    "dns.zone-hijacks-aws-names",
    breaks="A private zone of the VPC covers the Lambda name without answering it, and the resolver then asks nobody"
    " else.",
    seen="route53:ListHostedZonesByVPC: a zone covers the name; route53:ListResourceRecordSets: no record answers it.",
    fix="Let the endpoint take over the name, put the record into the zone, or narrow the zone.",
    basis=Basis.DOCUMENTED,
    source=ZONES_GUIDE,
)
NOT_MAPPED = Cause(
    "dns.lambda-name-not-mapped",
    breaks="The VPC asks name servers that are not Amazon's, and these do not lead the Lambda name to the endpoint.",
    seen="ec2:DescribeDhcpOptions: other domain-name-servers; a lookup inside gives no address of the endpoint.",
    fix="Map the name on those servers to the endpoint's regional DNS name, or forward it to the VPC's resolver.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, private Docker registry for real-time inference: DNS for the Lambda endpoint",
)
RULE_HIJACKS = Cause(
    "dns.resolver-rule-hijack",
    breaks="A Resolver rule sends the Lambda name to other name servers, which may not know the endpoint.",
    seen="route53resolver:ListResolverRuleAssociations and ListResolverRules: a FORWARD rule covers the name.",
    fix="Add a SYSTEM rule for the service's name, so that the VPC's resolver answers it.",
    basis=Basis.DOCUMENTED,
    source="Route 53 Developer Guide, VPC Resolver rules",
    certain=False,
)
ANSWER_DIFFERS = Cause(
    "vpce.answer-differs",
    breaks="A lookup inside the VPC gives other addresses for the Lambda name than the endpoint's.",
    seen="A lookup made inside the VPC, compared with the endpoint's network interfaces.",
    fix="See which resolver answers there, and what it forwards.",
    basis=Basis.INFERENCE,
    source=PRIVATELINK,
    severity=Severity.WARNING,
)

CENTRAL_ZONE_MISSING = Cause(
    "dns.central-endpoint-zone-missing",
    breaks="The endpoint for Lambda stands in another VPC, and the private zone that leads the Lambda name to it is not"
    " associated with the model's.",
    seen="ec2:DescribeVpcEndpoints: no endpoint in the VPC, one in another; route53:ListHostedZones: a zone with the"
    " name, which ListHostedZonesByVPC lacks.",
    fix="Associate that zone with the model's VPC.",
    basis=Basis.DOCUMENTED,
    source=f"{PRIVATELINK}; {ZONES_GUIDE}",
)
OTHER_NAME_MAPPED = Cause(
    "vpce.fips-or-dualstack-name",
    breaks="A private zone maps the FIPS or the dual-stack name of Lambda, and SageMaker calls the standard name.",
    seen="route53:ListHostedZonesByVPC: a zone for lambda-fips or lambda.*.api.aws, and none for the standard name.",
    fix="Map the standard name too.",
    basis=Basis.INFERENCE,
    source=f"{PRIVATELINK}; AWS General Reference, Lambda endpoints",
    severity=Severity.WARNING,
)

CAUSES = (
    WRONG_SERVICE,
    STATE,
    PRIVATE_DNS_OFF,
    PRIVATE_DNS_BLOCKED,
    IP_TYPE,
    INBOUND_ONLY,
    ZONE_HIJACKS,
    NOT_MAPPED,
    RULE_HIJACKS,
    ANSWER_DIFFERS,
    CENTRAL_ZONE_MISSING,
    OTHER_NAME_MAPPED,
)
