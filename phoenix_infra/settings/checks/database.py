"""The PostgreSQL database: engine, place, memory and TLS."""

from collections.abc import Iterator

from phoenix_infra.settings.checks.subject import Check, Subject, check, wrong
from phoenix_infra.settings.checks.support import supported
from phoenix_infra.settings.database import AuroraDatabase, CloudNativePgDatabase
from phoenix_infra.settings.instance_types import DATABASE_MEMORY_GIB
from phoenix_infra.settings.models import GuardianSettings, RegionalSettings
from phoenix_infra.settings.postgres_memory import aurora_memory, in_cluster_memory
from phoenix_infra.settings.problem import Problem
from phoenix_infra.settings.support_calendar import AURORA_POSTGRESQL, POSTGRESQL

OLDEST_MAJOR = 15
"""A6."""
PRODUCTION_BACKUP_DAYS = 35
"""Point-in-time recovery of A6, which is also the most that Aurora keeps."""


@check("stack", "database")
def backend(subject: Subject) -> Iterator[Problem]:
    """One owner of PHI in each place: Aurora in AWS, CloudNativePG on a site (X-10)."""
    settings = subject.settings
    if not isinstance(settings, GuardianSettings):
        return
    needed = "aurora-global" if isinstance(settings, RegionalSettings) else "cnpg"
    if settings.database.backend != needed:
        yield wrong(
            "database",
            "backend",
            value=settings.database.backend,
            allowed=f"a {settings.stack.kind} stack has {needed}",
            remedy=f"write {needed}",
        )


@check("database")
def engine(subject: Subject) -> Iterator[Problem]:
    """PostgreSQL 15 or later, in support."""
    settings = subject.settings
    if not isinstance(settings, GuardianSettings):
        return
    database = settings.database
    if isinstance(database, AuroraDatabase):
        key, written, product, calendar = (
            "engine_version", database.engine_version, "Aurora PostgreSQL", AURORA_POSTGRESQL,
        )  # fmt: skip
    else:
        key, written, product, calendar = (
            "image_tag", database.image_tag, "PostgreSQL", POSTGRESQL,
        )  # fmt: skip
    major = written.partition(".")[0]
    if major.isdigit() and int(major) < OLDEST_MAJOR:
        yield wrong(
            "database",
            key,
            value=written,
            allowed=f"must be {product} {OLDEST_MAJOR} or later",
            remedy=f"choose {list(calendar)[-1]}",
        )
        return
    yield from supported(
        "database", key, written=written, product=product, version=major, calendar=calendar,
        as_of=subject.as_of,
    )  # fmt: skip


@check("database")
def memory(subject: Subject) -> Iterator[Problem]:
    """Connections, sorts and vacuum fit into the server's memory (G-052)."""
    settings = subject.settings
    if not isinstance(settings, GuardianSettings):
        return
    database = settings.database
    connections = database.limits.max_connections
    if isinstance(database, CloudNativePgDatabase):
        key, size = "memory_gib", database.memory_gib
        parts = in_cluster_memory(size, connections)
    else:
        key = "instance_class"
        known = DATABASE_MEMORY_GIB.get(database.instance_class)
        if known is None:
            yield wrong(
                "database",
                key,
                value=database.instance_class,
                allowed="a Global Database takes memory-optimised classes whose size is known:"
                f" {', '.join(DATABASE_MEMORY_GIB)}",
                remedy="choose one of these",
            )
            return
        size = known
        parts = aurora_memory(size, connections)
    if not parts.fits:
        yield wrong(
            "database",
            key,
            value=getattr(database, key),
            allowed=f"{connections} connections may claim {parts.worst_case_mib} MiB, and the server has"
            f" {parts.available_mib} MiB of its {size} GiB for them",
            remedy="choose more memory or lower database.limits.max_connections",
        )


@check("stack", "database")
def protection(subject: Subject) -> Iterator[Problem]:
    """In production clients speak TLS 1.3 and any minute of five weeks can be restored (L-025, A6)."""
    settings = subject.settings
    if not isinstance(settings, GuardianSettings) or not subject.production:
        return
    database = settings.database
    if database.limits.minimum_tls_version != "TLSv1.3":
        yield wrong(
            "database",
            "limits",
            "minimum_tls_version",
            value=database.limits.minimum_tls_version,
            allowed="production databases accept TLSv1.3 only",
            remedy="write TLSv1.3",
        )
    if isinstance(database, AuroraDatabase) and (
        database.backup_retention_days < PRODUCTION_BACKUP_DAYS
    ):
        yield wrong(
            "database",
            "backup_retention_days",
            value=database.backup_retention_days,
            allowed=f"production keeps point-in-time backups for {PRODUCTION_BACKUP_DAYS} days",
            remedy=f"write {PRODUCTION_BACKUP_DAYS}",
        )


CHECKS: tuple[Check, ...] = (backend, engine, memory, protection)
