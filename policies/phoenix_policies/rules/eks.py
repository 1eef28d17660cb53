"""The EKS control plane: reach, encryption, audit, versions and access."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.network import network
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

CLUSTER: Final = "aws:eks/cluster:Cluster"
NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
LOG_TYPES: Final = ("api", "audit", "authenticator", "controllerManager", "scheduler")
WIDEST_PUBLIC_PREFIX: Final = 16
AUDIT_DAYS: Final = 2192
"""Six years and a leap day, the nearest step of CloudWatch."""
OLDEST_VERSION: Final = (1, 34)
"""Standard support of 1.33 ended on 29 July 2026 (docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html)."""
CLUSTER_ADMIN: Final = "AmazonEKSClusterAdminPolicy"
CLUSTER_ADMIN_ROLES: Final = r":role/(.*/)?[A-Za-z0-9-]*(admin|deploy|break-glass)[A-Za-z0-9-]*$"
"""Who may be cluster admin: the role of CI's deployments, and the administrators' own (A7.4, X-77)."""


@rule(
    "eks-endpoint-private-access",
    "aws:eks/cluster:Cluster",
    hipaa=("164.308(a)(4)(ii)(A)", "164.312(a)(1)", "164.312(e)(1)"),
    soc2=("CC6.6",),
    severity=Severity.HIGH,
    remedy="Set endpoint_private_access=True in vpc_config.",
    sources=("prowler:eks_cluster_not_publicly_accessible",),
)
def eks_endpoint_private_access(cluster: Resource) -> Iterable[Clause]:
    """API server has a private endpoint."""
    yield cluster["vpcConfig"]["endpointPrivateAccess"].is_true.otherwise(
        "nodes reach it from outside"
    )


@rule(
    "eks-endpoint-not-public",
    "aws:eks/cluster:Cluster",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Set endpoint_public_access=False in vpc_config.",
    sources=(
        "cdk_nag:AwsSolutions-EKS1",
        "config:EKS_ENDPOINT_NO_PUBLIC_ACCESS",
        "prowler:eks_cluster_not_publicly_accessible",
        "checkov:CKV_AWS_39",
        "compliance_policies:aws-eks-cluster-disallow-api-endpoint-public-access",
    ),
)
def eks_endpoint_not_public(cluster: Resource) -> Iterable[Clause]:
    """API server is not public."""
    yield cluster["vpcConfig"]["endpointPublicAccess"].is_false.otherwise(
        "the API server answers the internet, which is also what AWS does when nothing is said"
    )


@rule(
    "eks-public-cidrs-restricted",
    "aws:eks/cluster:Cluster",
    hipaa=HIPAA_1,
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Set public_access_cidrs to known networks, or endpoint_public_access=False.",
    sources=("prowler:eks_cluster_not_publicly_accessible", "checkov:CKV_AWS_38"),
)
def eks_public_cidrs_restricted(cluster: Resource) -> Iterable[Clause]:
    """When public, the API server is limited to known networks."""
    config = cluster["vpcConfig"]
    closed = config["endpointPublicAccess"].is_false
    cidrs = config["publicAccessCidrs"]
    yield (closed | cidrs.is_set).otherwise("every address may connect")
    for cidr in cidrs.each():
        yield (closed | ~cidr.satisfies(_wide)).otherwise(f"{cidr.shown} may connect")


def _wide(cidr: object) -> bool:
    one = network(cidr)
    return one is None or one.prefixlen < WIDEST_PUBLIC_PREFIX


@rule(
    "eks-secrets-encryption-cmk",
    "aws:eks/cluster:Cluster",
    hipaa=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.CRITICAL,
    remedy='Set encryption_config with resources ["secrets"] and the key\'s ARN.',
    sources=(
        "config:EKS_CLUSTER_SECRETS_ENCRYPTED",
        "config:EKS_SECRETS_ENCRYPTED",
        "prowler:eks_cluster_kms_cmk_encryption_in_secrets_enabled",
        "checkov:CKV_AWS_58",
        "compliance_policies:aws-eks-cluster-enable-cluster-encryption-config",
    ),
)
def eks_secrets_encryption_cmk(cluster: Resource) -> Iterable[Clause]:
    """Kubernetes secrets use envelope encryption with a customer key."""
    config = cluster["encryptionConfig"]
    key = some(one["provider"]["keyArn"].is_set for one in config.each())
    covered = some(one["resources"].contains("secrets") for one in config.each())
    yield covered.otherwise("secrets are not encrypted with a key of ours")
    yield (~covered | key).otherwise("names no key")


@rule(
    "eks-control-plane-logging",
    "aws:eks/cluster:Cluster",
    hipaa=("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)"),
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.HIGH,
    remedy="Set enabled_cluster_log_types to all five types.",
    sources=(
        "cdk_nag:AwsSolutions-EKS2",
        "config:EKS_CLUSTER_LOGGING_ENABLED",
        "prowler:eks_control_plane_logging_all_types_enabled",
        "checkov:CKV_AWS_37",
    ),
)
def eks_control_plane_logging(cluster: Resource) -> Iterable[Clause]:
    """All control plane log types are exported."""
    enabled = cluster["enabledClusterLogTypes"]
    for kind in LOG_TYPES:
        yield enabled.contains(kind).otherwise(f"does not write the {kind} log")


@stack_rule(
    "eks-log-group-managed",
    "aws:eks/cluster:Cluster",
    "aws:cloudwatch/logGroup:LogGroup",
    hipaa=("164.312(a)(2)(iv)", "164.312(b)", "164.312(e)(2)(ii)", "164.316(b)(2)(i)"),
    soc2=("C1.1", "CC2.1", "CC6.1", "CC7.2", "CC7.3"),
    severity=Severity.HIGH,
    remedy='Declare aws.cloudwatch.LogGroup "/aws/eks/<cluster>/cluster" with kms_key_id and retention_in_days=2557.',
)
def eks_log_group_managed(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Control plane log group is declared, encrypted and retained."""
    groups = list(stack.of(LOG_GROUP))
    for cluster in stack.of(CLUSTER):
        name = cluster["name"].text or cluster.outputs["name"].text or cluster.name
        wanted = f"/aws/eks/{name}/cluster"
        named = [(group, group["name"].equals(wanted)) for group in groups]
        yield (
            cluster,
            some(match for _, match in named).otherwise(
                f"EKS will create {wanted} itself: never expiring and without a key of ours"
            ),
        )
        for group, match in named:
            kept = group["retentionInDays"]
            long_enough = kept.at_least(AUDIT_DAYS) | kept.equals(0, 0.0)
            yield (
                cluster,
                (~match | group["kmsKeyId"].is_set).otherwise("its log group has no key of ours"),
            )
            yield (
                cluster,
                (~match | long_enough).otherwise(f"its log group keeps {kept.shown} days"),
            )


@rule(
    "eks-supported-version",
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
    hipaa=("164.308(a)(1)(ii)(B)", "164.308(a)(5)(ii)(B)"),
    soc2=("CC7.1", "CC8.1"),
    severity=Severity.HIGH,
    remedy="Upgrade to a version in standard support, one minor at a time.",
    sources=(
        "config:EKS_CLUSTER_SUPPORTED_VERSION",
        "config:EKS_CLUSTER_OLDEST_SUPPORTED_VERSION",
        "prowler:eks_cluster_uses_a_supported_version",
        "checkov:CKV_AWS_339",
    ),
)
def eks_supported_version(owner: Resource) -> Iterable[Clause]:
    """Cluster version is in standard support."""
    version = owner["version"]
    stated = version.is_set if owner.type == CLUSTER else truth(True)
    yield stated.otherwise("states no version: AWS chooses one")
    yield (version.is_empty | version.satisfies(_supported)).otherwise(
        f"{version.shown} is out of standard support"
    )


def _supported(version: object) -> bool:
    major, _, minor = str(version).partition(".")
    return major.isdigit() and minor.isdigit() and (int(major), int(minor)) >= OLDEST_VERSION


@rule(
    "eks-deletion-protection",
    "aws:eks/cluster:Cluster",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.312(c)(1)"),
    soc2=("A1.2", "C1.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set deletion_protection=True.",
    sources=("prowler:eks_cluster_deletion_protection_enabled",),
)
def eks_deletion_protection(cluster: Resource) -> Iterable[Clause]:
    """Cluster deletion protection is on."""
    yield cluster["deletionProtection"].is_true.otherwise("one call deletes it")


@rule(
    "eks-access-api-mode",
    "aws:eks/cluster:Cluster",
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
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy='Set authentication_mode="API" and bootstrap_cluster_creator_admin_permissions=False.',
)
def eks_access_api_mode(cluster: Resource) -> Iterable[Clause]:
    """Cluster access is managed through access entries."""
    access = cluster["accessConfig"]
    mode = access["authenticationMode"]
    yield mode.equals("API", "API_AND_CONFIG_MAP").otherwise(
        "access is kept in the aws-auth ConfigMap"
    )
    yield access["bootstrapClusterCreatorAdminPermissions"].is_false.otherwise(
        "whoever creates the cluster stays its administrator"
    )


@rule(
    "eks-access-entry-no-cluster-admin",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:eks/accessEntry:AccessEntry",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.HIGH,
    remedy="Grant AmazonEKSAdminViewPolicy or a namespace scope; cluster admin is for the deploy role and the administrators alone.",
)
def eks_access_entry_no_cluster_admin(entry: Resource) -> Iterable[Clause]:
    """Access entries do not grant cluster admin broadly."""
    groups = entry["kubernetesGroups"]
    yield (~groups.contains("system:masters")).otherwise("is in system:masters, beyond any policy")
    policy, scope = entry["policyArn"], entry["accessScope"]["type"]
    admin = policy.matches(f"{CLUSTER_ADMIN}$") & (scope.equals("cluster") | scope.is_empty)
    expected = entry["principalArn"].matches(CLUSTER_ADMIN_ROLES)
    yield (~admin | expected).otherwise("is administrator of the whole cluster")
