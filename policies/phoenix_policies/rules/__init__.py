"""The rules, one module per domain, listed in the order in which reports show them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from phoenix_policies import tokens
from phoenix_policies.controls import Enforcement
from phoenix_policies.rule import Rule

MODULES: Final = (
    "vpc",
    "subnet",
    "security_group",
    "data_tier",
    "vpn",
    "ebs",
    "launch_template",
    "eks",
    "eks_nodes",
    "rds",
    "rds_access",
    "rds_parameters",
    "rds_operations",
    "aurora",
    "elasticache",
    "elasticache_global",
    "disaster_recovery",
    "kms",
    "messaging",
    "secrets_manager",
    "s3",
    "s3_access",
    "s3_retention",
    "wafv2",
    "cloudfront",
    "load_balancer",
    "route53",
    "acm",
    "shield",
    "cloudtrail",
    "logs_and_alarms",
    "config_recorder",
    "detection",
    "backup",
    "ecr",
    "iam",
    "iam_escalation",
    "iam_trust",
    "iam_accounts",
    "generic",
    "pod_security",
    "host_access",
    "pod_operations",
    "availability",
    "images",
    "pod_secrets",
    "service_account",
    "rbac",
    "cluster_network",
    "entry_points",
    "volumes",
    "helm",
    "mesh_tls",
    "mesh_authorization",
    "certificates",
    "cloudnative_pg",
    "evaluation",
)  # fmt: skip


def all_rules() -> tuple[Rule, ...]:
    """Every rule that a listed module declares, in the order of modules and declarations."""
    found: list[Rule] = []
    for name in MODULES:
        module = import_module(f"{__name__}.{name}")
        found += [value for value in vars(module).values() if isinstance(value, Rule)]
    return tuple(found)


@cache
def mandatory_rules(type_: str) -> tuple[Rule, ...]:
    """The mandatory rules about single resources of a canonical type, for rules about evaluation itself."""
    return tuple(
        rule
        for rule in all_rules()
        if not rule.over_stack
        and rule.enforcement is Enforcement.MANDATORY
        and any(tokens.covers(pattern, type_) for pattern in rule.types)
    )


@cache
def mandatory_stack_rules() -> tuple[Rule, ...]:
    """The mandatory rules about whole stacks."""
    return tuple(
        rule
        for rule in all_rules()
        if rule.over_stack and rule.enforcement is Enforcement.MANDATORY
    )
