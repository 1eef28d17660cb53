"""Faults in who a stack is, its network and its cluster, and how each is told."""

from typing import Any

HOSPITAL = {"name": "north", "customer_gateway_ip": "203.0.113.40"}

Fault = tuple[str, dict[str, Any], str, str]
"""Stack, what is changed, the setting that is wrong, a phrase of the message."""

PLATFORM_FAULTS: list[Fault] = [
    (
        "production",
        {"stack.recovery_region": "us-east-1"},
        "stack.recovery_region",
        "another region",
    ),
    ("dr", {"stack.primary_region": "us-west-2"}, "stack.primary_region", "another region"),
    (
        "bootstrap",
        {"stack.recovery_region": "us-east-1"},
        "stack.recovery_region",
        "another region",
    ),
    (
        "dr",
        {"stack.primary_stack": "production"},
        "stack.primary_stack",
        "organization/project/stack",
    ),
    (
        "dr",
        {"stack.primary_stack": "a/phoenix-infra/dr"},
        "stack.primary_stack",
        "the stack itself",
    ),
    ("production", {"stack.frameworks": ["hipaa"]}, "stack.frameworks", "add soc2"),
    (
        "production",
        {"cluster.access": {"admin_role_arns": ["arn:aws:iam::210987654321:role/admin"]}},
        "cluster.access.admin_role_arns[0]",
        "must be a role of account 481516234299",
    ),
    (
        "production",
        {
            "cluster.access": {
                "admin_role_arns": ["arn:aws:iam::481516234299:role/a"],
                "auditor_role_arns": ["arn:aws:iam::481516234299:role/a"],
            }
        },
        "cluster.access.auditor_role_arns[0]",
        "already stands in admin_role_arns",
    ),
    ("production", {"network.peer_cidrs": ["10.0.64.0/18"]}, "network.peer_cidrs[0]", "overlap"),
    ("production", {"cluster.service_cidr": "10.0.0.0/20"}, "cluster.service_cidr", "overlap"),
    (
        "production",
        {"hospitals.connections": [{**HOSPITAL, "cidr": "172.20.16.0/20"}]},
        "hospitals.connections[0].cidr",
        "translated_cidr to a free range, for instance 100.64.0.0/20",
    ),
    (
        "production",
        {
            "hospitals.connections.0.cidr": "192.168.0.0/20",
            "hospitals.connections.1.translated_cidr": None,
        },
        "hospitals.connections[1].cidr",
        "must not overlap phoenix:hospitals.connections[0].cidr",
    ),
    ("production", {"network.cidr": "10.0.0.0/20"}, "network.cidr", "a /16 to a /19"),
    ("production", {"network.cidr": "11.0.0.0/16"}, "network.cidr", "must lie in 10.0.0.0/8"),
    (
        "production",
        {"cluster.service_cidr": "172.20.0.0/25"},
        "cluster.service_cidr",
        "a /12 to a /24",
    ),
    (
        "production",
        {"network.availability_zones.1": "us-west-2a"},
        "network.availability_zones[1]",
        "must be a zone of us-east-1",
    ),
    (
        "production",
        {"network.availability_zones.1": "us-east-1a"},
        "network.availability_zones[1]",
        "each zone stands once",
    ),
    (
        "production",
        {"network.availability_zones": ["us-east-1a", "us-east-1b"]},
        "network.availability_zones",
        "at least 3 zones",
    ),
    ("production", {"network.nat": "single"}, "network.nat", "a NAT gateway in each zone"),
    (
        "production",
        {"hospitals.connections.1.name": "st-mary"},
        "hospitals.connections[1].name",
        "same",
    ),
    (
        "production",
        {"hospitals.connections.0.customer_gateway_ip": "203.0.113.400"},
        "hospitals.connections[0].customer_gateway_ip",
        "must be an IPv4 address",
    ),
    (
        "production",
        {"hospitals.connections.1.translated_cidr": "10.9.0.0/20"},
        "hospitals.connections[1].translated_cidr",
        "must lie in 100.64.0.0/10",
    ),
    (
        "production",
        {"hospitals.connections.1.translated_cidr": "100.64.16.0/24"},
        "hospitals.connections[1].translated_cidr",
        "must be a /20",
    ),
    (
        "production",
        {"cluster.kubernetes_version": "1.28"},
        "cluster.kubernetes_version",
        "calendar",
    ),
    (
        "production",
        {"cluster.kubernetes_version": "1.33"},
        "cluster.kubernetes_version",
        "left standard",
    ),
    (
        "production",
        {"cluster.kubernetes_version": "1.34"},
        "cluster.kubernetes_version",
        "in 11 days",
    ),
    (
        "production",
        {"cluster.general": {"instance_type": "t3.large"}},
        "cluster.general.instance_type",
        "is not known",
    ),
    (
        "production",
        {"cluster.gpu": {"instance_type": "c5.4xlarge"}},
        "cluster.gpu.instance_type",
        "has no GPU",
    ),
    (
        "production",
        {"cluster.general": {"instance_type": "g4dn.2xlarge"}},
        "cluster.general.instance_type",
        "tainted",
    ),
    (
        "production",
        {"cluster.general": {"instance_type": "c5.4xlarge", "maximum": 2}},
        "cluster.general",
        "minimum <= desired <= maximum",
    ),
    (
        "production",
        {"cluster.general": {"instance_type": "c5.4xlarge", "minimum": 1}},
        "cluster.general.minimum",
        "spread over 3 zones",
    ),
    (
        "production",
        {"workloads.scaling": {"transcription-service": {"minimum": 2, "maximum": 16}}},
        "cluster.gpu.maximum",
        "16 transcription-service and 3 soap-generator at their maximum need 19 GPUs, and the nodes have 8",
    ),
    ("onprem", {"platform.node_pools.1.count": 5}, "platform.node_pools", "need 6 GPUs"),
    (
        "production",
        {"cluster.administrator_session_cidrs": ["0.0.0.0/0"]},
        "cluster.administrator_session_cidrs[0]",
        "/16 or smaller",
    ),
]
