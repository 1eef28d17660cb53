"""Security groups: who may reach what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.network import (
    EGRESS_RULE,
    INGRESS_RULE,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    is_internet,
    is_private,
    is_within,
    network,
    security_rules,
    widely_open,
)
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, some, truth

HIPAA_1: Final = (
    "164.308(a)(3)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
    "164.312(e)(1)",
)
HIPAA_2: Final = ("164.308(a)(4)(ii)(A)", "164.312(a)(1)", "164.312(e)(1)")
HIPAA_3: Final = ("164.308(a)(8)",)

ADMINISTRATION_PORTS: Final = (22, 2379, 2380, 3389, 5985, 5986, 10250)
"""SSH, etcd, RDP, WinRM, kubelet."""
DATA_PORTS: Final = (
    20, 21, 23, 88, 389, 445, 636, 1433, 1434, 1521, 2483, 3306, 5432, 5601, 6379, 6380, 7000, 7001, 7199, 8888, 9042,
    9092, 9160, 9200, 9300, 11211, 27017, 27018,
)  # fmt: skip
WIDEST_PUBLIC_IPV4: Final = 16
WIDEST_PUBLIC_IPV6: Final = 32
STANDALONE: Final = (SECURITY_GROUP_RULE, INGRESS_RULE, EGRESS_RULE)
DEFAULT_DESCRIPTIONS: Final = ("Managed by Pulumi", "Managed by Terraform")


@rule(
    "sg-no-unrestricted-ingress",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Name the networks, a prefix list or a security group instead of everybody.",
    sources=(
        "cdk_nag:AwsSolutions-EC23",
        "config:VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_any_port",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_all_ports",
        "checkov:CKV_AWS_260",
        "checkov:CKV_AWS_277",
        "compliance_policies:aws-ec2-securitygroup-disallow-public-internet-ingress",
        "compliance_policies:aws-ec2-securitygroup-disallow-inbound-http-traffic",
    ),
)
def sg_no_unrestricted_ingress(group: Resource) -> Iterable[Clause]:
    """Security groups do not accept traffic from anywhere."""
    for permission in security_rules(group, "ingress"):
        everybody = some(cidr.satisfies(_zero_prefix) for cidr in permission.cidrs)
        yield (~everybody).otherwise(
            f"{permission.place} opens {permission.ports_shown} to everybody"
        )


def _zero_prefix(cidr: object) -> bool:
    one = network(cidr)
    return one is not None and one.prefixlen == 0


@rule(
    "sg-no-public-admin-ports",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.3", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Close the port; operators come through SSM Session Manager.",
    sources=(
        "cdk_nag:HIPAA.Security-EC2RestrictedSSH",
        "cdk_nag:HIPAA.Security-EC2RestrictedCommonPorts",
        "config:INCOMING_SSH_DISABLED",
        "config:RESTRICTED_INCOMING_TRAFFIC",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389",
        "prowler:ec2_instance_port_ssh_exposed_to_internet",
        "prowler:ec2_instance_port_rdp_exposed_to_internet",
        "checkov:CKV_AWS_24",
        "checkov:CKV_AWS_25",
    ),
)
def sg_no_public_admin_ports(group: Resource) -> Iterable[Clause]:
    """SSH, RDP, WinRM, kubelet and etcd are closed to the internet."""
    yield from _closed(group, ADMINISTRATION_PORTS)


@rule(
    "sg-no-public-data-ports",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Name the security group of the applications that use the store.",
    sources=(
        "cdk_nag:HIPAA.Security-EC2RestrictedCommonPorts",
        "config:RESTRICTED_INCOMING_TRAFFIC",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_postgres_5432",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mysql_3306",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_redis_6379",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_high_risk_tcp_ports",
        "prowler:ec2_instance_port_postgresql_exposed_to_internet",
        "prowler:ec2_instance_port_redis_exposed_to_internet",
        "prowler:ec2_instance_port_cassandra_exposed_to_internet",
        "prowler:ec2_instance_port_cifs_exposed_to_internet",
        "prowler:ec2_instance_port_elasticsearch_kibana_exposed_to_internet",
        "prowler:ec2_instance_port_ftp_exposed_to_internet",
        "prowler:ec2_instance_port_kafka_exposed_to_internet",
        "prowler:ec2_instance_port_kerberos_exposed_to_internet",
        "prowler:ec2_instance_port_ldap_exposed_to_internet",
        "prowler:ec2_instance_port_memcached_exposed_to_internet",
        "prowler:ec2_instance_port_mongodb_exposed_to_internet",
        "prowler:ec2_instance_port_mysql_exposed_to_internet",
        "prowler:ec2_instance_port_oracle_exposed_to_internet",
        "prowler:ec2_instance_port_sqlserver_exposed_to_internet",
        "prowler:ec2_instance_port_telnet_exposed_to_internet",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_cassandra_7199_9160_8888",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_elasticsearch_kibana_9200_9300_5601",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_ftp_20_21",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_kafka_9092",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_memcached_11211",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mongodb_27017_27018",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_oracle_1521_2483",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_sql_server_1433_1434",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_telnet_23",
    ),
)
def sg_no_public_data_ports(group: Resource) -> Iterable[Clause]:
    """Database, cache, queue and search ports are closed to the internet."""
    yield from _closed(group, DATA_PORTS)


def _closed(group: Resource, ports: tuple[int, ...]) -> Iterable[Clause]:
    for permission in security_rules(group, "ingress"):
        opened = some(permission.opens(port) for port in ports)
        yield (~(permission.from_internet & opened)).otherwise(
            f"{permission.place} opens {permission.ports_shown} to the internet"
        )


@rule(
    "sg-no-wide-public-cidr",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.HIGH,
    remedy="Name the public networks that need it, each a /16 or smaller.",
    sources=("prowler:ec2_securitygroup_allow_wide_open_public_ipv4",),
)
def sg_no_wide_public_cidr(group: Resource) -> Iterable[Clause]:
    """Split or very wide public ranges are treated as open."""
    permissions = security_rules(group, "ingress")
    for permission in permissions:
        for cidr in permission.cidrs:
            yield (~cidr.satisfies(_wide_and_public)).otherwise(
                f"{permission.place} admits {cidr.shown}, wider than any partner's network"
            )
    if len(permissions) > 1:
        yield (~widely_open(permissions)).otherwise("its rules together admit everybody")


def _wide_and_public(cidr: object) -> bool:
    one = network(cidr)
    if one is None or is_private(cidr) or is_within(cidr, "100.64.0.0/10"):
        return False
    return one.prefixlen < (WIDEST_PUBLIC_IPV4 if one.version == 4 else WIDEST_PUBLIC_IPV6)


@rule(
    "sg-no-all-protocol-ingress",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    hipaa=HIPAA_2,
    soc2=("CC6.6",),
    severity=Severity.HIGH,
    remedy="Name protocol and ports, or a source security group.",
    sources=(
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_all_ports",
        "checkov:CKV_AWS_277",
    ),
)
def sg_no_all_protocol_ingress(group: Resource) -> Iterable[Clause]:
    """No any-protocol ingress except from groups."""
    for permission in security_rules(group, "ingress"):
        named = truth(bool(permission.groups or permission.prefix_lists)) | permission.self.is_true
        by_range = truth(bool(permission.cidrs))
        yield (~permission.all_ports | (named & ~by_range)).otherwise(
            f"{permission.place} admits every protocol or port"
        )


@rule(
    "sg-restrict-egress",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    hipaa=HIPAA_2,
    soc2=("CC6.6",),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Name where the group's members connect to.",
    sources=("checkov:CKV_AWS_382",),
)
def sg_restrict_egress(group: Resource) -> Iterable[Clause]:
    """Groups do not allow unrestricted egress."""
    for permission in security_rules(group, "egress"):
        everywhere = some(cidr.satisfies(is_internet) for cidr in permission.cidrs)
        yield (~(permission.all_protocols & everywhere)).otherwise(
            f"{permission.place} lets everything out to everywhere"
        )


@rule(
    "sg-has-description",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    hipaa=HIPAA_3,
    soc2=("CC3.4", "CC8.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Write a description that says who uses it for what.",
    sources=(
        "cdk_nag:AwsSolutions-EC27",
        "checkov:CKV_AWS_23",
        "compliance_policies:aws-ec2-securitygroup-missing-description",
        "compliance_policies:aws-ec2-securitygroup-missing-ingress-rule-description",
        "compliance_policies:aws-ec2-securitygroup-missing-egress-rule-description",
    ),
)
def sg_has_description(group: Resource) -> Iterable[Clause]:
    """Groups and rules carry a purpose."""
    own = () if group.type in STANDALONE else (group["description"],)
    inline = [permission.description for permission in security_rules(group)]
    for description in (*own, *inline):
        stated = description.is_set & ~description.equals(*DEFAULT_DESCRIPTIONS)
        yield stated.otherwise(f"{description.path or 'description'} says nothing")


@stack_rule(
    "sg-no-mixed-rule-management",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    hipaa=HIPAA_3,
    soc2=("CC3.4", "CC8.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Write all rules of the group as aws.vpc.SecurityGroupIngressRule and SecurityGroupEgressRule.",
    sources=("awsguard:security-group-no-rule-management-conflicts",),
)
def sg_no_mixed_rule_management(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Inline and standalone rules are not mixed on one group."""
    for group in stack.of(SECURITY_GROUP):
        inline = group["ingress"].is_set | group["egress"].is_set
        apart = stack.referrers(group, STANDALONE, "securityGroupId").exists
        yield (
            group,
            (~(inline & apart)).otherwise(
                "has rules inline and rules of their own: each deployment removes the other's"
            ),
        )
