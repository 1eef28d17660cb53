"""The settings of a stack: one section per object of its file, one class per kind of stack."""

from collections.abc import Mapping
from typing import Annotated, cast

from pydantic import Discriminator, Tag, TypeAdapter

from phoenix_infra.settings.backup import BackupSettings
from phoenix_infra.settings.cache import CacheSettings, ElastiCacheCache
from phoenix_infra.settings.cluster import ClusterSettings
from phoenix_infra.settings.continuous_integration import (
    ContinuousIntegrationSettings,
    StateBackendSettings,
)
from phoenix_infra.settings.database import AuroraDatabase, DatabaseSettings
from phoenix_infra.settings.detection import DetectionSettings
from phoenix_infra.settings.edge import EdgeSettings
from phoenix_infra.settings.hospitals import HospitalsSettings
from phoenix_infra.settings.kafka import KafkaSettings, NoKafka
from phoenix_infra.settings.keys import KeysSettings
from phoenix_infra.settings.network import NetworkSettings
from phoenix_infra.settings.platform import PlatformSettings
from phoenix_infra.settings.section import Section
from phoenix_infra.settings.stack import (
    BootstrapStack,
    CloudIdentity,
    OnPremStack,
    PrimaryStack,
    RecoveryStack,
    StackSettings,
)
from phoenix_infra.settings.storage import S3Storage, StorageSettings
from phoenix_infra.settings.tiers import Capacity, capacity_for, warm_standby
from phoenix_infra.settings.workloads import WorkloadsSettings


class GuardianSettings(Section, frozen=True):
    """What every stack that runs Phoenix Guardian has, in AWS or on a hospital's site."""

    stack: StackSettings
    hospitals: HospitalsSettings
    database: DatabaseSettings
    cache: CacheSettings
    kafka: KafkaSettings = NoKafka()
    storage: StorageSettings
    platform: PlatformSettings
    workloads: WorkloadsSettings

    @property
    def capacity(self) -> Capacity:
        """What the number of hospitals asks for (A7.1), before overrides."""
        return capacity_for(self.hospitals.count)


class RegionalSettings(GuardianSettings, frozen=True):
    """What the two AWS regions have in common."""

    network: NetworkSettings
    keys: KeysSettings = KeysSettings()
    cluster: ClusterSettings = ClusterSettings()
    database: DatabaseSettings = AuroraDatabase(backend="aurora-global")
    cache: CacheSettings = ElastiCacheCache(backend="elasticache-global")
    storage: StorageSettings = S3Storage(backend="s3")
    edge: EdgeSettings
    detection: DetectionSettings = DetectionSettings()
    backup: BackupSettings = BackupSettings()
    continuous_integration: ContinuousIntegrationSettings = ContinuousIntegrationSettings()

    @property
    def identity(self) -> CloudIdentity:
        """The stack's account and region."""
        if not isinstance(self.stack, CloudIdentity):
            raise TypeError(f"a {self.stack.kind} stack has no region")
        return self.stack


class PrimarySettings(RegionalSettings, frozen=True):
    """Settings of the region that owns the data."""

    stack: PrimaryStack


class RecoverySettings(RegionalSettings, frozen=True):
    """Settings of the warm standby."""

    stack: RecoveryStack

    @property
    def capacity(self) -> Capacity:
        """A warm standby until the active region is this one; then the primary's floors (A7.1)."""
        primary = capacity_for(self.hospitals.count)
        return primary if self.stack.active_region == self.stack.region else warm_standby(primary)


class OnPremSettings(GuardianSettings, frozen=True):
    """Settings of a hospital's own cluster."""

    stack: OnPremStack


class BootstrapSettings(Section, frozen=True):
    """Settings of the state backend and the CI roles."""

    stack: BootstrapStack
    keys: KeysSettings = KeysSettings()
    state_backend: StateBackendSettings
    continuous_integration: ContinuousIntegrationSettings = ContinuousIntegrationSettings()


def _kind(value: object) -> str | None:
    """The discriminator sits one level down, in `stack.kind`."""
    stack = _member(value, "stack")
    kind = _member(stack, "kind")
    return kind if isinstance(kind, str) else None


def _member(value: object, name: str) -> object:
    if isinstance(value, Mapping):
        return cast("Mapping[str, object]", value).get(name)
    return getattr(value, name, None)


Settings = Annotated[
    Annotated[PrimarySettings, Tag("primary")]
    | Annotated[RecoverySettings, Tag("recovery")]
    | Annotated[OnPremSettings, Tag("on-prem")]
    | Annotated[BootstrapSettings, Tag("bootstrap")],
    Discriminator(_kind),
]
SETTINGS: TypeAdapter[PrimarySettings | RecoverySettings | OnPremSettings | BootstrapSettings] = (
    TypeAdapter(Settings)
)
