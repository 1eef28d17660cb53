"""Cases of the security group rules."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    Given,
    adding,
    alone,
    given,
    having,
    lacking,
    together,
)

_GROUP = "aws:ec2/securityGroup:SecurityGroup"
_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
_INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
_HTTPS: dict[str, Any] = {
    "description": "HTTPS from the load balancer",
    "protocol": "tcp",
    "fromPort": 443,
    "toPort": 443,
    "cidrBlocks": ["10.0.1.0/24"],
}
_APP = given("app", _GROUP, {"description": "Application pods", "ingress": [_HTTPS]})


def _ingress(**changes: object) -> Given:
    block: dict[str, Any] = {
        "description": "from clients",
        "securityGroupId": "sg-1",
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "10.0.1.0/24",
    }
    return given("rule", _INGRESS, {**block, **changes})


def _opened(port: int, **changes: object) -> dict[str, Any]:
    return {**_HTTPS, "fromPort": port, "toPort": port, "cidrBlocks": ["0.0.0.0/0"], **changes}


_UNKNOWN_RANGE = having("ingress.0", {**_HTTPS, "cidrBlocks": [UNKNOWN]})

CASES = [
    Cases(
        rule="sg-no-unrestricted-ingress",
        compliant=[_APP],
        passes={
            "of another group": alone(_ingress(cidrIpv4=None, referencedSecurityGroupId="sg-2"))
        },
        fails={
            "everybody": having("ingress.0.cidrBlocks", ["0.0.0.0/0"]),
            "everybody by IPv6": having("ingress.0.ipv6CidrBlocks", ["0:0::/0"]),
            "everybody and itself": having("ingress.0", _opened(443, self=True)),
            "a rule of its own": alone(_ingress(cidrIpv4=None, cidrIpv6="::/0")),
            "the older kind of rule": alone(
                given("old", _RULE, {"type": "ingress", **_opened(443)})
            ),
            "hidden behind an unknown one": having("ingress.0.cidrBlocks", [UNKNOWN, "0.0.0.0/0"]),
        },
        unknown={"range unknown": _UNKNOWN_RANGE, "rules unknown": having("ingress", UNKNOWN)},
    ),
    Cases(
        rule="sg-no-public-admin-ports",
        compliant=[_APP],
        passes={"another port": having("ingress.0", _opened(443))},
        fails={
            "SSH": having("ingress.0", _opened(22)),
            "kubelet": having("ingress.0", _opened(10250)),
            "inside a range": having("ingress.0", {**_opened(3000), "toPort": 4000}),
            "every port": having("ingress.0", {"protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}),
            "in two halves": having(
                "ingress.0", _opened(22, cidrBlocks=["0.0.0.0/1", "128.0.0.0/1"])
            ),
            "a rule of its own": alone(_ingress(fromPort=22, toPort=22, cidrIpv4="0.0.0.0/0")),
        },
        unknown={
            "range unknown": together(_UNKNOWN_RANGE, having("ingress.0.fromPort", 22)),
        },
    ),
    Cases(
        rule="sg-no-public-data-ports",
        compliant=[_APP],
        passes={"another port": having("ingress.0", _opened(443))},
        fails={
            "PostgreSQL": having("ingress.0", _opened(5432)),
            "Redis with TLS": having("ingress.0", _opened(6380)),
            "a rule of its own": alone(_ingress(fromPort=9092, toPort=9092, cidrIpv4="0.0.0.0/0")),
        },
        unknown={
            "range unknown": having("ingress.0", {**_opened(5432), "cidrBlocks": [UNKNOWN]}),
        },
    ),
    Cases(
        rule="sg-no-wide-public-cidr",
        compliant=[_APP],
        passes={
            "a partner's network": having("ingress.0.cidrBlocks", ["203.0.113.0/24"]),
            "a wide private network": having("ingress.0.cidrBlocks", ["10.0.0.0/8"]),
            "translated hospitals": having("ingress.0.cidrBlocks", ["100.64.0.0/10"]),
        },
        fails={
            "one half of the internet": having("ingress.0.cidrBlocks", ["0.0.0.0/1"]),
            "a provider's network": having("ingress.0.cidrBlocks", ["52.0.0.0/8"]),
            "a wide IPv6 network": having("ingress.0.ipv6CidrBlocks", ["2600::/16"]),
            "a rule of its own": alone(_ingress(cidrIpv4="128.0.0.0/1")),
        },
        unknown={"range unknown": _UNKNOWN_RANGE},
    ),
    Cases(
        rule="sg-no-all-protocol-ingress",
        compliant=[_APP],
        passes={
            "itself": having("ingress.0", {"protocol": "-1", "self": True}),
            "another group": alone(
                _ingress(
                    ipProtocol="-1",
                    fromPort=None,
                    toPort=None,
                    cidrIpv4=None,
                    referencedSecurityGroupId="sg-2",
                )
            ),
        },
        fails={
            "every protocol of a network": having(
                "ingress.0", {"protocol": "-1", "cidrBlocks": ["10.0.0.0/16"]}
            ),
            "every port": having("ingress.0", {**_HTTPS, "fromPort": 0, "toPort": 65535}),
            "itself and a network": having(
                "ingress.0", {"protocol": "-1", "self": True, "cidrBlocks": ["10.0.0.0/8"]}
            ),
        },
        unknown={"protocol unknown": having("ingress.0.protocol", UNKNOWN)},
    ),
    Cases(
        rule="sg-restrict-egress",
        compliant=[given("app", _GROUP, {"description": "Pods", "egress": [_HTTPS]})],
        fails={
            "everything, everywhere": having(
                "egress.0", {"protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}
            ),
            "a rule of its own": alone(
                given("out", _EGRESS, {"ipProtocol": "-1", "cidrIpv6": "::/0"})
            ),
        },
        unknown={
            "range unknown": having("egress.0", {"protocol": "-1", "cidrBlocks": [UNKNOWN]}),
        },
    ),
    Cases(
        rule="sg-has-description",
        compliant=[_APP],
        fails={
            "the group": lacking("description"),
            "a provider's default": having("description", "Managed by Pulumi"),
            "an inline rule": lacking("ingress.0.description"),
            "a rule of its own": alone(_ingress(description="")),
        },
        unknown={"unknown": having("description", UNKNOWN)},
    ),
    Cases(
        rule="sg-no-mixed-rule-management",
        compliant=[
            given("app", _GROUP, {"description": "Pods", "ingress": []}, outputs={"id": "sg-1"}),
            given(
                "rule", _INGRESS, {"securityGroupId": "sg-1"}, depends={"securityGroupId": ["app"]}
            ),
        ],
        passes={
            "inline only": alone(_APP),
            "another group's rule": adding(_ingress(securityGroupId="sg-9")),
        },
        fails={"both ways": having("ingress", [_HTTPS])},
        unknown={"inline rules unknown": having("ingress", UNKNOWN)},
    ),
]
