"""Rules that read the stack of the other region give their answer only when they have it."""

from __future__ import annotations

from typing import Any

from phoenix_policies.verdict import Outcome
from tests.policies.cases import UNKNOWN, Given, Situation, every_sentinel, given, judged

_HOME, _AWAY = "us-east-1", "us-west-2"


def _cluster(region: str, **changes: Any) -> Given:
    return given("main", "aws:eks/cluster:Cluster", {"version": "1.35", **changes}, region=region)


def _secrets_encrypted(region: str) -> Given:
    return _cluster(
        region, encryptionConfig={"resources": ["secrets"], "provider": {"keyArn": "arn:aws:kms:k"}}
    )


def _outcomes(rule: str, own: list[Given], peers: list[Given]) -> list[tuple[Outcome, str]]:
    situation = Situation(resources=tuple(own), peers=tuple(peers))
    verdict = judged(rule, situation, sentinel=every_sentinel()[0])
    return [(f.outcome, f.message) for f in verdict.findings]


def test_a_component_that_only_the_other_stack_lacks_is_missing_there() -> None:
    found = _outcomes("dr-region-counterpart", [_cluster(_HOME)], [])
    assert [outcome for outcome, _ in found] == [Outcome.UNKNOWN]
    network = given("main", "aws:ec2/vpc:Vpc", {}, region=_AWAY)
    found = _outcomes("dr-region-counterpart", [_cluster(_HOME)], [network])
    assert [outcome for outcome, _ in found] == [Outcome.FAIL]
    assert _outcomes("dr-region-counterpart", [_cluster(_HOME)], [_cluster(_AWAY)]) == []


def test_twins_of_two_stacks_may_not_differ_in_a_setting() -> None:
    rule = "dr-config-parity"
    twin = _cluster(_AWAY, version="1.34")
    messages = [m for _, m in _outcomes(rule, [_cluster(_HOME)], [twin])]
    assert any("differs in version" in m for m in messages), messages
    assert _outcomes(rule, [_cluster(_HOME)], [_cluster(_AWAY)]) == []


def test_a_rule_that_one_twin_alone_violates_is_named() -> None:
    found = _outcomes("dr-config-parity", [_secrets_encrypted(_HOME)], [_cluster(_AWAY)])
    named = [(o, m) for o, m in found if m.startswith("eks-secrets-encryption-cmk is violated by")]
    assert [outcome for outcome, _ in named] == [Outcome.FAIL], found


def test_a_twin_that_cannot_be_judged_leaves_parity_open() -> None:
    twin = _cluster(_AWAY, encryptionConfig=UNKNOWN)
    found = _outcomes("dr-config-parity", [_secrets_encrypted(_HOME)], [twin])
    assert {outcome for outcome, _ in found} == {Outcome.UNKNOWN}


def test_a_global_datastore_whose_name_aws_will_give_is_not_said_to_lack_its_copy() -> None:
    kind = "aws:elasticache/replicationGroup:ReplicationGroup"
    rule = "elasticache-global-datastore-secondary"
    primary = given("cache", kind, {}, outputs={"id": "cache"}, region=_HOME)
    secondary = given("copy", kind, {"globalReplicationGroupId": "ldgnf-phoenix"}, region=_AWAY)

    def datastore(name: Any) -> Given:
        return given(
            "global",
            "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup",
            {"primaryReplicationGroupId": "cache"},
            outputs={"globalReplicationGroupId": name},
            region=_HOME,
        )

    def outcomes(name: Any) -> set[Outcome]:
        own = [datastore(name), primary]
        about = [(o, m) for o, m in _outcomes(rule, own, [secondary]) if "PHI" not in m]
        return {outcome for outcome, _ in about}

    assert outcomes("ldgnf-phoenix") == set()
    assert outcomes("ldgnf-other") == {Outcome.FAIL}
    assert outcomes(UNKNOWN) == {Outcome.UNKNOWN}
