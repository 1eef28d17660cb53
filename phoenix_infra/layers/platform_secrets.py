"""Which Secrets the platform needs, and the entries of the secret store behind them."""

from phoenix_infra.k8s.cloudnative_pg import GRAFANA_SECRET as DATABASE_GRAFANA_SECRET
from phoenix_infra.k8s.cloudnative_pg import VAULT_USER_SECRET
from phoenix_infra.k8s.external_secret import (
    SecretsManagerStore,
    SynchronisedSecret,
    VaultStore,
)
from phoenix_infra.k8s.internal_pki import AUTHORITY_SECRET
from phoenix_infra.k8s.sentinel import CREDENTIALS_SECRET
from phoenix_infra.k8s.vault import DATABASE_ADMIN_SECRET
from phoenix_infra.workloads.addon_namespaces import ARGOCD, VAULT, VELERO
from phoenix_infra.workloads.addons_monitoring import (
    DATABASE_CA_SECRET,
    GRAFANA_ENVIRONMENT_SECRET,
    GRAFANA_SECRET,
)
from phoenix_infra.workloads.addons_secrets import VAULT_PORT
from phoenix_infra.workloads.addons_telemetry import OBJECT_STORE_SECRET
from phoenix_infra.workloads.alerting import RECEIVER_SECRET
from phoenix_infra.workloads.cluster_profile import ClusterProfile
from phoenix_infra.workloads.namespaces import DATA, MONITOR
from phoenix_infra.workloads.vault import STATIC_MOUNT
from phoenix_infra.workloads.vault_configuration import EXTERNAL_SECRETS_ROLE

REPOSITORY_SECRET = "manifests-repository"  # noqa: S105  a Secret's name, not a secret
REPOSITORY_LABELS = {"argocd.argoproj.io/secret-type": "repository"}
PLATFORM_ENTRIES = (
    "alertmanager",
    "grafana",
    "grafana-environment",
    "database-ca",
    "argocd-repository",
    "vault-database",
    "object-store",
    "redis",
    "grafana-database",
)
"""Entries below `platform/` that people or the data layer fill; the program never reads their values."""


def platform_secrets(profile: ClusterProfile, prefix: str) -> tuple[SynchronisedSecret, ...]:
    """Every Secret of the platform in this stack; `prefix` ends before the entry's own name."""

    def one(namespace: str, secret: str, entry: str, **labels: str) -> SynchronisedSecret:
        return SynchronisedSecret(
            namespace=namespace, secret=secret, entry=f"{prefix}{entry}", labels=labels
        )

    found = [
        one(MONITOR, RECEIVER_SECRET, "alertmanager"),
        one(MONITOR, GRAFANA_SECRET, "grafana"),
        one(MONITOR, GRAFANA_ENVIRONMENT_SECRET, "grafana-environment"),
        one(MONITOR, DATABASE_CA_SECRET, "database-ca"),
        SynchronisedSecret(
            namespace=ARGOCD,
            secret=REPOSITORY_SECRET,
            entry=f"{prefix}argocd-repository",
            labels=REPOSITORY_LABELS,
        ),
        one(VAULT, DATABASE_ADMIN_SECRET, "vault-database"),
    ]
    if profile.object_store.compatible:
        spaces = (MONITOR, *((VELERO,) if profile.velero else ()))
        found += [one(space, OBJECT_STORE_SECRET, "object-store") for space in spaces]
    if profile.database_backend == "cnpg":
        found += [
            one(DATA, OBJECT_STORE_SECRET, "object-store"),
            one(DATA, VAULT_USER_SECRET, "vault-database"),
            one(DATA, DATABASE_GRAFANA_SECRET, "grafana-database"),
        ]
    if profile.cache_backend == "sentinel":
        found.append(one(DATA, CREDENTIALS_SECRET, "redis"))
    return tuple(found)


def secret_store(
    profile: ClusterProfile, secrets: tuple[SynchronisedSecret, ...]
) -> SecretsManagerStore | VaultStore:
    """Secrets Manager in AWS; on a site its own Vault, filled by its operators."""
    namespaces = tuple(sorted({item.namespace for item in secrets}))
    if profile.cloud is not None:
        return SecretsManagerStore(region=profile.cloud.region, namespaces=namespaces)
    return VaultStore(
        address=f"https://vault.{VAULT}.svc.cluster.local:{VAULT_PORT}",
        authority_secret=AUTHORITY_SECRET,
        mount=STATIC_MOUNT,
        role=EXTERNAL_SECRETS_ROLE,
        namespaces=namespaces,
    )
