"""Subnets, their routes to the internet, and the lists that guard them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.network import is_internet
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, some, truth
from phoenix_policies.values import Value

HIPAA_1: Final = (
    "164.308(a)(3)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
    "164.312(e)(1)",
)
HIPAA_2: Final = ("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)")
HIPAA_3: Final = ("164.308(a)(4)(ii)(A)", "164.312(a)(1)", "164.312(e)(1)")

VPC: Final = "aws:ec2/vpc:Vpc"
SUBNET: Final = "aws:ec2/subnet:Subnet"
ROUTE: Final = "aws:ec2/route:Route"
ROUTE_TABLE: Final = "aws:ec2/routeTable:RouteTable"
ASSOCIATION: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
INTERNET_GATEWAY: Final = "aws:ec2/internetGateway:InternetGateway"
NAT_GATEWAY: Final = "aws:ec2/natGateway:NatGateway"
SUBNET_USERS: Final = (
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:elasticache/subnetGroup:SubnetGroup",
    "aws:eks/nodeGroup:NodeGroup",
)
MINIMUM_ZONES: Final = 3
"""Production runs in three (A6)."""
ADMINISTRATION_PORTS: Final = (20, 21, 22, 3389)


@rule(
    "subnet-no-auto-public-ip",
    "aws:ec2/subnet:Subnet",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.HIGH,
    remedy="Leave map_public_ip_on_launch out, or set it to False.",
    sources=(
        "cdk_nag:HIPAA.Security-VPCSubnetAutoAssignPublicIpDisabled",
        "config:SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED",
        "prowler:vpc_subnet_no_public_ip_by_default",
        "checkov:CKV_AWS_130",
    ),
)
def subnet_no_auto_public_ip(subnet: Resource) -> Iterable[Clause]:
    """Subnets do not hand out public addresses."""
    for key in ("mapPublicIpOnLaunch", "mapCustomerOwnedIpOnLaunch"):
        yield (~subnet[key].is_true).otherwise("gives each instance a public address")


@stack_rule(
    "vpc-multi-az-subnets",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    hipaa=HIPAA_2,
    soc2=("A1.2",),
    severity=Severity.HIGH,
    remedy="Spread the subnets over three availability zones.",
    sources=("prowler:vpc_subnet_different_az", "prowler:vpc_subnet_separate_private_public"),
)
def vpc_multi_az_subnets(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """VPC spans several availability zones."""
    for vpc in stack.of(VPC):
        subnets = stack.referrers(vpc, SUBNET, "vpcId")
        zones = [_zone(subnet) for subnet in subnets]
        if zones:
            enough = _distinct(zones, MINIMUM_ZONES, may_be_more=bool(subnets.maybe))
            yield vpc, enough.otherwise(f"its subnets lie in fewer than {MINIMUM_ZONES} zones")


def _zone(subnet: Resource) -> Value:
    by_id = subnet["availabilityZoneId"]
    return subnet["availabilityZone"] if by_id.is_missing else by_id


def _distinct(values: list[Value], wanted: int, *, may_be_more: bool) -> Truth:
    """Whether there are that many different values; each unknown one may be another."""
    known = {value.text for value in values if value.text}
    if len(known) >= wanted:
        return truth(True)
    undecided = [value.path for value in values if value.is_unknown]
    if may_be_more or len(known) + len(undecided) >= wanted:
        return Truth(None, tuple(undecided) or ("vpcId",))
    return truth(False)


@stack_rule(
    "data-subnets-have-no-internet-route",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/route:Route",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:elasticache/subnetGroup:SubnetGroup",
    "aws:eks/nodeGroup:NodeGroup",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Place data stores and nodes in subnets whose route tables lead to NAT gateways or nowhere.",
    sources=(
        "cdk_nag:HIPAA.Security-VPCNoUnrestrictedRouteToIGW",
        "prowler:elasticache_cluster_uses_public_subnet",
        "prowler:eks_cluster_private_nodes_enabled",
        "prowler:rds_instance_inside_vpc",
    ),
)
def data_subnets_have_no_internet_route(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Subnets of data stores and nodes are private."""
    for user in stack.of(*SUBNET_USERS):
        for subnet in stack.referents(user, SUBNET, "subnetIds"):
            yield (
                user,
                (~_is_public(stack, subnet)).otherwise(
                    f"{subnet.name} has a route to the internet gateway"
                ),
            )
            yield (
                user,
                (~subnet["mapPublicIpOnLaunch"].is_true).otherwise(
                    f"{subnet.name} gives out public addresses"
                ),
            )


def _is_public(stack: Stack, subnet: Resource) -> Truth:
    """Whether a route table of the subnet leads to an internet gateway."""
    return some(
        stack.refers(association, subnet, "subnetId")
        & stack.refers(association, table, "routeTableId")
        & _leads_outside(stack, table)
        for association in stack.of(ASSOCIATION)
        for table in stack.of(ROUTE_TABLE)
    )


def _leads_outside(stack: Stack, table: Resource) -> Truth:
    routes = some(
        stack.refers(route, table, "routeTableId") & _to_internet_gateway(stack, route)
        for route in stack.of(ROUTE)
    )
    inline = some(
        _everywhere(block["cidrBlock"], block["ipv6CidrBlock"])
        & block["gatewayId"].matches("^igw-")
        for block in table["routes"].each()
    )
    return routes | inline


def _to_internet_gateway(stack: Stack, route: Resource) -> Truth:
    gateway = stack.referents(route, INTERNET_GATEWAY, "gatewayId").exists
    literal = route["gatewayId"].matches("^igw-")
    everywhere = _everywhere(route["destinationCidrBlock"], route["destinationIpv6CidrBlock"])
    return everywhere & (gateway if route["gatewayId"].is_unknown else gateway | literal)


def _everywhere(*destinations: Value) -> Truth:
    return some(destination.satisfies(is_internet) for destination in destinations)


@stack_rule(
    "nat-gateway-per-az",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/route:Route",
    hipaa=HIPAA_2,
    soc2=("A1.2",),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add an aws.ec2.NatGateway in a public subnet of each zone.",
)
def nat_gateway_per_az(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Each zone has its own NAT gateway."""
    for vpc in stack.of(VPC):
        subnets = list(stack.referrers(vpc, SUBNET, "vpcId"))
        gateways = [
            gateway
            for gateway in stack.of(NAT_GATEWAY)
            if any(stack.refers(gateway, s, "subnetId").value is True for s in subnets)
        ]
        if not gateways:
            continue
        if any(gateway["availabilityMode"].text == "regional" for gateway in gateways):
            continue
        zones = [_zone(s) for s in subnets if _is_public(stack, s).value is not True]
        more = _distinct(zones, len(gateways) + 1, may_be_more=False)
        yield (
            vpc,
            (~more).otherwise(f"{len(gateways)} NAT gateways serve private subnets of more zones"),
        )


@stack_rule(
    "route-no-unrestricted-igw",
    "aws:ec2/route:Route",
    "aws:ec2/routeTable:RouteTable",
    hipaa=HIPAA_3,
    soc2=("CC6.6",),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Tag the route table Tier=public when its subnets hold load balancers and NAT gateways only; else remove the route.",
    sources=(
        "cdk_nag:HIPAA.Security-VPCNoUnrestrictedRouteToIGW",
        "config:NO_UNRESTRICTED_ROUTE_TO_IGW",
        "checkov:CKV2_AWS_35",
    ),
)
def route_no_unrestricted_igw(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Default routes to an internet gateway exist only on declared public tables."""
    for route in stack.of(ROUTE):
        outside = _to_internet_gateway(stack, route)
        declared = some(
            stack.refers(route, table, "routeTableId") & _declared_public(table)
            for table in stack.of(ROUTE_TABLE)
        )
        yield (
            route,
            (~outside | declared).otherwise(
                "leads a table to the internet that is not tagged public"
            ),
        )
    for table in stack.of(ROUTE_TABLE):
        for block in table["routes"].each():
            outside = _everywhere(block["cidrBlock"], block["ipv6CidrBlock"]) & block[
                "gatewayId"
            ].matches("^igw-")
            yield (
                table,
                (~outside | _declared_public(table)).otherwise(
                    f"{block.path} leads to the internet and the table is not tagged public"
                ),
            )


def _declared_public(table: Resource) -> Truth:
    tags = table["tags"]
    return some(tags[key].matches("(?i)public") for key in ("Tier", "tier", "Name"))


@rule(
    "nacl-no-unrestricted-admin-ingress",
    "aws:ec2/networkAcl:NetworkAcl",
    "aws:ec2/networkAclRule:NetworkAclRule",
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
    hipaa=HIPAA_3,
    soc2=("CC6.6",),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Name the networks of administrators, or leave the port to security groups alone.",
    sources=(
        "config:NACL_NO_UNRESTRICTED_SSH_RDP",
        "prowler:ec2_networkacl_allow_ingress_any_port",
        "prowler:ec2_networkacl_allow_ingress_tcp_port_22",
        "prowler:ec2_networkacl_allow_ingress_tcp_port_3389",
        "checkov:CKV_AWS_229",
        "checkov:CKV_AWS_230",
        "checkov:CKV_AWS_231",
        "checkov:CKV_AWS_232",
        "checkov:CKV_AWS_352",
    ),
)
def nacl_no_unrestricted_admin_ingress(acl: Resource) -> Iterable[Clause]:
    """Network ACLs do not open administration ports to everybody."""
    if acl.type.endswith(":NetworkAclRule"):
        entries = [acl.props]
        incoming = ~acl["egress"].is_true
        action = "ruleAction"
    else:
        entries = acl["ingress"].each()
        incoming = truth(True)
        action = "action"
    for entry in entries:
        everybody = _everywhere(entry["cidrBlock"], entry["ipv6CidrBlock"])
        allows = entry[action].equals("allow", "ALLOW")
        every_port = entry["protocol"].equals("-1", "all", -1, -1.0)
        admin = some(
            entry["fromPort"].at_most(port) & entry["toPort"].at_least(port)
            for port in ADMINISTRATION_PORTS
        )
        yield (~(incoming & allows & everybody & (every_port | admin))).otherwise(
            f"{entry.path or 'the rule'} lets everybody reach administration ports"
        )
