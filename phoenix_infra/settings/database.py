"""The PostgreSQL database: managed by AWS or run in the cluster (X-10)."""

from typing import Annotated, Literal

from pydantic import Field

from phoenix_infra.settings.section import DailyWindow, Digest, Section, WeeklyWindow


class DatabaseLimits(Section, frozen=True):
    """Connections and time-outs that both backends keep (G-052, X-58, O-016)."""

    max_connections: Annotated[int, Field(ge=100, le=5000)] = 500
    idle_session_timeout_minutes: Annotated[int, Field(ge=1)] = 10
    idle_in_transaction_timeout_minutes: Annotated[int, Field(ge=1)] = 5
    minimum_tls_version: Literal["TLSv1.2", "TLSv1.3"] = "TLSv1.3"
    pool_size_per_replica: Annotated[int, Field(ge=1)] = 5
    """Upper bound of one application replica's connection pool; the sum must fit max_connections (X-58)."""


class AuroraDatabase(Section, frozen=True):
    """Aurora PostgreSQL in a Global Database (G-040, L-003)."""

    backend: Literal["aurora-global"]
    engine_version: Annotated[str, Field(pattern=r"^\d{2}\.\d{1,2}$")] = "17.7"
    instance_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")] = "db.r6g.2xlarge"
    reader_count: Annotated[int, Field(ge=1, le=15)] | None = None
    """Overrides the tier's number of readers."""
    storage_type: Literal["aurora", "aurora-iopt1"] = "aurora-iopt1"
    backup_retention_days: Annotated[int, Field(ge=7, le=35)] = 35
    backup_window: DailyWindow = "07:00-08:00"
    maintenance_window: WeeklyWindow = "sun:08:30-sun:09:30"
    log_retention_days: Annotated[int, Field(ge=1)] = 2557
    limits: DatabaseLimits = DatabaseLimits()


class CloudNativePgDatabase(Section, frozen=True):
    """CloudNativePG in the cluster (G-050..G-057, X-18, X-19)."""

    backend: Literal["cnpg"]
    image_tag: str = "17.10-standard-trixie"
    image_digest: Digest
    instances: Annotated[int, Field(ge=3)] = 3
    data_volume_gib: Annotated[int, Field(ge=20)] = 500
    wal_volume_gib: Annotated[int, Field(ge=10)] = 100
    memory_gib: Annotated[int, Field(ge=4)] = 16
    cpu: Annotated[int, Field(ge=1)] = 4
    backup_retention_days: Annotated[int, Field(ge=7)] = 30
    limits: DatabaseLimits = DatabaseLimits()


DatabaseSettings = Annotated[AuroraDatabase | CloudNativePgDatabase, Field(discriminator="backend")]
