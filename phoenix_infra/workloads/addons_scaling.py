"""Scaling and hardware: KEDA, the cluster autoscaler, metrics, and GPUs (X-25, X-33, A7.7)."""

from phoenix_infra.workloads.addon import (
    Addon,
    AddonContainer,
    AddonPod,
    AddonPort,
    ChartPin,
    Destination,
    Image,
    PodCall,
    PodKind,
    Privilege,
    Values,
    resources,
)
from phoenix_infra.workloads.addon_namespaces import (
    CLUSTER_AUTOSCALER,
    GPU_DEVICE_PLUGIN,
    GPU_METRICS,
    KEDA,
    METRICS_SERVER,
)
from phoenix_infra.workloads.chart_values import PRIORITY_CRITICAL, confined_pod, spread
from phoenix_infra.workloads.cluster_profile import ClusterProfile
from phoenix_infra.workloads.gpu import GPU_NODES

KEDA_VERSION = "2.20.2"
CLUSTER_AUTOSCALER_TAGS = {"1.34": "v1.34.3", "1.35": "v1.35.2", "1.36": "v1.36.1"}
"""The autoscaler's minor version is the cluster's (kubernetes/autoscaler, releases)."""
_GPU_TOLERATION: Values = {
    "key": GPU_NODES.taint_key,
    "operator": "Equal",
    "value": GPU_NODES.taint_value,
    "effect": GPU_NODES.taint_effect,
}


def keda() -> Addon:
    """Scales on queue depth and request rate; the only metrics adapter (X-33)."""
    size = resources(100, 256, 512)

    def pod(name: str, label: str, account: str, *ports: AddonPort) -> AddonPod:
        operator = name == "keda-operator"
        return AddonPod(
            name=name,
            kind=PodKind.DEPLOYMENT,
            labels={"app.kubernetes.io/name": label},
            service_account=account,
            replicas=2,
            containers=(
                AddonContainer(
                    name=name,
                    image=Image(
                        repository=f"ghcr.io/kedacore/{_KEDA_IMAGES[name]}", tag=KEDA_VERSION
                    ),
                    resources=size,
                ),
            ),
            ports=(*ports, AddonPort(name="metrics", number=8080, metrics=True)),
            calls=(PodCall(pod="kube-prometheus-stack/prometheus", port="web"),)
            if operator
            else (PodCall(pod="keda/keda-operator", port="grpc"),)
            if "apiserver" in name
            else (),
            destinations=(Destination.KUBERNETES_API,),
            disruption_budget=True,
        )

    monitored: Values = {"enabled": True, "serviceMonitor": {"enabled": True}}
    budget: Values = {"maxUnavailable": 1}
    return Addon(
        name="keda",
        namespace=KEDA,
        chart=ChartPin(
            repository="https://kedacore.github.io/charts", name="keda", version=KEDA_VERSION
        ),
        values={
            "operator": {"replicaCount": 2},
            "metricsServer": {"replicaCount": 2},
            "webhooks": {"replicaCount": 2, "failurePolicy": "Fail"},
            "crds": {"install": True},
            "priorityClassName": PRIORITY_CRITICAL,
            "http": {"minTlsVersion": "TLS13"},
            "podDisruptionBudget": {"operator": budget, "metricServer": budget, "webhooks": budget},
            "resources": {
                "operator": size.as_values(),
                "metricServer": size.as_values(),
                "webhooks": size.as_values(),
            },
            "podSecurityContext": {
                name: confined_pod(1000) for name in ("operator", "metricServer", "webhooks")
            },
            "topologySpreadConstraints": {
                "operator": spread({"app.kubernetes.io/name": "keda-operator"}),
                "metricsServer": spread(
                    {"app.kubernetes.io/name": "keda-operator-metrics-apiserver"}
                ),
                "webhooks": spread({"app.kubernetes.io/name": "keda-admission-webhooks"}),
            },
            "rbac": {
                "scaledRefKinds": [
                    {"apiGroup": "apps", "kind": "deployments"},
                    {"apiGroup": "batch", "kind": "jobs"},
                ]
            },
            "prometheus": {
                "operator": monitored,
                "metricServer": monitored,
                "webhooks": monitored,
            },
        },
        pods=(
            pod(
                "keda-operator",
                "keda-operator",
                "keda-operator",
                AddonPort(name="grpc", number=9666),
            ),
            pod(
                "keda-operator-metrics-apiserver",
                "keda-operator-metrics-apiserver",
                "keda-metrics-server",
                AddonPort(name="https", number=6443, webhook=True),
            ),
            pod(
                "keda-admission-webhooks",
                "keda-admission-webhooks",
                "keda-webhook",
                AddonPort(name="https", number=9443, webhook=True),
            ),
        ),
        owns=("crd-group/keda.sh", "crd-group/eventing.keda.sh", "api/external.metrics.k8s.io"),
    )


_KEDA_IMAGES = {
    "keda-operator": "keda",
    "keda-operator-metrics-apiserver": "keda-metrics-apiserver",
    "keda-admission-webhooks": "keda-admission-webhooks",
}


def cluster_autoscaler(profile: ClusterProfile) -> Addon:
    """Adds and removes nodes of the tagged node groups; one scaler, never beside Karpenter."""
    if profile.cloud is None:
        raise ValueError("the cluster autoscaler needs AWS node groups")
    tag = CLUSTER_AUTOSCALER_TAGS.get(profile.kubernetes_version)
    if tag is None:
        known = ", ".join(sorted(CLUSTER_AUTOSCALER_TAGS))
        raise ValueError(
            f"phoenix:cluster kubernetes_version {profile.kubernetes_version} has no cluster "
            f"autoscaler image recorded; known are {known}: add its tag to the add-on catalogue"
        )
    size = resources(100, 512, 1024)
    labels = {
        "app.kubernetes.io/name": "aws-cluster-autoscaler",
        "app.kubernetes.io/instance": "cluster-autoscaler",
    }
    image = "registry.k8s.io/autoscaling/cluster-autoscaler"
    return Addon(
        name="cluster-autoscaler",
        namespace=CLUSTER_AUTOSCALER,
        chart=ChartPin(
            repository="https://kubernetes.github.io/autoscaler",
            name="cluster-autoscaler",
            version="9.59.0",
        ),
        values={
            "cloudProvider": "aws",
            "awsRegion": profile.cloud.region,
            "autoDiscovery": {"clusterName": profile.name},
            "image": {"repository": image, "tag": tag},
            "fullnameOverride": "cluster-autoscaler",
            "replicaCount": 2,
            "resources": size.as_values(),
            "extraArgs": {
                "expander": "least-waste",
                "balance-similar-node-groups": True,
                "skip-nodes-with-local-storage": False,
                "skip-nodes-with-system-pods": False,
            },
            "rbac": {"serviceAccount": {"create": True, "name": "cluster-autoscaler"}},
            "securityContext": confined_pod(65534),
            "containerSecurityContext": {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
            "topologySpreadConstraints": spread(labels),
            "serviceMonitor": {"enabled": True, "namespace": CLUSTER_AUTOSCALER},
        },
        pods=(
            AddonPod(
                name="cluster-autoscaler",
                kind=PodKind.DEPLOYMENT,
                labels=labels,
                service_account="cluster-autoscaler",
                replicas=2,
                containers=(
                    AddonContainer(
                        name="aws-cluster-autoscaler",
                        image=Image(repository=image, tag=tag),
                        resources=size,
                    ),
                ),
                ports=(AddonPort(name="metrics", number=8085, metrics=True),),
                destinations=(Destination.KUBERNETES_API, Destination.AWS),
                disruption_budget=True,
            ),
        ),
        owns=("node-scaler/cluster",),
    )


def metrics_server() -> Addon:
    """Resource metrics of a given cluster; on EKS it is an EKS add-on (X-33)."""
    size = resources(100, 200, 400)
    labels = {
        "app.kubernetes.io/name": "metrics-server",
        "app.kubernetes.io/instance": "metrics-server",
    }
    return Addon(
        name="metrics-server",
        namespace=METRICS_SERVER,
        chart=ChartPin(
            repository="https://kubernetes-sigs.github.io/metrics-server",
            name="metrics-server",
            version="3.13.1",
        ),
        values={
            "replicas": 2,
            "resources": size.as_values(),
            "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
            "tls": {"type": "cert-manager"},
            "apiService": {"insecureSkipTLSVerify": False},
            "topologySpreadConstraints": spread(labels),
            "metrics": {"enabled": True},
            "serviceMonitor": {"enabled": True},
        },
        pods=(
            AddonPod(
                name="metrics-server",
                kind=PodKind.DEPLOYMENT,
                labels=labels,
                service_account="metrics-server",
                replicas=2,
                containers=(
                    AddonContainer(
                        name="metrics-server",
                        image=Image(
                            repository="registry.k8s.io/metrics-server/metrics-server",
                            tag="v0.8.1",
                        ),
                        resources=size,
                    ),
                ),
                ports=(AddonPort(name="https", number=10250, metrics=True, webhook=True),),
                destinations=(Destination.KUBERNETES_API, Destination.KUBELETS),
                disruption_budget=True,
            ),
        ),
        owns=("api/metrics.k8s.io",),
        after=("cert-manager", "kube-prometheus-stack"),
    )


def nvidia_device_plugin() -> Addon:
    """Offers one GPU per T4: no time-slicing, two large-v3 models do not fit 16 GB (X-26)."""
    size = resources(50, 64, 128)
    labels = {
        "app.kubernetes.io/name": "nvidia-device-plugin",
        "app.kubernetes.io/instance": "nvidia-device-plugin",
    }
    return Addon(
        name="nvidia-device-plugin",
        namespace=GPU_DEVICE_PLUGIN,
        chart=ChartPin(
            repository="https://nvidia.github.io/k8s-device-plugin",
            name="nvidia-device-plugin",
            version="0.20.0",
        ),
        values={
            "resources": size.as_values(),
            "nodeSelector": GPU_NODES.node_labels,
            "tolerations": [_GPU_TOLERATION],
            "gfd": {"enabled": False},
            "failOnInitError": True,
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
            },
        },
        pods=(
            AddonPod(
                name="nvidia-device-plugin",
                kind=PodKind.DAEMON_SET,
                labels=labels,
                service_account="default",
                containers=(
                    AddonContainer(
                        name="nvidia-device-plugin-ctr",
                        image=Image(repository="nvcr.io/nvidia/k8s-device-plugin", tag="v0.20.0"),
                        resources=size,
                    ),
                ),
                privileges=(Privilege.HOST_PATH, Privilege.ROOT),
                node_selector=GPU_NODES.node_labels,
                tolerates=(GPU_NODES.taint_key,),
            ),
        ),
        owns=(f"extended-resource/{GPU_NODES.resource}",),
    )


def dcgm_exporter() -> Addon:
    """GPU use, memory and temperature for the ML dashboards (L-045)."""
    size = resources(100, 256, 512)
    labels = {
        "app.kubernetes.io/name": "dcgm-exporter",
        "app.kubernetes.io/instance": "dcgm-exporter",
    }
    return Addon(
        name="dcgm-exporter",
        namespace=GPU_METRICS,
        chart=ChartPin(
            repository="https://nvidia.github.io/dcgm-exporter/helm-charts",
            name="dcgm-exporter",
            version="4.8.2",
        ),
        values={
            "image": {
                "repository": "nvcr.io/nvidia/k8s/dcgm-exporter",
                "tag": "4.5.3-4.8.2-distroless",
            },
            "resources": size.as_values(),
            "nodeSelector": GPU_NODES.node_labels,
            "tolerations": [_GPU_TOLERATION],
            "serviceMonitor": {"enabled": True, "interval": "30s"},
        },
        pods=(
            AddonPod(
                name="dcgm-exporter",
                kind=PodKind.DAEMON_SET,
                labels=labels,
                service_account="dcgm-exporter",
                containers=(
                    AddonContainer(
                        name="exporter",
                        image=Image(
                            repository="nvcr.io/nvidia/k8s/dcgm-exporter",
                            tag="4.5.3-4.8.2-distroless",
                        ),
                        resources=size,
                    ),
                ),
                ports=(AddonPort(name="metrics", number=9400, metrics=True),),
                destinations=(Destination.KUBERNETES_API,),
                privileges=(
                    Privilege.HOST_PATH,
                    Privilege.ROOT,
                    Privilege.ADDED_CAPABILITIES,
                ),
                node_selector=GPU_NODES.node_labels,
                tolerates=(GPU_NODES.taint_key,),
            ),
        ),
        after=("nvidia-device-plugin", "kube-prometheus-stack"),
    )
