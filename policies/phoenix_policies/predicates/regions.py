"""Regions in use, and whether this stack or its peer puts something into each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.resource import Resource
from phoenix_policies.stack import Stack
from phoenix_policies.truth import FALSE, TRUE, Truth, some, truth, unknown
from phoenix_policies.values import Value

PAIR: Final = ("production", "dr", "bootstrap")
"""The stacks of one account (A7.2): what one of them lacks in a region may be another's."""
_GLOBAL: Final = re.compile(
    r"^aws:(?:iam|cloudfront|route53|shield|organizations|budgets|costexplorer|index|ecr/replication)"
)


def in_use(stack: Stack) -> dict[str, Resource]:
    """Each region with a regional AWS resource, and the first such resource."""
    found: dict[str, Resource] = {}
    for one in stack.of("aws:*"):
        if one.region and not _GLOBAL.match(one.type):
            found.setdefault(one.region, one)
    return found


def may_be_the_peers(stack: Stack) -> bool:
    """Whether the other stack of a pair is not at hand and may own what is missing here."""
    return not stack.has_peer and any(one.stack in PAIR for one in stack.resources[:1])


def elsewhere(one: Resource, home: Resource) -> Truth:
    """Whether it is in another region than `home`; where a region is not stated nothing speaks against it."""
    if one["region"].is_unknown or home["region"].is_unknown:
        return unknown("region")
    return truth(not one.region or not home.region or one.region != home.region)


def twin(one: Resource, others: Iterable[Resource]) -> Truth:
    """Whether a resource of the same stated name is in another, known region."""
    return some(
        one["name"].is_set & same(one["name"], other["name"]) & truth(other.region != one.region)
        for other in others
        if other is not one
    )


def same(first: Value, second: Value) -> Truth:
    """Whether two stated values are equal."""
    if second.is_unknown:
        return unknown(second.path)
    return first.equals(second.raw)


def covered(stack: Stack, region: str, resources: Iterable[Resource]) -> Truth:
    """Whether one of these resources is in the region; with no peer at hand, not known for a pair's stack."""
    if any(one.region == region for one in resources):
        return TRUE
    return unknown("peer stack") if may_be_the_peers(stack) else FALSE


def covered_by(stack: Stack, region: str, judged: list[tuple[Resource, Truth]]) -> Truth:
    """Whether one of these resources is in the region and what is asked of it holds."""
    here = some(held for one, held in judged if one.region == region)
    return here | (covered(stack, region, ()) if here.value is False else here)


def everywhere(stack: Stack, *types: str) -> list[Resource]:
    """The resources of these types in this stack and, where it is at hand, in the peer."""
    found = list(stack.of(*types))
    return found + list(stack.peer.of(*types)) if stack.has_peer else found
