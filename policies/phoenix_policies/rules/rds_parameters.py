"""RDS and Aurora: what the engine logs, audits and refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, some, unknown

CLUSTER: Final = "aws:rds/cluster:Cluster"
INSTANCE: Final = "aws:rds/instance:Instance"
CLUSTER_PARAMETERS: Final = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
PARAMETERS: Final = "aws:rds/parameterGroup:ParameterGroup"
MYSQL_LOGS: Final = ("audit", "error", "general", "slowquery")
SWITCHED_ON: Final = ("1", "ON", "on", "true", 1, 1.0, True)


@rule(
    "rds-log-exports",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    hipaa=("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.308(a)(5)(ii)(C)", "164.312(b)"),
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.HIGH,
    remedy='Set enabled_cloudwatch_logs_exports for the engine, for instance ["postgresql"].',
    sources=(
        "cdk_nag:HIPAA.Security-RDSLoggingEnabled",
        "cdk_nag:AwsSolutions-RDS16",
        "config:RDS_LOGGING_ENABLED",
        "prowler:rds_instance_integration_cloudwatch_logs",
        "prowler:rds_cluster_integration_cloudwatch_logs",
        "checkov:CKV_AWS_129",
        "checkov:CKV_AWS_324",
        "checkov:CKV_AWS_325",
    ),
)
def rds_log_exports(database: Resource) -> Iterable[Clause]:
    """Engine logs go to CloudWatch."""
    exports, engine = database["enabledCloudwatchLogsExports"], database["engine"]
    postgres, mysql = engine.matches("postgres"), engine.matches("mysql|mariadb")
    yield exports.is_set.otherwise("exports no log")
    yield (~postgres | exports.contains("postgresql")).otherwise(
        "does not export the postgresql log"
    )
    for name in MYSQL_LOGS:
        yield (~mysql | exports.contains(name)).otherwise(f"does not export the {name} log")


@rule(
    "rds-query-audit-parameters",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    "aws:rds/parameterGroup:ParameterGroup",
    hipaa=("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)"),
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Load pgaudit and set pgaudit.log, or set log_statement to ddl; log_parameter stays off.",
    sources=("checkov:CKV2_AWS_27", "checkov:CKV2_AWS_30"),
)
def rds_query_audit_parameters(group: Resource) -> Iterable[Clause]:
    """Statement auditing is turned on in the parameter group."""
    family = group["family"]
    statements = _parameter(group, "log_statement", lambda v: v in {"ddl", "mod", "all"})
    loaded = _parameter(group, "shared_preload_libraries", lambda v: "pgaudit" in str(v))
    classes = _parameter(group, "pgaudit.log", lambda v: str(v) not in {"", "none"})
    postgres = family.matches("postgres")
    if group.type == PARAMETERS and family.matches("^aurora").value is True:
        return  # an instance group of Aurora: auditing belongs to the cluster's group
    yield (~postgres | statements | (loaded & classes)).otherwise("statements leave no trace")
    server_audit = _parameter(group, "server_audit_logging", lambda v: v in SWITCHED_ON)
    yield (~family.matches("mysql|mariadb") | server_audit).otherwise("server_audit_logging is off")


def _parameter(group: Resource, name: str, accepted: Callable[[Any], bool]) -> Truth:
    return some(
        parameter["name"].equals(name) & parameter["value"].satisfies(accepted)
        for parameter in group["parameters"].each()
    )


@stack_rule(
    "rds-tls-enforced",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    "aws:rds/parameterGroup:ParameterGroup",
    hipaa=("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.CRITICAL,
    remedy="Give the database a parameter group with rds.force_ssl=1 (require_secure_transport=ON for MySQL).",
    sources=(
        "config:RDS_POSTGRES_INSTANCE_ENCRYPTED_IN_TRANSIT",
        "config:RDS_MYSQL_INSTANCE_ENCRYPTED_IN_TRANSIT",
        "prowler:rds_instance_transport_encrypted",
        "checkov:CKV2_AWS_69",
    ),
)
def rds_tls_enforced(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Database refuses clear-text connections."""
    for database in stack.of(CLUSTER, INSTANCE):
        key = "dbClusterParameterGroupName" if database.type == CLUSTER else "parameterGroupName"
        type_ = CLUSTER_PARAMETERS if database.type == CLUSTER else PARAMETERS
        groups = stack.referents(database, type_, key)
        enforced = some(_encrypted_only(group) for group in groups)
        named = database[key].is_set & ~database[key].matches(r"^default\.")
        if not groups.sure:
            # a group of another stack cannot be read here; a default group can be told
            enforced = named & unknown(database[key].path)
        yield database, enforced.otherwise("clients may connect without TLS")


def _encrypted_only(group: Resource) -> Truth:
    return some(
        _parameter(group, name, lambda v: v in SWITCHED_ON)
        for name in ("rds.force_ssl", "require_secure_transport")
    )
