"""Small programs for the recorder's tests."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_eks as eks
import pulumi_kubernetes as kubernetes
import pulumi_random as random

ACCOUNT = "111122223333"
ROLE = "eks-control-plane"


def cloud(region: str = "eu-west-1", name: str = "aws") -> aws.Provider:
    """An explicit AWS provider with the account guard."""
    return aws.Provider(name, region=region, allowed_account_ids=[ACCOUNT])


class Vault(pulumi.ComponentResource):
    """A bucket with its versioning, as components here are written."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("phoenix:aws:Vault", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.bucket = aws.s3.Bucket(f"{name}-bucket", tags={"Owner": "data"}, opts=child)
        aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=self.bucket.id,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(
                status="Enabled"
            ),
            opts=child,
        )
        self.register_outputs({"arn": self.bucket.arn})


def password(length: int = 24) -> random.RandomPassword:
    """A password from an explicit provider."""
    provider = random.Provider("random")
    return random.RandomPassword(
        "master",
        length=length,
        min_upper=2,
        min_numeric=2,
        override_special="-_",
        opts=pulumi.ResourceOptions(provider=provider),
    )


def control_plane(
    transform: Callable[[pulumi.ResourceTransformArgs], pulumi.ResourceTransformResult | None]
    | None = None,
    **changes: Any,
) -> eks.Cluster:
    """An eks.Cluster stripped to its control plane."""
    provider = cloud()
    role = aws.iam.Role(
        ROLE, assume_role_policy="{}", opts=pulumi.ResourceOptions(provider=provider)
    )
    subnet = aws.ec2.Subnet(
        "private",
        vpc_id="vpc-1",
        cidr_block="10.0.0.0/24",
        opts=pulumi.ResourceOptions(provider=provider),
    )
    key = aws.kms.Key("secrets", opts=pulumi.ResourceOptions(provider=provider))
    arguments: dict[str, Any] = {
        "version": "1.35",
        "skip_default_node_group": True,
        "skip_default_security_groups": True,
        "use_default_vpc_cni": True,
        "create_instance_role": False,
        "bootstrap_self_managed_addons": False,
        "service_role": role,
        "kube_proxy_addon_options": eks.KubeProxyAddonOptionsArgs(enabled=False),
        "coredns_addon_options": eks.CoreDnsAddonOptionsArgs(enabled=False),
        "endpoint_private_access": True,
        "endpoint_public_access": False,
        "authentication_mode": eks.AuthenticationMode.API,
        "private_subnet_ids": [subnet.id],
        "encryption_config_key_arn": key.arn,
        "tags": {"Owner": "platform"},
    }
    return eks.Cluster(
        "phoenix",
        **{**arguments, **changes},
        opts=pulumi.ResourceOptions(
            providers=[provider, eks.Provider("eks")],
            transforms=[transform] if transform else None,
        ),
    )


def in_cluster(kubeconfig: pulumi.Input[str]) -> kubernetes.core.v1.Namespace:
    """A namespace in the cluster that the kubeconfig leads to."""
    provider = kubernetes.Provider("cluster", kubeconfig=kubeconfig)
    return kubernetes.core.v1.Namespace(
        "api",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name="phoenix-api"),
        opts=pulumi.ResourceOptions(provider=provider),
    )
