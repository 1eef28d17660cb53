"""Aurora across zones and regions, and the snapshots that leave a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from phoenix_policies.controls import Severity
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import FALSE, Clause, Truth, some, truth, unknown

HIPAA_1: Final = (
    "164.308(a)(7)(i)",
    "164.308(a)(7)(ii)(B)",
    "164.308(a)(7)(ii)(C)",
    "164.310(a)(2)(i)",
    "164.312(a)(2)(ii)",
)

CLUSTER: Final = "aws:rds/cluster:Cluster"
MEMBER: Final = "aws:rds/clusterInstance:ClusterInstance"
GLOBAL: Final = "aws:rds/globalCluster:GlobalCluster"
SUBNET_GROUP: Final = "aws:rds/subnetGroup:SubnetGroup"
PEER: Final = "the other region's stack"
PRIMARY_INSTANCES: Final = 2
STANDBY_INSTANCES: Final = 1
"""The standby region keeps one reader until a failover, never none (A7.1, X-66)."""
BACKUP_DAYS: Final = 35
PARITY: Final = (
    "storageEncrypted", "deletionProtection", "enabledCloudwatchLogsExports", "backupRetentionPeriod",
    "iamDatabaseAuthenticationEnabled", "copyTagsToSnapshot",
)  # fmt: skip
TRUSTED_ACCOUNTS: Final[tuple[str, ...]] = ()
"""Accounts that may restore our snapshots: none outside the stack's own."""
REGION_PART: Final = 3


@stack_rule(
    "aurora-multi-az-instances",
    "aws:rds/cluster:Cluster",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:rds/subnetGroup:SubnetGroup",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    soc2=("A1.2",),
    severity=Severity.HIGH,
    remedy="Add an aws.rds.ClusterInstance in another zone, and subnets of three zones to the subnet group.",
    sources=(
        "config:RDS_CLUSTER_MULTI_AZ_ENABLED",
        "prowler:rds_cluster_multi_az",
        "compliance_policies:aws-rds-cluster-disallow-single-availability-zone",
    ),
)
def aurora_multi_az_instances(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Aurora clusters have instances in at least two zones."""
    for cluster in _aurora(stack):
        members = stack.referrers(cluster, MEMBER, "clusterIdentifier")
        wanted = STANDBY_INSTANCES if _is_standby(cluster) else PRIMARY_INSTANCES
        enough = truth(len(members.sure) >= wanted)
        if enough.value is False and len(members.sure) + len(members.maybe) >= wanted:
            enough = unknown(*members.places)
        yield cluster, enough.otherwise(f"has {len(members.sure)} instances, and needs {wanted}")
        zones = [member["availabilityZone"] for member in members]
        stated = {zone.text for zone in zones if zone.text}
        if wanted > 1 and len(stated) == 1 and all(zone.text for zone in zones) and len(zones) > 1:
            yield cluster, FALSE.otherwise(f"all its instances live in {stated.pop()}")
        for group in stack.referents(cluster, SUBNET_GROUP, "dbSubnetGroupName"):
            spread = group["subnetIds"].is_unknown or len(group["subnetIds"].each()) > 1
            yield cluster, truth(spread).otherwise(f"{group.name} has a single subnet")


def _aurora(stack: Stack) -> Iterator[Resource]:
    for cluster in stack.of(CLUSTER):
        if cluster["engine"].is_unknown or cluster["engine"].text.startswith("aurora"):
            yield cluster


def _is_standby(cluster: Resource) -> bool:
    """A secondary of a global cluster has no master user of its own."""
    joins = not cluster["globalClusterIdentifier"].is_missing
    return joins and cluster["masterUsername"].is_missing


@stack_rule(
    "aurora-in-global-cluster",
    "aws:rds/cluster:Cluster",
    "aws:rds/globalCluster:GlobalCluster",
    hipaa=HIPAA_1,
    soc2=("A1.2", "CC7.5", "CC9.1"),
    severity=Severity.HIGH,
    remedy="Set global_cluster_identifier to the stack's global cluster.",
)
def aurora_in_global_cluster(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """PHI Aurora clusters belong to a global cluster."""
    for cluster in _aurora(stack):
        phi = _holds_phi(cluster)
        if phi.value is False:
            continue
        source = some(
            stack.refers(one, cluster, "sourceDbClusterIdentifier") for one in stack.of(GLOBAL)
        )
        joined = cluster["globalClusterIdentifier"].is_set | source
        yield cluster, (~phi | joined).otherwise("its data exists in one region only")


def _holds_phi(cluster: Resource) -> Truth:
    tags = cluster["tags"]
    return some(
        tags[key].matches("(?i)^phi$")
        for key in ("DataClassification", "data-classification", "dataClassification")
    )


@stack_rule(
    "aurora-global-has-secondary-region",
    "aws:rds/globalCluster:GlobalCluster",
    "aws:rds/cluster:Cluster",
    "aws:rds/clusterInstance:ClusterInstance",
    hipaa=HIPAA_1,
    soc2=("A1.2", "CC7.5", "CC9.1"),
    severity=Severity.HIGH,
    remedy="Add a cluster with an instance in the recovery region to the global cluster.",
)
def aurora_global_has_secondary_region(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Global clusters have a member in another region."""
    stacks = (stack, stack.peer) if stack.has_peer else (stack,)
    for whole in stack.of(GLOBAL):
        members = [
            (one, cluster, _belongs(stack, cluster, whole))
            for one in stacks
            for cluster in one.of(CLUSTER)
        ]
        regions = {_region(cluster) for _, cluster, belongs in members if belongs.value is True}
        undecided = [cluster.name for _, cluster, belongs in members if belongs.value is None]
        strangers = {_region(cluster) for cluster in stack.of(CLUSTER)} - regions
        if len(regions) > 1:
            spread = truth(True)
        elif undecided:
            spread = unknown(*undecided)
        elif stack.has_peer or strangers:
            spread = truth(False)
        else:
            spread = unknown(PEER)
        yield whole, spread.otherwise("all its clusters lie in one region")
        for one, cluster, belongs in members:
            manned = one.referrers(cluster, MEMBER, "clusterIdentifier").exists
            yield (
                whole,
                (~belongs | manned).otherwise(f"{cluster.name} has no instance to fail over to"),
            )


def _belongs(stack: Stack, cluster: Resource, whole: Resource) -> Truth:
    return stack.refers(cluster, whole, "globalClusterIdentifier") | stack.refers(
        whole, cluster, "sourceDbClusterIdentifier"
    )


def _region(cluster: Resource) -> str:
    return cluster["region"].text or cluster.region


@stack_rule(
    "aurora-dr-parity",
    "aws:rds/cluster:Cluster",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(A)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(a)(2)(i)",
        "164.310(d)(2)(iv)",
        "164.312(a)(2)(ii)",
    ),
    soc2=("A1.2", "CC7.5", "CC9.1"),
    severity=Severity.HIGH,
    remedy="Give every member of the global cluster the same settings.",
)
def aurora_dr_parity(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Secondary clusters match the primary's protections."""
    stacks = (stack, stack.peer) if stack.has_peer else (stack,)
    members = [
        cluster
        for one in stacks
        for cluster in one.of(CLUSTER)
        if not cluster["globalClusterIdentifier"].is_missing
    ]
    if len(members) == 1:
        alone = unknown(PEER) if not stack.has_peer else truth(True)
        yield members[0], alone.otherwise("has no other member to compare with")
    for first, second in combinations(members, 2):
        same = _same_global(stack, first, second)
        for key in PARITY:
            alike = _alike(first, second, key)
            yield second, (~same | alike).otherwise(f"differs from {first.name} in {key}")


def _same_global(stack: Stack, first: Resource, second: Resource) -> Truth:
    by_resource = some(
        stack.refers(first, whole, "globalClusterIdentifier")
        & stack.refers(second, whole, "globalClusterIdentifier")
        for whole in stack.of(GLOBAL)
    )
    a, b = first["globalClusterIdentifier"], second["globalClusterIdentifier"]
    if a.is_unknown or b.is_unknown:
        return by_resource | (
            FALSE if by_resource.value is False and any(stack.of(GLOBAL)) else unknown(b.path)
        )
    return by_resource | truth(a.text != "" and a.text == b.text)


def _alike(first: Resource, second: Resource, key: str) -> Truth:
    a, b = first[key], second[key]
    if a.is_unknown or b.is_unknown:
        return unknown(a.path)
    return a.satisfies(lambda raw: _sorted(raw) == _sorted(b.raw))


def _sorted(raw: object) -> object:
    return sorted(map(str, raw)) if isinstance(raw, list) else raw  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


@rule(
    "rds-snapshot-copy-cmk",
    "aws:rds/snapshotCopy:SnapshotCopy",
    "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy",
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(a)(2)(i)",
        "164.312(a)(2)(ii)",
        "164.312(a)(2)(iv)",
        "164.312(e)(2)(ii)",
    ),
    soc2=("A1.2", "C1.1", "CC6.1", "CC7.5", "CC9.1"),
    severity=Severity.HIGH,
    remedy="Set kms_key_id to a key of the destination region.",
    sources=(
        "config:RDS_SNAPSHOT_ENCRYPTED",
        "prowler:rds_snapshots_encrypted",
        "checkov:CKV_AWS_245",
        "checkov:CKV_AWS_266",
        "checkov:CKV_AWS_146",
    ),
)
def rds_snapshot_copy_cmk(copy: Resource) -> Iterable[Clause]:
    """Snapshot copies are re-encrypted with a local customer key."""
    key = copy["kmsKeyId"]
    yield key.is_set.otherwise("names no key of the destination region")
    region = copy["destinationRegion"].text or copy["region"].text or copy.region
    if region and key.text.startswith("arn:"):
        local = truth(key.text.split(":")[REGION_PART] == region)
        yield local.otherwise(f"the key lies in another region than {region}")
    if copy.type.endswith("AutomatedBackupsReplication"):
        kept = copy["retentionPeriod"]
        yield kept.at_least(BACKUP_DAYS).otherwise(f"replicated backups stay {kept.shown} days")


@rule(
    "rds-snapshot-not-public",
    "aws:rds/snapshot:Snapshot",
    "aws:rds/clusterSnapshot:ClusterSnapshot",
    "aws:rds/snapshotCopy:SnapshotCopy",
    "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Remove the account from shared_accounts.",
    sources=(
        "config:RDS_SNAPSHOTS_PUBLIC_PROHIBITED",
        "prowler:rds_snapshots_public_access",
        "checkov:CKV_AWS_302",
    ),
)
def rds_snapshot_not_public(snapshot: Resource) -> Iterable[Clause]:
    """Snapshots are not shared."""
    for account in snapshot["sharedAccounts"].each():
        yield (~account.equals("all")).otherwise("everybody may restore it")
        yield account.equals("all", *TRUSTED_ACCOUNTS).otherwise(
            f"account {account.shown} may restore it"
        )
    yield (~snapshot["sharedAccounts"].contains("all")).otherwise("everybody may restore it")
