"""The Redis-compatible cache: managed by AWS or run in the cluster (X-24)."""

from typing import Annotated, Literal

from pydantic import Field

from phoenix_infra.settings.section import DailyWindow, Digest, Section, WeeklyWindow


class ElastiCacheCache(Section, frozen=True):
    """ElastiCache in a Global Datastore (G-041, L-004)."""

    backend: Literal["elasticache-global"]
    engine: Literal["valkey", "redis"] = "redis"
    engine_version: str = "7.1"
    node_type: Annotated[str, Field(pattern=r"^cache\.[a-z0-9]+\.[a-z0-9]+$")] = "cache.r6g.xlarge"
    node_count: Annotated[int, Field(ge=2, le=6)] = 3
    snapshot_retention_days: Annotated[int, Field(ge=7, le=35)] = 35
    snapshot_window: DailyWindow = "06:00-07:00"
    maintenance_window: WeeklyWindow = "sun:05:00-sun:06:00"
    memory_policy: Literal["volatile-lru", "volatile-ttl", "noeviction"] = "volatile-lru"
    """Sessions and locks have no expiry to lose; allkeys-lru would evict them (X-64)."""


class SentinelCache(Section, frozen=True):
    """Redis with Sentinel in the cluster (G-062..G-064, X-11)."""

    backend: Literal["sentinel"]
    image_tag: str = "8.2.9-bookworm"
    image_digest: Digest
    replicas: Annotated[int, Field(ge=3)] = 3
    volume_gib: Annotated[int, Field(ge=10)] = 50
    memory_gib: Annotated[int, Field(ge=1)] = 8
    memory_policy: Literal["volatile-lru", "volatile-ttl", "noeviction"] = "volatile-lru"


CacheSettings = Annotated[ElastiCacheCache | SentinelCache, Field(discriminator="backend")]
