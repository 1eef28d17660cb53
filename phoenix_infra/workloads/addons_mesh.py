"""The service mesh: Istio base, istiod, the CNI plug-in, and the two gateways (X-13, X-16, X-34, X-74)."""

from phoenix_infra.workloads.addon import (
    Addon,
    AddonContainer,
    AddonPod,
    AddonPort,
    ChartPin,
    Destination,
    Image,
    Json,
    PodCall,
    PodKind,
    Privilege,
    Values,
    resources,
)
from phoenix_infra.workloads.addon_namespaces import (
    MESH_CNI,
    MESH_EGRESS,
    MESH_INGRESS,
    MESH_ROOT,
)
from phoenix_infra.workloads.chart_values import (
    PRIORITY_CRITICAL,
    confined_container,
    spread,
)

ISTIO_VERSION = "1.30.3"
ISTIO_REVISION = "1-30-3"
"""Revision-based upgrade: a second revision runs beside this one, and the tag moves (X-16)."""
REVISION_TAG = "default"
"""The tag behind `istio-injection: enabled`."""
ISTIO_CHARTS = "https://blob.istio.io/istio-release/charts"
"""Since 1.31 the GCP-hosted repositories are being switched off
(istio.io, upgrade notes of 1.31: charts at blob.istio.io, images on Docker Hub)."""
ISTIO_IMAGES = "docker.io/istio"
GATEWAY_HTTPS_PORT = 8443
"""Where the mesh gateway listens (A8)."""
GATEWAY_STATUS_PORT = 15021
"""Readiness; the load balancers' health checks ask here."""
MERGED_METRICS_PORT = 15020
"""The agent serves Envoy's and the application's metrics together, outside mutual TLS (X-74)."""
EXTERNAL_PORTS = (443, 6514)
"""All that leaves the cluster: TLS, and syslog over TLS to the SIEM (A8)."""
SIDECAR = resources(100, 128, 512)
"""One proxy beside each pod in the mesh; capacity counts it for every such pod."""


def _chart(name: str) -> ChartPin:
    return ChartPin(repository=ISTIO_CHARTS, name=name, version=ISTIO_VERSION)


def _image(name: str) -> Image:
    return Image(repository=f"{ISTIO_IMAGES}/{name}", tag=f"{ISTIO_VERSION}-distroless")


_GLOBAL: Values = {
    "hub": ISTIO_IMAGES,
    "tag": ISTIO_VERSION,
    "variant": "distroless",
    "logAsJson": True,
}


def mesh_addons() -> tuple[Addon, ...]:
    """The mesh in the order of its installation."""
    return (gateway_api(), _base(), _istiod(), _cni(), ingress_gateway(), egress_gateway())


def gateway_api() -> Addon:
    """Gateway API 1.5.1: Istio 1.30 asks for 1.5 or newer and still reads what 1.6 no longer serves.

    The Gateway API project publishes no chart; Envoy Gateway's holds its CRDs unchanged, and only those are on.
    """
    return Addon(
        name="gateway-api",
        namespace=MESH_ROOT,
        chart=ChartPin(
            repository="oci://docker.io/envoyproxy", name="gateway-crds-helm", version="v1.8.3"
        ),
        values={
            "crds": {
                "gatewayAPI": {"enabled": True, "channel": "standard"},
                "envoyGateway": {"enabled": False},
            }
        },
        owns=("crd-group/gateway.networking.k8s.io",),
    )


def _base() -> Addon:
    return Addon(
        name="istio-base",
        namespace=MESH_ROOT,
        chart=_chart("base"),
        values={"defaultRevision": ISTIO_REVISION, "global": {"istioNamespace": MESH_ROOT}},
        owns=(
            "crd-group/networking.istio.io",
            "crd-group/security.istio.io",
            "crd-group/telemetry.istio.io",
            "crd-group/extensions.istio.io",
            "validating-webhook/istiod-default-validator",
        ),
    )


def _istiod() -> Addon:
    labels = {"app": "istiod", "istio.io/rev": ISTIO_REVISION}
    size = resources(500, 2048, 2048)
    return Addon(
        name="istiod",
        namespace=MESH_ROOT,
        chart=_chart("istiod"),
        values={
            "revision": ISTIO_REVISION,
            "revisionTags": [REVISION_TAG],
            "autoscaleEnabled": True,
            "autoscaleMin": 2,
            "autoscaleMax": 5,
            "resources": size.as_values(),
            "topologySpreadConstraints": spread(labels),
            "seccompProfile": {"type": "RuntimeDefault"},
            "cni": {"enabled": True},
            "env": {"ENABLE_NATIVE_SIDECARS": "true"},
            "pdb": {"minAvailable": 1},
            "global": {
                **_GLOBAL,
                "istioNamespace": MESH_ROOT,
                "priorityClassName": PRIORITY_CRITICAL,
                "proxy": {
                    "resources": SIDECAR.as_values(),
                    "seccompProfile": {"type": "RuntimeDefault"},
                    "privileged": False,
                },
            },
            "meshConfig": mesh_config(),
        },
        pods=(
            AddonPod(
                name=f"istiod-{ISTIO_REVISION}",
                kind=PodKind.DEPLOYMENT,
                labels=labels,
                service_account=f"istiod-{ISTIO_REVISION}",
                replicas=2,
                maximum_replicas=5,
                containers=(
                    AddonContainer(name="discovery", image=_image("pilot"), resources=size),
                ),
                ports=(
                    AddonPort(name="grpc-xds", number=15012),
                    AddonPort(name="webhook", number=15017, webhook=True),
                    AddonPort(name="metrics", number=15014, metrics=True),
                ),
                destinations=(Destination.KUBERNETES_API,),
                disruption_budget=True,
            ),
        ),
        owns=(f"mutating-webhook/istio-revision-tag-{REVISION_TAG}",),
        after=("gateway-api", "istio-base"),
    )


def mesh_config() -> Values:
    """Mesh-wide behaviour: nothing leaves unlisted, TLS 1.3 inside, one merged metrics port."""
    return {
        "outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"},
        "meshMTLS": {"minProtocolVersion": "TLSV1_3"},
        "tlsDefaults": {"minProtocolVersion": "TLSV1_3"},
        "enablePrometheusMerge": True,
        "enableAutoMtls": True,
        "rootNamespace": MESH_ROOT,
        "trustDomain": "cluster.local",
        "accessLogEncoding": "JSON",
        "defaultConfig": {
            "holdApplicationUntilProxyStarts": True,
            "tracing": {},
        },
        "extensionProviders": [
            {
                "name": "otel",
                "opentelemetry": {
                    "service": "otel-collector.phoenix-monitor.svc.cluster.local",
                    "port": 4317,
                },
            }
        ],
        "pathNormalization": {"normalization": "DECODE_AND_MERGE_SLASHES"},
    }


def _cni() -> Addon:
    size = resources(100, 100, 256)
    return Addon(
        name="istio-cni",
        namespace=MESH_CNI,
        chart=_chart("cni"),
        values={
            "revision": ISTIO_REVISION,
            "resources": size.as_values(),
            "seccompProfile": {"type": "RuntimeDefault"},
            "excludeNamespaces": ["kube-system", MESH_CNI],
            "global": dict(_GLOBAL),
        },
        pods=(
            AddonPod(
                name="istio-cni-node",
                kind=PodKind.DAEMON_SET,
                labels={"k8s-app": "istio-cni-node"},
                service_account="istio-cni",
                containers=(
                    AddonContainer(name="install-cni", image=_image("install-cni"), resources=size),
                ),
                ports=(AddonPort(name="metrics", number=15014, metrics=True),),
                destinations=(Destination.KUBERNETES_API,),
                privileges=(Privilege.HOST_PATH, Privilege.ROOT, Privilege.ADDED_CAPABILITIES),
                tolerates=("*",),
            ),
        ),
        after=("istiod",),
    )


def ingress_gateway() -> Addon:
    """The only way in: behind the regional ALB and the internal NLB (A8)."""
    return _gateway(
        "istio-ingress",
        MESH_INGRESS,
        service_ports=[
            {"name": "status-port", "port": GATEWAY_STATUS_PORT, "targetPort": GATEWAY_STATUS_PORT},
            {"name": "https", "port": 443, "targetPort": GATEWAY_HTTPS_PORT},
        ],
        listens=(
            AddonPort(name="https", number=GATEWAY_HTTPS_PORT),
            AddonPort(name="status", number=GATEWAY_STATUS_PORT),
        ),
        minimum=3,
        maximum=10,
        destinations=(Destination.EVERY_MESH_POD,),
    )


def egress_gateway() -> Addon:
    """The only way out: the one set of pods whose policy names 0.0.0.0/0, on two ports (A8)."""
    return _gateway(
        "istio-egress",
        MESH_EGRESS,
        service_ports=[
            {"name": f"tls-{port}", "port": port, "targetPort": _unprivileged(port)}
            for port in EXTERNAL_PORTS
        ],
        listens=tuple(
            AddonPort(name=f"tls-{port}", number=_unprivileged(port)) for port in EXTERNAL_PORTS
        ),
        minimum=2,
        maximum=6,
        destinations=(Destination.EXTERNAL,),
    )


def _unprivileged(port: int) -> int:
    """The container's port behind a service port below 1024."""
    return port if port >= 1024 else port + 8000


def _gateway(
    name: str,
    namespace: str,
    *,
    service_ports: list[Json],
    listens: tuple[AddonPort, ...],
    minimum: int,
    maximum: int,
    destinations: tuple[Destination, ...],
) -> Addon:
    labels = {"app": name, "istio": name.removeprefix("istio-")}
    size = resources(500, 512, 1024)
    return Addon(
        name=name,
        namespace=namespace,
        chart=_chart("gateway"),
        values={
            "name": name,
            "revision": ISTIO_REVISION,
            "service": {"type": "ClusterIP", "ports": service_ports},
            "resources": size.as_values(),
            "autoscaling": {
                "enabled": True,
                "minReplicas": minimum,
                "maxReplicas": maximum,
                "targetCPUUtilizationPercentage": 70,
            },
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
            },
            "terminationGracePeriodSeconds": 60,
            "podDisruptionBudget": {"maxUnavailable": 1},
            "priorityClassName": PRIORITY_CRITICAL,
            "topologySpreadConstraints": spread(labels),
            "labels": labels,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 1337,
                "runAsGroup": 1337,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containerSecurityContext": confined_container(),
        },
        pods=(
            AddonPod(
                name=name,
                kind=PodKind.DEPLOYMENT,
                labels=labels,
                service_account=name,
                replicas=minimum,
                maximum_replicas=maximum,
                containers=(
                    AddonContainer(name="istio-proxy", image=_image("proxyv2"), resources=size),
                ),
                ports=(
                    *listens,
                    AddonPort(name="metrics", number=MERGED_METRICS_PORT, metrics=True),
                ),
                calls=(PodCall(pod=f"istiod/istiod-{ISTIO_REVISION}", port="grpc-xds"),),
                destinations=destinations,
                in_mesh=True,
                disruption_budget=True,
            ),
        ),
        after=("istiod", "istio-cni"),
    )
