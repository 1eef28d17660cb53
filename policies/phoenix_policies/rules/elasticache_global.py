"""Global datastores: a copy in another region, as well protected as the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.resource import Resource
from phoenix_policies.rule import stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, some, truth, unknown

HIPAA_1: Final = (
    "164.308(a)(7)(i)",
    "164.308(a)(7)(ii)(B)",
    "164.308(a)(7)(ii)(C)",
    "164.310(a)(2)(i)",
    "164.312(a)(2)(ii)",
)

DATASTORE: Final = "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup"
GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
PEER: Final = "the other region's stack"
PARITY: Final = ("snapshotRetentionLimit", "multiAzEnabled", "automaticFailoverEnabled")
STATED: Final = ("userGroupIds", "logDeliveryConfigurations")


@stack_rule(
    "elasticache-global-datastore-secondary",
    "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    hipaa=HIPAA_1,
    soc2=("A1.2", "CC7.5", "CC9.1"),
    severity=Severity.HIGH,
    remedy="Add an aws.elasticache.ReplicationGroup in the recovery region with global_replication_group_id of the datastore.",
)
def elasticache_global_datastore_secondary(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Global datastores have a secondary in another region."""
    for datastore in stack.of(DATASTORE):
        primary = list(stack.referents(datastore, GROUP, "primaryReplicationGroupId"))
        home = {_region(group) for group in primary} or {datastore.region}
        second = [
            _joins(stack, group, datastore) & truth(_region(group) not in home)
            for group in _groups(stack)
        ]
        found = some(second)
        if found.value is False and not stack.has_peer and not _abroad(stack, home):
            found = unknown(PEER)
        yield datastore, found.otherwise("has no copy in another region")
    for group in stack.of(GROUP):
        phi = _holds_phi(group)
        if phi.value is False:
            continue
        member = group["globalReplicationGroupId"].is_set | some(
            stack.refers(datastore, group, "primaryReplicationGroupId")
            for datastore in stack.of(DATASTORE)
        )
        yield group, (~phi | member).otherwise("holds PHI in one region only")


def _groups(stack: Stack) -> Iterator[Resource]:
    yield from stack.of(GROUP)
    if stack.has_peer:
        yield from stack.peer.of(GROUP)


def _abroad(stack: Stack, home: set[str]) -> bool:
    """Whether this stack itself holds groups of another region: then it is the whole picture."""
    return any(_region(group) not in home for group in stack.of(GROUP))


def _joins(stack: Stack, group: Resource, datastore: Resource) -> Truth:
    found = stack.refers(group, datastore, "globalReplicationGroupId")
    name = datastore.outputs["globalReplicationGroupId"]
    stated = group["globalReplicationGroupId"]
    if found.value is False and stated.is_set.value and not name.text and stack.has_peer:
        # the other stack names the datastore, whose name this one will learn from AWS
        return unknown("globalReplicationGroupId")
    return found


def _holds_phi(group: Resource) -> Truth:
    tags = group["tags"]
    return some(
        tags[key].matches("(?i)^phi$") for key in ("DataClassification", "data-classification")
    )


def _region(group: Resource) -> str:
    return group["region"].text or group.region


@stack_rule(
    "elasticache-dr-parity",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    hipaa=HIPAA_1,
    soc2=("A1.2", "CC7.5", "CC9.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Give every member of the global datastore the same settings.",
)
def elasticache_dr_parity(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Secondary caches match the primary's protections."""
    datastores = list(stack.of(DATASTORE))
    if stack.has_peer:
        datastores += list(stack.peer.of(DATASTORE))
    for datastore in datastores:
        members = [
            (
                group,
                _joins(stack, group, datastore)
                | stack.refers(datastore, group, "primaryReplicationGroupId"),
            )
            for group in _groups(stack)
        ]
        for (first, one), (second, other) in combinations(members, 2):
            for key in PARITY:
                yield (
                    second,
                    (~(one & other) | _alike(first, second, key)).otherwise(
                        f"differs from {first.name} in {key}"
                    ),
                )
            for key in STATED:
                a, b = first[key].is_set, second[key].is_set
                yield (
                    second,
                    (~(one & other) | (a & b) | (~a & ~b)).otherwise(
                        f"differs from {first.name} in {key}"
                    ),
                )


def _alike(first: Resource, second: Resource, key: str) -> Truth:
    a, b = first[key], second[key]
    if a.is_unknown or b.is_unknown:
        return unknown(a.path)
    return truth(a.raw == b.raw)
