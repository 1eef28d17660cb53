"""Aurora in this region: the Global Database's writer side on the primary, a joined reader in recovery."""

from dataclasses import dataclass

import pulumi

from phoenix_infra.aws.backup import BACKUP_TAG_KEY, BACKUP_TAG_VALUE
from phoenix_infra.aws.rds import (
    POSTGRES_PORT,
    Database,
    DatabaseArgs,
    GlobalDatabase,
    GlobalDatabaseArgs,
    PrimaryMember,
    SecondaryMember,
)
from phoenix_infra.aws.rds_parameters import DatabaseParameters, DatabaseParametersArgs
from phoenix_infra.aws.secret import (
    RDS_SAFE_SPECIAL,
    Password,
    PasswordArgs,
    Secret,
    SecretArgs,
    SecretReplica,
)
from phoenix_infra.layers.cluster import Cluster
from phoenix_infra.layers.keys import Keys
from phoenix_infra.layers.network import Network
from phoenix_infra.naming import PRODUCT
from phoenix_infra.outputs import PrimaryOutputs
from phoenix_infra.providers import RegionalContext
from phoenix_infra.settings.database import AuroraDatabase
from phoenix_infra.settings.tiers import capacity_for, warm_standby

DATABASE_NAME = "phoenix_guardian"
MASTER_USER = "phoenix_owner"
WRITER_COUNT = 1


@dataclass(frozen=True, kw_only=True)
class DatabaseContract:
    """How the database is reached, whatever runs it."""

    host: pulumi.Output[str]
    reader_host: pulumi.Output[str]
    port: int
    name: str
    user: str
    sslmode: str
    secret_name: str
    """In Secrets Manager, in both regions."""
    arn: pulumi.Output[str]
    identifier: str
    instance_identifiers: tuple[str, ...]
    resource_id: pulumi.Output[str]
    """For `rds-db:connect` permissions."""
    global_cluster_id: pulumi.Output[str] | None
    """On the primary only."""


def database_secret_name(context: RegionalContext) -> str:
    """Name of the master credentials; equal in both regions."""
    return context.naming.parameter("database/master")


def instance_count(context: RegionalContext, settings: AuroraDatabase) -> int:
    """Writer and readers by tier on the primary; one reader in the recovery region (A7.1).

    A failover does not change it: `active_region` reshapes no database (X-72), and readers are
    added by the failover tool's scale step once the promotion is done.
    """
    capacity = capacity_for(context.settings.hospitals.count)
    if not context.is_primary:
        return warm_standby(capacity).database_readers
    readers = settings.reader_count or capacity.database_readers
    return WRITER_COUNT + readers


def build_database(
    context: RegionalContext,
    keys: Keys,
    network: Network,
    cluster: Cluster,
    primary: PrimaryOutputs | None,
) -> DatabaseContract:
    """Declares the region's member; the password never leaves Secrets Manager and encrypted state."""
    settings = context.settings.database
    if not isinstance(settings, AuroraDatabase):
        raise TypeError("an AWS stack runs Aurora: set phoenix:database.backend to aurora-global")
    identifier = f"{context.naming.prefix}-db"
    options = context.regional()
    tags = {**context.tags.for_service("database", phi=True), BACKUP_TAG_KEY: BACKUP_TAG_VALUE}
    parameters = DatabaseParameters(
        "database-parameters",
        DatabaseParametersArgs(
            name_prefix=identifier,
            engine_major_version=settings.engine_version.split(".", maxsplit=1)[0],
            limits=settings.limits,
            tags=tags,
        ),
        options,
    )
    global_cluster_id: pulumi.Input[str]
    owned_global: pulumi.Output[str] | None = None
    if primary is None:
        owned_global = _global_database(context, settings)
        global_cluster_id = owned_global
        member = _primary_member(context, keys)
    else:
        global_cluster_id = primary.global_database_id
        member = SecondaryMember()
    count = instance_count(context, settings)
    database = Database(
        "database",
        DatabaseArgs(
            settings=settings,
            identifier=identifier,
            member=member,
            global_cluster_id=global_cluster_id,
            instance_count=count,
            availability_zones=context.settings.network.availability_zones,
            vpc_id=network.vpc_id,
            subnet_ids=list(network.data_subnet_ids.values()),
            client_security_group_ids={"nodes": cluster.node_security_group_id},
            data_key_arn=keys.data_arn,
            logs_key_arn=keys.logs_arn,
            cluster_parameter_group_name=parameters.cluster_group_name,
            instance_parameter_group_name=parameters.instance_group_name,
            permissions_boundary_arn=context.boundary_arn,
            account_id=context.settings.identity.account_id,
            tags=tags,
        ),
        options,
    )
    return DatabaseContract(
        host=database.endpoint,
        reader_host=database.reader_endpoint,
        port=POSTGRES_PORT,
        name=DATABASE_NAME,
        user=MASTER_USER,
        sslmode="verify-full",
        secret_name=database_secret_name(context),
        arn=database.arn,
        identifier=identifier,
        instance_identifiers=tuple(f"{identifier}-{number}" for number in range(1, count + 1)),
        resource_id=database.cluster_resource_id,
        global_cluster_id=owned_global,
    )


def _global_database(context: RegionalContext, settings: AuroraDatabase) -> pulumi.Output[str]:
    return GlobalDatabase(
        "global-database",
        GlobalDatabaseArgs(
            identifier=f"{PRODUCT}-{context.settings.identity.environment}-global",
            database_name=DATABASE_NAME,
            engine_version=settings.engine_version,
            tags=context.tags.for_service("database", phi=True),
        ),
        context.regional(),
    ).id


def _primary_member(context: RegionalContext, keys: Keys) -> PrimaryMember:
    options = context.regional()
    password = Password(
        "database-password", PasswordArgs(special_characters=RDS_SAFE_SPECIAL), options
    )
    Secret(
        "database-master",
        SecretArgs(
            secret_name=database_secret_name(context),
            description="Owner of the Phoenix Guardian database",
            kms_key_arn=keys.secrets_arn,
            replica=SecretReplica(region=context.peer_region, kms_key_arn=keys.peer_secrets_arn),
            value=pulumi.Output.json_dumps(
                {
                    "username": MASTER_USER,
                    "password": password.value,
                    "engine": "postgres",
                    "port": POSTGRES_PORT,
                    "dbname": DATABASE_NAME,
                }
            ),
            tags=context.tags.for_service("database", phi=True),
        ),
        options,
    )
    return PrimaryMember(
        database_name=DATABASE_NAME, master_username=MASTER_USER, master_password=password.value
    )
