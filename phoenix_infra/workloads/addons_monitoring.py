"""Metrics and alerts: the Prometheus operator's stack and Grafana (G-033, G-089..G-092, X-43..X-46)."""

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
from phoenix_infra.workloads.addon_namespaces import NODE_EXPORTER
from phoenix_infra.workloads.alerting import RECEIVER_SECRET, alertmanager_configuration
from phoenix_infra.workloads.chart_values import (
    MESH_MEMBER,
    MESH_OUTBOUND_ONLY,
    MESH_OUTBOUND_TLS,
    PRIORITY_CRITICAL,
    spread,
)
from phoenix_infra.workloads.cluster_profile import ClusterProfile
from phoenix_infra.workloads.namespaces import MONITOR

STACK = "kube-prometheus-stack"
GRAFANA_SECRET = "grafana-admin"  # noqa: S105  a Secret's name, not a secret
GRAFANA_ENVIRONMENT_SECRET = "grafana-environment"  # noqa: S105  a Secret's name, not a secret
"""Database host, its password, and the OIDC client secret as GF_* variables; synchronised from the secret store."""
DATABASE_CA_SECRET = "database-ca"  # noqa: S105  a Secret's name, not a secret
PROMETHEUS_SERVICE = f"{STACK}-prometheus.{MONITOR}.svc.cluster.local"
PROMETHEUS_URL = f"http://{PROMETHEUS_SERVICE}:9090"
GRAFANA_HOST_LABEL = "grafana"
"""Host name, below the internal domain, under which the mesh gateway offers Grafana."""
SCRAPE_INTERVAL = "30s"

_PROMETHEUS = resources(1000, 4096, 8192)
_ALERTMANAGER = resources(50, 128, 256)
_GRAFANA = resources(200, 512, 1024)
_OPERATOR = resources(100, 256, 512)
_STATE_METRICS = resources(50, 256, 512)
_NODE_EXPORTER = resources(50, 64, 128)
_RELOADER = resources(10, 64, 128)


def kube_prometheus_stack(profile: ClusterProfile) -> Addon:
    """Two Prometheus, three Alertmanager, two Grafana on a SQL database (G-033)."""
    return Addon(
        name=STACK,
        namespace=MONITOR,
        chart=ChartPin(
            repository="https://prometheus-community.github.io/helm-charts",
            name=STACK,
            version="88.5.3",
        ),
        values={
            "crds": {"enabled": True},
            "fullnameOverride": STACK,
            "prometheus": _prometheus(profile),
            "alertmanager": _alertmanager(profile),
            "grafana": _grafana(profile),
            "prometheusOperator": {
                "resources": _OPERATOR.as_values(),
                "admissionWebhooks": {
                    "enabled": True,
                    "failurePolicy": "Fail",
                    "patch": {"enabled": False},
                    "certManager": {"enabled": True},
                },
                "prometheusConfigReloader": {"resources": _RELOADER.as_values()},
                "priorityClassName": PRIORITY_CRITICAL,
            },
            "kube-state-metrics": {
                "resources": _STATE_METRICS.as_values(),
                "metricLabelsAllowlist": ["pods=[phoenix.health/workload]"],
            },
            "prometheus-node-exporter": {
                "namespaceOverride": NODE_EXPORTER,
                "resources": _NODE_EXPORTER.as_values(),
            },
            # The control plane of EKS is not to be scraped; of a given cluster, only with its help.
            "kubeControllerManager": {"enabled": False},
            "kubeScheduler": {"enabled": False},
            "kubeEtcd": {"enabled": False},
            "kubeProxy": {"enabled": False},
            "defaultRules": {
                "create": True,
                "rules": {"etcd": False, "windows": False, "kubeProxy": False},
            },
        },
        pods=(*_prometheus_pods(), *_grafana_pods(), *_exporter_pods()),
        owns=(
            "crd-group/monitoring.coreos.com",
            "validating-webhook/kube-prometheus-stack-admission",
        ),
        after=("cert-manager",),
        timeout_seconds=900,
        # Grafana and Alertmanager mount Secrets whose entries people fill.
        awaited=False,
    )


def _prometheus(profile: ClusterProfile) -> Values:
    everywhere: dict[str, Json] = {
        # Without these the stack reads only objects labelled with its own release.
        f"{kind}SelectorNilUsesHelmValues": False
        for kind in ("rule", "serviceMonitor", "podMonitor", "probe", "scrapeConfig")
    }
    return {
        "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
        "prometheusSpec": {
            **everywhere,
            "replicas": 2,
            "retention": f"{profile.metrics_retention_days}d",
            "retentionSize": f"{profile.metrics_volume_gib * 9 // 10}GB",
            "scrapeInterval": SCRAPE_INTERVAL,
            "evaluationInterval": SCRAPE_INTERVAL,
            "resources": _PROMETHEUS.as_values(),
            "podAntiAffinity": "hard",
            "topologySpreadConstraints": spread({"app.kubernetes.io/name": "prometheus"}),
            "priorityClassName": PRIORITY_CRITICAL,
            "externalLabels": {"cluster": profile.name, "environment": profile.environment},
            "replicaExternalLabelName": "prometheus_replica",
            "walCompression": True,
            "enableAdminAPI": False,
            "storageSpec": _claim(profile.block_storage_class, f"{profile.metrics_volume_gib}Gi"),
        },
    }


def _claim(storage_class: str, size: str) -> Values:
    return {
        "volumeClaimTemplate": {
            "spec": {
                "storageClassName": storage_class,
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": size}},
            }
        }
    }


def _alertmanager(profile: ClusterProfile) -> Values:
    return {
        "config": alertmanager_configuration(profile.environment),
        "podDisruptionBudget": {"enabled": True, "minAvailable": 2},
        "alertmanagerSpec": {
            "replicas": 3,
            "secrets": [RECEIVER_SECRET],
            "resources": _ALERTMANAGER.as_values(),
            "podAntiAffinity": "hard",
            "topologySpreadConstraints": spread({"app.kubernetes.io/name": "alertmanager"}),
            "priorityClassName": PRIORITY_CRITICAL,
            "podMetadata": {
                "labels": dict(MESH_MEMBER),
                "annotations": dict(MESH_OUTBOUND_ONLY),
            },
            "storage": _claim(profile.block_storage_class, "10Gi"),
        },
    }


def _grafana(profile: ClusterProfile) -> Values:
    return {
        "enabled": True,
        "replicas": 2,
        "resources": _GRAFANA.as_values(),
        "admin": {
            "existingSecret": GRAFANA_SECRET,
            "userKey": "admin-user",
            "passwordKey": "admin-password",
        },
        "envFromSecret": GRAFANA_ENVIRONMENT_SECRET,
        "extraSecretMounts": [
            {
                "name": "database-ca",
                "secretName": DATABASE_CA_SECRET,
                "mountPath": "/etc/database-ca",
                "readOnly": True,
            }
        ],
        "podLabels": dict(MESH_MEMBER),
        "podDisruptionBudget": {"maxUnavailable": 1},
        "topologySpreadConstraints": spread({"app.kubernetes.io/name": "grafana"}),
        "testFramework": {"enabled": False},
        "initChownData": {"enabled": False},
        "podAnnotations": dict(MESH_OUTBOUND_TLS),
        "serviceMonitor": {"enabled": False},
        "defaultDashboardsEditable": False,
        "sidecar": {
            "dashboards": {
                "enabled": True,
                "label": "grafana_dashboard",
                "searchNamespace": MONITOR,
            },
            "datasources": {"enabled": True},
        },
        "additionalDataSources": [
            _data_source("Loki", "loki", f"http://loki.{MONITOR}.svc.cluster.local:3100"),
            _data_source("Tempo", "tempo", f"http://tempo.{MONITOR}.svc.cluster.local:3200"),
        ],
        "grafana.ini": {
            "server": {"root_url": f"https://{GRAFANA_HOST_LABEL}.internal.{profile.domain}"},
            "database": {
                "type": "postgres",
                # A managed database's host is in the environment Secret: its certificate names it.
                **(
                    {"host": f"{profile.database_host}:{profile.database_port}"}
                    if profile.cloud is None
                    else {}
                ),
                "name": "grafana",
                "user": "grafana",
                "ssl_mode": "verify-full",
                "ca_cert_path": "/etc/database-ca/ca.pem",
            },
            "security": {"cookie_secure": True, "strict_transport_security": True},
            "users": {"allow_sign_up": False},
            "auth": {"disable_login_form": True},
            "auth.azuread": {
                "enabled": True,
                "allow_sign_up": True,
                "scopes": "openid email profile",
                "role_attribute_strict": True,
            },
            "analytics": {"reporting_enabled": False, "check_for_updates": False},
            "snapshots": {"external_enabled": False},
        },
    }


def _data_source(name: str, kind: str, url: str) -> Json:
    return {"name": name, "uid": kind, "type": kind, "access": "proxy", "url": url}


def _prometheus_pods() -> tuple[AddonPod, ...]:
    operator = Image(repository="quay.io/prometheus-operator/prometheus-operator", tag="v0.93.1")
    reloader = AddonContainer(
        name="config-reloader",
        image=Image(
            repository="quay.io/prometheus-operator/prometheus-config-reloader", tag="v0.93.1"
        ),
        resources=_RELOADER,
    )
    return (
        AddonPod(
            name="prometheus",
            kind=PodKind.STATEFUL_SET,
            labels={"app.kubernetes.io/name": "prometheus"},
            service_account=f"{STACK}-prometheus",
            replicas=2,
            containers=(
                AddonContainer(
                    name="prometheus",
                    image=Image(
                        repository="quay.io/prometheus/prometheus", tag="v3.14.0-distroless"
                    ),
                    resources=_PROMETHEUS,
                ),
                reloader,
            ),
            ports=(AddonPort(name="web", number=9090, metrics=True),),
            calls=(PodCall(pod=f"{STACK}/alertmanager", port="web"),),
            destinations=(
                Destination.KUBERNETES_API,
                Destination.KUBELETS,
                Destination.EVERY_METRICS_PORT,
            ),
            disruption_budget=True,
        ),
        AddonPod(
            name="alertmanager",
            kind=PodKind.STATEFUL_SET,
            labels={"app.kubernetes.io/name": "alertmanager"},
            service_account=f"{STACK}-alertmanager",
            replicas=3,
            containers=(
                AddonContainer(
                    name="alertmanager",
                    image=Image(repository="quay.io/prometheus/alertmanager", tag="v0.34.0"),
                    resources=_ALERTMANAGER,
                ),
                reloader,
            ),
            ports=(
                AddonPort(name="web", number=9093, metrics=True),
                AddonPort(name="mesh", number=9094),
                AddonPort(name="mesh-udp", number=9094, protocol="UDP"),
            ),
            calls=(
                PodCall(pod=f"{STACK}/alertmanager", port="mesh"),
                PodCall(pod=f"{STACK}/alertmanager", port="mesh-udp"),
            ),
            destinations=(Destination.EGRESS_GATEWAY,),
            in_mesh=True,
            disruption_budget=True,
        ),
        AddonPod(
            name="operator",
            kind=PodKind.DEPLOYMENT,
            labels={"app": f"{STACK}-operator"},
            service_account=f"{STACK}-operator",
            containers=(AddonContainer(name=STACK, image=operator, resources=_OPERATOR),),
            ports=(AddonPort(name="https", number=10250, webhook=True, metrics=True),),
            destinations=(Destination.KUBERNETES_API,),
        ),
    )


def _grafana_pods() -> tuple[AddonPod, ...]:
    return (
        AddonPod(
            name="grafana",
            kind=PodKind.DEPLOYMENT,
            labels={"app.kubernetes.io/name": "grafana"},
            service_account=f"{STACK}-grafana",
            replicas=2,
            containers=(
                AddonContainer(
                    name="grafana",
                    image=Image(repository="docker.io/grafana/grafana", tag="13.2.0"),
                    resources=_GRAFANA,
                ),
            ),
            ports=(AddonPort(name="http", number=3000),),
            calls=(
                PodCall(pod=f"{STACK}/prometheus", port="web"),
                PodCall(pod="loki/loki", port="http"),
                PodCall(pod="tempo/tempo", port="http"),
            ),
            destinations=(
                Destination.KUBERNETES_API,
                Destination.DATABASE,
                Destination.EGRESS_GATEWAY,
            ),
            in_mesh=True,
            disruption_budget=True,
        ),
    )


def _exporter_pods() -> tuple[AddonPod, ...]:
    return (
        AddonPod(
            name="kube-state-metrics",
            kind=PodKind.DEPLOYMENT,
            labels={"app.kubernetes.io/name": "kube-state-metrics"},
            service_account=f"{STACK}-kube-state-metrics",
            containers=(
                AddonContainer(
                    name="kube-state-metrics",
                    image=Image(
                        repository="registry.k8s.io/kube-state-metrics/kube-state-metrics",
                        tag="v2.20.0",
                    ),
                    resources=_STATE_METRICS,
                ),
            ),
            ports=(AddonPort(name="http", number=8080, metrics=True),),
            destinations=(Destination.KUBERNETES_API,),
        ),
        AddonPod(
            name="node-exporter",
            namespace=NODE_EXPORTER,
            kind=PodKind.DAEMON_SET,
            labels={"app.kubernetes.io/name": "prometheus-node-exporter"},
            service_account=f"{STACK}-prometheus-node-exporter",
            containers=(
                AddonContainer(
                    name="node-exporter",
                    image=Image(
                        repository="quay.io/prometheus/node-exporter", tag="v1.12.1-distroless"
                    ),
                    resources=_NODE_EXPORTER,
                ),
            ),
            ports=(AddonPort(name="http", number=9100, metrics=True),),
            privileges=(
                Privilege.HOST_PATH,
                Privilege.HOST_NETWORK,
                Privilege.HOST_PROCESSES,
            ),
            tolerates=("*",),
        ),
    )
