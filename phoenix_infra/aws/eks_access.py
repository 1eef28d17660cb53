"""EKS access entries: who may do what with the Kubernetes API, decided in IAM and visible there (X-77)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import eks

_POLICIES = "arn:aws:eks::aws:cluster-access-policy"
ADMINISTRATOR = f"{_POLICIES}/AmazonEKSClusterAdminPolicy"
EDITOR = f"{_POLICIES}/AmazonEKSEditPolicy"
AUDITOR = f"{_POLICIES}/AmazonEKSAdminViewPolicy"
VIEWER = f"{_POLICIES}/AmazonEKSViewPolicy"


@dataclass(frozen=True, kw_only=True)
class AccessGrant:
    """One access policy, in the whole cluster or in the named namespaces."""

    policy_arn: str
    namespaces: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class EksAccessArgs:
    """One principal."""

    cluster_name: pulumi.Input[str]
    principal_arn: pulumi.Input[str]
    grants: Mapping[str, AccessGrant]
    """Name to grant."""
    tags: Mapping[str, str]


class EksAccess(pulumi.ComponentResource):
    """A principal's entry and its grants; no group of Kubernetes, least of all system:masters."""

    def __init__(
        self, name: str, args: EksAccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:EksAccess", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        entry = eks.AccessEntry(
            name,
            cluster_name=args.cluster_name,
            principal_arn=args.principal_arn,
            type="STANDARD",
            tags=args.tags,
            opts=child,
        )
        for role, grant in args.grants.items():
            eks.AccessPolicyAssociation(
                f"{name}-{role}",
                cluster_name=args.cluster_name,
                principal_arn=entry.principal_arn,
                policy_arn=grant.policy_arn,
                access_scope=eks.AccessPolicyAssociationAccessScopeArgs(
                    type="namespace" if grant.namespaces else "cluster",
                    namespaces=list(grant.namespaces) or None,
                ),
                opts=child,
            )
        self.register_outputs({})
