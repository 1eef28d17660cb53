"""A namespace that is safe from its first second: Pod Security, default deny, quota, limits (X-69, A7.7)."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from phoenix_infra.k8s.authorization_policy import AllowNothing
from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.k8s.network_policy import allow_dns, default_deny
from phoenix_infra.k8s.peer_authentication import PeerAuthentication
from phoenix_infra.workloads.addon import PodSecurity
from phoenix_infra.workloads.namespaces import NamespaceSpec

core = kubernetes.core.v1
REASON_ANNOTATION = "phoenix.health/pod-security-reason"


@dataclass(frozen=True, kw_only=True)
class NamespaceQuota:
    """The most that all pods of a namespace may request together."""

    cpu_millicores: int
    memory_mib: int
    pods: int
    gpus: int = 0
    claims: int = 10


@dataclass(frozen=True, kw_only=True)
class SecureNamespaceArgs:
    """What a namespace is and how much it may take."""

    space: NamespaceSpec
    environment: str
    quota: NamespaceQuota
    mesh_policies: bool = True
    """Strict mutual TLS and allow-nothing; needs the mesh's CRDs, so the mesh's own namespaces come before them."""
    after: tuple[pulumi.Resource, ...] = ()
    """Releases whose CRDs and webhooks must be there before anything lives here."""


class SecureNamespace(pulumi.ComponentResource):
    """Namespace, quota, limit range and the policies that deny everything not declared."""

    name: str
    namespace: core.Namespace
    """What releases into it depend on; a component would bring all its children along."""

    def __init__(
        self, name: str, args: SecureNamespaceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Registers the namespace before everything that lives in it."""
        super().__init__("phoenix:k8s:SecureNamespace", name, None, opts)
        space = args.space
        namespace = core.Namespace(
            name,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=space.name,
                labels=_labels(space, args.environment),
                annotations={REASON_ANNOTATION: space.reason} if space.reason else None,
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.after)),
        )
        child = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        _quota(f"{name}-quota", space, args.quota, child)
        _limit_range(f"{name}-limits", space, child)
        default_deny(f"{name}-default-deny", space.name, child)
        allow_dns(f"{name}-allow-dns", space.name, child)
        if args.mesh_policies and space.injection:
            labels = recommended_labels(space.name, component="mesh-policy")
            custom_resource(
                f"{name}-strict-mutual-tls",
                PeerAuthentication(),
                name="strict-mutual-tls",
                namespace=space.name,
                labels=labels,
                opts=child,
            )
            custom_resource(
                f"{name}-allow-nothing",
                AllowNothing(),
                name="allow-nothing",
                namespace=space.name,
                labels=labels,
                opts=child,
            )
        self.name = space.name
        self.namespace = namespace
        self.register_outputs({"name": space.name})


def _labels(space: NamespaceSpec, environment: str) -> dict[str, str]:
    level = space.pod_security
    return {
        **recommended_labels(
            space.name, component="namespace", data_classification=space.data_classification
        ),
        "environment": environment,
        # Absent rather than "disabled": single pods may still join the mesh by their own label.
        **({"istio-injection": "enabled"} if space.injection else {}),
        "pod-security.kubernetes.io/enforce": level,
        "pod-security.kubernetes.io/enforce-version": "latest",
        # Auditors see what would be refused under the strictest level, also where less is enforced.
        "pod-security.kubernetes.io/audit": PodSecurity.RESTRICTED,
        "pod-security.kubernetes.io/warn": PodSecurity.RESTRICTED,
    }


def _quota(
    resource_name: str, space: NamespaceSpec, quota: NamespaceQuota, opts: pulumi.ResourceOptions
) -> None:
    hard = {
        "requests.cpu": f"{quota.cpu_millicores}m",
        "requests.memory": f"{quota.memory_mib}Mi",
        "pods": str(quota.pods),
        "persistentvolumeclaims": str(quota.claims),
        "services.loadbalancers": "0",
        "services.nodeports": "0",
        "requests.nvidia.com/gpu": str(quota.gpus),
    }
    core.ResourceQuota(
        resource_name,
        metadata=_metadata("quota", space),
        spec=core.ResourceQuotaSpecArgs(hard=hard),
        opts=opts,
    )


def _limit_range(resource_name: str, space: NamespaceSpec, opts: pulumi.ResourceOptions) -> None:
    """Defaults for containers that say nothing, such as injected ones (X-30).

    No CPU limit: given to a container that requests more, it would keep the pod from existing.
    """
    core.LimitRange(
        resource_name,
        metadata=_metadata("limits", space),
        spec=core.LimitRangeSpecArgs(
            limits=[
                core.LimitRangeItemArgs(
                    type="Container",
                    default_request={"cpu": "50m", "memory": "64Mi"},
                    default={"memory": "256Mi"},
                )
            ]
        ),
        opts=opts,
    )


def _metadata(name: str, space: NamespaceSpec) -> kubernetes.meta.v1.ObjectMetaArgs:
    return kubernetes.meta.v1.ObjectMetaArgs(
        name=name, namespace=space.name, labels=recommended_labels(name, component="namespace")
    )
