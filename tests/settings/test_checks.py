"""Each check across settings accepts the real stacks and refuses a stack bent for it."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from phoenix_infra.settings.checks import CHECKS
from phoenix_infra.settings.checks.subject import Subject
from phoenix_infra.settings.loader import judge
from phoenix_infra.settings.problem import Problem
from phoenix_infra.settings.validation import validate_sections

Bend = Callable[[str, Mapping[str, Any]], dict[str, str]]
HOSPITAL = {"name": "north", "customer_gateway_ip": "203.0.113.40"}
EXCEPTION = {
    "listener": "alb",
    "minimum_tls_version": "TLSv1.2",
    "reason": "an EHR gateway",
    "owner": "integration",
    "expires": "2027-01-31",
}
CNPG = {"backend": "cnpg", "image_digest": "sha256:" + "0123456789abcdef" * 4}

# stack, what is changed, the setting that is wrong, a phrase of the message
FAULTS: list[tuple[str, dict[str, Any], str, str]] = [
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
    ("production", {"database": CNPG}, "database.backend", "write aurora-global"),
    ("onprem", {"database": {"backend": "aurora-global"}}, "database.backend", "write cnpg"),
    ("production", {"database.engine_version": "14.20"}, "database.engine_version", "15 or later"),
    ("production", {"database.engine_version": "18.1"}, "database.engine_version", "calendar"),
    (
        "onprem",
        {"database.image_tag": "13.4-standard"},
        "database.image_tag",
        "PostgreSQL 15 or later",
    ),
    ("production", {"database.instance_class": "db.t4g.large"}, "database.instance_class", "known"),
    (
        "production",
        {"database.instance_class": "db.r6g.large"},
        "database.instance_class",
        "500 connections may claim",
    ),
    ("onprem", {"database.memory_gib": 8}, "database.memory_gib", "500 connections may claim"),
    (
        "production",
        {"database.limits.minimum_tls_version": "TLSv1.2"},
        "database.limits.minimum_tls_version",
        "TLSv1.3 only",
    ),
    (
        "production",
        {"database.backup_retention_days": 14},
        "database.backup_retention_days",
        "35 days",
    ),
    (
        "production",
        {"cache": {"backend": "sentinel", "image_digest": CNPG["image_digest"]}},
        "cache.backend",
        "write elasticache-global",
    ),
    ("production", {"cache.engine_version": "6.2"}, "cache.engine_version", "7 or later"),
    ("production", {"cache.engine_version": "7.9"}, "cache.engine_version", "calendar"),
    ("production", {"cache.node_type": "cache.t4g.small"}, "cache.node_type", "Global Datastore"),
    ("production", {"cache.node_count": 2}, "cache.node_count", "one node in each zone"),
    ("production", {"edge.traffic": {"mode": "pilot"}}, "edge.traffic.pilot_cidrs", "at least one"),
    (
        "production",
        {"edge.traffic": {"mode": "pilot", "pilot_cidrs": ["0.0.0.0/0"]}},
        "edge.traffic.pilot_cidrs[0]",
        "a /16 or smaller",
    ),
    (
        "production",
        {"edge.traffic": {"mode": "open", "pilot_cidrs": ["198.51.100.0/24"]}},
        "edge.traffic.pilot_cidrs",
        "not read in mode open",
    ),
    ("production", {"edge.shield": {"level": "advanced"}}, "edge.shield.level", "at least a year"),
    (
        "production",
        {"edge.tls_exceptions": [{**EXCEPTION, "expires": "2026-11-20"}]},
        "edge.tls_exceptions[0].expires",
        "has ended",
    ),
    (
        "production",
        {"edge.tls_exceptions": [{**EXCEPTION, "expires": "2026-02-30"}]},
        "edge.tls_exceptions[0].expires",
        "a day of the calendar",
    ),
    (
        "production",
        {"edge.tls_exceptions": [{**EXCEPTION, "owner": " "}]},
        "edge.tls_exceptions[0].owner",
        "auditors read it",
    ),
    (
        "production",
        {"edge.tls_exceptions": [EXCEPTION, EXCEPTION]},
        "edge.tls_exceptions[1].listener",
        "one exception for each listener",
    ),
    ("production", {"edge.hosted_zone_id": "phoenix"}, "edge.hosted_zone_id", "Route 53 zone id"),
    ("production", {"edge.decoy_hosts": ["ftp", "ftp"]}, "edge.decoy_hosts[1]", "stand once"),
    (
        "production",
        {"network.flow_log_retention_days": 365},
        "network.flow_log_retention_days",
        "2557",
    ),
    (
        "production",
        {"network.flow_log_retention_days": 2600},
        "network.flow_log_retention_days",
        "2922",
    ),
    ("production", {"database.log_retention_days": 30}, "database.log_retention_days", "2557"),
    (
        "production",
        {"storage.application_log_hot_days": 200},
        "storage.application_log_hot_days",
        "less than application_log_warm_days",
    ),
    ("production", {"platform.datadog": True}, "platform.datadog_agreement", "business associate"),
    ("production", {"detection.guardduty": False}, "detection.guardduty", "every detector"),
    (
        "production",
        {"platform.gitops.repository_url": "http://git.local/a"},
        "platform.gitops.repository_url",
        "https or ssh",
    ),
    (
        "production",
        {"platform.gitops.revision": "main"},
        "platform.gitops.revision",
        "a branch moves",
    ),
    ("production", {"platform.kubernetes_version": "1.35"}, "platform.kubernetes_version", "given"),
    ("onprem", {"platform.kubernetes_version": None}, "platform.kubernetes_version", "described"),
    (
        "onprem",
        {"platform.node_pools.1.gpu": False},
        "platform.node_pools[1].gpus_per_node",
        "agree",
    ),
    ("onprem", {"storage": {"backend": "s3"}}, "storage.backend", "s3-compatible"),
    ("onprem", {"kafka.backend": "msk"}, "kafka.backend", "none or strimzi"),
    ("production", {"workloads.log_level": "DEBUG"}, "workloads.log_level", "debug logs carry PHI"),
    (
        "production",
        {"workloads.sessions.mfa_required": False},
        "workloads.sessions.mfa_required",
        "second factor",
    ),
    (
        "production",
        {"workloads.scaling": {"api-gateway": {"minimum": 5, "maximum": 3}}},
        "workloads.scaling.api-gateway",
        "must not exceed",
    ),
    ("production", {"workloads.release": "latest"}, "workloads.release", "does not move"),
    ("production", {"platform.siem_host": "siem.example.com"}, "platform.siem_host", "RFC 2606"),
    ("production", {"edge.hosted_zone_id": "Z1234567890"}, "edge.hosted_zone_id", "of a manual"),
    ("production", {"stack.account_id": "123456789012"}, "stack.account_id", "of a manual"),
    ("production", {"stack.cost_center": "CHANGE_ME"}, "stack.cost_center", "a note to replace it"),
    ("onprem", {"stack.site": "<site>"}, "stack.site", "a template"),
    (
        "onprem",
        {"cache.image_digest": "sha256:" + "a" * 64},
        "cache.image_digest",
        "no digest of an image",
    ),
]


def problems(
    bend: Bend, stack: str, changes: Mapping[str, Any], as_of: date
) -> tuple[Problem, ...]:
    return judge(bend(stack, changes), stack, as_of=as_of)[1]


@pytest.mark.parametrize(
    "fault", FAULTS, ids=lambda fault: f"{fault[0]}-{fault[2]}-{fault[3]}"[:70]
)
def test_a_fault_is_told_once_with_value_and_remedy(
    bend: Bend, as_of: date, fault: tuple[str, dict[str, Any], str, str]
) -> None:
    stack, changes, setting, phrase = fault
    found = [p for p in problems(bend, stack, changes, as_of) if p.setting == f"phoenix:{setting}"]
    assert len(found) == 1, found
    assert phrase.lower() in str(found[0]).lower()
    assert found[0].remedy


@pytest.mark.parametrize(
    ("stack", "changes"),
    [
        ("production", {"edge.tls_exceptions": [{**EXCEPTION, "expires": "2026-11-21"}]}),
        ("production", {"edge.traffic": {"mode": "pilot", "pilot_cidrs": ["198.51.100.0/24"]}}),
        ("production", {"edge.traffic": {"mode": "open"}}),
        (
            "production",
            {"edge.shield": {"level": "advanced", "acknowledge_yearly_commitment": True}},
        ),
        (
            "production",
            {"platform.datadog": True, "platform.datadog_agreement": "BAA-2026-014"},
        ),
        ("production", {"edge.hosted_zone_id": "Z0AB12CD34EF56GH78IJ"}),
        ("production", {"cluster.gpu": {"instance_type": "g4dn.12xlarge", "maximum": 4}}),
        ("production", {"hospitals.count": 500, "database.instance_class": "db.r6g.4xlarge"}),
        ("production", {"cache.engine": "valkey", "cache.engine_version": "8.1"}),
        (
            "production",
            {
                "stack.environment": "staging",
                "network.nat": "single",
                "workloads.log_level": "DEBUG",
                "network.availability_zones": ["us-east-1a", "us-east-1b"],
                "network.flow_log_retention_days": 30,
                "stack.frameworks": ["hipaa"],
                "detection.macie": False,
                "database.backup_retention_days": 7,
            },
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_allowed_is_not_told(
    bend: Bend, as_of: date, stack: str, changes: dict[str, Any]
) -> None:
    assert [str(problem) for problem in problems(bend, stack, changes, as_of)] == []


@pytest.mark.parametrize(
    ("day", "levels"),
    [
        (date(2026, 9, 2), []),
        (date(2026, 9, 4), ["warning"]),
        (date(2026, 12, 2), ["warning"]),
        (date(2026, 12, 3), ["error"]),
        (date(2027, 12, 3), ["error"]),
    ],
)
def test_a_kubernetes_version_is_judged_by_the_given_day(
    bend: Bend, day: date, levels: list[str]
) -> None:
    found = problems(bend, "production", {"cluster.kubernetes_version": "1.34"}, day)
    assert [problem.level for problem in found] == levels


def test_without_a_day_no_date_is_judged(bend: Bend) -> None:
    config = bend(
        "production",
        {"cluster.kubernetes_version": "1.31", "edge.tls_exceptions": [{**EXCEPTION}]},
    )
    assert judge(config, "production")[1] == ()


def test_proposed_ranges_for_several_hospitals_do_not_collide(bend: Bend, as_of: date) -> None:
    clashing = [
        {"name": f"h{n}", "customer_gateway_ip": f"203.0.113.{n}", "cidr": "10.0.16.0/20"}
        for n in (1, 2, 3)
    ]
    found = problems(bend, "production", {"hospitals.connections": clashing}, as_of)
    proposals = [p.remedy.rpartition(" ")[2] for p in found]
    assert len(proposals) == len(set(proposals)) >= 3
    assert "100.64.0.0/20" in proposals


def test_every_check_is_seen_to_fail_here(bend: Bend, as_of: date) -> None:
    failing: set[int] = set()
    for stack, changes, _, _ in FAULTS:
        config = bend(stack, changes)
        raw = {k.partition(":")[2]: json.loads(v) for k, v in config.items() if k[:8] == "phoenix:"}
        validated = validate_sections(raw)
        assert validated.settings is not None
        present = frozenset(type(validated.settings).model_fields) - validated.missing
        subject = Subject(
            settings=validated.settings, present=present, stack_name=stack, as_of=as_of
        )
        for index, check in enumerate(CHECKS):
            if present.issuperset(check.sections) and list(check.run(subject)):
                failing.add(index)
    never = [check.run.__name__ for index, check in enumerate(CHECKS) if index not in failing]
    assert never == []
