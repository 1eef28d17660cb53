"""Cases of the rules about what the engine logs, audits and refuses."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    depending,
    given,
    having,
    lacking,
    of_type,
    together,
    without,
)

_CLUSTER = "aws:rds/cluster:Cluster"
_INSTANCE = "aws:rds/instance:Instance"


def _parameter(name: str, value: object) -> dict[str, Any]:
    return {"name": name, "value": value}


_GROUP = given(
    "parameters",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    {
        "name": "phoenix",
        "family": "aurora-postgresql17",
        "parameters": [
            _parameter("rds.force_ssl", "1"),
            _parameter("shared_preload_libraries", "pg_stat_statements,pgaudit"),
            _parameter("pgaudit.log", "write,ddl,role"),
            _parameter("log_statement", "none"),
        ],
    },
    outputs={"id": "phoenix", "name": "phoenix"},
)
_DATABASE = given(
    "database",
    _CLUSTER,
    {
        "engine": "aurora-postgresql",
        "enabledCloudwatchLogsExports": ["postgresql"],
        "dbClusterParameterGroupName": "phoenix",
    },
    depends={"dbClusterParameterGroupName": ["parameters"]},
)

CASES = [
    Cases(
        rule="rds-log-exports",
        compliant=[_DATABASE],
        passes={
            "MySQL with all four": together(
                having("engine", "aurora-mysql"),
                having("enabledCloudwatchLogsExports", ["audit", "error", "general", "slowquery"]),
            )
        },
        fails={
            "none": lacking("enabledCloudwatchLogsExports"),
            "another log": having("enabledCloudwatchLogsExports", ["upgrade"]),
            "MySQL without audit": together(
                having("engine", "mysql"),
                having("enabledCloudwatchLogsExports", ["error", "general", "slowquery"]),
            ),
        },
        unknown={"unknown": having("enabledCloudwatchLogsExports", UNKNOWN)},
    ),
    Cases(
        rule="rds-query-audit-parameters",
        compliant=[_GROUP],
        passes={
            "statements in the log": having("parameters", [_parameter("log_statement", "ddl")]),
            "MySQL": together(
                having("family", "aurora-mysql8.0"),
                having("parameters", [_parameter("server_audit_logging", "1")]),
            ),
        },
        fails={
            "nothing": lacking("parameters"),
            "a library that logs nothing": having("parameters.2.value", "none"),
            "a library that is not loaded": having("parameters.1.value", "pg_stat_statements"),
            "MySQL without": having("family", "aurora-mysql8.0"),
        },
        unknown={
            "classes unknown": having("parameters.2.value", UNKNOWN),
            "parameters unknown": having("parameters", UNKNOWN),
        },
    ),
    Cases(
        rule="rds-tls-enforced",
        compliant=[_DATABASE, _GROUP],
        passes={
            "MySQL": having(
                "parameters", [_parameter("require_secure_transport", "ON")], on="parameters"
            )
        },
        fails={
            "optional": having("parameters.0.value", "0", on="parameters"),
            "not said": having("parameters", [], on="parameters"),
            "no group": together(
                lacking("dbClusterParameterGroupName"), depending("dbClusterParameterGroupName")
            ),
            "a default group": together(
                having("dbClusterParameterGroupName", "default.aurora-postgresql14"),
                depending("dbClusterParameterGroupName"),
            ),
            "an instance without a group": of_type(_INSTANCE),
        },
        unknown={
            "value unknown": having("parameters.0.value", UNKNOWN, on="parameters"),
            "a group of another stack": together(
                without("parameters"), depending("dbClusterParameterGroupName")
            ),
        },
    ),
]
