"""Aurora PostgreSQL parameters: TLS only, and no SQL literal leaves the database (X-20)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import rds

from phoenix_infra.settings.database import DatabaseLimits

MILLISECONDS_PER_MINUTE = 60_000
STATIC_PARAMETERS = frozenset({"shared_preload_libraries", "max_connections"})
"""Take effect at the next restart only (Aurora PostgreSQL parameters, apply type static)."""


def cluster_parameters(limits: DatabaseLimits) -> dict[str, str]:
    """Name to value, for the cluster parameter group.

    Audit says who touched which class of object; the statement and its parameters, which hold
    protected health information, are nowhere (X-20). Slow statements are seen through
    pg_stat_statements and Performance Insights, which normalise them.
    """
    return {
        "rds.force_ssl": "1",
        "ssl_min_protocol_version": limits.minimum_tls_version,
        "password_encryption": "scram-sha-256",
        "shared_preload_libraries": "pg_stat_statements,pgaudit",
        "pgaudit.log": "write,ddl,role",
        "pgaudit.role": "rds_pgaudit",
        "pgaudit.log_catalog": "0",
        "pgaudit.log_statement": "0",
        "pgaudit.log_parameter": "0",
        "log_statement": "none",
        "log_min_duration_statement": "-1",
        "log_min_error_statement": "panic",
        # Terse drops DETAIL, where a duplicate key prints its value.
        "log_error_verbosity": "terse",
        "log_connections": "1",
        "log_disconnections": "1",
        "log_lock_waits": "0",
        "pg_stat_statements.track": "all",
        "track_io_timing": "1",
        "idle_session_timeout": str(limits.idle_session_timeout_minutes * MILLISECONDS_PER_MINUTE),
        "idle_in_transaction_session_timeout": str(
            limits.idle_in_transaction_timeout_minutes * MILLISECONDS_PER_MINUTE
        ),
        "default_statistics_target": "100",
        "random_page_cost": "1.1",
        "work_mem": "16384",
        "maintenance_work_mem": "524288",
    }


def instance_parameters(limits: DatabaseLimits) -> dict[str, str]:
    """What Aurora takes per instance; checkpoints and WAL of G-052 are the storage layer's own here."""
    return {"max_connections": str(limits.max_connections)}


@dataclass(frozen=True, kw_only=True)
class DatabaseParametersArgs:
    """Names and limits of the two parameter groups."""

    name_prefix: str
    engine_major_version: str
    limits: DatabaseLimits
    tags: Mapping[str, str]


class DatabaseParameters(pulumi.ComponentResource):
    """The cluster's and the instances' parameter groups, equal in every region."""

    cluster_group_name: pulumi.Output[str]
    instance_group_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: DatabaseParametersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:DatabaseParameters", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        family = f"aurora-postgresql{args.engine_major_version}"
        cluster = rds.ClusterParameterGroup(
            f"{name}-cluster",
            name=f"{args.name_prefix}-cluster-pg{args.engine_major_version}",
            family=family,
            description="TLS only, audited without literals",
            parameters=[
                rds.ClusterParameterGroupParameterArgs(
                    name=parameter, value=value, apply_method=_apply_method(parameter)
                )
                for parameter, value in sorted(cluster_parameters(args.limits).items())
            ],
            tags=args.tags,
            opts=child,
        )
        instance = rds.ParameterGroup(
            f"{name}-instance",
            name=f"{args.name_prefix}-instance-pg{args.engine_major_version}",
            family=family,
            description="Connections per instance",
            parameters=[
                rds.ParameterGroupParameterArgs(
                    name=parameter, value=value, apply_method=_apply_method(parameter)
                )
                for parameter, value in sorted(instance_parameters(args.limits).items())
            ],
            tags=args.tags,
            opts=child,
        )
        self.cluster_group_name = cluster.name
        self.instance_group_name = instance.name
        self.register_outputs(
            {"cluster_group_name": cluster.name, "instance_group_name": instance.name}
        )


def _apply_method(parameter: str) -> str:
    return "pending-reboot" if parameter in STATIC_PARAMETERS else "immediate"
