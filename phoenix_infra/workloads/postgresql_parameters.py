"""PostgreSQL parameters of the in-cluster database: typed, fitted to its memory, and none that the operator owns."""

from collections.abc import Mapping

from phoenix_infra.settings.database import CloudNativePgDatabase

MIB_PER_GIB = 1024
OPERATOR_OWNED = frozenset(
    {
        "allow_system_table_mods",
        "archive_cleanup_command",
        "archive_command",
        "archive_mode",
        "cluster_name",
        "config_file",
        "data_directory",
        "data_sync_retry",
        "event_source",
        "external_pid_file",
        "hba_file",
        "hot_standby",
        "ident_file",
        "listen_addresses",
        "log_destination",
        "log_directory",
        "log_filename",
        "log_rotation_age",
        "log_rotation_size",
        "logging_collector",
        "port",
        "primary_conninfo",
        "primary_slot_name",
        "promote_trigger_file",
        "recovery_end_command",
        "recovery_min_apply_delay",
        "restart_after_crash",
        "restore_command",
        "shared_preload_libraries",
        "ssl",
        "ssl_ca_file",
        "ssl_cert_file",
        "ssl_crl_file",
        "ssl_key_file",
        "ssl_passphrase_command",
        "ssl_passphrase_command_supports_reload",
        "synchronous_standby_names",
        "syslog_facility",
        "syslog_ident",
        "unix_socket_directories",
        "unix_socket_group",
        "unix_socket_permissions",
    }
)
"""Fixed parameters, which CloudNativePG's webhook refuses (cloudnative-pg.io, PostgreSQL configuration)."""


def postgresql_parameters(database: CloudNativePgDatabase) -> Mapping[str, str]:
    """G-052 with the corrections of X-19 and X-20; raises ValueError where it does not fit."""
    limits = database.limits
    memory_mib = database.memory_gib * MIB_PER_GIB
    parameters: dict[str, str] = {
        "max_connections": str(limits.max_connections),
        "shared_buffers": f"{memory_mib // 4}MB",
        "effective_cache_size": f"{memory_mib * 3 // 4}MB",
        "maintenance_work_mem": "512MB",
        "checkpoint_completion_target": "0.9",
        "wal_buffers": "64MB",
        "default_statistics_target": "100",
        "random_page_cost": "1.1",
        "effective_io_concurrency": "200",
        "work_mem": "16MB",
        "min_wal_size": "2GB",
        "max_wal_size": "8GB",
        "max_worker_processes": "8",
        "max_parallel_workers_per_gather": "4",
        "max_parallel_workers": "8",
        "max_parallel_maintenance_workers": "4",
        "ssl_min_protocol_version": limits.minimum_tls_version,
        "idle_session_timeout": f"{limits.idle_session_timeout_minutes}min",
        "idle_in_transaction_session_timeout": f"{limits.idle_in_transaction_timeout_minutes}min",
        "password_encryption": "scram-sha-256",
        # No SQL literal leaves the database: literals of statements are patients' data (X-20).
        "log_statement": "none",
        "log_min_duration_statement": "-1",
        "log_min_error_statement": "panic",
        "log_connections": "on",
        "log_disconnections": "on",
        "pgaudit.log": "write,ddl,role",
        "pgaudit.log_statement": "off",
        "pgaudit.log_parameter": "off",
        "pg_stat_statements.max": "10000",
        "pg_stat_statements.track": "top",
    }
    check_parameters(parameters, memory_mib)
    return dict(sorted(parameters.items()))


def check_parameters(parameters: Mapping[str, str], memory_mib: int) -> None:
    """Refuses what the operator owns, and what one instance's memory cannot hold."""
    owned = sorted(OPERATOR_OWNED & parameters.keys())
    if owned:
        raise ValueError(
            f"phoenix:database parameters {', '.join(owned)} belong to CloudNativePG, whose webhook "
            "refuses them: leave them out (X-19)"
        )
    shared = _mib(parameters["shared_buffers"])
    busy = int(parameters["max_connections"]) // 5
    demand = shared + busy * _mib(parameters["work_mem"]) + _mib(parameters["maintenance_work_mem"])
    if demand > memory_mib:
        raise ValueError(
            f"phoenix:database memory_gib {memory_mib // MIB_PER_GIB} is too small: shared buffers, a fifth "
            f"of {parameters['max_connections']} connections at work_mem and one maintenance task need "
            f"{demand} MiB; raise memory_gib or lower limits.max_connections"
        )


def _mib(value: str) -> int:
    """Megabytes of a setting written as 16MB or 4GB."""
    return int(value[:-2]) * (MIB_PER_GIB if value.endswith("GB") else 1)
