"""RDS and Aurora: who reaches a database, and with which credential."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule
from phoenix_policies.truth import Clause, some, truth

HIPAA_1: Final = ("164.308(a)(5)(ii)(D)", "164.312(a)(2)(i)", "164.312(d)")

CLUSTER: Final = "aws:rds/cluster:Cluster"
RESTORED: Final = (
    "replicateSourceDb", "snapshotIdentifier", "replicationSourceIdentifier", "globalClusterIdentifier",
    "restoreToPointInTime", "s3Import",
)  # fmt: skip
"""A database made from another one has its users."""
WELL_KNOWN_ADMINS: Final = ("admin", "administrator", "awsuser", "mysql", "postgres", "root")


@rule(
    "rds-not-public",
    "aws:rds/instance:Instance",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:rds/cluster:Cluster",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Leave publicly_accessible out, or set it to False.",
    sources=(
        "cdk_nag:HIPAA.Security-RDSInstancePublicAccess",
        "config:RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
        "prowler:rds_instance_no_public_access",
        "checkov:CKV_AWS_17",
        "compliance_policies:aws-rds-instance-disallow-public-access",
        "compliance_policies:aws-rds-clusterinstance-disallow-public-access",
        "awsguard:rds-instance-public-access",
    ),
)
def rds_not_public(database: Resource) -> Iterable[Clause]:
    """Databases are not publicly accessible."""
    yield (~database["publiclyAccessible"].is_true).otherwise("has a public address")


@rule(
    "rds-iam-authentication",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.2"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set iam_database_authentication_enabled=True.",
    sources=(
        "cdk_nag:AwsSolutions-RDS6",
        "config:RDS_CLUSTER_IAM_AUTHENTICATION_ENABLED",
        "config:RDS_INSTANCE_IAM_AUTHENTICATION_ENABLED",
        "prowler:rds_cluster_iam_authentication_enabled",
        "prowler:rds_instance_iam_authentication_enabled",
        "checkov:CKV_AWS_161",
        "checkov:CKV_AWS_162",
    ),
)
def rds_iam_authentication(database: Resource) -> Iterable[Clause]:
    """IAM database authentication is available."""
    yield database["iamDatabaseAuthenticationEnabled"].is_true.otherwise("knows passwords only")


@rule(
    "rds-managed-master-password",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    hipaa=("164.308(a)(5)(ii)(D)", "164.312(a)(1)", "164.312(a)(2)(iv)", "164.312(d)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.CRITICAL,
    remedy="Set master_password_wo with a version, or manage_master_user_password=True outside a global database.",
)
def rds_managed_master_password(database: Resource) -> Iterable[Clause]:
    """Master password is managed, never a literal."""
    cluster = database.type == CLUSTER
    literal = database["masterPassword" if cluster else "password"]
    write_only = database["masterPasswordWo" if cluster else "passwordWo"]
    kept_secret = truth(literal.secret)
    yield (literal.is_empty | kept_secret).otherwise(
        "the master password is written in the program"
    )
    managed = database["manageMasterUserPassword"].is_true
    restored = some(database[key].is_set for key in RESTORED)
    yield (literal.is_set | managed | write_only.is_set | restored).otherwise(
        "nobody manages the master password"
    )


@rule(
    "rds-non-default-admin",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.2"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Choose a name of your own for the master user.",
    sources=(
        "config:RDS_CLUSTER_DEFAULT_ADMIN_CHECK",
        "config:RDS_INSTANCE_DEFAULT_ADMIN_CHECK",
        "prowler:rds_cluster_default_admin",
        "prowler:rds_instance_default_admin",
    ),
)
def rds_non_default_admin(database: Resource) -> Iterable[Clause]:
    """Master user name is not a well-known one."""
    name = database["masterUsername" if database.type == CLUSTER else "username"]
    known = name.satisfies(lambda v: isinstance(v, str) and v.lower() in WELL_KNOWN_ADMINS)
    yield (~known).otherwise(f"the master user is called {name.shown}")
