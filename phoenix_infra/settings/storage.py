"""Object storage, file systems and image repositories."""

from typing import Annotated, Literal

from pydantic import Field

from phoenix_infra.settings.section import Cidr, DomainName, Section


class S3Storage(Section, frozen=True):
    """Buckets with replicas in the recovery region (G-013, L-005, N-013)."""

    backend: Literal["s3"]
    audio_standard_days: Annotated[int, Field(ge=30)] = 90
    """Days before audio moves to a colder class."""
    audio_retention_days: Annotated[int, Field(ge=2190)] = 2557
    audit_retention_years: Annotated[int, Field(ge=6)] = 7
    """HIPAA keeps documentation six years, NPHIES seven (X-85): the larger."""
    application_log_hot_days: Annotated[int, Field(ge=1)] = 30
    application_log_warm_days: Annotated[int, Field(ge=1)] = 90
    application_log_retention_days: Annotated[int, Field(ge=1)] = 365
    dump_retention_days: Annotated[int, Field(ge=30)] = 30


class CompatibleStorage(Section, frozen=True):
    """An S3-compatible object store that the site provides (A7.8)."""

    backend: Literal["s3-compatible"]
    endpoint_host: DomainName
    endpoint_cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)]
    """Where the store answers: network policies name addresses, not hosts."""
    backup_bucket: str
    model_bucket: str
    audio_bucket: str
    log_bucket: str
    """Logs and traces (A6)."""
    storage_class: str = "standard-encrypted"
    """The site's encrypted block StorageClass."""
    shared_storage_class: str = "shared-encrypted"
    """The site's ReadWriteMany StorageClass, for models (X-28)."""


StorageSettings = Annotated[S3Storage | CompatibleStorage, Field(discriminator="backend")]
