"""Vault agent injection: secrets become files in memory, rendered and renewed beside the service (G-075, G-085)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from phoenix_infra.k8s.backends import Backends
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.call_graph import Unit
from phoenix_infra.workloads.configuration import VAULT_ADDRESS
from phoenix_infra.workloads.spec import StaticSecret
from phoenix_infra.workloads.vault import (
    CACHE_CREDENTIALS_PATH,
    DATABASE_MOUNT,
    KUBERNETES_AUTH_PATH,
    STATIC_MOUNT,
    TOKEN_AUDIENCE,
    static_secrets,
    uses_cache,
    uses_database,
)

core = kubernetes.core.v1
PREFIX = "vault.hashicorp.com"
TOKEN_VOLUME = "vault-token"  # noqa: S105 - a volume's name, not a token
AGENT_TLS_SECRET = "vault-agent-tls"  # noqa: S105 - a Secret's name; cert-manager writes it into each namespace
TOKEN_LIFETIME_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class VaultInjection:
    """Annotations and the volume that the injector works from."""

    annotations: Mapping[str, pulumi.Input[str]]
    volume: kubernetes.core.v1.VolumeArgs


def vault_injection(
    unit: Unit, settings: GuardianSettings, backends: Backends, *, until_done: bool = False
) -> VaultInjection:
    """The agent for one unit; `until_done` leaves only its init container, so that a Job can end (X-34)."""
    annotations: dict[str, pulumi.Input[str]] = {
        "agent-inject": "true",
        "agent-init-first": "true",
        "agent-pre-populate-only": "true" if until_done else "false",
        "auth-path": KUBERNETES_AUTH_PATH,
        "role": unit.name,
        "service": VAULT_ADDRESS,
        "tls-secret": AGENT_TLS_SECRET,
        "ca-cert": "/vault/tls/ca.crt",
        # The pod has no token of its own; the agent gets one that only Vault accepts.
        "agent-service-account-token-volume-name": TOKEN_VOLUME,
        "agent-run-as-user": "1000",
        "agent-run-as-group": "1000",
        "agent-set-security-context": "true",
        "agent-requests-cpu": "25m",
        "agent-requests-mem": "64Mi",
        "agent-limits-cpu": "250m",
        "agent-limits-mem": "128Mi",
        "agent-limits-ephemeral": "64Mi",
        "secret-volume-path": "/vault/secrets",
        "preserve-secret-case": "true",
    }
    for secret in static_secrets(unit, settings):
        annotations |= _file(
            secret.file, f"{STATIC_MOUNT}/data/{secret.path}", _static_template(secret)
        )
    if uses_database(unit):
        path = f"{DATABASE_MOUNT}/creds/{unit.name}"
        annotations |= _file("database.env", path, _database_template(path, backends))
    if uses_cache(unit):
        path = f"{STATIC_MOUNT}/data/{CACHE_CREDENTIALS_PATH}"
        annotations |= _file("cache.env", path, _cache_template(path, backends))
    return VaultInjection(
        annotations={f"{PREFIX}/{key}": value for key, value in annotations.items()},
        volume=_token_volume(),
    )


def _file(name: str, path: str, template: pulumi.Input[str]) -> dict[str, pulumi.Input[str]]:
    return {
        f"agent-inject-secret-{name}": path,
        f"agent-inject-template-{name}": template,
        f"agent-inject-perms-{name}": "0400",
    }


def _static_template(secret: StaticSecret) -> str:
    path = f"{STATIC_MOUNT}/data/{secret.path}"
    return f'{{{{- with secret "{path}" -}}}}{{{{ .Data.data.{secret.key} }}}}{{{{- end }}}}'


def _database_template(path: str, backends: Backends) -> pulumi.Output[str]:
    """DATABASE_URL with a user that lives for hours, on a connection that verifies the server (G-118, X-21)."""
    return pulumi.Output.concat(
        f'{{{{- with secret "{path}" -}}}}',
        "DATABASE_URL=postgresql://{{ .Data.username }}:{{ .Data.password }}@",
        backends.database_host,
        f":{backends.database_port}/{backends.database_name}",
        "?sslmode=verify-full&sslrootcert=/vault/secrets/database-ca.pem{{- end }}",
    )


def _cache_template(path: str, backends: Backends) -> pulumi.Output[str]:
    """REDIS_URL over TLS (G-118)."""
    return pulumi.Output.concat(
        f'{{{{- with secret "{path}" -}}}}',
        "REDIS_URL=rediss://{{ .Data.data.username }}:{{ .Data.data.password }}@",
        backends.cache_host,
        f":{backends.cache_port}/0{{{{- end }}}}",
    )


def _token_volume() -> kubernetes.core.v1.VolumeArgs:
    return core.VolumeArgs(
        name=TOKEN_VOLUME,
        projected=core.ProjectedVolumeSourceArgs(
            sources=[
                core.VolumeProjectionArgs(
                    service_account_token=core.ServiceAccountTokenProjectionArgs(
                        audience=TOKEN_AUDIENCE,
                        expiration_seconds=TOKEN_LIFETIME_SECONDS,
                        path="token",
                    )
                )
            ]
        ),
    )
