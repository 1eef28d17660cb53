"""The explicit providers of a stack; nothing ever falls back to a default one."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_eks as eks
import pulumi_random as random

from phoenix_infra.naming import Naming, Tags, boundary_arn
from phoenix_infra.settings.models import RegionalSettings
from phoenix_infra.settings.stack import PrimaryStack, RecoveryStack

EDGE_REGION = "us-east-1"
"""CloudFront's web ACLs and certificates exist only there (X-67)."""


@dataclass(frozen=True, kw_only=True)
class RegionalContext:
    """What every layer of a regional stack needs: settings, names, tags and providers."""

    settings: RegionalSettings
    naming: Naming
    tags: Tags
    cloud: aws.Provider
    peer_cloud: aws.Provider
    edge_cloud: aws.Provider
    random_provider: random.Provider
    eks_provider: eks.Provider

    @property
    def region(self) -> str:
        """The region this stack runs in."""
        return self.settings.identity.region

    @property
    def peer_region(self) -> str:
        """The other region of the pair."""
        stack = self.settings.stack
        if isinstance(stack, PrimaryStack):
            return stack.recovery_region
        if isinstance(stack, RecoveryStack):
            return stack.primary_region
        raise TypeError(f"a {stack.kind} stack has no peer region")

    @property
    def boundary_arn(self) -> str:
        """Permissions boundary of every role."""
        identity = self.settings.identity
        return boundary_arn(identity.account_id, identity.environment)

    @property
    def is_primary(self) -> bool:
        """Whether this stack owns the data (A7.2)."""
        return isinstance(self.settings.stack, PrimaryStack)

    def regional(self) -> pulumi.ResourceOptions:
        """AWS in the stack's own region, with random beside it for passwords."""
        return pulumi.ResourceOptions(providers=[self.cloud, self.random_provider])

    def peer(self) -> pulumi.ResourceOptions:
        """AWS in the other region."""
        return pulumi.ResourceOptions(providers=[self.peer_cloud, self.random_provider])

    def edge(self) -> pulumi.ResourceOptions:
        """AWS in us-east-1, for what CloudFront and Route 53 need there."""
        return pulumi.ResourceOptions(providers=[self.edge_cloud])

    def control_plane(self) -> pulumi.ResourceOptions:
        """The eks component's own provider and AWS beside it."""
        return pulumi.ResourceOptions(providers=[self.cloud, self.eks_provider])


def regional_context(settings: RegionalSettings, stack_name: str) -> RegionalContext:
    """Declares the providers; the account guard turns wrong credentials into an error."""
    identity = settings.identity
    naming = Naming(
        environment=identity.environment, role=settings.stack.kind, region=identity.region
    )
    tags = Tags(
        environment=identity.environment,
        role=settings.stack.kind,
        stack=stack_name,
        cost_center=identity.cost_center,
    )
    if isinstance(settings.stack, PrimaryStack):
        peer_region = settings.stack.recovery_region
    elif isinstance(settings.stack, RecoveryStack):
        peer_region = settings.stack.primary_region
    else:
        raise TypeError(f"a {settings.stack.kind} stack has no region")
    cloud = _cloud("aws", identity.region, identity.account_id)
    return RegionalContext(
        settings=settings,
        naming=naming,
        tags=tags,
        cloud=cloud,
        peer_cloud=_cloud("aws-peer", peer_region, identity.account_id),
        edge_cloud=_cloud("aws-edge", EDGE_REGION, identity.account_id),
        random_provider=random.Provider("random"),
        eks_provider=eks.Provider("eks"),
    )


def _cloud(name: str, region: str, account_id: str) -> aws.Provider:
    return aws.Provider(name, region=region, allowed_account_ids=[account_id])
