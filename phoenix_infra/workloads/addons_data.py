"""Operators of the in-cluster data backends: CloudNativePG, its Barman plug-in, Strimzi (G-050, X-10, X-18, X-62)."""

from phoenix_infra.workloads.addon import (
    Addon,
    AddonContainer,
    AddonPod,
    AddonPort,
    ChartPin,
    Destination,
    Image,
    resources,
)
from phoenix_infra.workloads.addon import PodKind as Kind
from phoenix_infra.workloads.addon_namespaces import CNPG_OPERATOR, STRIMZI_OPERATOR
from phoenix_infra.workloads.chart_values import PRIORITY_CRITICAL, spread
from phoenix_infra.workloads.namespaces import DATA

CNPG_CHARTS = "https://cloudnative-pg.github.io/charts"
CNPG_RELEASE = "cnpg"
CNPG_OPERATOR_DEPLOYMENT = "cnpg-cloudnative-pg"
"""The Deployment's name under its chart, not the one of the documents (A7.11)."""
STRIMZI_VERSION = "1.2.0"


def cloudnative_pg() -> Addon:
    """The operator; it may watch every namespace but owns clusters in ours only."""
    size = resources(100, 256, 512)
    labels = {
        "app.kubernetes.io/name": "cloudnative-pg",
        "app.kubernetes.io/instance": CNPG_RELEASE,
    }
    image = Image(repository="ghcr.io/cloudnative-pg/cloudnative-pg", tag="1.30.0")
    return Addon(
        name=CNPG_RELEASE,
        namespace=CNPG_OPERATOR,
        chart=ChartPin(repository=CNPG_CHARTS, name="cloudnative-pg", version="0.29.0"),
        values={
            "replicaCount": 2,
            "image": {"repository": image.repository, "tag": image.tag},
            "crds": {"create": True},
            "config": {"clusterWide": True},
            "resources": size.as_values(),
            "priorityClassName": PRIORITY_CRITICAL,
            "topologySpreadConstraints": spread(labels),
            "monitoring": {"podMonitorEnabled": True},
        },
        pods=(
            AddonPod(
                name=CNPG_OPERATOR_DEPLOYMENT,
                kind=Kind.DEPLOYMENT,
                labels=labels,
                service_account=CNPG_OPERATOR_DEPLOYMENT,
                replicas=2,
                containers=(AddonContainer(name="manager", image=image, resources=size),),
                ports=(
                    AddonPort(name="webhook", number=9443, webhook=True),
                    AddonPort(name="metrics", number=8080, metrics=True),
                ),
                destinations=(Destination.KUBERNETES_API, Destination.DATABASE),
            ),
        ),
        owns=("crd-group/postgresql.cnpg.io",),
        after=("kube-prometheus-stack",),
    )


def barman_plugin() -> Addon:
    """Archives WAL and base backups to an object store; the in-tree way is going (X-18)."""
    size = resources(50, 128, 256)
    image = Image(repository="ghcr.io/cloudnative-pg/plugin-barman-cloud", tag="v0.13.0")
    return Addon(
        name="plugin-barman-cloud",
        namespace=CNPG_OPERATOR,
        chart=ChartPin(repository=CNPG_CHARTS, name="plugin-barman-cloud", version="0.7.0"),
        values={
            "replicaCount": 1,
            "image": {"tag": image.tag},
            "sidecarImage": {"tag": image.tag},
            "crds": {"create": True},
            "resources": size.as_values(),
            "certificate": {"createClientCertificate": True, "createServerCertificate": True},
        },
        pods=(
            AddonPod(
                name="plugin-barman-cloud",
                kind=Kind.DEPLOYMENT,
                labels={
                    "app.kubernetes.io/name": "plugin-barman-cloud",
                    "app.kubernetes.io/instance": "plugin-barman-cloud",
                },
                service_account="plugin-barman-cloud",
                containers=(
                    AddonContainer(name="plugin-barman-cloud", image=image, resources=size),
                ),
                ports=(AddonPort(name="grpc", number=9090),),
                destinations=(Destination.KUBERNETES_API,),
            ),
        ),
        owns=("crd-group/barmancloud.cnpg.io",),
        after=("cert-manager", CNPG_RELEASE),
    )


def strimzi() -> Addon:
    """The Kafka operator, watching the data namespace alone (X-62)."""
    size = resources(200, 384, 512)
    labels = {"strimzi.io/kind": "cluster-operator"}
    image = Image(repository="quay.io/strimzi/operator", tag=STRIMZI_VERSION)
    return Addon(
        name="strimzi",
        namespace=STRIMZI_OPERATOR,
        chart=ChartPin(
            repository="oci://quay.io/strimzi-helm",
            name="strimzi-kafka-operator",
            version=STRIMZI_VERSION,
        ),
        values={
            "replicas": 2,
            "watchNamespaces": [DATA],
            "watchAnyNamespace": False,
            "leaderElection": {"enable": True},
            # Our own policies name both ends of every connection.
            "generateNetworkPolicy": False,
            "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
            "podSecurityContext": {
                "runAsNonRoot": True,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "priorityClassName": PRIORITY_CRITICAL,
            "resources": size.as_values(),
            "topologySpreadConstraints": spread(labels),
        },
        pods=(
            AddonPod(
                name="strimzi-cluster-operator",
                kind=Kind.DEPLOYMENT,
                labels=labels,
                service_account="strimzi-cluster-operator",
                replicas=2,
                containers=(
                    AddonContainer(name="strimzi-cluster-operator", image=image, resources=size),
                ),
                ports=(AddonPort(name="metrics", number=8080, metrics=True),),
                destinations=(Destination.KUBERNETES_API, Destination.KAFKA),
                disruption_budget=True,
            ),
        ),
        owns=("crd-group/kafka.strimzi.io", "crd-group/core.strimzi.io"),
        after=("kube-prometheus-stack",),
    )
