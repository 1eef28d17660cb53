"""Delivery: Flagger with its load tester, and Argo CD (G-065, G-066, O-006, O-007, X-09, X-37)."""

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
    Values,
    resources,
)
from phoenix_infra.workloads.addon_namespaces import ARGOCD
from phoenix_infra.workloads.addons_monitoring import PROMETHEUS_URL, STACK
from phoenix_infra.workloads.chart_values import (
    MESH_MEMBER,
    MESH_OUTBOUND_ONLY,
    confined_container,
    confined_pod,
    spread,
)
from phoenix_infra.workloads.namespaces import DELIVERY
from phoenix_infra.workloads.spec import WORKLOAD_LABEL

FLAGGER_CHARTS = "oci://ghcr.io/fluxcd/charts"
FLAGGER_VERSION = "1.44.0"
LOAD_TESTER = "loadtester"
ARGOCD_VERSION = "v3.4.4"


def flagger() -> Addon:
    """Shifts traffic by Istio weights; selectors stay on our own stable label (X-37)."""
    size = resources(50, 128, 512)
    labels = {"app.kubernetes.io/name": "flagger", "app.kubernetes.io/instance": "flagger"}
    return Addon(
        name="flagger",
        namespace=DELIVERY,
        chart=ChartPin(repository=FLAGGER_CHARTS, name="flagger", version=FLAGGER_VERSION),
        values={
            "meshProvider": "istio",
            "metricsServer": PROMETHEUS_URL,
            "selectorLabels": "app.kubernetes.io/name",
            "crd": {"create": True},
            "leaderElection": {"enabled": True, "replicaCount": 2},
            "noCrossNamespaceRefs": False,
            "resources": size.as_values(),
            "podMonitor": {"enabled": True},
            # Prometheus has no mesh identity and asks for metrics past the proxy.
            "podAnnotations": {"traffic.sidecar.istio.io/excludeInboundPorts": "8080"},
            "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
            "securityContext": {
                "enabled": True,
                "context": {
                    "runAsUser": 10001,
                    "seccompProfile": {"type": "RuntimeDefault"},
                    **confined_container(),
                },
            },
        },
        pods=(
            AddonPod(
                name="flagger",
                kind=PodKind.DEPLOYMENT,
                labels=labels,
                service_account="flagger",
                replicas=2,
                containers=(
                    AddonContainer(
                        name="flagger",
                        image=Image(repository="ghcr.io/fluxcd/flagger", tag=FLAGGER_VERSION),
                        resources=size,
                    ),
                ),
                ports=(AddonPort(name="metrics", number=8080, metrics=True),),
                calls=(
                    PodCall(pod=f"{STACK}/prometheus", port="web"),
                    PodCall(pod=f"{LOAD_TESTER}/{LOAD_TESTER}", port="http"),
                ),
                destinations=(Destination.KUBERNETES_API,),
                in_mesh=True,
                disruption_budget=True,
            ),
        ),
        owns=("crd-group/flagger.app",),
        after=("istiod", STACK),
    )


def load_tester() -> Addon:
    """Sends synthetic requests to a canary before people do; one identity with the k6 Jobs (A8)."""
    size = resources(100, 128, 512)
    labels = {WORKLOAD_LABEL: LOAD_TESTER}
    image = Image(repository="ghcr.io/fluxcd/flagger-loadtester", tag="0.38.0")
    return Addon(
        name=LOAD_TESTER,
        namespace=DELIVERY,
        chart=ChartPin(repository=FLAGGER_CHARTS, name=LOAD_TESTER, version="0.38.0"),
        values={
            "fullnameOverride": LOAD_TESTER,
            "replicaCount": 2,
            "image": {"repository": image.repository, "tag": image.tag},
            "podLabels": labels,
            "resources": size.as_values(),
            "serviceAccountName": LOAD_TESTER,
            "cmd": {"namespaceRegexp": "^phoenix-.*$"},
            "securityContext": {
                "enabled": True,
                "context": {
                    "runAsUser": 100,
                    "runAsGroup": 101,
                    **confined_container(seccomp=True),
                },
            },
            "podSecurityContext": {"enabled": True, "context": {"fsGroup": 101}},
            "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
        },
        pods=(
            AddonPod(
                name=LOAD_TESTER,
                kind=PodKind.DEPLOYMENT,
                labels=labels,
                service_account=LOAD_TESTER,
                replicas=2,
                containers=(AddonContainer(name=LOAD_TESTER, image=image, resources=size),),
                ports=(AddonPort(name="http", number=8080),),
                in_mesh=True,
                disruption_budget=True,
            ),
        ),
        after=("istiod",),
    )


def argocd() -> Addon:
    """Deploys what the manifests' repository owns, inside the bounds of one AppProject (X-09)."""
    size = resources(250, 512, 1024)
    small = resources(50, 128, 256)
    image = Image(repository="quay.io/argoproj/argocd", tag=ARGOCD_VERSION)
    redis = Image(repository="public.ecr.aws/docker/library/redis", tag="8.2.3-alpine")

    def pod(
        component: str,
        account: str,
        *ports: AddonPort,
        kind: PodKind = PodKind.DEPLOYMENT,
        replicas: int = 2,
        calls: tuple[str, ...] = (),
        destinations: tuple[Destination, ...] = (Destination.KUBERNETES_API,),
    ) -> AddonPod:
        return AddonPod(
            name=f"argocd-{component}",
            kind=kind,
            labels={"app.kubernetes.io/name": f"argocd-{component}"},
            service_account=account,
            replicas=replicas,
            containers=(
                AddonContainer(
                    name=component,
                    image=redis if component == "redis" else image,
                    resources=small if component == "redis" else size,
                ),
            ),
            ports=ports,
            calls=tuple(
                PodCall(
                    pod=f"argocd/argocd-{target}",
                    port="grpc" if target == "repo-server" else "redis",
                )
                for target in calls
            ),
            destinations=destinations,
            in_mesh=component == "repo-server",
            disruption_budget=replicas > 1,
        )

    monitored: Values = {"enabled": True, "serviceMonitor": {"enabled": True}}
    budget: Values = {"enabled": True, "maxUnavailable": 1}
    metrics = {"application-controller": 8082, "server": 8083, "repo-server": 8084}
    return Addon(
        name="argocd",
        namespace=ARGOCD,
        chart=ChartPin(
            repository="https://argoproj.github.io/argo-helm", name="argo-cd", version="10.1.1"
        ),
        values={
            "fullnameOverride": "argocd",
            "crds": {"install": True, "keep": True},
            "global": {
                "image": {"repository": image.repository, "tag": image.tag},
                "logging": {"format": "json", "level": "info"},
                # Our own policies name both ends; the chart's would admit whole namespaces.
                "networkPolicy": {"create": False},
            },
            "configs": {
                "cm": {
                    "admin.enabled": False,
                    "exec.enabled": False,
                    "application.resourceTrackingMethod": "annotation",
                },
                "rbac": {"policy.default": ""},
                "params": {"server.insecure": False, "application.namespaces": ""},
                "secret": {"createSecret": True},
            },
            "dex": {"enabled": False},
            "notifications": {"enabled": False},
            "applicationSet": {"replicas": 0},
            "controller": {
                "replicas": 1,
                "resources": size.as_values(),
                "metrics": monitored,
            },
            "server": {
                "replicas": 2,
                "resources": size.as_values(),
                "pdb": budget,
                "metrics": monitored,
                "topologySpreadConstraints": spread({"app.kubernetes.io/name": "argocd-server"}),
            },
            "repoServer": {
                "replicas": 2,
                "resources": size.as_values(),
                "pdb": budget,
                "metrics": monitored,
                "podLabels": dict(MESH_MEMBER),
                "podAnnotations": dict(MESH_OUTBOUND_ONLY),
                "topologySpreadConstraints": spread(
                    {"app.kubernetes.io/name": "argocd-repo-server"}
                ),
            },
            "redis": {
                "image": {"repository": redis.repository, "tag": redis.tag},
                "resources": small.as_values(),
                "securityContext": confined_pod(999, group_id=1000),
            },
            "redisSecretInit": {"resources": small.as_values()},
        },
        pods=(
            pod(
                "application-controller",
                "argocd-application-controller",
                AddonPort(name="metrics", number=metrics["application-controller"], metrics=True),
                kind=PodKind.STATEFUL_SET,
                replicas=1,
                calls=("repo-server", "redis"),
            ),
            pod(
                "server",
                "argocd-server",
                AddonPort(name="https", number=8080),
                AddonPort(name="metrics", number=metrics["server"], metrics=True),
                calls=("repo-server", "redis"),
            ),
            pod(
                "repo-server",
                "argocd-repo-server",
                AddonPort(name="grpc", number=8081),
                AddonPort(name="metrics", number=metrics["repo-server"], metrics=True),
                calls=("redis",),
                destinations=(Destination.EGRESS_GATEWAY,),
            ),
            pod(
                "redis",
                "argocd-redis",
                AddonPort(name="redis", number=6379),
                replicas=1,
                destinations=(),
            ),
        ),
        owns=("crd-group/argoproj.io",),
        after=("istiod", STACK),
    )
