"""Logs and traces: OpenTelemetry collector, Loki with Alloy, and Tempo (O-009, X-47, X-51)."""

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
from phoenix_infra.workloads.addon_namespaces import LOG_COLLECTOR
from phoenix_infra.workloads.chart_values import (
    MESH_MEMBER,
    PRIORITY_CRITICAL,
    confined_container,
    confined_pod,
    spread,
)
from phoenix_infra.workloads.cluster_profile import ClusterProfile
from phoenix_infra.workloads.log_pipeline import alloy_configuration
from phoenix_infra.workloads.namespaces import MONITOR

COLLECTOR_SERVICE = f"otel-collector.{MONITOR}.svc.cluster.local"
LOKI_URL = f"http://loki.{MONITOR}.svc.cluster.local:3100"
GRAFANA_CHARTS = "https://grafana-community.github.io/helm-charts"
"""Where Loki's and Tempo's open source charts live since March 2026."""
OBJECT_STORE_SECRET = "object-store-credentials"  # noqa: S105  a Secret's name, not a secret
"""Key pair of a site's S3-compatible store, for Loki, Tempo and backups there; AWS uses Pod Identity."""
TEMPO_TLS_SECRET = "tempo-tls"  # noqa: S105  a Secret's name, not a secret
COLLECTOR_TLS_SECRET = "otel-collector-tls"  # noqa: S105  a Secret's name, not a secret
_TLS_MOUNT: Values = {"name": "tls", "mountPath": "/tls", "readOnly": True}
LOG_RETENTION_HOURS = 30 * 24
"""Hot application logs (A6); older ones are in the bucket's colder classes."""


def otel_collector() -> Addon:
    """Receives traces and metrics of the services, in the mesh, and passes traces on to Tempo."""
    size = resources(200, 512, 1024)
    labels = {
        "app.kubernetes.io/name": "opentelemetry-collector",
        "app.kubernetes.io/instance": "otel-collector",
    }
    image = Image(
        repository="ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-k8s",
        tag="0.158.0",
    )
    closed: Values = {"enabled": False}
    return Addon(
        name="otel-collector",
        namespace=MONITOR,
        chart=ChartPin(
            repository="https://open-telemetry.github.io/opentelemetry-helm-charts",
            name="opentelemetry-collector",
            version="0.170.0",
        ),
        values={
            "mode": "deployment",
            "fullnameOverride": "otel-collector",
            "image": {"repository": image.repository, "tag": image.tag},
            "command": {"name": "otelcol-k8s"},
            "replicaCount": 2,
            "resources": size.as_values(),
            "priorityClassName": PRIORITY_CRITICAL,
            "podLabels": dict(MESH_MEMBER),
            # Prometheus has no mesh identity and asks for metrics past the proxy.
            "podAnnotations": {"traffic.sidecar.istio.io/excludeInboundPorts": "8888"},
            "serviceAccount": {"create": True, "name": "otel-collector"},
            "podSecurityContext": confined_pod(10001),
            "securityContext": confined_container(),
            "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
            "topologySpreadConstraints": spread(labels),
            "ports": {
                "otlp": {"enabled": True, "appProtocol": "grpc"},
                "otlp-http": closed,
                "jaeger-compact": closed,
                "jaeger-thrift": closed,
                "jaeger-grpc": closed,
                "zipkin": closed,
                "metrics": {"enabled": True},
            },
            "alternateConfig": _pipelines(),
            "extraVolumes": [_tls_volume(COLLECTOR_TLS_SECRET)],
            "extraVolumeMounts": [_TLS_MOUNT],
            "serviceMonitor": {"enabled": True},
        },
        pods=(
            AddonPod(
                name="otel-collector",
                kind=PodKind.DEPLOYMENT,
                labels=labels,
                service_account="otel-collector",
                replicas=2,
                containers=(
                    AddonContainer(name="opentelemetry-collector", image=image, resources=size),
                ),
                ports=(
                    AddonPort(name="otlp-grpc", number=4317),
                    AddonPort(name="metrics", number=8888, metrics=True),
                ),
                calls=(PodCall(pod="tempo/tempo", port="otlp-grpc"),),
                in_mesh=True,
                disruption_budget=True,
            ),
        ),
        after=("istiod", "kube-prometheus-stack"),
    )


def _tls_volume(secret: str) -> Values:
    return {"name": "tls", "secret": {"secretName": secret}}


def _pipelines() -> Values:
    """Traces only, stripped of what may hold a person's data (M-034); replaces the chart's own pipelines."""
    personal = (
        "db.statement",
        "db.query.text",
        "enduser.id",
        "http.request.header.authorization",
        "http.url",
        "url.full",
        "url.query",
    )
    return {
        "extensions": {"health_check": {"endpoint": "${env:MY_POD_IP}:13133"}},
        "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": "${env:MY_POD_IP}:4317"}}}},
        "processors": {
            "memory_limiter": {
                "check_interval": "5s",
                "limit_percentage": 80,
                "spike_limit_percentage": 25,
            },
            "batch": {},
            "attributes/redact": {
                "actions": [{"key": key, "action": "delete"} for key in personal]
            },
        },
        "exporters": {
            "otlp/tempo": {
                "endpoint": f"tempo.{MONITOR}.svc.cluster.local:4317",
                "tls": {"ca_file": "/tls/ca.crt", "min_version": "1.3"},
            },
        },
        "service": {
            "extensions": ["health_check"],
            "telemetry": {
                "metrics": {
                    "readers": [
                        {
                            "pull": {
                                "exporter": {
                                    "prometheus": {"host": "${env:MY_POD_IP}", "port": 8888}
                                }
                            }
                        }
                    ]
                }
            },
            "pipelines": {
                "traces": {
                    "receivers": ["otlp"],
                    "processors": ["memory_limiter", "attributes/redact", "batch"],
                    "exporters": ["otlp/tempo"],
                },
            },
        },
    }


def loki(profile: ClusterProfile) -> Addon:
    """Three replicas with S3 behind them; the mode is monolithic, as the chart's default is (G-033)."""
    size = resources(500, 1024, 2048)
    labels = {"app.kubernetes.io/name": "loki", "app.kubernetes.io/component": "single-binary"}
    return Addon(
        name="loki",
        namespace=MONITOR,
        chart=ChartPin(repository=GRAFANA_CHARTS, name="loki", version="18.11.0"),
        values={
            "deploymentMode": "Monolithic",
            "loki": _loki_settings(profile),
            "singleBinary": {
                "replicas": 3,
                "resources": size.as_values(),
                "priorityClassName": PRIORITY_CRITICAL,
                "topologySpreadConstraints": spread(labels),
                "extraEnvFrom": _store_credentials(profile),
                "extraArgs": ["-config.expand-env=true"],
                "persistence": {
                    "enabled": True,
                    "size": "50Gi",
                    "storageClass": profile.block_storage_class,
                    "whenDeleted": "Retain",
                    "whenScaled": "Retain",
                },
            },
            "gateway": {"enabled": False},
            "ingress": {"enabled": False},
            "lokiCanary": {"enabled": False},
            "test": {"enabled": False},
            "chunksCache": {"enabled": False},
            "resultsCache": {"enabled": False},
            "minio": {"enabled": False},
            "sidecar": {"rules": {"enabled": False}},
            "serviceAccount": {"create": True, "name": "loki"},
            "monitoring": {"serviceMonitor": {"enabled": True}},
        },
        pods=(
            AddonPod(
                name="loki",
                kind=PodKind.STATEFUL_SET,
                labels=labels,
                service_account="loki",
                replicas=3,
                containers=(
                    AddonContainer(
                        name="loki",
                        image=Image(repository="docker.io/grafana/loki", tag="3.7.6"),
                        resources=size,
                    ),
                ),
                ports=(
                    AddonPort(name="http", number=3100, metrics=True),
                    AddonPort(name="grpc", number=9095),
                    AddonPort(name="gossip", number=7946),
                ),
                calls=(
                    PodCall(pod="loki/loki", port="grpc"),
                    PodCall(pod="loki/loki", port="gossip"),
                ),
                destinations=_store_destinations(profile),
                disruption_budget=True,
            ),
        ),
        after=("kube-prometheus-stack",),
        # On a site the store's key pair is an entry that people fill.
        awaited=profile.cloud is not None,
    )


def _loki_settings(profile: ClusterProfile) -> Values:
    store = profile.object_store
    s3: dict[str, Json] = {
        "endpoint": store.endpoint_host,
        "region": store.region,
        "insecure": False,
    }
    if store.compatible:
        s3 |= {
            "access_key_id": "${AWS_ACCESS_KEY_ID}",
            "secret_access_key": "${AWS_SECRET_ACCESS_KEY}",
        }
    return {
        "auth_enabled": False,
        "commonConfig": {"replication_factor": 3},
        "image": {"registry": "docker.io", "repository": "grafana/loki", "tag": "3.7.6"},
        "storage": {
            "type": "s3",
            "bucketNames": dict.fromkeys(("chunks", "ruler", "admin"), store.log_bucket),
            # The one way to a prefix: the bucket also holds other logs, each with its own lifecycle.
            "use_thanos_objstore": True,
            "object_store": {"type": "s3", "storage_prefix": "loki", "s3": s3},
        },
        "schemaConfig": {
            "configs": [
                {
                    "from": "2026-01-01",
                    "store": "tsdb",
                    "object_store": "s3",
                    "schema": "v13",
                    "index": {"prefix": "loki_index_", "period": "24h"},
                }
            ]
        },
        "compactor": {"retention_enabled": True, "delete_request_store": "s3"},
        "limits_config": {
            "retention_period": f"{LOG_RETENTION_HOURS}h",
            "reject_old_samples": True,
            "reject_old_samples_max_age": "168h",
        },
        "analytics": {"reporting_enabled": False},
    }


def _store_credentials(profile: ClusterProfile) -> list[Json]:
    if not profile.object_store.compatible:
        return []
    return [{"secretRef": {"name": OBJECT_STORE_SECRET}}]


def _store_destinations(profile: ClusterProfile) -> tuple[Destination, ...]:
    cloud = (Destination.AWS,) if profile.cloud else ()
    return (Destination.OBJECT_STORE, *cloud)


def alloy(profile: ClusterProfile) -> Addon:
    """Reads every pod's log from its node and redacts it before it leaves (X-51, M-034)."""
    size = resources(100, 256, 512)
    labels = {"app.kubernetes.io/name": "alloy", "app.kubernetes.io/instance": "alloy"}
    image = Image(repository="docker.io/grafana/alloy", tag="v1.18.1")
    reloader = resources(10, 64, 128)
    return Addon(
        name="alloy",
        namespace=LOG_COLLECTOR,
        chart=ChartPin(
            repository="https://grafana.github.io/helm-charts", name="alloy", version="1.11.1"
        ),
        values={
            "crds": {"create": False},
            "image": {"registry": "docker.io", "repository": "grafana/alloy", "tag": image.tag},
            "controller": {
                "type": "daemonset",
                "tolerations": [{"operator": "Exists"}],
                "priorityClassName": PRIORITY_CRITICAL,
            },
            "alloy": {
                "enableReporting": False,
                "mounts": {"varlog": True, "dockercontainers": False},
                "configMap": {"content": alloy_configuration(profile.name, LOKI_URL)},
                "resources": size.as_values(),
                "securityContext": {
                    "runAsUser": 0,
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"], "add": ["DAC_READ_SEARCH"]},
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
            },
            "configReloader": {"enabled": True, "resources": reloader.as_values()},
            "rbac": {
                "rules": [
                    {
                        "apiGroups": [""],
                        "resources": ["pods", "namespaces"],
                        "verbs": ["get", "list", "watch"],
                    }
                ],
                "clusterRules": [
                    {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get", "list", "watch"]}
                ],
            },
            "serviceMonitor": {"enabled": True},
        },
        pods=(
            AddonPod(
                name="alloy",
                kind=PodKind.DAEMON_SET,
                labels=labels,
                service_account="alloy",
                containers=(
                    AddonContainer(name="alloy", image=image, resources=size),
                    AddonContainer(
                        name="config-reloader",
                        image=Image(
                            repository="quay.io/prometheus-operator/prometheus-config-reloader",
                            tag="v0.91.0",
                            digest="sha256:7d9e4eea5f1139e602508871f422b0116c60e87c662f3dcd234d5ab60cd0d8c1",
                        ),
                        resources=reloader,
                    ),
                ),
                ports=(AddonPort(name="metrics", number=12345, metrics=True),),
                calls=(PodCall(pod="loki/loki", port="http"),),
                destinations=(Destination.KUBERNETES_API,),
                privileges=(Privilege.HOST_PATH, Privilege.ROOT, Privilege.ADDED_CAPABILITIES),
                tolerates=("*",),
            ),
        ),
        after=("loki",),
    )


def tempo(profile: ClusterProfile) -> Addon:
    """Traces for a week, in the object store; one replica, as Tempo 2's single binary is."""
    size = resources(500, 2048, 4096)
    store = profile.object_store
    labels = {"app.kubernetes.io/name": "tempo", "app.kubernetes.io/instance": "tempo"}
    s3: dict[str, Json] = {
        "bucket": store.trace_bucket,
        "prefix": "tempo",
        "endpoint": store.endpoint_host,
        "region": store.region,
        "forcepathstyle": store.compatible,
        "insecure": False,
    }
    return Addon(
        name="tempo",
        namespace=MONITOR,
        chart=ChartPin(repository=GRAFANA_CHARTS, name="tempo", version="2.2.4"),
        values={
            "replicas": 1,
            "tempo": {
                "registry": "docker.io",
                "repository": "grafana/tempo",
                "tag": "2.10.8",
                "reportingEnabled": False,
                "retention": "168h",
                "memBallastSizeMbs": 0,
                "resources": size.as_values(),
                "extraEnvFrom": _store_credentials(profile),
                "receivers": {
                    "otlp": {
                        "protocols": {
                            "grpc": {
                                "endpoint": "0.0.0.0:4317",
                                "tls": {
                                    "cert_file": "/tls/tls.crt",
                                    "key_file": "/tls/tls.key",
                                    "min_version": "1.3",
                                },
                            }
                        }
                    }
                },
                "storage": {"trace": {"backend": "s3", "s3": s3}},
                "extraVolumeMounts": [_TLS_MOUNT],
                "securityContext": confined_container(),
            },
            "securityContext": confined_pod(10001),
            "extraVolumes": [_tls_volume(TEMPO_TLS_SECRET)],
            "serviceAccount": {"create": True, "name": "tempo"},
            "persistence": {
                "enabled": True,
                "size": "20Gi",
                "storageClassName": profile.block_storage_class,
            },
            "serviceMonitor": {"enabled": True},
        },
        pods=(
            AddonPod(
                name="tempo",
                kind=PodKind.STATEFUL_SET,
                labels=labels,
                service_account="tempo",
                containers=(
                    AddonContainer(
                        name="tempo",
                        image=Image(repository="docker.io/grafana/tempo", tag="2.10.8"),
                        resources=size,
                    ),
                ),
                ports=(
                    AddonPort(name="http", number=3200, metrics=True),
                    AddonPort(name="otlp-grpc", number=4317),
                ),
                destinations=_store_destinations(profile),
            ),
        ),
        after=("kube-prometheus-stack",),
        awaited=profile.cloud is not None,
    )
