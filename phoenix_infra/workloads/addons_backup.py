"""Backups of what the cluster's API holds: Velero, encrypted, never a dump into a repository (X-23)."""

from phoenix_infra.workloads.addon import (
    Addon,
    AddonContainer,
    AddonPod,
    AddonPort,
    ChartPin,
    Destination,
    Image,
    Json,
    PodKind,
    Values,
    resources,
)
from phoenix_infra.workloads.addon_namespaces import VELERO
from phoenix_infra.workloads.addons_telemetry import OBJECT_STORE_SECRET
from phoenix_infra.workloads.chart_values import confined_container, confined_pod
from phoenix_infra.workloads.cluster_profile import ClusterProfile

RETENTION_HOURS = 30 * 24
"""As long as the bucket keeps objects; volumes have their own 35 days in AWS Backup (A6)."""
_VELERO = Image(repository="docker.io/velero/velero", tag="v1.18.1")
_PLUGIN = Image(repository="docker.io/velero/velero-plugin-for-aws", tag="v1.14.2")


def velero(profile: ClusterProfile) -> Addon:
    """Objects of every namespace each night; on AWS with snapshots of their volumes."""
    size = resources(200, 256, 1024)
    return Addon(
        name="velero",
        namespace=VELERO,
        chart=ChartPin(
            repository="https://vmware-tanzu.github.io/helm-charts", name="velero", version="12.1.0"
        ),
        values={
            "image": {"repository": _VELERO.repository, "tag": _VELERO.tag},
            "resources": size.as_values(),
            "upgradeJobResources": size.as_values(),
            "initContainers": [
                {
                    "name": "plugin-for-aws",
                    "image": _PLUGIN.reference,
                    "resources": resources(50, 64, 128).as_values(),
                    "securityContext": confined_container(),
                    "volumeMounts": [{"name": "plugins", "mountPath": "/target"}],
                }
            ],
            "podSecurityContext": confined_pod(65532),
            "containerSecurityContext": confined_container(),
            "deployNodeAgent": False,
            "snapshotsEnabled": profile.cloud is not None,
            "credentials": _credentials(profile),
            "serviceAccount": {"server": {"create": True, "name": "velero-server"}},
            "configuration": {
                "backupStorageLocation": [_location(profile)],
                "volumeSnapshotLocation": _snapshot_locations(profile),
                "defaultBackupTTL": f"{RETENTION_HOURS}h",
                "features": "EnableCSI",
                "logFormat": "json",
            },
            "schedules": {
                "nightly": {
                    "disabled": False,
                    "schedule": "0 2 * * *",
                    "template": {
                        "ttl": f"{RETENTION_HOURS}h0m0s",
                        "includedNamespaces": ["*"],
                        # Secrets come back from their stores; a copy here would be a second place to guard.
                        "excludedResources": ["secrets", "events", "events.events.k8s.io"],
                        "includeClusterResources": True,
                        "snapshotVolumes": profile.cloud is not None,
                        "storageLocation": "default",
                    },
                }
            },
            "metrics": {"enabled": True, "serviceMonitor": {"enabled": True}},
        },
        pods=(
            AddonPod(
                name="velero",
                kind=PodKind.DEPLOYMENT,
                labels={
                    "app.kubernetes.io/name": "velero",
                    "app.kubernetes.io/instance": "velero",
                },
                service_account="velero-server",
                containers=(AddonContainer(name="velero", image=_VELERO, resources=size),),
                ports=(AddonPort(name="metrics", number=8085, metrics=True),),
                destinations=(
                    Destination.KUBERNETES_API,
                    Destination.OBJECT_STORE,
                    *((Destination.AWS,) if profile.cloud else ()),
                ),
            ),
        ),
        owns=("crd-group/velero.io",),
        awaited=profile.cloud is not None,
        after=("kube-prometheus-stack",),
    )


def _credentials(profile: ClusterProfile) -> Values:
    if profile.object_store.compatible:
        return {"useSecret": True, "existingSecret": OBJECT_STORE_SECRET}
    return {"useSecret": False}


def _location(profile: ClusterProfile) -> Json:
    store = profile.object_store
    settings: dict[str, Json] = {"region": store.region, "checksumAlgorithm": "SHA256"}
    if store.compatible:
        settings |= {"s3ForcePathStyle": "true", "s3Url": f"https://{store.endpoint_host}"}
    elif profile.cloud:
        settings |= {"serverSideEncryption": "aws:kms"}
    return {
        "name": "default",
        "provider": "aws",
        "bucket": store.cluster_backup_bucket,
        "prefix": "velero",
        "default": True,
        "accessMode": "ReadWrite",
        "config": settings,
    }


def _snapshot_locations(profile: ClusterProfile) -> list[Json]:
    if profile.cloud is None:
        return []
    return [{"name": "default", "provider": "aws", "config": {"region": profile.cloud.region}}]
