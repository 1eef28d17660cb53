"""Monitors of the add-ons whose charts come before the operator's own kinds, and of the mesh (X-43, X-45)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi

from phoenix_infra.k8s.custom_resource import custom_resource, present
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.workloads.addon_namespaces import (
    CERT_MANAGER,
    EXTERNAL_SECRETS,
    MESH_CNI,
    MESH_EGRESS,
    MESH_INGRESS,
    MESH_ROOT,
    VAULT,
)
from phoenix_infra.workloads.addons_mesh import MERGED_METRICS_PORT
from phoenix_infra.workloads.addons_secrets import VAULT_TLS_SECRET

INTERVAL = "30s"


@dataclass(frozen=True, kw_only=True)
class PodMonitor:
    """Scrapes a port of the selected pods of one namespace."""

    API_VERSION: ClassVar[str] = "monitoring.coreos.com/v1"
    KIND: ClassVar[str] = "PodMonitor"

    selector: Mapping[str, str]
    port_number: int
    path: str = "/metrics"
    authority_secret: str | None = None
    """Secret with the authority behind the pod's certificate; then the scrape is over TLS."""
    server_name: str | None = None
    parameters: Mapping[str, tuple[str, ...]] | None = None

    def spec(self) -> Mapping[str, object]:
        """One endpoint, by number: charts name their ports as they like."""
        tls = (
            {
                "ca": {"secret": {"name": self.authority_secret, "key": "ca.crt"}},
                "serverName": self.server_name,
            }
            if self.authority_secret
            else None
        )
        return {
            "selector": {"matchLabels": dict(self.selector)},
            "podMetricsEndpoints": [
                present(
                    portNumber=self.port_number,
                    path=self.path,
                    interval=INTERVAL,
                    scheme="https" if tls else None,
                    tlsConfig=tls,
                    params={key: list(value) for key, value in self.parameters.items()}
                    if self.parameters
                    else None,
                )
            ],
        }


@dataclass(frozen=True, kw_only=True)
class MonitoredPods:
    """The pods behind one monitor."""

    name: str
    namespace: str
    monitor: PodMonitor


MONITORS: tuple[MonitoredPods, ...] = (
    MonitoredPods(
        name="cert-manager",
        namespace=CERT_MANAGER,
        monitor=PodMonitor(
            selector={"app.kubernetes.io/instance": "cert-manager"}, port_number=9402
        ),
    ),
    MonitoredPods(
        name="external-secrets",
        namespace=EXTERNAL_SECRETS,
        monitor=PodMonitor(
            selector={"app.kubernetes.io/instance": "external-secrets"}, port_number=8080
        ),
    ),
    MonitoredPods(
        name="vault",
        namespace=VAULT,
        monitor=PodMonitor(
            selector={"app.kubernetes.io/name": "vault", "component": "server"},
            port_number=8200,
            path="/v1/sys/metrics",
            authority_secret=VAULT_TLS_SECRET,
            server_name=f"vault.{VAULT}.svc",
            parameters={"format": ("prometheus",)},
        ),
    ),
    MonitoredPods(
        name="istiod",
        namespace=MESH_ROOT,
        monitor=PodMonitor(selector={"app": "istiod"}, port_number=15014),
    ),
    MonitoredPods(
        name="istio-cni",
        namespace=MESH_CNI,
        monitor=PodMonitor(selector={"k8s-app": "istio-cni-node"}, port_number=15014),
    ),
    *(
        MonitoredPods(
            name=namespace,
            namespace=namespace,
            monitor=PodMonitor(
                selector={"app": namespace},
                port_number=MERGED_METRICS_PORT,
                path="/stats/prometheus",
            ),
        )
        for namespace in (MESH_INGRESS, MESH_EGRESS)
    ),
)


@dataclass(frozen=True, kw_only=True)
class PlatformMonitorsArgs:
    """The releases that bring the kinds and the pods."""

    after: Sequence[pulumi.Resource]


class PlatformMonitors(pulumi.ComponentResource):
    """One PodMonitor for each entry."""

    def __init__(
        self, name: str, args: PlatformMonitorsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:k8s:PlatformMonitors", name, None, opts)
        for entry in MONITORS:
            custom_resource(
                f"{name}-{entry.name}",
                entry.monitor,
                name=entry.name,
                namespace=entry.namespace,
                labels=recommended_labels(entry.name, component="observability"),
                opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.after)),
            )
        self.register_outputs({})
