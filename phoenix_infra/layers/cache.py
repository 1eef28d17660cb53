"""ElastiCache in this region: the Global Datastore's first member on the primary, its second in recovery."""

from dataclasses import dataclass

import pulumi

from phoenix_infra.aws.elasticache import (
    APPLICATION_USER,
    CACHE_PORT,
    MONITORING_USER,
    Cache,
    CacheArgs,
    CacheUsers,
    CacheUsersArgs,
    GlobalCache,
    GlobalCacheArgs,
    PrimaryCache,
    SecondaryCache,
)
from phoenix_infra.aws.secret import Password, PasswordArgs, Secret, SecretArgs, SecretReplica
from phoenix_infra.layers.cluster import Cluster
from phoenix_infra.layers.keys import Keys
from phoenix_infra.layers.network import Network
from phoenix_infra.naming import PRODUCT
from phoenix_infra.outputs import PrimaryOutputs
from phoenix_infra.providers import RegionalContext
from phoenix_infra.settings.cache import ElastiCacheCache

PASSWORD_LENGTH = 64


@dataclass(frozen=True, kw_only=True)
class CacheCredentials:
    """Passwords of the named users; equal in both regions, because a failover must not change them."""

    application: pulumi.Input[str]
    monitoring: pulumi.Input[str]
    disabled: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class CacheContract:
    """How the cache is reached, whatever runs it."""

    host: pulumi.Output[str]
    reader_host: pulumi.Output[str]
    port: int
    user: str
    secret_name: str
    """In Secrets Manager, in both regions."""
    monitoring_secret_name: str
    arn: pulumi.Output[str]
    identifier: str
    replication_group_id: pulumi.Output[str]
    node_count: int
    global_datastore_id: pulumi.Output[str] | None
    """On the primary only."""
    credentials: CacheCredentials


def build_cache(
    context: RegionalContext,
    keys: Keys,
    network: Network,
    cluster: Cluster,
    primary: PrimaryOutputs | None,
) -> CacheContract:
    """Declares the region's member, its users and, on the primary, the datastore around it."""
    settings = context.settings.cache
    if not isinstance(settings, ElastiCacheCache):
        raise TypeError("an AWS stack runs ElastiCache: set phoenix:cache.backend")
    identifier = f"{context.naming.prefix}-cache"
    options = context.regional()
    tags = context.tags.for_service("cache", phi=True)
    credentials = _credentials(context, primary)
    users = CacheUsers(
        "cache-users",
        CacheUsersArgs(
            engine=settings.engine,
            name_prefix=identifier,
            application_password=credentials.application,
            monitoring_password=credentials.monitoring,
            disabled_password=credentials.disabled,
            tags=tags,
        ),
        options,
    )
    cache = Cache(
        "cache",
        CacheArgs(
            settings=settings,
            identifier=identifier,
            member=PrimaryCache()
            if primary is None
            else SecondaryCache(global_replication_group_id=primary.global_cache_id),
            vpc_id=network.vpc_id,
            subnet_ids=list(network.data_subnet_ids.values()),
            availability_zones=context.settings.network.availability_zones,
            client_security_group_ids={"nodes": cluster.node_security_group_id},
            user_group_id=users.group_id,
            data_key_arn=keys.data_arn,
            logs_key_arn=keys.logs_arn,
            tags=tags,
        ),
        options,
    )
    datastore_id: pulumi.Output[str] | None = None
    if primary is None:
        _secret(context, keys, "cache-application", APPLICATION_USER, credentials.application)
        _secret(context, keys, "cache-monitoring", MONITORING_USER, credentials.monitoring)
        datastore_id = GlobalCache(
            "global-cache",
            GlobalCacheArgs(
                suffix=PRODUCT, primary_replication_group_id=cache.replication_group_id
            ),
            options,
        ).id
    return CacheContract(
        host=cache.endpoint,
        reader_host=cache.reader_endpoint,
        port=CACHE_PORT,
        user=APPLICATION_USER,
        secret_name=context.naming.parameter("cache-application"),
        monitoring_secret_name=context.naming.parameter("cache-monitoring"),
        arn=cache.arn,
        identifier=identifier,
        replication_group_id=cache.replication_group_id,
        node_count=settings.node_count,
        global_datastore_id=datastore_id,
        credentials=credentials,
    )


def _credentials(context: RegionalContext, primary: PrimaryOutputs | None) -> CacheCredentials:
    if primary is not None:
        return CacheCredentials(
            application=pulumi.Output.secret(primary.cache_application_password),
            monitoring=pulumi.Output.secret(primary.cache_monitoring_password),
            disabled=pulumi.Output.secret(primary.cache_disabled_password),
        )
    passwords = {
        role: Password(
            f"cache-{role}-password", PasswordArgs(length=PASSWORD_LENGTH), context.regional()
        ).value
        for role in ("application", "monitoring", "disabled")
    }
    return CacheCredentials(
        application=passwords["application"],
        monitoring=passwords["monitoring"],
        disabled=passwords["disabled"],
    )


def _secret(
    context: RegionalContext, keys: Keys, name: str, user: str, password: pulumi.Input[str]
) -> None:
    Secret(
        name,
        SecretArgs(
            secret_name=context.naming.parameter(name),
            description=f"Cache user {user}",
            kms_key_arn=keys.secrets_arn,
            replica=SecretReplica(region=context.peer_region, kms_key_arn=keys.peer_secrets_arn),
            value=pulumi.Output.json_dumps(
                {"username": user, "password": password, "port": CACHE_PORT}
            ),
            tags=context.tags.for_service("cache", phi=True),
        ),
        context.regional(),
    )
