"""ElastiCache: encryption, authentication and durability of each cache."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule
from phoenix_policies.truth import Clause, Truth, some, truth

HIPAA_1: Final = ("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)")

GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
CLUSTER: Final = "aws:elasticache/cluster:Cluster"
BACKUP_DAYS: Final = 15
DESTINATIONS: Final = ("cloudwatch-logs", "kinesis-firehose")
LOG_TYPES: Final = ("slow-log", "engine-log")
EVERY_COMMAND: Final = r"(^|\s)(\+@all|allcommands)(\s|$)"
EVERY_KEY: Final = r"(^|\s)(~\*|allkeys)(\s|$)"


def _inherits(cache: Resource) -> Truth:
    """A secondary of a global datastore may not state what its primary decides."""
    return cache["globalReplicationGroupId"].is_set


@rule(
    "elasticache-at-rest-encryption",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/serverlessCache:ServerlessCache",
    hipaa=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.CRITICAL,
    remedy="Set at_rest_encryption_enabled=True on the group, or on the primary of the global datastore.",
    sources=(
        "cdk_nag:AwsSolutions-AEC3",
        "prowler:elasticache_redis_cluster_rest_encryption_enabled",
        "checkov:CKV_AWS_29",
    ),
)
def elasticache_at_rest_encryption(cache: Resource) -> Iterable[Clause]:
    """Cache data is encrypted at rest."""
    if cache.type != GROUP:
        yield truth(True).otherwise("")  # AWS encrypts every serverless cache
        return
    stated = cache["atRestEncryptionEnabled"]
    yield (stated.is_true | (stated.is_empty & _inherits(cache))).otherwise(
        "data is not encrypted at rest"
    )


@rule(
    "elasticache-cmk",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/serverlessCache:ServerlessCache",
    hipaa=("164.312(a)(2)(iv)",),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set kms_key_id of the data key.",
    sources=("checkov:CKV_AWS_191",),
)
def elasticache_cmk(cache: Resource) -> Iterable[Clause]:
    """Caches use a customer managed key."""
    yield cache["kmsKeyId"].is_set.otherwise("uses the AWS managed key")


@rule(
    "elasticache-in-transit-encryption",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/cluster:Cluster",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.CRITICAL,
    remedy="Set transit_encryption_enabled=True.",
    sources=(
        "cdk_nag:AwsSolutions-AEC3",
        "prowler:elasticache_redis_cluster_in_transit_encryption_enabled",
        "checkov:CKV_AWS_30",
    ),
)
def elasticache_in_transit_encryption(cache: Resource) -> Iterable[Clause]:
    """Cache traffic is encrypted."""
    stated = cache["transitEncryptionEnabled"]
    member = truth(cache.type == CLUSTER) & cache["replicationGroupId"].is_set
    yield (stated.is_true | (stated.is_empty & (_inherits(cache) | member))).otherwise(
        "clients speak clear text"
    )


@rule(
    "elasticache-transit-mode-required",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy='Leave transit_encryption_mode out, or set it to "required".',
)
def elasticache_transit_mode_required(cache: Resource) -> Iterable[Clause]:
    """Clear-text cache clients are refused."""
    mode = cache["transitEncryptionMode"]
    yield (mode.is_empty | mode.equals("required")).otherwise(
        f"mode {mode.shown} also accepts clients without TLS"
    )


@rule(
    "elasticache-auth",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    hipaa=("164.308(a)(5)(ii)(D)", "164.312(a)(2)(i)", "164.312(d)"),
    soc2=("CC6.1", "CC6.2"),
    severity=Severity.CRITICAL,
    remedy="Set user_group_ids with users that have credentials, or auth_token.",
    sources=(
        "cdk_nag:AwsSolutions-AEC6",
        "prowler:elasticache_redis_replication_group_auth_enabled",
        "checkov:CKV_AWS_31",
    ),
)
def elasticache_auth(cache: Resource) -> Iterable[Clause]:
    """Cache requires authentication."""
    known = some(cache[key].is_set for key in ("userGroupIds", "authToken", "authTokenWo"))
    yield known.otherwise("whoever reaches it may read it")


@rule(
    "elasticache-user-no-passwordless",
    "aws:elasticache/user:User",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.308(a)(5)(ii)(D)",
        "164.312(a)(1)",
        "164.312(a)(2)(i)",
        "164.312(d)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.2", "CC6.3"),
    severity=Severity.HIGH,
    remedy="Give the user IAM authentication or a password, and an access string for its own keys.",
)
def elasticache_user_no_passwordless(user: Resource) -> Iterable[Clause]:
    """Cache users need a credential and scoped commands."""
    access = user["accessString"]
    off = access.matches(r"^off(\s|$)")
    open_door = user["noPasswordRequired"].is_true | user["authenticationMode"]["type"].equals(
        "no-password-required"
    )
    yield (off | ~open_door).otherwise("needs no password")
    everything = access.matches(EVERY_COMMAND) & access.matches(EVERY_KEY)
    yield (off | ~everything).otherwise("may run every command on every key")


@rule(
    "elasticache-multi-az",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    soc2=("A1.2",),
    severity=Severity.HIGH,
    remedy="Set automatic_failover_enabled and multi_az_enabled, and at least one replica.",
    sources=(
        "cdk_nag:AwsSolutions-AEC4",
        "prowler:elasticache_redis_cluster_multi_az_enabled",
        "prowler:elasticache_redis_cluster_automatic_failover_enabled",
        "checkov:CKV2_AWS_50",
    ),
)
def elasticache_multi_az(cache: Resource) -> Iterable[Clause]:
    """Cache fails over across zones."""
    yield cache["automaticFailoverEnabled"].is_true.otherwise("does not fail over by itself")
    yield cache["multiAzEnabled"].is_true.otherwise("may keep all copies in one zone")
    copies = cache["numCacheClusters"].at_least(2) | cache["replicasPerNodeGroup"].at_least(1)
    yield copies.otherwise("has no replica")


@rule(
    "elasticache-backup-retention",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/cluster:Cluster",
    "aws:elasticache/serverlessCache:ServerlessCache",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)", "164.310(d)(2)(iv)"),
    soc2=("A1.2", "CC7.5"),
    severity=Severity.MEDIUM,
    remedy="Set snapshot_retention_limit=35.",
    sources=(
        "cdk_nag:HIPAA.Security-ElastiCacheRedisClusterAutomaticBackup",
        "config:ELASTICACHE_REDIS_CLUSTER_AUTOMATIC_BACKUP_CHECK",
        "prowler:elasticache_redis_cluster_backup_enabled",
        "checkov:CKV_AWS_134",
    ),
)
def elasticache_backup_retention(cache: Resource) -> Iterable[Clause]:
    """Cache snapshots are kept."""
    kept = cache["snapshotRetentionLimit"]
    cannot = truth(cache.type == CLUSTER) & (
        cache["engine"].equals("memcached") | cache["replicationGroupId"].is_set
    )
    yield (kept.at_least(BACKUP_DAYS) | cannot).otherwise(
        f"keeps snapshots {kept.shown} days" if kept.number is not None else "keeps no snapshot"
    )


@rule(
    "elasticache-auto-minor-upgrade",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/cluster:Cluster",
    hipaa=("164.308(a)(1)(ii)(B)", "164.308(a)(5)(ii)(B)"),
    soc2=("CC7.1", "CC8.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Leave auto_minor_version_upgrade out, or set it to True.",
    sources=(
        "prowler:elasticache_redis_cluster_auto_minor_version_upgrades",
        "checkov:CKV_AWS_322",
    ),
)
def elasticache_auto_minor_upgrade(cache: Resource) -> Iterable[Clause]:
    """Cache engine patches are automatic."""
    yield (~cache["autoMinorVersionUpgrade"].is_false).otherwise("security fixes wait for a person")


@rule(
    "elasticache-custom-subnet-group",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/cluster:Cluster",
    hipaa=("164.308(a)(4)(ii)(A)", "164.312(a)(1)", "164.312(e)(1)"),
    soc2=("CC6.6",),
    severity=Severity.HIGH,
    remedy="Set subnet_group_name and security_group_ids of the data tier.",
    sources=(
        "cdk_nag:AwsSolutions-AEC1",
        "prowler:elasticache_cluster_uses_public_subnet",
        "checkov:CKV_AWS_323",
    ),
)
def elasticache_custom_subnet_group(cache: Resource) -> Iterable[Clause]:
    """Caches live in a named subnet group."""
    name = cache["subnetGroupName"]
    member = truth(cache.type == CLUSTER) & cache["replicationGroupId"].is_set
    yield (member | (name.is_set & ~name.equals("default"))).otherwise(
        "lives in the default subnets"
    )
    yield (member | cache["securityGroupIds"].is_set).otherwise("has the default security group")


@rule(
    "elasticache-log-delivery",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/cluster:Cluster",
    hipaa=("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)"),
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Deliver slow-log and engine-log to CloudWatch Logs.",
)
def elasticache_log_delivery(cache: Resource) -> Iterable[Clause]:
    """Cache engine and slow logs are delivered."""
    if cache.type == CLUSTER and cache["engine"].text == "memcached":
        return
    configurations = cache["logDeliveryConfigurations"]
    for kind in LOG_TYPES:
        delivered = some(
            one["logType"].equals(kind) & one["destinationType"].equals(*DESTINATIONS)
            for one in configurations.each()
        )
        yield delivered.otherwise(f"does not deliver the {kind}")


@rule(
    "elasticache-no-standalone-redis",
    "aws:elasticache/cluster:Cluster",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    soc2=("A1.2", "C1.1", "CC6.1"),
    severity=Severity.HIGH,
    remedy="Declare an aws.elasticache.ReplicationGroup.",
)
def elasticache_no_standalone_redis(cache: Resource) -> Iterable[Clause]:
    """Redis nodes are created through replication groups."""
    standalone = cache["engine"].equals("redis", "valkey") & cache["replicationGroupId"].is_empty
    yield (~standalone).otherwise("has neither encryption at rest nor authentication nor failover")
