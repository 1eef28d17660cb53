"""The network side of data stores: who may reach a database or a cache."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Severity
from phoenix_policies.predicates.network import (
    INGRESS_RULE,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    SecurityRule,
    is_within,
    network,
    security_rules,
)
from phoenix_policies.resource import Resource
from phoenix_policies.rule import stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, some, truth

STORES: Final = {
    "aws:rds/cluster:Cluster": "vpcSecurityGroupIds",
    "aws:rds/instance:Instance": "vpcSecurityGroupIds",
    "aws:elasticache/replicationGroup:ReplicationGroup": "securityGroupIds",
}
WIDEST_INTERNAL: Final = 24
"""The data tier may name a subnet, not a network."""
INTERNAL: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


@stack_rule(
    "data-tier-ingress-from-groups-only",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    hipaa=("164.308(a)(4)(ii)(A)", "164.312(a)(1)", "164.312(e)(1)"),
    soc2=("CC6.6",),
    severity=Severity.HIGH,
    remedy="Name the application's security group as source, or a subnet of at most /24.",
    sources=("cdk_nag:AwsSolutions-RDS8",),
)
def data_tier_ingress_from_groups_only(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Database and cache groups only accept application groups."""
    for group in stack.of(SECURITY_GROUP):
        guards = some(
            stack.refers(store, group, key)
            for type_, key in STORES.items()
            for store in stack.of(type_)
        )
        if guards.value is False:
            continue
        permissions = [(truth(True), one) for one in security_rules(group, "ingress")]
        for apart in stack.of(SECURITY_GROUP_RULE, INGRESS_RULE):
            belongs = stack.refers(apart, group, "securityGroupId")
            permissions += [(belongs, one) for one in security_rules(apart, "ingress")]
        for belongs, permission in permissions:
            yield (
                group,
                (~(guards & belongs) | _from_application(permission)).otherwise(
                    f"{permission.place} of {permission.owner.name} admits whole networks to a data store"
                ),
            )


def _from_application(permission: SecurityRule) -> Truth:
    narrow = truth(True)
    for cidr in permission.cidrs:
        narrow = narrow & cidr.satisfies(_internal_subnet)
    return narrow


def _internal_subnet(cidr: object) -> bool:
    one = network(cidr)
    if one is None or one.version != 4:
        return False
    return one.prefixlen >= WIDEST_INTERNAL and any(is_within(cidr, own) for own in INTERNAL)
