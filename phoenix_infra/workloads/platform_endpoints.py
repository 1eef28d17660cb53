"""The pods of the platform that services connect to or are called by; add-ons declare the same pods."""

from phoenix_infra.workloads.connectivity import PodGroup
from phoenix_infra.workloads.namespaces import DELIVERY, MONITOR
from phoenix_infra.workloads.spec import WORKLOAD_LABEL

DNS = PodGroup(
    name="dns",
    namespace="kube-system",
    labels={"k8s-app": "kube-dns"},
    service_account="coredns",
    in_mesh=False,
)
MESH_CONTROL_PLANE = PodGroup(
    name="istiod",
    namespace="istio-system",
    labels={"app": "istiod"},
    service_account="istiod",
    in_mesh=False,
)
INGRESS_GATEWAY = PodGroup(
    name="istio-ingress",
    namespace="istio-ingress",
    labels={"app": "istio-ingress", "istio": "ingress"},
    service_account="istio-ingress",
    in_mesh=True,
)
EGRESS_GATEWAY = PodGroup(
    name="istio-egress",
    namespace="istio-egress",
    labels={"app": "istio-egress", "istio": "egress"},
    service_account="istio-egress",
    in_mesh=True,
)
VAULT_SERVER = PodGroup(
    name="vault",
    namespace="vault",
    labels={"app.kubernetes.io/name": "vault", "component": "server"},
    service_account="vault",
    in_mesh=False,
)
TELEMETRY_COLLECTOR = PodGroup(
    name="otel-collector",
    namespace=MONITOR,
    labels={"app.kubernetes.io/name": "opentelemetry-collector"},
    service_account="otel-collector",
    in_mesh=False,
)
PROMETHEUS_SERVER = PodGroup(
    name="prometheus",
    namespace=MONITOR,
    labels={"app.kubernetes.io/name": "prometheus"},
    service_account="prometheus",
    in_mesh=False,
)
LOAD_TESTER = PodGroup(
    name="loadtester",
    namespace=DELIVERY,
    labels={WORKLOAD_LABEL: "loadtester"},
    service_account="loadtester",
    in_mesh=True,
)
"""Flagger's load tester, the k6 profiles and the smoke tests: one identity, one edge (A8)."""

PLATFORM_ENDPOINTS: tuple[PodGroup, ...] = (
    DNS,
    MESH_CONTROL_PLANE,
    INGRESS_GATEWAY,
    EGRESS_GATEWAY,
    VAULT_SERVER,
    TELEMETRY_COLLECTOR,
    PROMETHEUS_SERVER,
    LOAD_TESTER,
)
