"""The namespaces of the add-ons, with every Pod Security exception and its written reason (A7.7)."""

from phoenix_infra.workloads.addon import PodSecurity
from phoenix_infra.workloads.namespaces import DELIVERY, MONITOR, NamespaceSpec

MESH_ROOT = "istio-system"
MESH_CNI = "istio-cni"
MESH_INGRESS = "istio-ingress"
MESH_EGRESS = "istio-egress"
CERT_MANAGER = "cert-manager"
EXTERNAL_SECRETS = "external-secrets"
VAULT = "vault"
KEDA = "keda"
ARGOCD = "argocd"
LOAD_BALANCER_CONTROLLER = "aws-load-balancer-controller"
CLUSTER_AUTOSCALER = "cluster-autoscaler"
METRICS_SERVER = "metrics-server"
NODE_EXPORTER = "node-exporter"
LOG_COLLECTOR = "log-collector"
GPU_DEVICE_PLUGIN = "gpu-device-plugin"
GPU_METRICS = "gpu-metrics"
VELERO = "velero"
CNPG_OPERATOR = "cnpg-system"
STRIMZI_OPERATOR = "strimzi"
INGRESS_NGINX = "ingress-nginx"


def _restricted(name: str, *, injection: bool = False) -> NamespaceSpec:
    return NamespaceSpec(name=name, injection=injection, data_classification="internal")


def _privileged(name: str, reason: str) -> NamespaceSpec:
    return NamespaceSpec(
        name=name,
        injection=False,
        data_classification="internal",
        pod_security=PodSecurity.PRIVILEGED,
        reason=reason,
    )


ADDON_NAMESPACES: tuple[NamespaceSpec, ...] = (
    *(
        _restricted(name)
        for name in (
            MESH_ROOT,
            MESH_INGRESS,
            MESH_EGRESS,
            CERT_MANAGER,
            EXTERNAL_SECRETS,
            VAULT,
            KEDA,
            ARGOCD,
            MONITOR,
            LOAD_BALANCER_CONTROLLER,
            CLUSTER_AUTOSCALER,
            METRICS_SERVER,
            VELERO,
            CNPG_OPERATOR,
            STRIMZI_OPERATOR,
            INGRESS_NGINX,
        )
    ),
    _restricted(DELIVERY, injection=True),
    _privileged(
        MESH_CNI,
        "the CNI plug-in writes to the node's CNI directories and enters pods' network namespaces, "
        "so that no application pod needs NET_ADMIN",
    ),
    _privileged(
        NODE_EXPORTER,
        "node-exporter reads /proc, /sys and / of its node, read-only, in the node's network",
    ),
    _privileged(LOG_COLLECTOR, "the collector reads /var/log/pods of its node, read-only"),
    _privileged(
        GPU_DEVICE_PLUGIN,
        "the device plug-in registers GPUs over the kubelet's socket in "
        "/var/lib/kubelet/device-plugins",
    ),
    _privileged(
        GPU_METRICS,
        "the exporter reads GPU counters through the driver, as root with SYS_ADMIN, and maps them "
        "to pods through /var/lib/kubelet/pod-resources",
    ),
)
"""Every namespace an add-on may live in; a stack declares those that it uses."""

PRIVILEGED_NAMESPACES: frozenset[str] = frozenset(
    space.name for space in ADDON_NAMESPACES if space.pod_security is PodSecurity.PRIVILEGED
)
"""The allow-list; nothing else may be scheduled there (A7.7)."""
