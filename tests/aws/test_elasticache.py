"""The cache: TLS and named users only, in both regions, and nothing without expiry is evicted."""

from typing import Any, Protocol

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
GLOBAL = "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup"
USER = "aws:elasticache/user:User"


class Reading(Protocol):
    """What the fixtures give."""

    def of(self, token: str) -> Any: ...
    def only(self, token: str, name: str | None = None) -> Any: ...
    def inputs(self, token: str, name: str | None = None) -> dict[str, Any]: ...


def test_plaintext_is_refused(production: Reading) -> None:
    group = production.inputs(GROUP)
    assert group["transitEncryptionEnabled"] is True
    assert group["transitEncryptionMode"] == "required"
    assert group["atRestEncryptionEnabled"] is True


def test_a_secondary_states_nothing_that_the_datastore_decides(dr: Reading) -> None:
    group = dr.inputs(GROUP)
    assert group["globalReplicationGroupId"]
    refused = {
        "engine",
        "engineVersion",
        "nodeType",
        "parameterGroupName",
        "atRestEncryptionEnabled",
        "transitEncryptionEnabled",
        "numNodeGroups",
    }
    assert not refused & set(group), "the provider refuses these beside the datastore's id"


def test_the_datastore_survives_a_failover_in_the_state(production: Reading) -> None:
    node = production.only(GLOBAL)
    assert "primaryReplicationGroupId" in node.options["ignoreChanges"]
    assert node.options["protect"] is True


def test_each_region_spreads_its_nodes_and_fails_over_by_itself(region: Reading) -> None:
    group = region.inputs(GROUP)
    assert group["automaticFailoverEnabled"] is True
    assert group["multiAzEnabled"] is True
    assert len(set(group["preferredCacheClusterAzs"])) == group["numCacheClusters"] == 3


def test_keys_without_expiry_are_never_evicted(production: Reading) -> None:
    parameters = production.inputs("aws:elasticache/parameterGroup:ParameterGroup")["parameters"]
    assert {"name": "maxmemory-policy", "value": "volatile-lru"} in parameters


def test_the_default_user_may_do_nothing(region: Reading) -> None:
    default = region.inputs(USER, "cache-users-default")
    assert default["userName"] == "default"
    assert default["accessString"] == "off -@all"


def test_no_user_administers_the_cache(region: Reading) -> None:
    for node in region.of(USER):
        access = node.inputs["accessString"]
        assert "+@all" not in access
        assert "+@dangerous" not in access
        assert "+@admin" not in access


def test_users_and_passwords_are_equal_in_both_regions(production: Reading, dr: Reading) -> None:
    def users(reading: Reading) -> dict[str, Any]:
        return {
            name: reading.inputs(USER, name)["authenticationMode"]
            for name in (n.name for n in reading.of(USER))
        }

    assert users(production) == users(dr), "a failover would lock the services out"


def test_passwords_are_secret_in_both_stacks(region: Reading) -> None:
    for node in region.of(USER):
        assert "4dabf18193072939515e22adb298388d" in repr(node.inputs["authenticationMode"])


def test_engine_and_slow_logs_go_to_groups_of_ours(region: Reading) -> None:
    deliveries = region.inputs(GROUP)["logDeliveryConfigurations"]
    assert {entry["logType"] for entry in deliveries} == {"engine-log", "slow-log"}
    groups = {n.inputs["name"]: n.inputs for n in region.of("aws:cloudwatch/logGroup:LogGroup")}
    for entry in deliveries:
        assert groups[entry["destination"]]["kmsKeyId"]
        assert groups[entry["destination"]]["retentionInDays"] >= 365
