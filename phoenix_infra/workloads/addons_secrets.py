"""Certificates and secrets: cert-manager, External Secrets and Vault (X-14, X-15, X-21, A7.6)."""

import json
from collections.abc import Mapping

from phoenix_infra.workloads.addon import (
    Addon,
    AddonContainer,
    AddonPod,
    AddonPort,
    ChartPin,
    ContainerResources,
    Destination,
    Image,
    PodCall,
    PodKind,
    Values,
    resources,
)
from phoenix_infra.workloads.addon_namespaces import CERT_MANAGER, EXTERNAL_SECRETS, VAULT
from phoenix_infra.workloads.chart_values import (
    MESH_MEMBER,
    MESH_OUTBOUND_ONLY,
    PRIORITY_CRITICAL,
    confined_container,
    confined_pod,
    spread,
)
from phoenix_infra.workloads.cluster_profile import ClusterProfile

CERT_MANAGER_VERSION = "v1.21.1"
EXTERNAL_SECRETS_VERSION = "2.9.0"
VAULT_CHART_VERSION = "0.34.1"
VAULT_VERSION = "2.0.4"
VAULT_INJECTOR_VERSION = "1.7.6"
VAULT_HOST = "vault.phoenix-guardian.internal"
"""The name services use (G-085, A7.6); a ServiceEntry and CoreDNS-free alias lead it to the Service."""
VAULT_PORT = 8200
VAULT_TLS_SECRET = "vault-server-tls"  # noqa: S105  a Secret's name, not a secret
VAULT_STATIC_KEY_SECRET = "vault-unseal"  # noqa: S105  a Secret's name, not a secret
VAULT_SERVERS = 3
CONFIGURATION_LABELS: Mapping[str, str] = {"phoenix.health/job": "vault-configuration"}
CONFIGURATION_RESOURCES = resources(50, 64, 128)


def cert_manager(profile: ClusterProfile) -> Addon:
    """Certificates of everything inside; those of the edge are ACM's (X-14)."""
    size = resources(50, 128, 256)

    def pod(component: str, ports: tuple[AddonPort, ...], account: str) -> AddonPod:
        return AddonPod(
            name="cert-manager" if component == "controller" else f"cert-manager-{component}",
            kind=PodKind.DEPLOYMENT,
            labels={
                "app.kubernetes.io/instance": "cert-manager",
                "app.kubernetes.io/component": component,
            },
            service_account=account,
            replicas=2,
            containers=(
                AddonContainer(
                    name=f"cert-manager-{component}",
                    image=Image(
                        repository=f"quay.io/jetstack/cert-manager-{component}",
                        tag=CERT_MANAGER_VERSION,
                    ),
                    resources=size,
                ),
            ),
            ports=ports,
            destinations=(
                (
                    Destination.KUBERNETES_API,
                    Destination.EGRESS_GATEWAY,
                    *((Destination.AWS,) if profile.cloud else ()),
                )
                if component == "controller"
                else (Destination.KUBERNETES_API,)
            ),
            in_mesh=component == "controller",
            disruption_budget=True,
        )

    metrics = AddonPort(name="metrics", number=9402, metrics=True)
    budget: Values = {"enabled": True, "maxUnavailable": 1}
    return Addon(
        name="cert-manager",
        namespace=CERT_MANAGER,
        chart=ChartPin(
            repository="https://charts.jetstack.io",
            name="cert-manager",
            version=CERT_MANAGER_VERSION,
        ),
        values={
            "crds": {"enabled": True, "keep": True},
            "global": {
                "priorityClassName": PRIORITY_CRITICAL,
                "leaderElection": {"namespace": CERT_MANAGER},
            },
            "replicaCount": 2,
            "podDisruptionBudget": budget,
            "resources": size.as_values(),
            "enableCertificateOwnerRef": True,
            "podLabels": dict(MESH_MEMBER),
            "podAnnotations": dict(MESH_OUTBOUND_ONLY),
            "dns01RecursiveNameserversOnly": True,
            "topologySpreadConstraints": spread({"app.kubernetes.io/component": "controller"}),
            # Its ServiceMonitor is ours: the kind comes with a chart that needs this one first.
            "prometheus": {"enabled": True},
            "webhook": {
                "replicaCount": 2,
                "podDisruptionBudget": budget,
                "resources": size.as_values(),
                "topologySpreadConstraints": spread({"app.kubernetes.io/component": "webhook"}),
            },
            "cainjector": {
                "replicaCount": 2,
                "podDisruptionBudget": budget,
                "resources": size.as_values(),
                "topologySpreadConstraints": spread({"app.kubernetes.io/component": "cainjector"}),
            },
            "startupapicheck": {"enabled": True, "resources": size.as_values()},
        },
        pods=(
            pod("controller", (metrics,), "cert-manager"),
            pod(
                "webhook",
                (AddonPort(name="https", number=10250, webhook=True), metrics),
                "cert-manager-webhook",
            ),
            pod("cainjector", (metrics,), "cert-manager-cainjector"),
        ),
        owns=("crd-group/cert-manager.io", "crd-group/acme.cert-manager.io"),
    )


def external_secrets(profile: ClusterProfile) -> Addon:
    """Copies static secrets from Secrets Manager, or a site's Vault, into namespaces that ask (A7.6)."""
    size = resources(50, 128, 256)
    image = Image(
        repository="ghcr.io/external-secrets/external-secrets", tag=f"v{EXTERNAL_SECRETS_VERSION}"
    )

    def pod(name: str, chart_name: str, ports: tuple[AddonPort, ...]) -> AddonPod:
        operator = name == "external-secrets"
        return AddonPod(
            name=name,
            kind=PodKind.DEPLOYMENT,
            labels={
                "app.kubernetes.io/name": chart_name,
                "app.kubernetes.io/instance": "external-secrets",
            },
            service_account=name,
            replicas=2,
            containers=(AddonContainer(name=chart_name, image=image, resources=size),),
            ports=(*ports, AddonPort(name="metrics", number=8080, metrics=True)),
            calls=()
            if profile.cloud or not operator
            else (PodCall(pod="vault/vault", port="https"),),
            destinations=(Destination.KUBERNETES_API, Destination.AWS)
            if operator and profile.cloud
            else (Destination.KUBERNETES_API,),
            disruption_budget=True,
        )

    budget: Values = {"enabled": True, "minAvailable": 1}
    monitored: Values = {
        "service": {"enabled": True},
    }
    return Addon(
        name="external-secrets",
        namespace=EXTERNAL_SECRETS,
        chart=ChartPin(
            repository="https://charts.external-secrets.io",
            name="external-secrets",
            version=EXTERNAL_SECRETS_VERSION,
        ),
        values={
            "replicaCount": 2,
            "leaderElect": True,
            "installCRDs": True,
            "resources": size.as_values(),
            "podDisruptionBudget": budget,
            "priorityClassName": PRIORITY_CRITICAL,
            "processClusterPushSecret": False,
            "processPushSecret": False,
            "processClusterGenerator": False,
            "crds": {
                "createClusterPushSecret": False,
                "createPushSecret": False,
                "createClusterGenerator": False,
            },
            "rbac": {"aggregateToView": False, "aggregateToEdit": False},
            "metrics": monitored,
            "topologySpreadConstraints": spread({"app.kubernetes.io/name": "external-secrets"}),
            "webhook": {
                "replicaCount": 2,
                "resources": size.as_values(),
                "podDisruptionBudget": budget,
                "metrics": monitored,
            },
            "certController": {
                "replicaCount": 2,
                "resources": size.as_values(),
                "podDisruptionBudget": budget,
                "metrics": monitored,
            },
        },
        pods=(
            pod("external-secrets", "external-secrets", ()),
            pod(
                "external-secrets-webhook",
                "external-secrets-webhook",
                (AddonPort(name="https", number=10250, webhook=True),),
            ),
            pod(
                "external-secrets-cert-controller",
                "external-secrets-cert-controller",
                (),
            ),
        ),
        owns=("crd-group/external-secrets.io", "crd-group/generators.external-secrets.io"),
    )


def vault(profile: ClusterProfile) -> Addon:
    """Three Raft servers per region, sealed by KMS, audited, on TLS from the internal issuer (A7.6)."""
    server = resources(250, 512, 1024)
    injector = resources(100, 128, 256)
    labels = {"app.kubernetes.io/name": "vault", "component": "server"}
    injector_labels = {
        "app.kubernetes.io/name": "vault-agent-injector",
        "component": "webhook",
    }
    return Addon(
        name="vault",
        namespace=VAULT,
        chart=ChartPin(
            repository="https://helm.releases.hashicorp.com",
            name="vault",
            version=VAULT_CHART_VERSION,
        ),
        values={
            "global": {
                "enabled": True,
                "tlsDisable": False,
                "serverTelemetry": {"prometheusOperator": False},
            },
            "injector": _injector_values(injector),
            "server": _server_values(profile, server),
            "ui": {"enabled": False},
        },
        pods=(
            AddonPod(
                name="vault",
                kind=PodKind.STATEFUL_SET,
                labels=labels,
                service_account="vault",
                replicas=VAULT_SERVERS,
                containers=(
                    AddonContainer(
                        name="vault",
                        image=Image(repository="docker.io/hashicorp/vault", tag=VAULT_VERSION),
                        resources=server,
                    ),
                ),
                ports=(
                    AddonPort(name="https", number=VAULT_PORT, metrics=True),
                    AddonPort(name="raft", number=8201),
                ),
                calls=(
                    PodCall(pod="vault/vault", port="https"),
                    PodCall(pod="vault/vault", port="raft"),
                ),
                destinations=(
                    Destination.KUBERNETES_API,
                    Destination.DATABASE,
                    *((Destination.AWS,) if profile.cloud else ()),
                ),
                disruption_budget=True,
            ),
            AddonPod(
                name="vault-agent-injector",
                kind=PodKind.DEPLOYMENT,
                labels=injector_labels,
                service_account="vault-agent-injector",
                replicas=2,
                containers=(
                    AddonContainer(
                        name="sidecar-injector",
                        image=Image(
                            repository="docker.io/hashicorp/vault-k8s", tag=VAULT_INJECTOR_VERSION
                        ),
                        resources=injector,
                    ),
                ),
                ports=(AddonPort(name="https", number=8080, webhook=True),),
                destinations=(Destination.KUBERNETES_API,),
                disruption_budget=True,
            ),
            AddonPod(
                name="vault-configuration",
                kind=PodKind.JOB,
                labels=CONFIGURATION_LABELS,
                service_account="vault-configuration",
                containers=(
                    AddonContainer(
                        name="configure",
                        image=Image(repository="docker.io/hashicorp/vault", tag=VAULT_VERSION),
                        resources=CONFIGURATION_RESOURCES,
                    ),
                ),
                calls=(PodCall(pod="vault/vault", port="https"),),
            ),
        ),
        owns=("mutating-webhook/vault-agent-injector-cfg",),
        after=("cert-manager",),
        # Ready only once it is initialised, which is people's work.
        awaited=False,
    )


def _injector_values(size: ContainerResources) -> Values:
    return {
        "enabled": True,
        "replicas": 2,
        "image": {
            "repository": "docker.io/hashicorp/vault-k8s",
            "tag": VAULT_INJECTOR_VERSION,
        },
        "agentImage": {"repository": "docker.io/hashicorp/vault", "tag": VAULT_VERSION},
        "agentDefaults": {
            "cpuRequest": "25m",
            "cpuLimit": "250m",
            "memRequest": "64Mi",
            "memLimit": "128Mi",
        },
        "logFormat": "json",
        "revokeOnShutdown": True,
        "resources": size.as_values(),
        "priorityClassName": PRIORITY_CRITICAL,
        "podDisruptionBudget": {"maxUnavailable": 1},
        # A pod without its secrets must not start: it would fail later, and less clearly.
        "webhook": {"failurePolicy": "Fail"},
        "securityContext": {
            "pod": confined_pod(100, group_id=1000),
            "container": confined_container(),
        },
    }


def _server_values(profile: ClusterProfile, size: ContainerResources) -> Values:
    return {
        "enabled": True,
        "image": {"repository": "docker.io/hashicorp/vault", "tag": VAULT_VERSION},
        "resources": size.as_values(),
        "logFormat": "json",
        "priorityClassName": PRIORITY_CRITICAL,
        "extraEnvironmentVars": {
            "VAULT_CACERT": "/vault/tls/ca.crt",
            "VAULT_ADDR": f"https://127.0.0.1:{VAULT_PORT}",
        },
        "volumes": [{"name": "tls", "secret": {"secretName": VAULT_TLS_SECRET}}],
        "volumeMounts": [{"name": "tls", "mountPath": "/vault/tls", "readOnly": True}],
        "dataStorage": {
            "enabled": True,
            "size": "20Gi",
            "storageClass": profile.data_storage_class,
        },
        "auditStorage": {
            "enabled": True,
            "size": "20Gi",
            "storageClass": profile.data_storage_class,
        },
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
        "livenessProbe": {"enabled": True},
        "readinessProbe": {"enabled": True},
        "authDelegator": {"enabled": True},
        "updateStrategyType": "OnDelete",
        "statefulSet": {
            "securityContext": {
                "pod": confined_pod(100, group_id=1000),
                "container": confined_container(),
            }
        },
        "standalone": {"enabled": False},
        "ha": {
            "enabled": True,
            "replicas": VAULT_SERVERS,
            "disruptionBudget": {"enabled": True, "maxUnavailable": 1},
            "raft": {"enabled": True, "setNodeId": True, "config": vault_configuration(profile)},
        },
    }


def vault_configuration(profile: ClusterProfile) -> str:
    """The servers' configuration, in the JSON form of HCL; the audit device is enabled by the Job of A7.6."""
    members = [
        {
            "leader_api_addr": f"https://vault-{index}.vault-internal:{VAULT_PORT}",
            "leader_ca_cert_file": "/vault/tls/ca.crt",
        }
        for index in range(VAULT_SERVERS)
    ]
    configuration: dict[str, object] = {
        "ui": False,
        "disable_mlock": True,
        "listener": [
            {
                "tcp": {
                    "address": f"[::]:{VAULT_PORT}",
                    "cluster_address": "[::]:8201",
                    "tls_cert_file": "/vault/tls/tls.crt",
                    "tls_key_file": "/vault/tls/tls.key",
                    "tls_min_version": "tls13",
                    # Metrics carry no secret, and Prometheus holds no Vault token.
                    "telemetry": {"unauthenticated_metrics_access": True},
                }
            }
        ],
        "storage": {"raft": {"path": "/vault/data", "retry_join": members}},
        "service_registration": {"kubernetes": {}},
        "telemetry": {"prometheus_retention_time": "24h", "disable_hostname": True},
    }
    if profile.cloud:
        configuration["seal"] = {
            "awskms": {
                "region": profile.cloud.region,
                "kms_key_id": profile.cloud.vault_unseal_key_alias,
            }
        }
    return json.dumps(configuration, indent=2, sort_keys=True)
