"""What Reachability Analyzer needs of who asks it: beside its own calls, it reads the account with the caller's rights.

Source: VPC Reachability Analyzer guide, required API permissions; the reads of the managed policy
AmazonVPCReachabilityAnalyzerFullAccessPolicy.
"""

_READS = {
    "directconnect": "DescribeConnections DescribeDirectConnectGatewayAssociations DescribeDirectConnectGateways"
    " DescribeDirectConnectGatewayAttachments DescribeVirtualGateways DescribeVirtualInterfaces",
    "ec2": "DescribeAddresses DescribeAvailabilityZones DescribeCustomerGateways DescribeInstances"
    " DescribeInternetGateways DescribeManagedPrefixLists DescribeNatGateways DescribeNetworkAcls"
    " DescribeNetworkInsightsPaths DescribeNetworkInterfaces DescribePrefixLists DescribeRegions DescribeRouteTables"
    " DescribeSecurityGroups DescribeSubnets DescribeTransitGatewayAttachments DescribeTransitGatewayConnects"
    " DescribeTransitGatewayPeeringAttachments DescribeTransitGatewayPolicyTables DescribeTransitGatewayRouteTables"
    " DescribeTransitGatewayVpcAttachments DescribeTransitGateways DescribeVpcEndpointServiceConfigurations"
    " DescribeVpcEndpoints DescribeVpcPeeringConnections DescribeVpcs DescribeVpnConnections DescribeVpnGateways"
    " GetManagedPrefixListEntries GetTransitGatewayPolicyTableAssociations GetTransitGatewayPolicyTableEntries"
    " GetTransitGatewayRouteTablePropagations SearchTransitGatewayRoutes",
    "elasticloadbalancing": "DescribeListeners DescribeLoadBalancerAttributes DescribeLoadBalancers DescribeRules"
    " DescribeTags DescribeTargetGroupAttributes DescribeTargetGroups DescribeTargetHealth",
    "globalaccelerator": "ListAccelerators ListCustomRoutingAccelerators ListCustomRoutingEndpointGroups"
    " ListCustomRoutingListeners ListCustomRoutingPortMappings ListEndpointGroups ListListeners",
    "network-firewall": "DescribeFirewall DescribeFirewallMetadata DescribeFirewallPolicy DescribeResourcePolicy"
    " DescribeRuleGroup ListFirewallPolicies ListFirewalls ListRuleGroups",
}

ACTIONS = (
    "ec2:CreateNetworkInsightsPath",
    "ec2:CreateTags",
    "ec2:StartNetworkInsightsAnalysis",
    "ec2:DescribeNetworkInsightsAnalyses",
    "ec2:DeleteNetworkInsightsAnalysis",
    "ec2:DeleteNetworkInsightsPath",
    "tiros:CreateQuery",
    "tiros:GetQueryAnswer",
    "tiros:GetQueryExplanation",
    *(f"{service}:{name}" for service, names in _READS.items() for name in names.split()),
)
"""Every action, pullcheck's own calls first."""
