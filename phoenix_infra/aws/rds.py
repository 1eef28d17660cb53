"""Aurora PostgreSQL: one member of a Global Database, private, encrypted and kept."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, ec2, iam, rds, vpc

from phoenix_infra.naming import role_path
from phoenix_infra.settings.database import AuroraDatabase

POSTGRES_PORT = 5432
ENGINE = "aurora-postgresql"
LOG_EXPORTS = ("iam-db-auth-error", "instance", "postgresql")
MONITORING_INTERVAL_SECONDS = 15
INSIGHTS_RETENTION_DAYS = 465
"""Database Insights in advanced mode accepts no other retention."""
CA_CERTIFICATE = "rds-ca-rsa2048-g1"

FAILOVER_RESHAPED = [
    "replicationSourceIdentifier",
    "globalClusterIdentifier",
    "masterPassword",
    "masterPasswordWo",
    "availabilityZones",
    "engineVersion",
]
"""What a failover, a rotation or a global upgrade changes outside the graph (X-72): never drift to be "repaired"."""


@dataclass(frozen=True, kw_only=True)
class GlobalDatabaseArgs:
    """Identity of the pair of regional clusters."""

    identifier: str
    database_name: str
    engine_version: str
    tags: Mapping[str, str]


class GlobalDatabase(pulumi.ComponentResource):
    """The Global Database that the regional clusters join (L-003)."""

    id: pulumi.Output[str]

    def __init__(
        self, name: str, args: GlobalDatabaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:GlobalDatabase", name, None, opts)
        cluster = rds.GlobalCluster(
            name,
            global_cluster_identifier=args.identifier,
            engine=ENGINE,
            engine_version=args.engine_version,
            database_name=args.database_name,
            storage_encrypted=True,
            deletion_protection=True,
            force_destroy=False,
            tags=args.tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=True,
                retain_on_delete=True,
                ignore_changes=["sourceDbClusterIdentifier", "databaseName"],
            ),
        )
        self.id = cluster.id
        self.register_outputs({"id": self.id})


@dataclass(frozen=True, kw_only=True)
class PrimaryMember:
    """The member that is created with the database in it."""

    database_name: str
    master_username: str
    master_password: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class SecondaryMember:
    """The member that receives everything by replication, credentials included."""


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """One regional cluster."""

    settings: AuroraDatabase
    identifier: str
    member: PrimaryMember | SecondaryMember
    global_cluster_id: pulumi.Input[str]
    instance_count: int
    availability_zones: Sequence[str]
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    client_security_group_ids: Mapping[str, pulumi.Input[str]]
    """Role of the client to its security group."""
    data_key_arn: pulumi.Input[str]
    logs_key_arn: pulumi.Input[str]
    cluster_parameter_group_name: pulumi.Input[str]
    instance_parameter_group_name: pulumi.Input[str]
    permissions_boundary_arn: pulumi.Input[str]
    account_id: str
    tags: Mapping[str, str]


class Database(pulumi.ComponentResource):
    """A regional Aurora cluster with its instances spread over the zones."""

    endpoint: pulumi.Output[str]
    reader_endpoint: pulumi.Output[str]
    arn: pulumi.Output[str]
    cluster_resource_id: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:Database", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        security_group = _security_group(name, args, child)
        monitoring_role_arn = _monitoring_role(name, args, child)
        subnet_group = rds.SubnetGroup(
            f"{name}-subnets",
            name=args.identifier,
            description="Isolated data subnets of three zones",
            subnet_ids=args.subnet_ids,
            tags=args.tags,
            opts=child,
        )
        log_groups = [
            cloudwatch.LogGroup(
                f"{name}-log-{export}",
                name=f"/aws/rds/cluster/{args.identifier}/{export}",
                retention_in_days=args.settings.log_retention_days,
                kms_key_id=args.logs_key_arn,
                skip_destroy=True,
                tags=args.tags,
                opts=child,
            )
            for export in LOG_EXPORTS
        ]
        primary = args.member if isinstance(args.member, PrimaryMember) else None
        cluster = rds.Cluster(
            name,
            cluster_identifier=args.identifier,
            engine=ENGINE,
            engine_version=args.settings.engine_version,
            global_cluster_identifier=args.global_cluster_id,
            database_name=primary.database_name if primary else None,
            master_username=primary.master_username if primary else None,
            # Sent once: rotation belongs to Vault, and Secrets Manager cannot manage it here.
            master_password_wo=primary.master_password if primary else None,
            master_password_wo_version=1 if primary else None,
            iam_database_authentication_enabled=True,
            storage_encrypted=True,
            kms_key_id=args.data_key_arn,
            storage_type=args.settings.storage_type,
            port=POSTGRES_PORT,
            db_subnet_group_name=subnet_group.name,
            vpc_security_group_ids=[security_group.id],
            db_cluster_parameter_group_name=args.cluster_parameter_group_name,
            backup_retention_period=args.settings.backup_retention_days,
            preferred_backup_window=args.settings.backup_window,
            preferred_maintenance_window=args.settings.maintenance_window,
            copy_tags_to_snapshot=True,
            delete_automated_backups=False,
            deletion_protection=True,
            skip_final_snapshot=False,
            final_snapshot_identifier=f"{args.identifier}-final",
            enabled_cloudwatch_logs_exports=list(LOG_EXPORTS),
            database_insights_mode="advanced",
            performance_insights_enabled=True,
            performance_insights_kms_key_id=args.data_key_arn,
            performance_insights_retention_period=INSIGHTS_RETENTION_DAYS,
            engine_lifecycle_support="open-source-rds-extended-support-disabled",
            tags=args.tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=True,
                retain_on_delete=True,
                ignore_changes=FAILOVER_RESHAPED,
                # Otherwise the service makes the groups itself: without retention, without our key.
                depends_on=log_groups,
            ),
        )
        for number in range(1, args.instance_count + 1):
            _instance(f"{name}-{number}", number, cluster, monitoring_role_arn, args)
        self.endpoint = cluster.endpoint
        self.reader_endpoint = cluster.reader_endpoint
        self.arn = cluster.arn
        self.cluster_resource_id = cluster.cluster_resource_id
        self.security_group_id = security_group.id
        self.register_outputs({"endpoint": self.endpoint, "reader_endpoint": self.reader_endpoint})


def _security_group(
    name: str, args: DatabaseArgs, child: pulumi.ResourceOptions
) -> ec2.SecurityGroup:
    group = ec2.SecurityGroup(
        f"{name}-security-group",
        vpc_id=args.vpc_id,
        description="PostgreSQL from the cluster nodes; nothing goes out",
        tags=args.tags,
        opts=child,
    )
    for client, client_group_id in sorted(args.client_security_group_ids.items()):
        vpc.SecurityGroupIngressRule(
            f"{name}-from-{client}",
            security_group_id=group.id,
            referenced_security_group_id=client_group_id,
            ip_protocol="tcp",
            from_port=POSTGRES_PORT,
            to_port=POSTGRES_PORT,
            description=f"PostgreSQL from {client}",
            tags=args.tags,
            opts=child,
        )
    return group


def _monitoring_role(
    name: str, args: DatabaseArgs, child: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    role = iam.Role(
        f"{name}-monitoring",
        path=role_path("service"),
        description="Enhanced monitoring writes operating system metrics",
        assume_role_policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "monitoring.rds.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:SourceAccount": args.account_id}},
                    }
                ],
            }
        ),
        permissions_boundary=args.permissions_boundary_arn,
        tags=args.tags,
        opts=child,
    )
    attachment = iam.RolePolicyAttachment(
        f"{name}-monitoring-policy",
        role=role.name,
        policy_arn="arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
        opts=child,
    )
    # The attachment's output, so that instances wait for the permission and not for the role alone.
    return pulumi.Output.all(role.arn, attachment.policy_arn).apply(lambda pair: str(pair[0]))


def _instance(
    name: str,
    number: int,
    cluster: rds.Cluster,
    monitoring_role_arn: pulumi.Output[str],
    args: DatabaseArgs,
) -> None:
    rds.ClusterInstance(
        name,
        identifier=f"{args.identifier}-{number}",
        cluster_identifier=cluster.id,
        engine=rds.EngineType.AURORA_POSTGRESQL,
        instance_class=args.settings.instance_class,
        # Numbers, not roles: after a failover any of them may be the writer.
        availability_zone=args.availability_zones[(number - 1) % len(args.availability_zones)],
        promotion_tier=min(number - 1, 15),
        publicly_accessible=False,
        db_parameter_group_name=args.instance_parameter_group_name,
        ca_cert_identifier=CA_CERTIFICATE,
        monitoring_interval=MONITORING_INTERVAL_SECONDS,
        monitoring_role_arn=monitoring_role_arn,
        performance_insights_enabled=True,
        performance_insights_kms_key_id=args.data_key_arn,
        performance_insights_retention_period=INSIGHTS_RETENTION_DAYS,
        preferred_maintenance_window=args.settings.maintenance_window,
        auto_minor_version_upgrade=True,
        tags=args.tags,
        opts=pulumi.ResourceOptions(
            parent=cluster, protect=True, retain_on_delete=True, ignore_changes=["engineVersion"]
        ),
    )
