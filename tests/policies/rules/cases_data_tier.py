"""Cases of the rule about who reaches data stores."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    adding,
    depending,
    given,
    having,
    lacking,
    of_type,
    together,
)

_INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_POSTGRES: dict[str, Any] = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432}
_GROUP = given(
    "database",
    "aws:ec2/securityGroup:SecurityGroup",
    {"ingress": [{**_POSTGRES, "securityGroups": ["sg-app"]}]},
    outputs={"id": "sg-db"},
)
_CLUSTER = given(
    "cluster",
    "aws:rds/cluster:Cluster",
    {"vpcSecurityGroupIds": ["sg-db"]},
    depends={"vpcSecurityGroupIds": ["database"]},
)


def _apart(**source: object) -> Any:
    return adding(
        given(
            "apart",
            _INGRESS,
            {
                "securityGroupId": "sg-db",
                "ipProtocol": "tcp",
                "fromPort": 5432,
                "toPort": 5432,
                **source,
            },
            depends={"securityGroupId": ["database"]},
        )
    )


CASES = [
    Cases(
        rule="data-tier-ingress-from-groups-only",
        compliant=[_GROUP, _CLUSTER],
        passes={
            "a small subnet": having("ingress.0.cidrBlocks", ["10.0.1.0/24"]),
            "a rule of its own for a group": _apart(referencedSecurityGroupId="sg-app"),
            "no store uses the group": together(
                having("ingress.0.cidrBlocks", ["10.0.0.0/8"]),
                having("vpcSecurityGroupIds", ["sg-other"], on="cluster"),
                depending("vpcSecurityGroupIds", on="cluster"),
                # another group, so that something is judged
                adding(
                    given("other", _GROUP.type, {"ingress": []}, outputs={"id": "sg-other"}),
                ),
            ),
        },
        fails={
            "the whole VPC": having("ingress.0.cidrBlocks", ["10.0.0.0/16"]),
            "a public address": having("ingress.0.cidrBlocks", ["203.0.113.7/32"]),
            "everybody": having("ingress.0.cidrBlocks", ["0.0.0.0/0"]),
            "a rule of its own": _apart(cidrIpv4="10.0.0.0/8"),
            "a cache's group": together(
                having("ingress.0.cidrBlocks", ["10.0.0.0/16"]),
                of_type("aws:elasticache/replicationGroup:ReplicationGroup", on="cluster"),
                lacking("vpcSecurityGroupIds", on="cluster"),
                having("securityGroupIds", ["sg-db"], on="cluster"),
                depending("securityGroupIds", "database", on="cluster"),
            ),
        },
        unknown={
            "range unknown": having("ingress.0.cidrBlocks", [UNKNOWN]),
            "rules unknown": having("ingress", UNKNOWN),
        },
    ),
]
