"""Rules about both regions: one stack alone is not evaluated, the joint graph is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from phoenix_policies import resources_from_list
from phoenix_policies.verdict import Outcome
from tests.policies.cases import only

_DAY = date(2026, 11, 21)


def _cluster(name: str, region: str, **changes: Any) -> dict[str, Any]:
    props = {
        "engine": "aurora-postgresql",
        "globalClusterIdentifier": "phoenix",
        "storageEncrypted": True,
        "deletionProtection": True,
        "backupRetentionPeriod": 35,
        "enabledCloudwatchLogsExports": ["postgresql"],
        **changes,
    }
    return {"name": name, "type": "aws:rds/cluster:Cluster", "props": props, "region": region,
            "outputs": {"id": name}}  # fmt: skip


def _instance(cluster: str) -> dict[str, Any]:
    return {
        "name": f"{cluster}-1",
        "type": "aws:rds/clusterInstance:ClusterInstance",
        "props": {"clusterIdentifier": cluster},
        "outputs": {},
    }


_GLOBAL = {
    "name": "global",
    "type": "aws:rds/globalCluster:GlobalCluster",
    "props": {"globalClusterIdentifier": "phoenix"},
    "outputs": {"id": "phoenix"},
}
_PRIMARY = [_GLOBAL, _cluster("primary", "us-east-1"), _instance("primary")]
_SECONDARY = [_cluster("secondary", "us-west-2"), _instance("secondary")]
_DATASTORE = {
    "name": "global",
    "type": "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup",
    "props": {"primaryReplicationGroupId": "primary"},
    "outputs": {"globalReplicationGroupId": "ldgnf-1"},
    "region": "us-east-1",
}


def _cache(name: str, region: str, **changes: Any) -> dict[str, Any]:
    props = {"snapshotRetentionLimit": 35, "multiAzEnabled": True, "userGroupIds": ["a"], **changes}
    return {"name": name, "type": "aws:elasticache/replicationGroup:ReplicationGroup",
            "props": props, "outputs": {"id": name}, "region": region}  # fmt: skip


_CACHES = [_DATASTORE, _cache("primary", "us-east-1")]
_COPY = [_cache("copy", "us-west-2", globalReplicationGroupId="ldgnf-1")]


def _outcomes(rule: str, own: list[dict[str, Any]], peers: list[dict[str, Any]]) -> set[Outcome]:
    verdict = only(rule).judge(
        resources_from_list(own), peer_resources=resources_from_list(peers), as_of=_DAY
    )
    return {finding.outcome for finding in verdict.findings}


@pytest.mark.parametrize(
    ("rule", "own", "peers"),
    [
        ("aurora-global-has-secondary-region", _PRIMARY, _SECONDARY),
        ("aurora-dr-parity", _PRIMARY, _SECONDARY),
        ("elasticache-global-datastore-secondary", _CACHES, _COPY),
    ],
)
def test_both_regions_together_pass_and_one_alone_is_not_evaluated(
    rule: str, own: list[dict[str, Any]], peers: list[dict[str, Any]]
) -> None:
    assert _outcomes(rule, own, peers) == set()
    assert _outcomes(rule, own, []) == {Outcome.UNKNOWN}


@pytest.mark.parametrize(
    ("rule", "own", "peers"),
    [
        ("aurora-global-has-secondary-region", _PRIMARY, [_cluster("secondary", "us-east-1")]),
        ("aurora-global-has-secondary-region", _PRIMARY, _SECONDARY[:1]),
        ("aurora-dr-parity", _PRIMARY, [_cluster("s", "us-west-2", deletionProtection=False)]),
        ("elasticache-global-datastore-secondary", _CACHES, [_cache("copy", "us-west-2")]),
        (
            "elasticache-dr-parity",
            _CACHES,
            [_cache("c", "us-west-2", globalReplicationGroupId="ldgnf-1", multiAzEnabled=False)],
        ),
    ],
    ids=["one region twice", "headless", "unprotected", "not a member", "one zone"],
)
def test_a_peer_that_is_no_recovery_fails(
    rule: str, own: list[dict[str, Any]], peers: list[dict[str, Any]]
) -> None:
    assert _outcomes(rule, own, peers) == {Outcome.FAIL}
