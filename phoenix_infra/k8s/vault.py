"""Vault's certificate, and the idempotent Job that applies what the catalogue derives (A7.6)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

from phoenix_infra.k8s.certificate import INTERNAL_ISSUER, Certificate
from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.workloads.addon_namespaces import VAULT
from phoenix_infra.workloads.addons_secrets import (
    CONFIGURATION_LABELS,
    CONFIGURATION_RESOURCES,
    VAULT_HOST,
    VAULT_PORT,
    VAULT_SERVERS,
    VAULT_TLS_SECRET,
    VAULT_VERSION,
)
from phoenix_infra.workloads.vault import DATABASE_MOUNT, STATIC_MOUNT, TOKEN_AUDIENCE
from phoenix_infra.workloads.vault_configuration import CONFIGURATION_ROLE, DATABASE_CONNECTION

core = kubernetes.core.v1
SCRIPT = Path(__file__).parent / "scripts" / "configure_vault.sh"
DATABASE_ADMIN_SECRET = "vault-database-admin"  # noqa: S105  a Secret's name, not a secret
DEADLINE_SECONDS = 600
USER_ID = 100
GROUP_ID = 1000


@dataclass(frozen=True, kw_only=True)
class VaultConfigurationArgs:
    """The documents to apply and the database that dynamic users are made in."""

    documents: Mapping[str, str]
    database_host: pulumi.Input[str]
    database_port: int
    database_name: str
    after: Sequence[pulumi.Resource] = ()


class VaultConfiguration(pulumi.ComponentResource):
    """Certificate, documents, script, identity and Job; the Job runs again when a document changes."""

    def __init__(
        self, name: str, args: VaultConfigurationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:k8s:VaultConfiguration", name, None, opts)
        labels = {
            **recommended_labels(CONFIGURATION_ROLE, component="secrets"),
            **CONFIGURATION_LABELS,
        }
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        custom_resource(
            f"{name}-certificate",
            Certificate(
                secret=VAULT_TLS_SECRET,
                issuer=INTERNAL_ISSUER,
                dns_names=vault_names(),
                ip_addresses=("127.0.0.1",),
                client=True,
            ),
            name=VAULT_TLS_SECRET,
            namespace=VAULT,
            labels=labels,
            opts=child,
        )
        files = {**args.documents, SCRIPT.name: SCRIPT.read_text(encoding="utf-8")}
        revision = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:10]
        account = core.ServiceAccount(
            f"{name}-account",
            metadata=_metadata(CONFIGURATION_ROLE, labels),
            automount_service_account_token=False,
            opts=child,
        )
        documents = core.ConfigMap(
            f"{name}-documents",
            metadata=_metadata(f"{CONFIGURATION_ROLE}-{revision}", labels),
            data=files,
            immutable=True,
            opts=child,
        )
        kubernetes.batch.v1.Job(
            f"{name}-job",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=f"{CONFIGURATION_ROLE}-{revision}",
                namespace=VAULT,
                labels=labels,
                # Before the ceremony that initialises Vault the Job waits and tries again; `up` does not.
                annotations={"pulumi.com/skipAwait": "true"},
            ),
            spec=kubernetes.batch.v1.JobSpecArgs(
                active_deadline_seconds=DEADLINE_SECONDS,
                backoff_limit=6,
                ttl_seconds_after_finished=86_400,
                template=core.PodTemplateSpecArgs(
                    metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=labels),
                    spec=_pod(f"{CONFIGURATION_ROLE}-{revision}", args),
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[account, documents]),
        )
        self.register_outputs({})


def vault_names() -> tuple[str, ...]:
    """Every name under which a client or another server speaks to Vault."""
    internal = [f"vault-{index}.vault-internal" for index in range(VAULT_SERVERS)]
    services = [f"{service}.{VAULT}.svc" for service in ("vault", "vault-active", "vault-standby")]
    return (
        VAULT_HOST,
        *services,
        *(f"{service}.cluster.local" for service in services),
        *internal,
        "localhost",
    )


def _metadata(name: str, labels: Mapping[str, str]) -> kubernetes.meta.v1.ObjectMetaArgs:
    return kubernetes.meta.v1.ObjectMetaArgs(name=name, namespace=VAULT, labels=dict(labels))


def _pod(config_map: str, args: VaultConfigurationArgs) -> kubernetes.core.v1.PodSpecArgs:
    url = pulumi.Output.format(
        "postgresql://{{{{username}}}}:{{{{password}}}}@{0}:{1}/{2}?sslmode=verify-full",
        args.database_host,
        args.database_port,
        args.database_name,
    )
    environment: dict[str, pulumi.Input[str]] = {
        "HOME": "/home/vault",
        "VAULT_ADDR": f"https://vault.{VAULT}.svc.cluster.local:{VAULT_PORT}",
        "VAULT_CACERT": "/tls/ca.crt",
        "DOCUMENTS": "/documents",
        "IDENTITY_FILE": "/identity/token",
        "ADMIN": "/admin",
        "STATIC_MOUNT": STATIC_MOUNT,
        "DATABASE_MOUNT": DATABASE_MOUNT,
        "CONNECTION": DATABASE_CONNECTION,
        "DATABASE_URL_TEMPLATE": url,
    }
    return core.PodSpecArgs(
        restart_policy="Never",
        service_account_name=CONFIGURATION_ROLE,
        automount_service_account_token=False,
        enable_service_links=False,
        security_context=core.PodSecurityContextArgs(
            run_as_non_root=True,
            run_as_user=USER_ID,
            run_as_group=GROUP_ID,
            fs_group=GROUP_ID,
            seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
        ),
        containers=[
            core.ContainerArgs(
                name="configure",
                image=f"docker.io/hashicorp/vault:{VAULT_VERSION}",
                image_pull_policy="Always",
                command=["/bin/sh", f"/documents/{SCRIPT.name}"],
                env=[
                    core.EnvVarArgs(name=key, value=value)
                    for key, value in sorted(environment.items())
                ],
                resources=core.ResourceRequirementsArgs(
                    requests={
                        "cpu": f"{CONFIGURATION_RESOURCES.cpu_millicores}m",
                        "memory": f"{CONFIGURATION_RESOURCES.memory_mib}Mi",
                    },
                    limits={
                        "cpu": "500m",
                        "memory": f"{CONFIGURATION_RESOURCES.memory_limit_mib}Mi",
                    },
                ),
                security_context=core.SecurityContextArgs(
                    run_as_non_root=True,
                    allow_privilege_escalation=False,
                    read_only_root_filesystem=True,
                    capabilities=core.CapabilitiesArgs(drop=["ALL"]),
                ),
                volume_mounts=[
                    core.VolumeMountArgs(name=volume, mount_path=f"/{volume}", read_only=True)
                    for volume in ("tls", "documents", "identity", "admin")
                ]
                + [core.VolumeMountArgs(name="home", mount_path="/home/vault")],
            )
        ],
        volumes=_volumes(config_map),
    )


def _volumes(config_map: str) -> list[kubernetes.core.v1.VolumeArgs]:
    token = core.ServiceAccountTokenProjectionArgs(
        path="token", audience=TOKEN_AUDIENCE, expiration_seconds=DEADLINE_SECONDS
    )
    return [
        core.VolumeArgs(
            name="tls",
            secret=core.SecretVolumeSourceArgs(
                secret_name=VAULT_TLS_SECRET,
                items=[core.KeyToPathArgs(key="ca.crt", path="ca.crt")],
            ),
        ),
        core.VolumeArgs(
            name="documents", config_map=core.ConfigMapVolumeSourceArgs(name=config_map)
        ),
        core.VolumeArgs(
            name="identity",
            projected=core.ProjectedVolumeSourceArgs(
                sources=[core.VolumeProjectionArgs(service_account_token=token)]
            ),
        ),
        core.VolumeArgs(
            name="admin",
            secret=core.SecretVolumeSourceArgs(secret_name=DATABASE_ADMIN_SECRET),
        ),
        core.VolumeArgs(
            name="home", empty_dir=core.EmptyDirVolumeSourceArgs(medium="Memory", size_limit="1Mi")
        ),
    ]
