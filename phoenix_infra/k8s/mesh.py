"""The mesh's baseline: strict mutual TLS for all, access logs, traces, and no way out but the listed ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi

from phoenix_infra.k8s.authorization_policy import AllowNothing
from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.k8s.peer_authentication import PeerAuthentication
from phoenix_infra.workloads.addon_namespaces import MESH_EGRESS, MESH_INGRESS, MESH_ROOT

TRACE_SAMPLING_PERCENT = 5
TRACE_PROVIDER = "otel"
"""The extension provider that the mesh configuration names."""


@dataclass(frozen=True, kw_only=True)
class MeshSidecar:
    """The mesh-wide default of every proxy: what is not registered is not reachable."""

    API_VERSION: ClassVar[str] = "networking.istio.io/v1"
    KIND: ClassVar[str] = "Sidecar"

    def spec(self) -> Mapping[str, object]:
        """REGISTRY_ONLY is a literal (A8)."""
        return {
            "outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"},
            "egress": [{"hosts": ["*/*"]}],
        }


@dataclass(frozen=True, kw_only=True)
class MeshTelemetry:
    """Access logs of every proxy on its standard output, and a share of requests traced."""

    API_VERSION: ClassVar[str] = "telemetry.istio.io/v1"
    KIND: ClassVar[str] = "Telemetry"

    def spec(self) -> Mapping[str, object]:
        """The Envoy provider is built in."""
        return {
            "accessLogging": [{"providers": [{"name": "envoy"}]}],
            "metrics": [{"providers": [{"name": "prometheus"}]}],
            "tracing": [
                {
                    "providers": [{"name": TRACE_PROVIDER}],
                    "randomSamplingPercentage": TRACE_SAMPLING_PERCENT,
                }
            ],
        }


@dataclass(frozen=True, kw_only=True)
class MeshBaselineArgs:
    """Releases whose CRDs these objects are of, and the namespaces of the gateways."""

    after: Sequence[pulumi.Resource] = ()


class MeshBaseline(pulumi.ComponentResource):
    """Objects in the mesh's root namespace, and allow-nothing where its gateways run."""

    def __init__(
        self, name: str, args: MeshBaselineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:k8s:MeshBaseline", name, None, opts)
        labels = recommended_labels("mesh", component="mesh-policy")
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        for body, object_name in (
            (PeerAuthentication(), "strict-mutual-tls"),
            (MeshSidecar(), "default"),
            (MeshTelemetry(), "mesh-default"),
        ):
            custom_resource(
                f"{name}-{object_name}",
                body,
                name=object_name,
                namespace=MESH_ROOT,
                labels=labels,
                opts=child,
            )
        for namespace in (MESH_INGRESS, MESH_EGRESS):
            custom_resource(
                f"{name}-{namespace}-allow-nothing",
                AllowNothing(),
                name="allow-nothing",
                namespace=namespace,
                labels=labels,
                opts=child,
            )
        self.register_outputs({})
