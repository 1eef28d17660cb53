"""Cases of the rules about subnets and their routes."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    Given,
    adding,
    depending,
    given,
    having,
    lacking,
    of_type,
    together,
    without,
)

_SUBNET = "aws:ec2/subnet:Subnet"
_ROUTE = "aws:ec2/route:Route"
_TABLE = "aws:ec2/routeTable:RouteTable"
_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_ACL = "aws:ec2/networkAcl:NetworkAcl"
_VPC = given("main", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, outputs={"id": "vpc-1"})
_GATEWAY = given("igw", "aws:ec2/internetGateway:InternetGateway", {}, outputs={"id": "igw-1"})


def _subnet(name: str, zone: object) -> Given:
    return given(
        name,
        _SUBNET,
        {"vpcId": "vpc-1", "availabilityZone": zone},
        outputs={"id": f"subnet-{name}"},
        depends={"vpcId": ["main"]},
    )


def _table(name: str, tags: dict[str, str]) -> Given:
    return given(name, _TABLE, {"tags": tags}, outputs={"id": f"rtb-{name}"})


def _association(name: str, subnet: str, table: str) -> Given:
    return given(
        name,
        _ASSOCIATION,
        {"subnetId": f"subnet-{subnet}", "routeTableId": f"rtb-{table}"},
        depends={"subnetId": [subnet], "routeTableId": [table]},
    )


def _route(name: str, table: str, target: dict[str, Any], **depends: list[str]) -> Given:
    return given(
        name,
        _ROUTE,
        {"routeTableId": f"rtb-{table}", "destinationCidrBlock": "0.0.0.0/0", **target},
        depends={"routeTableId": [table], **depends},
    )


_OUT = _route("out", "public", {"gatewayId": "igw-1"}, gatewayId=["igw"])
_NAT_ROUTE = _route("nat-a", "private", {"natGatewayId": "nat-1"}, natGatewayId=["nat"])
_STORES = given(
    "stores",
    "aws:rds/subnetGroup:SubnetGroup",
    {"subnetIds": ["subnet-data"]},
    depends={"subnetIds": ["data"]},
)


def _nat(name: str, subnet: str) -> Given:
    return given(
        name,
        "aws:ec2/natGateway:NatGateway",
        {"subnetId": f"subnet-{subnet}"},
        depends={"subnetId": [subnet]},
    )


CASES = [
    Cases(
        rule="subnet-no-auto-public-ip",
        compliant=[given("a", _SUBNET, {"mapPublicIpOnLaunch": False})],
        passes={"nothing said": lacking("mapPublicIpOnLaunch")},
        fails={
            "public addresses": having("mapPublicIpOnLaunch", True),
            "customer owned addresses": having("mapCustomerOwnedIpOnLaunch", True),
        },
        unknown={"unknown": having("mapPublicIpOnLaunch", UNKNOWN)},
    ),
    Cases(
        rule="vpc-multi-az-subnets",
        compliant=[
            _VPC,
            _subnet("a", "us-east-1a"),
            _subnet("b", "us-east-1b"),
            _subnet("c", "us-east-1c"),
        ],
        passes={"a second subnet in a zone": adding(_subnet("a2", "us-east-1a"))},
        fails={
            "two zones": without("c"),
            "three subnets, two zones": having("availabilityZone", "us-east-1b", on="c"),
        },
        unknown={
            "a zone unknown": having("availabilityZone", UNKNOWN, on="c"),
            "whose subnet is unknown": together(
                having("vpcId", UNKNOWN, on="c"), depending("vpcId", on="c")
            ),
        },
    ),
    Cases(
        rule="data-subnets-have-no-internet-route",
        compliant=[
            _STORES,
            _subnet("data", "us-east-1a"),
            _subnet("public", "us-east-1a"),
            _table("private", {}),
            _table("public", {"Tier": "public"}),
            _association("of-data", "data", "private"),
            _association("of-public", "public", "public"),
            _GATEWAY,
            _OUT,
            _NAT_ROUTE,
        ],
        passes={
            "no table at all": without("of-data"),
            "a narrow route through the gateway": together(
                having("routeTableId", "rtb-private", on="out"),
                depending("routeTableId", "private", on="out"),
                having("destinationCidrBlock", "192.0.2.0/24", on="out"),
            ),
        },
        fails={
            "a route to the internet": together(
                having("routeTableId", "rtb-private", on="out"),
                depending("routeTableId", "private", on="out"),
            ),
            "a route for IPv6": together(
                having("routeTableId", "rtb-private", on="out"),
                depending("routeTableId", "private", on="out"),
                lacking("destinationCidrBlock", on="out"),
                having("destinationIpv6CidrBlock", "::/0", on="out"),
            ),
            "the public table": together(
                having("routeTableId", "rtb-public", on="of-data"),
                depending("routeTableId", "public", on="of-data"),
            ),
            "a route inside the table": having(
                "routes", [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}], on="private"
            ),
            "public addresses": having("mapPublicIpOnLaunch", True, on="data"),
            "nodes among load balancers": together(
                of_type("aws:eks/nodeGroup:NodeGroup"),
                having("subnetIds", ["subnet-public"]),
                depending("subnetIds", "public"),
            ),
        },
        unknown={
            "where a route leads is unknown": together(
                having("destinationCidrBlock", UNKNOWN, on="out"),
                having("routeTableId", "rtb-private", on="out"),
                depending("routeTableId", "private", on="out"),
            ),
            "public addresses unknown": having("mapPublicIpOnLaunch", UNKNOWN, on="data"),
        },
    ),
    Cases(
        rule="nat-gateway-per-az",
        compliant=[
            _VPC,
            _subnet("a", "us-east-1a"),
            _subnet("b", "us-east-1b"),
            _nat("nat-a", "a"),
            _nat("nat-b", "b"),
        ],
        passes={
            "one for all zones by AWS": together(
                without("nat-b"), having("availabilityMode", "regional", on="nat-a")
            )
        },
        fails={
            "one gateway for two zones": without("nat-b"),
            "a third zone": adding(_subnet("c", "us-east-1c")),
        },
        unknown={"a zone unknown": adding(_subnet("c", UNKNOWN))},
    ),
    Cases(
        rule="route-no-unrestricted-igw",
        compliant=[_OUT, _table("public", {"Tier": "public"}), _GATEWAY],
        passes={
            "named public": having("tags", {"Name": "phoenix-public-a"}, on="public"),
            "a private table to NAT": adding(_NAT_ROUTE, _table("private", {})),
        },
        fails={
            "an ordinary table": having("tags", {}, on="public"),
            "by a literal id": together(
                having("tags", {}, on="public"), depending("gatewayId"), without("igw")
            ),
            "inside the table": together(
                without("out"),
                having("tags", {}, on="public"),
                having("routes", [{"ipv6CidrBlock": "::/0", "gatewayId": "igw-1"}], on="public"),
            ),
        },
        unknown={
            "tags unknown": having("tags", UNKNOWN, on="public"),
            "destination unknown": together(
                having("tags", {}, on="public"), having("destinationCidrBlock", UNKNOWN)
            ),
        },
    ),
    Cases(
        rule="nacl-no-unrestricted-admin-ingress",
        compliant=[
            given(
                "acl",
                _ACL,
                {
                    "ingress": [
                        {
                            "action": "allow",
                            "protocol": "tcp",
                            "fromPort": 443,
                            "toPort": 443,
                            "cidrBlock": "0.0.0.0/0",
                        }
                    ]
                },
            )
        ],
        passes={
            "a denial": having(
                "ingress.0", {"action": "deny", "protocol": "-1", "cidrBlock": "0.0.0.0/0"}
            ),
            "administrators' network": together(
                having("ingress.0.fromPort", 22), having("ingress.0.cidrBlock", "10.0.0.0/16")
            ),
        },
        fails={
            "SSH": having("ingress.0.fromPort", 22),
            "everything": having("ingress.0.protocol", "-1"),
            "by IPv6": having(
                "ingress.0",
                {
                    "action": "allow",
                    "protocol": "tcp",
                    "fromPort": 3000,
                    "toPort": 4000,
                    "ipv6CidrBlock": "::/0",
                },
            ),
            "a rule of its own": together(
                of_type("aws:ec2/networkAclRule:NetworkAclRule"),
                having("ruleAction", "allow"),
                having("protocol", "tcp"),
                having("fromPort", 22),
                having("toPort", 22),
                having("cidrBlock", "0.0.0.0/0"),
            ),
        },
        unknown={
            "range unknown": together(
                having("ingress.0.cidrBlock", UNKNOWN), having("ingress.0.protocol", "-1")
            )
        },
    ),
]
