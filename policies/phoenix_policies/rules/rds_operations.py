"""RDS and Aurora: logs, monitoring, engine versions and backup plans."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, every, some, truth
from phoenix_policies.values import Value

CLUSTER: Final = "aws:rds/cluster:Cluster"
INSTANCE: Final = "aws:rds/instance:Instance"
MEMBER: Final = "aws:rds/clusterInstance:ClusterInstance"
SELECTION: Final = "aws:backup/selection:Selection"
SUBSCRIPTION: Final = "aws:rds/eventSubscription:EventSubscription"
MONITORING_SECONDS: Final = (1, 5, 10, 15, 30, 60)
CURRENT_AUTHORITIES: Final = ("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")
OLDEST_MAJORS: Final = {
    "postgres": 15,
    "aurora-postgresql": 15,
    "mysql": 8,
    "aurora-mysql": 8,
    "mariadb": 10,
}
NOTICES: Final = ("failure", "maintenance", "configuration change")


@rule(
    "rds-enhanced-monitoring",
    "aws:rds/instance:Instance",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:rds/cluster:Cluster",
    hipaa=("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)"),
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set monitoring_interval=60 and monitoring_role_arn.",
    sources=(
        "cdk_nag:HIPAA.Security-RDSEnhancedMonitoringEnabled",
        "config:RDS_ENHANCED_MONITORING_ENABLED",
        "prowler:rds_instance_enhanced_monitoring_enabled",
        "checkov:CKV_AWS_118",
    ),
)
def rds_enhanced_monitoring(instance: Resource) -> Iterable[Clause]:
    """Enhanced monitoring is on."""
    if instance.type == CLUSTER and instance["dbClusterInstanceClass"].is_missing:
        return  # an Aurora cluster is monitored by its instances
    interval = instance["monitoringInterval"]
    watched = interval.satisfies(
        lambda v: isinstance(v, int | float) and not isinstance(v, bool) and v in MONITORING_SECONDS
    )
    yield watched.otherwise("the operating system is not watched")


@rule(
    "rds-performance-insights-encrypted",
    "aws:rds/instance:Instance",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:rds/cluster:Cluster",
    hipaa=(
        "164.308(a)(1)(ii)(D)",
        "164.308(a)(3)(ii)(A)",
        "164.312(a)(2)(iv)",
        "164.312(b)",
        "164.312(e)(2)(ii)",
    ),
    soc2=("C1.1", "CC6.1", "CC7.2", "CC7.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set performance_insights_enabled=True and performance_insights_kms_key_id.",
    sources=(
        "checkov:CKV_AWS_353",
        "checkov:CKV_AWS_354",
        "compliance_policies:aws-rds-instance-enable-performance-insights",
        "compliance_policies:aws-rds-instance-disallow-unencrypted-performance-insights",
        "compliance_policies:aws-rds-clusterinstance-enable-performance-insights",
        "compliance_policies:aws-rds-clusterinstance-disallow-unencrypted-performance-insights",
    ),
)
def rds_performance_insights_encrypted(instance: Resource) -> Iterable[Clause]:
    """Performance Insights is on and uses a customer key."""
    if instance.type == CLUSTER and instance["dbClusterInstanceClass"].is_missing:
        return
    enabled = instance["performanceInsightsEnabled"].is_true
    yield enabled.otherwise("slow queries cannot be found without logging them")
    yield (~enabled | instance["performanceInsightsKmsKeyId"].is_set).otherwise(
        "query texts are encrypted with the AWS managed key"
    )


@rule(
    "rds-auto-minor-upgrade",
    "aws:rds/instance:Instance",
    "aws:rds/clusterInstance:ClusterInstance",
    hipaa=("164.308(a)(1)(ii)(B)", "164.308(a)(5)(ii)(A)", "164.308(a)(5)(ii)(B)"),
    soc2=("CC7.1", "CC8.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Leave auto_minor_version_upgrade out, or set it to True.",
    sources=(
        "cdk_nag:HIPAA.Security-RDSAutomaticMinorVersionUpgradeEnabled",
        "config:RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED",
        "prowler:rds_instance_minor_version_upgrade_enabled",
        "prowler:rds_cluster_minor_version_upgrade_enabled",
        "checkov:CKV_AWS_226",
    ),
)
def rds_auto_minor_upgrade(instance: Resource) -> Iterable[Clause]:
    """Minor engine upgrades are automatic."""
    yield (~instance["autoMinorVersionUpgrade"].is_false).otherwise(
        "security fixes wait for a person"
    )


@rule(
    "rds-engine-supported",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:rds/globalCluster:GlobalCluster",
    hipaa=("164.308(a)(1)(ii)(B)", "164.308(a)(5)(ii)(B)"),
    soc2=("CC7.1", "CC8.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Choose an engine version in standard support.",
    sources=(
        "prowler:rds_instance_deprecated_engine_version",
        "prowler:rds_instance_extended_support",
        "checkov:CKV_AWS_250",
        "checkov:CKV_AWS_388",
    ),
)
def rds_engine_supported(database: Resource) -> Iterable[Clause]:
    """Engine version is supported."""
    engine, version = database["engine"].text, database["engineVersion"]
    oldest = OLDEST_MAJORS.get(engine)
    if oldest is not None:
        current = version.satisfies(lambda v: v is None or _major(v) >= oldest)
        yield current.otherwise(f"{engine} {version.shown} is older than {oldest}")
    extended = database["engineLifecycleSupport"].equals("open-source-rds-extended-support")
    yield (~extended).otherwise("stays on versions that only extended support patches")


def _major(version: object) -> int:
    first = str(version).partition(".")[0]
    return int(first) if first.isdigit() else 0


@rule(
    "rds-ca-certificate-current",
    "aws:rds/instance:Instance",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:rds/cluster:Cluster",
    hipaa=("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set the certificate authority to rds-ca-rsa2048-g1 or a later one.",
    sources=("prowler:rds_instance_certificate_expiration", "checkov:CKV_AWS_211"),
)
def rds_ca_certificate_current(database: Resource) -> Iterable[Clause]:
    """Server certificate chain is current."""
    for key in ("caCertIdentifier", "caCertificateIdentifier"):
        authority = database[key]
        yield (authority.is_empty | authority.equals(*CURRENT_AUTHORITIES)).otherwise(
            f"uses the authority {authority.shown}"
        )


@stack_rule(
    "rds-in-backup-plan",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:backup/selection:Selection",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)", "164.310(d)(2)(iv)"),
    soc2=("A1.2", "CC7.5"),
    severity=Severity.HIGH,
    remedy="Tag the database as the plan's selection asks, or name its ARN in the selection.",
    sources=(
        "cdk_nag:HIPAA.Security-RDSInBackupPlan",
        "config:RDS_IN_BACKUP_PLAN",
        "config:AURORA_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
        "config:RDS_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
        "prowler:rds_instance_protected_by_backup_plan",
        "prowler:rds_cluster_protected_by_backup_plan",
        "checkov:CKV2_AWS_8",
    ),
)
def rds_in_backup_plan(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Databases are selected by a backup plan."""
    for database in stack.of(CLUSTER, INSTANCE):
        selected = some(_selects(stack, one, database) for one in stack.of(SELECTION))
        yield database, selected.otherwise("no backup plan selects it")


def _selects(stack: Stack, selection: Resource, database: Resource) -> Truth:
    tags = database["tags"]
    kind = "cluster" if database.type == CLUSTER else "db"
    by_arn = stack.refers(selection, database, "resources") | some(
        pattern.matches(rf"^\*$|^arn:aws[a-z-]*:rds:\*?[^:]*:[^:]*:({kind}:)?\*$")
        for pattern in selection["resources"].each()
    )
    by_tag = some(
        tag["type"].equals("STRINGEQUALS") & _equal(tags, tag["key"].text, tag["value"].raw)
        for tag in selection["selectionTags"].each()
    )
    conditions = [
        _equal(tags, pair["key"].text.removeprefix("aws:ResourceTag/"), pair["value"].raw)
        for condition in selection["conditions"].each()
        for pair in condition["stringEquals"].each()
    ]
    only_conditions = selection["resources"].is_empty & truth(bool(conditions)) & every(conditions)
    return (by_arn & every(conditions)) | by_tag | only_conditions


def _equal(tags: Value, key: str, wanted: object) -> Truth:
    return tags[key].satisfies(lambda v: v is not None and v == wanted)


@stack_rule(
    "rds-event-subscription",
    "aws:rds/eventSubscription:EventSubscription",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    hipaa=("164.308(a)(6)(i)", "164.308(a)(6)(ii)", "164.312(b)"),
    soc2=("CC5.2", "CC7.2", "CC7.3", "CC7.4"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add an aws.rds.EventSubscription with sns_topic for failure, maintenance and configuration change.",
    sources=(
        "prowler:rds_cluster_critical_event_subscription",
        "prowler:rds_instance_critical_event_subscription",
        "prowler:rds_instance_event_subscription_parameter_groups",
        "prowler:rds_instance_event_subscription_security_groups",
    ),
)
def rds_event_subscription(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Critical database events notify someone."""
    kinds = {CLUSTER: "db-cluster", INSTANCE: "db-instance"}
    for database in stack.of(CLUSTER, INSTANCE):
        notified = some(_notifies(one, kinds[database.type]) for one in stack.of(SUBSCRIPTION))
        yield database, notified.otherwise("nobody hears of failures, maintenance and changes")


def _notifies(subscription: Resource, kind: str) -> Truth:
    source, categories = subscription["sourceType"], subscription["eventCategories"]
    covered = categories.is_empty | every(categories.contains(notice) for notice in NOTICES)
    about = source.is_empty | source.equals(kind)
    return about & covered & subscription["snsTopic"].is_set & ~subscription["enabled"].is_false
