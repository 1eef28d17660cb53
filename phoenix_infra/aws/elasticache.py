"""ElastiCache: one member of a Global Datastore, TLS only, with named users and no default one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, ec2, elasticache, vpc

from phoenix_infra.settings.cache import ElastiCacheCache

CACHE_PORT = 6379
LOG_RETENTION_DAYS = 365
APPLICATION_USER = "phoenix"
APPLICATION_ACCESS = (
    "on ~* &* -@all +@read +@write +@connection +@transaction +@pubsub +@scripting -@dangerous"
)
"""Data commands without administration: no FLUSHALL, no KEYS, no CONFIG (X-59)."""
MONITORING_USER = "monitoring"
MONITORING_ACCESS = "on -@all +ping +info +client|setname +slowlog|get +latency|latest"

FAILOVER_RESHAPED = ["globalReplicationGroupId", "engineVersion", "nodeType"]
"""What a failover or a change of the Global Datastore does to a member outside the graph (X-72)."""


@dataclass(frozen=True, kw_only=True)
class CacheUsersArgs:
    """Credentials of the named users; the default user stays switched off."""

    engine: str
    name_prefix: str
    application_password: pulumi.Input[str]
    monitoring_password: pulumi.Input[str]
    disabled_password: pulumi.Input[str]
    """The default user must have some way to log in, even when it may do nothing."""
    tags: Mapping[str, str]


class CacheUsers(pulumi.ComponentResource):
    """Role-based access: a region has its own users and group, equal by name (Global Datastore)."""

    group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: CacheUsersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:CacheUsers", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        users = [
            elasticache.User(
                f"{name}-{user_id}",
                user_id=f"{args.name_prefix}-{user_id}",
                user_name=user_name,
                engine=args.engine,
                access_string=access,
                authentication_mode=elasticache.UserAuthenticationModeArgs(
                    type="password", passwords=[password]
                ),
                tags=args.tags,
                opts=child,
            )
            for user_id, user_name, access, password in (
                ("default", "default", "off -@all", args.disabled_password),
                ("application", APPLICATION_USER, APPLICATION_ACCESS, args.application_password),
                ("monitoring", MONITORING_USER, MONITORING_ACCESS, args.monitoring_password),
            )
        ]
        group = elasticache.UserGroup(
            name,
            user_group_id=f"{args.name_prefix}-users",
            engine=args.engine,
            user_ids=[user.user_id for user in users],
            tags=args.tags,
            opts=child,
        )
        self.group_id = group.user_group_id
        self.register_outputs({"group_id": self.group_id})


@dataclass(frozen=True, kw_only=True)
class PrimaryCache:
    """The member whose engine, size and parameters the datastore takes over."""


@dataclass(frozen=True, kw_only=True)
class SecondaryCache:
    """The member that inherits engine, size, parameters and encryption from the datastore."""

    global_replication_group_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class CacheArgs:
    """One regional replication group."""

    settings: ElastiCacheCache
    identifier: str
    member: PrimaryCache | SecondaryCache
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    availability_zones: Sequence[str]
    client_security_group_ids: Mapping[str, pulumi.Input[str]]
    user_group_id: pulumi.Input[str]
    data_key_arn: pulumi.Input[str]
    logs_key_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class Cache(pulumi.ComponentResource):
    """A regional replication group over three zones."""

    endpoint: pulumi.Output[str]
    reader_endpoint: pulumi.Output[str]
    replication_group_id: pulumi.Output[str]
    arn: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:Cache", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        security_group = _security_group(name, args, child)
        subnet_group = elasticache.SubnetGroup(
            f"{name}-subnets",
            name=args.identifier,
            description="Isolated data subnets of three zones",
            subnet_ids=args.subnet_ids,
            tags=args.tags,
            opts=child,
        )
        logs = [_log(name, log_type, args, child) for log_type in ("engine-log", "slow-log")]
        primary = isinstance(args.member, PrimaryCache)
        parameters = _parameters(name, args, child) if primary else None
        group = elasticache.ReplicationGroup(
            name,
            replication_group_id=args.identifier,
            description="Sessions, locks and queues of Phoenix Guardian",
            # A secondary may not say what the datastore decides: the provider refuses both together.
            global_replication_group_id=args.member.global_replication_group_id
            if isinstance(args.member, SecondaryCache)
            else None,
            engine=args.settings.engine if primary else None,
            engine_version=args.settings.engine_version if primary else None,
            node_type=args.settings.node_type if primary else None,
            parameter_group_name=parameters.name if parameters is not None else None,
            at_rest_encryption_enabled=True if primary else None,
            transit_encryption_enabled=True if primary else None,
            transit_encryption_mode="required" if primary else None,
            kms_key_id=args.data_key_arn,
            port=CACHE_PORT,
            num_cache_clusters=args.settings.node_count,
            preferred_cache_cluster_azs=[
                args.availability_zones[number % len(args.availability_zones)]
                for number in range(args.settings.node_count)
            ],
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            subnet_group_name=subnet_group.name,
            security_group_ids=[security_group.id],
            user_group_ids=[args.user_group_id],
            snapshot_retention_limit=args.settings.snapshot_retention_days,
            snapshot_window=args.settings.snapshot_window,
            final_snapshot_identifier=f"{args.identifier}-final",
            maintenance_window=args.settings.maintenance_window,
            auto_minor_version_upgrade=True,
            log_delivery_configurations=logs,
            tags=args.tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=True,
                retain_on_delete=True,
                ignore_changes=[*FAILOVER_RESHAPED, "preferredCacheClusterAzs"],
            ),
        )
        self.endpoint = group.primary_endpoint_address
        self.reader_endpoint = group.reader_endpoint_address
        self.replication_group_id = group.id
        self.arn = group.arn
        self.security_group_id = security_group.id
        self.register_outputs({"endpoint": self.endpoint, "reader_endpoint": self.reader_endpoint})


@dataclass(frozen=True, kw_only=True)
class GlobalCacheArgs:
    """The Global Datastore around its first member."""

    suffix: str
    primary_replication_group_id: pulumi.Input[str]


class GlobalCache(pulumi.ComponentResource):
    """Replicates the cache to the other region (L-004)."""

    id: pulumi.Output[str]

    def __init__(
        self, name: str, args: GlobalCacheArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:GlobalCache", name, None, opts)
        datastore = elasticache.GlobalReplicationGroup(
            name,
            global_replication_group_id_suffix=args.suffix,
            global_replication_group_description="Phoenix Guardian cache in two regions",
            primary_replication_group_id=args.primary_replication_group_id,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=True,
                retain_on_delete=True,
                # After a failover another member is primary; "repairing" it replaces the datastore.
                ignore_changes=["primaryReplicationGroupId"],
            ),
        )
        self.id = datastore.global_replication_group_id
        self.register_outputs({"id": self.id})


def _security_group(name: str, args: CacheArgs, child: pulumi.ResourceOptions) -> ec2.SecurityGroup:
    group = ec2.SecurityGroup(
        f"{name}-security-group",
        vpc_id=args.vpc_id,
        description="Redis protocol over TLS from the cluster nodes; nothing goes out",
        tags=args.tags,
        opts=child,
    )
    for client, client_group_id in sorted(args.client_security_group_ids.items()):
        vpc.SecurityGroupIngressRule(
            f"{name}-from-{client}",
            security_group_id=group.id,
            referenced_security_group_id=client_group_id,
            ip_protocol="tcp",
            from_port=CACHE_PORT,
            to_port=CACHE_PORT,
            description=f"Redis over TLS from {client}",
            tags=args.tags,
            opts=child,
        )
    return group


def _parameters(
    name: str, args: CacheArgs, child: pulumi.ResourceOptions
) -> elasticache.ParameterGroup:
    settings = args.settings
    family = f"{settings.engine}{settings.engine_version.split('.', maxsplit=1)[0]}"
    return elasticache.ParameterGroup(
        f"{name}-parameters",
        name=f"{args.identifier}-{family}",
        family=family,
        description="Keys without expiry are never evicted",
        parameters=[
            elasticache.ParameterGroupParameterArgs(
                name="maxmemory-policy", value=settings.memory_policy
            )
        ],
        tags=args.tags,
        opts=child,
    )


def _log(
    name: str, log_type: str, args: CacheArgs, child: pulumi.ResourceOptions
) -> elasticache.ReplicationGroupLogDeliveryConfigurationArgs:
    group = cloudwatch.LogGroup(
        f"{name}-{log_type}",
        name=f"/aws/elasticache/{args.identifier}/{log_type}",
        retention_in_days=LOG_RETENTION_DAYS,
        kms_key_id=args.logs_key_arn,
        tags=args.tags,
        opts=child,
    )
    return elasticache.ReplicationGroupLogDeliveryConfigurationArgs(
        destination=group.name,
        destination_type="cloudwatch-logs",
        log_format="json",
        log_type=log_type,
    )
