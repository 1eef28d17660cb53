"""Rules about the evaluation itself: what it could not read, and which frameworks it leaves out."""

from __future__ import annotations

from collections.abc import Iterable

from phoenix_policies.controls import FRAMEWORKS, Enforcement, Severity, Tier
from phoenix_policies.joins import top_key
from phoenix_policies.resource import Resource
from phoenix_policies.rule import stack_rule
from phoenix_policies.rules import mandatory_rules
from phoenix_policies.rules.generic import PRODUCTION
from phoenix_policies.stack import Stack
from phoenix_policies.truth import TRUE, Clause, truth, unknown


@stack_rule(
    "unknown-critical-values",
    "*",
    hipaa=("164.308(a)(8)",),
    soc2=("CC3.4", "CC8.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="State the value in the program or in the stack's settings, so that a preview can judge it.",
)
def unknown_critical_values(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Security-critical values are known before deployment.

    A value that a resource of the stack will give is judged when that resource is deployed; one that
    nothing in the stack gives stays unjudged for good.
    """
    for one in stack.resources:
        if one.is_patch or not any(leaf.is_unknown for leaf in one.props.leaves()):
            continue
        open_places = _unread(one)
        for place in open_places:
            key = top_key(place)
            given_later = one.property_dependencies.get(key) or key not in one.props.keys
            yield (
                one,
                Clause(
                    unknown(place) if given_later else truth(False),
                    f"{place} decides a mandatory rule and is not known",
                ),
            )
        if not open_places:
            yield one, Clause(TRUE, "")


def _unread(one: Resource) -> tuple[str, ...]:
    """The places that mandatory rules about this resource read and could not know."""
    places: dict[str, None] = {}
    for rule in mandatory_rules(one.type):
        if rule.check is None:
            continue
        for clause in rule.check(one):
            if clause.truth is not None and clause.truth.value is None:
                places.update(dict.fromkeys(clause.truth.places))
    return tuple(places)


@stack_rule(
    "production-frameworks-complete",
    "*",
    hipaa=("164.308(a)(8)",),
    soc2=("CC3.4", "CC4.1", "CC8.1"),
    severity=Severity.CRITICAL,
    remedy="Judge production by hipaa and soc2; remove the narrower `frameworks` from the configuration.",
    waivable=False,
)
def production_frameworks_complete(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Production is judged by every framework (A7.15)."""
    for one in stack.resources[:1]:
        off = [f for f in FRAMEWORKS if f not in stack.frameworks]
        production = truth(bool(PRODUCTION.match(one.stack))) if one.stack else unknown("stack")
        yield (
            one,
            (truth(not off) | ~production).otherwise(
                f"the rules of {' and '.join(off)} are switched off in {one.stack}"
            ),
        )
