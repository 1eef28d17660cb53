"""RDS and Aurora: encryption, reach, durability of each database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, some

CLUSTER: Final = "aws:rds/cluster:Cluster"
INSTANCE: Final = "aws:rds/instance:Instance"
MEMBER: Final = "aws:rds/clusterInstance:ClusterInstance"
GLOBAL: Final = "aws:rds/globalCluster:GlobalCluster"
SOURCES: Final = (
    "replicateSourceDb", "snapshotIdentifier", "replicationSourceIdentifier", "globalClusterIdentifier",
    "sourceDbClusterIdentifier",
)  # fmt: skip
BACKUP_DAYS: Final = 35
"""Point-in-time recovery of five weeks (A6), the most that RDS keeps."""
REGION_PART: Final = 3


@stack_rule(
    "rds-storage-encrypted",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:rds/globalCluster:GlobalCluster",
    hipaa=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.CRITICAL,
    remedy="Set storage_encrypted=True and kms_key_id of the data key.",
    sources=(
        "cdk_nag:HIPAA.Security-RDSStorageEncrypted",
        "cdk_nag:AwsSolutions-RDS2",
        "config:RDS_STORAGE_ENCRYPTED",
        "config:RDS_CLUSTER_ENCRYPTED_AT_REST",
        "prowler:rds_instance_storage_encrypted",
        "prowler:rds_cluster_storage_encrypted",
        "checkov:CKV_AWS_16",
        "checkov:CKV_AWS_96",
        "checkov:CKV_AWS_140",
        "compliance_policies:aws-rds-cluster-disallow-unencrypted-storage",
        "compliance_policies:aws-rds-instance-disallow-unencrypted-storage",
        "awsguard:rds-storage-encrypted",
    ),
)
def rds_storage_encrypted(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Database storage is encrypted."""
    for database in stack.of(CLUSTER, INSTANCE, GLOBAL):
        stated = database["storageEncrypted"]
        inherited = some(
            stack.refers(database, source, *SOURCES) & source["storageEncrypted"].is_true
            for source in stack.of(CLUSTER, INSTANCE, GLOBAL)
            if source is not database
        )
        yield (
            database,
            (stated.is_true | (stated.is_empty & inherited)).otherwise("storage is not encrypted"),
        )


@rule(
    "rds-cmk",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    hipaa=("164.312(a)(2)(iv)",),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set kms_key_id of the data key.",
    sources=(
        "checkov:CKV_AWS_327",
        "compliance_policies:aws-rds-cluster-configure-customer-managed-key",
        "compliance_policies:aws-rds-instance-configure-customer-managed-key",
    ),
)
def rds_cmk(database: Resource) -> Iterable[Clause]:
    """Database storage uses a customer managed key."""
    key = database["kmsKeyId"]
    yield (key.is_set & ~key.matches(r"alias/aws/rds$")).otherwise("uses the AWS managed key")


@rule(
    "rds-kms-key-in-same-region",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(a)(2)(i)",
        "164.312(a)(2)(ii)",
        "164.312(a)(2)(iv)",
    ),
    soc2=("A1.2", "C1.1", "CC6.1", "CC7.5", "CC9.1"),
    severity=Severity.HIGH,
    remedy="Pass a key, or the replica of a multi-Region key, of the database's own region.",
)
def rds_kms_key_in_same_region(database: Resource) -> Iterable[Clause]:
    """Databases use a key of their own region."""
    key = database["kmsKeyId"]
    region = database["region"].text or database.region
    if region and (key.is_unknown or key.text.startswith("arn:")):
        yield key.satisfies(lambda arn: str(arn).split(":")[REGION_PART] == region).otherwise(
            f"the key lies in another region than {region}"
        )


@rule(
    "rds-backup-retention",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)", "164.310(d)(2)(iv)"),
    soc2=("A1.2", "CC7.5"),
    severity=Severity.HIGH,
    remedy="Set backup_retention_period=35.",
    sources=(
        "cdk_nag:HIPAA.Security-RDSInstanceBackupEnabled",
        "cdk_nag:AwsSolutions-RDS13",
        "config:DB_INSTANCE_BACKUP_ENABLED",
        "prowler:rds_instance_backup_enabled",
        "checkov:CKV_AWS_133",
        "compliance_policies:aws-rds-cluster-configure-backup-retention",
        "compliance_policies:aws-rds-cluster-enable-backup-retention",
        "compliance_policies:aws-rds-instance-configure-backup-retention",
        "compliance_policies:aws-rds-instance-enable-backup-retention",
        "awsguard:rds-instance-backup-enabled",
    ),
)
def rds_backup_retention(database: Resource) -> Iterable[Clause]:
    """Automated backups are kept long enough."""
    kept = database["backupRetentionPeriod"]
    replica = database["replicateSourceDb"].is_set
    yield (kept.at_least(BACKUP_DAYS) | replica).otherwise(
        f"keeps backups {kept.shown} days"
        if kept.text or kept.number
        else "keeps backups for one day"
    )


@rule(
    "rds-delete-automated-backups-off",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(A)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(d)(2)(iv)",
        "164.312(c)(1)",
    ),
    soc2=("A1.2", "C1.1", "CC7.5"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set delete_automated_backups=False.",
)
def rds_delete_automated_backups_off(database: Resource) -> Iterable[Clause]:
    """Automated backups survive deletion."""
    yield (~database["deleteAutomatedBackups"].is_true).otherwise("its backups go with it")


@rule(
    "rds-deletion-protection",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:rds/globalCluster:GlobalCluster",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.312(c)(1)"),
    soc2=("A1.2", "C1.1"),
    severity=Severity.HIGH,
    remedy="Set deletion_protection=True.",
    sources=(
        "cdk_nag:HIPAA.Security-RDSInstanceDeletionProtectionEnabled",
        "cdk_nag:AwsSolutions-RDS10",
        "config:RDS_CLUSTER_DELETION_PROTECTION_ENABLED",
        "config:RDS_INSTANCE_DELETION_PROTECTION_ENABLED",
        "prowler:rds_instance_deletion_protection",
        "prowler:rds_cluster_deletion_protection",
        "checkov:CKV_AWS_139",
        "checkov:CKV_AWS_293",
    ),
)
def rds_deletion_protection(database: Resource) -> Iterable[Clause]:
    """Deletion protection is on."""
    yield database["deletionProtection"].is_true.otherwise("one call deletes it")


@rule(
    "rds-final-snapshot",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:rds/globalCluster:GlobalCluster",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(A)",
        "164.308(a)(7)(ii)(B)",
        "164.310(d)(2)(i)",
        "164.310(d)(2)(iv)",
    ),
    soc2=("A1.2", "C1.2", "CC6.5", "CC7.5"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set skip_final_snapshot=False and final_snapshot_identifier; never force_destroy.",
)
def rds_final_snapshot(database: Resource) -> Iterable[Clause]:
    """A final snapshot is taken."""
    yield (~database["skipFinalSnapshot"].is_true).otherwise("is deleted without a snapshot")
    yield (~database["forceDestroy"].is_true).otherwise("takes its members with it")


@rule(
    "rds-copy-tags-to-snapshot",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    hipaa=("164.308(a)(7)(ii)(E)", "164.310(d)(2)(iii)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set copy_tags_to_snapshot=True.",
    sources=(
        "prowler:rds_instance_copy_tags_to_snapshots",
        "prowler:rds_cluster_copy_tags_to_snapshots",
        "checkov:CKV_AWS_313",
        "checkov:CKV2_AWS_60",
    ),
)
def rds_copy_tags_to_snapshot(database: Resource) -> Iterable[Clause]:
    """Snapshots inherit classification tags."""
    yield database["copyTagsToSnapshot"].is_true.otherwise("snapshots lose their classification")


@rule(
    "rds-instance-multi-az",
    "aws:rds/instance:Instance",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    soc2=("A1.2",),
    severity=Severity.HIGH,
    remedy="Set multi_az=True.",
    sources=(
        "cdk_nag:HIPAA.Security-RDSMultiAZSupport",
        "cdk_nag:AwsSolutions-RDS3",
        "config:RDS_MULTI_AZ_SUPPORT",
        "prowler:rds_instance_multi_az",
        "checkov:CKV_AWS_157",
        "awsguard:rds-instance-multi-az-enabled",
    ),
)
def rds_instance_multi_az(instance: Resource) -> Iterable[Clause]:
    """Standalone instances are Multi-AZ."""
    replica = instance["replicateSourceDb"].is_set
    yield (instance["multiAz"].is_true | replica).otherwise("lives in one zone")
