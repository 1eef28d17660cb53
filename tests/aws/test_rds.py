"""The database: a pair that survives a region, whose logs hold no patient's words."""

import re
from collections.abc import Callable
from typing import Any, Protocol

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
GLOBAL = "aws:rds/globalCluster:GlobalCluster"
CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
INSTANCE_PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
STATEFUL = (
    CLUSTER,
    INSTANCE,
    GLOBAL,
    CLUSTER_PARAMETERS,
    INSTANCE_PARAMETERS,
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup",
    "aws:elasticache/parameterGroup:ParameterGroup",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/user:User",
    "aws:elasticache/userGroup:UserGroup",
)


class Reading(Protocol):
    """What the fixtures give."""

    graph: Any

    def of(self, token: str) -> Any: ...
    def only(self, token: str, name: str | None = None) -> Any: ...
    def inputs(self, token: str, name: str | None = None) -> dict[str, Any]: ...


def _parameters(reading: Reading, token: str) -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in reading.inputs(token)["parameters"]}


def test_a_failover_changes_no_input_of_a_database_or_cache(
    region: Reading, changed: Callable[..., Reading]
) -> None:
    stack = region.of("pulumi:pulumi:Stack")[0].urn.split("::")[0].removeprefix("urn:pulumi:")
    failed_over = changed(stack, {"phoenix:stack": {"active_region": "us-west-2"}})
    for token in STATEFUL:
        before = {n.urn: (n.inputs, n.options) for n in region.of(token)}
        after = {n.urn: (n.inputs, n.options) for n in failed_over.of(token)}
        assert after == before, f"a failover reshapes {token}"


def test_failing_over_does_change_something_else(
    dr: Reading, changed: Callable[..., Reading]
) -> None:
    failed_over = changed("dr", {"phoenix:stack": {"active_region": "us-west-2"}})
    before = {n.urn: n.inputs for n in dr.graph.resources}
    after = {n.urn: n.inputs for n in failed_over.graph.resources}
    assert before != after, "the setting reaches nothing, so the other test proves nothing"


def test_the_recovery_cluster_joins_the_primary_global_database(
    production: Reading, dr: Reading
) -> None:
    identifier = production.inputs(GLOBAL)["globalClusterIdentifier"]
    for reading in (production, dr):
        assert reading.inputs(CLUSTER)["globalClusterIdentifier"] == identifier
    assert not dr.of(GLOBAL), "only the primary owns the global cluster"


def test_the_recovery_cluster_has_no_credentials_of_its_own(dr: Reading) -> None:
    cluster = dr.inputs(CLUSTER)
    assert not {"masterUsername", "masterPassword", "masterPasswordWo", "databaseName"} & set(
        cluster
    )


def test_the_primary_has_a_writer_and_the_tier_readers_spread_over_zones(
    production: Reading,
) -> None:
    zones = [n.inputs["availabilityZone"] for n in production.of(INSTANCE)]
    assert len(zones) == 3, "one writer and the two readers of 11 to 50 hospitals"
    assert len(set(zones)) == 3


def test_the_recovery_region_is_never_headless(dr: Reading) -> None:
    assert len(dr.of(INSTANCE)) >= 1


def test_readers_follow_the_tier(changed: Callable[..., Reading]) -> None:
    large = changed("production", {"phoenix:hospitals": {"count": 500}})
    assert len(large.of(INSTANCE)) == 8


def test_a_database_cannot_be_lost_by_a_deployment(region: Reading) -> None:
    cluster = region.only(CLUSTER)
    assert cluster.inputs["deletionProtection"] is True
    assert cluster.inputs["skipFinalSnapshot"] is False
    assert cluster.inputs["finalSnapshotIdentifier"]
    for node in (cluster, *region.of(INSTANCE), *region.of(GLOBAL)):
        assert node.options["protect"] is True, node.name
        assert node.options["retainOnDelete"] is True, node.name


def test_what_a_failover_or_rotation_changes_is_never_repaired(region: Reading) -> None:
    ignored = set(region.only(CLUSTER).options["ignoreChanges"])
    assert {
        "replicationSourceIdentifier",
        "globalClusterIdentifier",
        "masterPassword",
        "availabilityZones",
    } <= ignored


def test_storage_insights_and_logs_use_our_keys(region: Reading) -> None:
    cluster = region.inputs(CLUSTER)
    assert cluster["storageEncrypted"] is True
    assert cluster["kmsKeyId"] == cluster["performanceInsightsKmsKeyId"]
    for node in region.of(INSTANCE):
        assert node.inputs["performanceInsightsKmsKeyId"] == cluster["kmsKeyId"]


def test_connections_need_tls_1_3(region: Reading) -> None:
    parameters = _parameters(region, CLUSTER_PARAMETERS)
    assert parameters["rds.force_ssl"] == "1"
    assert parameters["ssl_min_protocol_version"] == "TLSv1.3"


def test_no_parameter_writes_sql_literals_into_a_log(region: Reading) -> None:
    parameters = _parameters(region, CLUSTER_PARAMETERS)
    assert parameters["log_statement"] == "none"
    assert parameters["log_min_duration_statement"] == "-1"
    assert parameters["log_min_error_statement"] == "panic"
    assert parameters["log_error_verbosity"] == "terse", "DETAIL prints the duplicate key's value"
    assert parameters["pgaudit.log_statement"] == "0"
    assert parameters["pgaudit.log_parameter"] == "0"
    assert "auto_explain" not in parameters["shared_preload_libraries"]


def test_access_is_audited_and_slow_statements_are_seen_normalised(region: Reading) -> None:
    parameters = _parameters(region, CLUSTER_PARAMETERS)
    assert {"write", "ddl", "role"} <= set(parameters["pgaudit.log"].split(","))
    assert {"pgaudit", "pg_stat_statements"} <= set(
        parameters["shared_preload_libraries"].split(",")
    )


def test_both_regions_have_the_same_parameters(production: Reading, dr: Reading) -> None:
    for token in (CLUSTER_PARAMETERS, INSTANCE_PARAMETERS):
        assert _parameters(production, token) == _parameters(dr, token)


def test_idle_sessions_end_as_the_settings_say(production: Reading) -> None:
    parameters = _parameters(production, CLUSTER_PARAMETERS)
    assert parameters["idle_session_timeout"] == str(10 * 60_000)
    assert parameters["idle_in_transaction_session_timeout"] == str(5 * 60_000)


def test_every_exported_log_has_its_own_group_with_retention_and_key(region: Reading) -> None:
    cluster = region.inputs(CLUSTER)
    groups = {n.inputs["name"]: n.inputs for n in region.of("aws:cloudwatch/logGroup:LogGroup")}
    for export in cluster["enabledCloudwatchLogsExports"]:
        group = groups[f"/aws/rds/cluster/{cluster['clusterIdentifier']}/{export}"]
        assert group["retentionInDays"] == 2557
        assert group["kmsKeyId"]


def test_the_master_password_suits_rds_and_is_a_secret_everywhere(production: Reading) -> None:
    password = production.inputs("random:index/randomPassword:RandomPassword", "database-password")
    assert not re.search(r'[/@" ]', password["overrideSpecial"])
    marked = production.only(CLUSTER).inputs["masterPasswordWo"]
    assert isinstance(marked, dict), "the password is not marked secret"


def test_the_master_secret_is_kept_in_both_regions(production: Reading, dr: Reading) -> None:
    secret = production.inputs("aws:secretsmanager/secret:Secret", "database-master")
    assert [replica["region"] for replica in secret["replicas"]] == ["us-west-2"]
    assert all(replica["kmsKeyId"] for replica in secret["replicas"])
    assert not dr.of("aws:secretsmanager/secret:Secret"), "the primary owns every copy (A7.2)"


def test_only_named_groups_reach_the_database(region: Reading) -> None:
    rules = [
        n.inputs
        for n in region.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        if n.name.startswith(("database-", "cache-", "models-files-"))
    ]
    assert rules
    for rule in rules:
        assert rule.get("referencedSecurityGroupId"), "an address range instead of a group"
        assert not {"cidrIpv4", "cidrIpv6", "prefixListId"} & set(rule)
