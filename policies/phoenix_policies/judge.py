"""One rule over its subject: clauses in, answers out; a rule that throws is that rule's error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from phoenix_policies.resource import Resource
from phoenix_policies.rule import Rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause
from phoenix_policies.verdict import Outcome

PEER_MISSING = "not evaluated: peer stack"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rule says about one resource (None: about the stack as a whole)."""

    rule: Rule
    resource: Resource | None
    outcome: Outcome
    message: str = ""


def judge_resource(rule: Rule, one: Resource) -> list[Answer]:
    """All answers of a resource rule about one resource."""
    check = rule.check
    if check is None:
        return []
    try:
        clauses = list(check(one))
    except Exception as broken:  # noqa: BLE001 one broken rule must not silence the others
        return [Answer(rule, one, Outcome.ERROR, _broken(rule, broken))]
    return _answers(rule, one, clauses)


def judge_stack(rule: Rule, stack: Stack) -> list[Answer]:
    """All answers of a stack rule about the whole stack."""
    check = rule.stack_check
    if check is None:
        return []
    if rule.needs_peer and not stack.has_peer:
        subject = next(stack.of(*rule.types[:1]), None)
        return [] if subject is None else [Answer(rule, subject, Outcome.UNKNOWN, PEER_MISSING)]
    clauses: dict[str, tuple[Resource, list[Clause]]] = {}
    try:
        for one, clause in check(stack):
            clauses.setdefault(one.urn, (one, []))[1].append(clause)
    except Exception as broken:  # noqa: BLE001 as above
        return [Answer(rule, None, Outcome.ERROR, _broken(rule, broken))]
    return [a for one, found in clauses.values() for a in _answers(rule, one, found)]


def _answers(rule: Rule, one: Resource, clauses: Iterable[Clause]) -> list[Answer]:
    failed: list[Answer] = []
    places: dict[str, None] = {}
    passed = False
    inapplicable: Clause | None = None
    for clause in clauses:
        if clause.truth is None:
            inapplicable = clause
        elif clause.truth.value is False:
            failed.append(Answer(rule, one, Outcome.FAIL, clause.message))
        elif clause.truth.value is None:
            places.update(dict.fromkeys(clause.truth.places))
        else:
            passed = True
    if inapplicable is not None and not failed and not places:
        return [Answer(rule, one, Outcome.NOT_APPLICABLE, inapplicable.message)]
    if places and not one.is_patch:  # what a patch leaves out is judged at its owner
        shown = ", ".join(sorted(places)) or "a value"
        failed.append(Answer(rule, one, Outcome.UNKNOWN, f"not known before deployment: {shown}"))
    if failed:
        return failed
    return [Answer(rule, one, Outcome.PASS if passed else Outcome.NOT_APPLICABLE)]


def _broken(rule: Rule, broken: Exception) -> str:
    """The kind and place of the fault, never its text: that may quote a property."""
    trace = broken.__traceback__
    line = 0
    while trace is not None:
        line, trace = trace.tb_lineno, trace.tb_next
    return f"rule {rule.id} broke with {type(broken).__name__} at line {line}; this is a fault of the pack"
