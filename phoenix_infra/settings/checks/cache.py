"""The cache: place, engine and node types that can be replicated."""

from collections.abc import Iterator

from phoenix_infra.settings.cache import ElastiCacheCache
from phoenix_infra.settings.checks.subject import Check, Subject, check, wrong
from phoenix_infra.settings.checks.support import supported
from phoenix_infra.settings.models import GuardianSettings, RegionalSettings
from phoenix_infra.settings.problem import Problem
from phoenix_infra.settings.support_calendar import ELASTICACHE

GLOBAL_FAMILIES = ("m5", "m6g", "m7g", "r5", "r6g", "r6gd", "r7g", "c7gn")
"""docs.aws.amazon.com/AmazonElastiCache/latest/dg/Redis-Global-Datastores-Getting-Started.html"""
OLDEST_REDIS_MAJOR = 7


@check("stack", "cache")
def backend(subject: Subject) -> Iterator[Problem]:
    """ElastiCache in AWS, Sentinel on a site (X-24)."""
    settings = subject.settings
    if not isinstance(settings, GuardianSettings):
        return
    needed = "elasticache-global" if isinstance(settings, RegionalSettings) else "sentinel"
    if settings.cache.backend != needed:
        yield wrong(
            "cache",
            "backend",
            value=settings.cache.backend,
            allowed=f"a {settings.stack.kind} stack has {needed}",
            remedy=f"write {needed}",
        )


@check("cache")
def engine(subject: Subject) -> Iterator[Problem]:
    """A supported engine on nodes that a Global Datastore takes."""
    settings = subject.settings
    if not isinstance(settings, GuardianSettings):
        return
    cache = settings.cache
    if not isinstance(cache, ElastiCacheCache):
        return
    major = cache.engine_version.partition(".")[0]
    if major.isdigit() and int(major) < OLDEST_REDIS_MAJOR:
        yield wrong(
            "cache",
            "engine_version",
            value=cache.engine_version,
            allowed=f"role-based access in a Global Datastore needs {OLDEST_REDIS_MAJOR} or later",
            remedy='write "7.1"',
        )
    else:
        yield from supported(
            "cache", "engine_version", written=cache.engine_version, product="ElastiCache",
            version=f"{cache.engine} {cache.engine_version}", calendar=ELASTICACHE, as_of=subject.as_of,
        )  # fmt: skip
    if cache.node_type.split(".")[1] not in GLOBAL_FAMILIES:
        yield wrong(
            "cache",
            "node_type",
            value=cache.node_type,
            allowed=f"a Global Datastore takes the families {', '.join(GLOBAL_FAMILIES)}",
            remedy="choose for instance cache.r6g.xlarge",
        )


@check("network", "cache")
def nodes(subject: Subject) -> Iterator[Problem]:
    """A node in each zone, or losing a zone may lose the majority of the copies."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings):
        return
    cache, zones = settings.cache, len(settings.network.availability_zones)
    if isinstance(cache, ElastiCacheCache) and cache.node_count < zones:
        yield wrong(
            "cache",
            "node_count",
            value=cache.node_count,
            allowed=f"must be at least {zones}, one node in each zone",
            remedy=f"write {zones}",
        )


CHECKS: tuple[Check, ...] = (backend, engine, nodes)
