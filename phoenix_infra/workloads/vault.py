"""What each service may read from Vault, and the files it becomes; Vault's roles are derived from it (A7.6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from phoenix_infra.settings.kafka import StrimziKafka
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.settings.storage import CompatibleStorage
from phoenix_infra.workloads.catalogue import AGENTS, SERVICES
from phoenix_infra.workloads.external_peers import EXTERNAL_PEERS, Way
from phoenix_infra.workloads.jobs import JOBS, JobSpec
from phoenix_infra.workloads.spec import (
    CACHE_TARGET,
    KAFKA_TARGET,
    AgentSpec,
    StaticSecret,
    WorkloadSpec,
)

STATIC_MOUNT = "kv"
"""Key-value mount, version 2; the documents' mount named `secret/` is no mount at all by default (X-21)."""
DATABASE_MOUNT = "database"
KUBERNETES_AUTH_PATH = "auth/kubernetes"
TOKEN_AUDIENCE = "vault"  # noqa: S105 - the audience of a token, not a token
DATABASE_CA = StaticSecret(file="database-ca.pem", path="phoenix/database-ca", key="bundle")
CACHE_CREDENTIALS_PATH = "phoenix/cache"
KAFKA_CLIENT = StaticSecret(file="kafka-client.pem", path="phoenix/kafka", key="client_pem")

Unit = WorkloadSpec | AgentSpec | JobSpec

OBJECT_STORE_KEYS = StaticSecret(
    file="object-store.env", path="phoenix/object-store", key="environment"
)
"""AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of a site's S3-compatible store; in AWS pods have identities."""


class DatabasePrivilege(StrEnum):
    """What a dynamic database user may do; each maps to one group role in the database."""

    APPLICATION = "phoenix_application"
    """Reads and writes rows of the tenant it has named; row-level security binds it."""
    MIGRATION = "phoenix_migration"
    """Owns the schema; FORCE binds it to the policies as well."""
    DUMP = "phoenix_dump"
    """Reads every row for backups through a policy of its own; no role bypasses row-level security."""


@dataclass(frozen=True, kw_only=True)
class VaultRole:
    """One Kubernetes auth role and the policy behind it."""

    name: str
    namespace: str
    service_account: str
    database_role: str | None
    """Name under `database/creds/`."""
    database_privilege: DatabasePrivilege | None
    static_paths: tuple[str, ...]
    """Below the key-value mount; read only."""


_JOB_PRIVILEGES = {
    "migration": DatabasePrivilege.MIGRATION,
    "dump": DatabasePrivilege.DUMP,
}


def vault_roles(settings: GuardianSettings) -> tuple[VaultRole, ...]:
    """Every role that Vault must know in this stack, in the order of the catalogue."""
    return tuple(_roles(settings))


def _roles(settings: GuardianSettings) -> Iterator[VaultRole]:
    for unit in (*SERVICES, *AGENTS, *JOBS):
        if not unit.needs_vault:
            continue
        paths = {secret.path for secret in static_secrets(unit, settings)}
        if uses_cache(unit):
            paths.add(CACHE_CREDENTIALS_PATH)
        yield VaultRole(
            name=unit.name,
            namespace=unit.namespace,
            service_account=unit.name,
            database_role=unit.name if uses_database(unit) else None,
            database_privilege=_privilege(unit),
            static_paths=tuple(sorted(paths)),
        )


def uses_database(unit: Unit) -> bool:
    """Whether it gets database credentials of its own."""
    if isinstance(unit, JobSpec):
        return unit.database_role is not None
    return isinstance(unit, WorkloadSpec) and unit.uses_database


def uses_cache(unit: Unit) -> bool:
    """Whether it signs in to the cache."""
    return isinstance(unit, WorkloadSpec) and _calls(unit, CACHE_TARGET)


def static_secrets(unit: Unit, settings: GuardianSettings) -> tuple[StaticSecret, ...]:
    """The key-value files of a unit: its own, and those that its backends ask for."""
    found = list(unit.secrets)
    if uses_database(unit):
        found.append(DATABASE_CA)
    if (
        isinstance(unit, WorkloadSpec)
        and _calls(unit, KAFKA_TARGET)
        and isinstance(settings.kafka, StrimziKafka)
    ):
        found.append(KAFKA_CLIENT)
    if isinstance(settings.storage, CompatibleStorage) and any(
        EXTERNAL_PEERS[name].way is Way.OBJECT_STORE for name in unit.external_peers
    ):
        found.append(OBJECT_STORE_KEYS)
    return tuple(found)


def _calls(unit: WorkloadSpec, target: str) -> bool:
    return any(call.target == target for call in unit.calls)


def _privilege(unit: Unit) -> DatabasePrivilege | None:
    if not uses_database(unit):
        return None
    if isinstance(unit, JobSpec) and unit.database_role is not None:
        return _JOB_PRIVILEGES[unit.database_role]
    return DatabasePrivilege.APPLICATION
