"""The pack: rules dispatched by type over resources decoded once, waivers applied, one verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from phoenix_policies import tokens
from phoenix_policies.controls import FRAMEWORKS, Enforcement, Framework
from phoenix_policies.judge import Answer, judge_resource, judge_stack
from phoenix_policies.redaction import redacted, secrets_of
from phoenix_policies.resource import Resource
from phoenix_policies.rule import Rule
from phoenix_policies.stack import Stack
from phoenix_policies.verdict import Finding, Outcome, Verdict, ordered
from phoenix_policies.waivers import Waivers

_FOUND = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR)


class Pack:
    """A selection of rules; every method that changes the selection returns a new pack."""

    def __init__(
        self, rules: Iterable[Rule], *, frameworks: Sequence[Framework] = FRAMEWORKS
    ) -> None:
        self.rules: tuple[Rule, ...] = tuple(
            r
            for r in rules
            if r.enforcement is not Enforcement.DISABLED
            and (("hipaa" in frameworks and r.hipaa) or ("soc2" in frameworks and r.soc2))
        )
        self.frameworks: tuple[Framework, ...] = tuple(frameworks)
        self.by_id: Mapping[str, Rule] = {r.id: r for r in self.rules}
        self.stack_rules = tuple(r for r in self.rules if r.over_stack)
        self._exact: dict[str, list[Rule]] = {}
        self._prefixed: list[tuple[str, Rule]] = []
        for one in self.rules:
            if one.over_stack:
                continue
            for type_ in dict.fromkeys(tokens.canonical(t) for t in one.types):
                if type_.endswith("*"):
                    self._prefixed.append((type_, one))
                else:
                    self._exact.setdefault(type_, []).append(one)
        self._dispatch: dict[str, tuple[Rule, ...]] = {}

    def select(
        self,
        *,
        frameworks: Sequence[Framework] | None = None,
        enforcement: Mapping[str, Enforcement] | None = None,
        only: Iterable[str] | None = None,
    ) -> Pack:
        """A pack with these frameworks, these enforcement levels per rule, or only these rules."""
        wanted = None if only is None else frozenset(only)
        levels = enforcement or {}
        rules = (
            replace(r, enforcement=levels[r.id]) if r.id in levels else r
            for r in self.rules
            if wanted is None or r.id in wanted
        )
        return Pack(rules, frameworks=self.frameworks if frameworks is None else frameworks)

    def rules_for(self, type_: str) -> tuple[Rule, ...]:
        """The resource rules of a canonical type, in the order of the pack."""
        found = self._dispatch.get(type_)
        if found is None:
            hits = [*self._exact.get(type_, ())]
            hits += [r for prefix, r in self._prefixed if tokens.covers(prefix, type_)]
            found = self._dispatch[type_] = tuple(dict.fromkeys(hits))
        return found

    def judge_resource(self, one: Resource) -> list[Answer]:
        """Every resource rule over one resource."""
        return [a for r in self.rules_for(one.type) for a in judge_resource(r, one)]

    def judge_stack(self, stack: Stack) -> list[Answer]:
        """Every stack rule over the stack."""
        return [a for r in self.stack_rules for a in judge_stack(r, stack)]

    def judge(
        self,
        resources: Iterable[Resource],
        *,
        as_of: date,
        waivers: Waivers | None = None,
        peer_resources: Iterable[Resource] = (),
        stack: str = "",
    ) -> Verdict:
        """The verdict over a whole stack, judged by the given date."""
        own = tuple(resources)
        peers = tuple(peer_resources)
        peer = Stack(peers, Stack(own)) if peers else None
        whole = Stack(own, peer, frameworks=self.frameworks)
        answers = [a for one in own for a in self.judge_resource(one)]
        answers += self.judge_stack(whole)
        findings = self.findings(answers, own + peers)
        tally = _tally(answers)
        notes: list[str] = []
        if waivers is not None:
            findings, problems = waivers.apply(
                findings,
                as_of=as_of,
                rules=self.by_id,
                stack=stack or (own[0].stack if own else ""),
            )
            findings += problems
            _count_waived(tally, findings)
        return Verdict(
            findings=ordered(findings),
            tally=tally,
            rules=self.rules,
            resource_count=len(own),
            frameworks=self.frameworks,
            as_of=as_of.isoformat(),
            stack=stack or (own[0].stack if own else ""),
            notes=tuple(notes),
        )

    def findings(self, answers: Iterable[Answer], resources: Iterable[Resource]) -> list[Finding]:
        """The answers that a reader must see, with every secret of these resources masked."""
        reported = [a for a in answers if a.outcome in _FOUND]
        secrets = secrets_of(resources) if reported else frozenset[str]()
        return [finding(a, redacted(a.message, secrets)) for a in reported]


def finding(answer: Answer, message: str) -> Finding:
    """An answer with what its rule says about it; what could not be evaluated never blocks."""
    rule, one = answer.rule, answer.resource
    advisory = answer.outcome is Outcome.UNKNOWN
    return Finding(
        rule=rule.id,
        resource="" if one is None else one.label,
        outcome=answer.outcome,
        enforcement=Enforcement.ADVISORY if advisory else rule.enforcement,
        severity=rule.severity,
        message=message,
        remedy=rule.remedy,
        hipaa=rule.hipaa,
        soc2=rule.soc2,
        type="" if one is None else one.type,
        source="" if one is None else one.source,
    )


def _tally(answers: Iterable[Answer]) -> dict[str, Counter[Outcome]]:
    worst = [Outcome.ERROR, Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE]
    per_resource: dict[tuple[str, str], Outcome] = {}
    for answer in answers:
        key = (answer.rule.id, "" if answer.resource is None else answer.resource.urn)
        known = per_resource.get(key)
        if known is None or worst.index(answer.outcome) < worst.index(known):
            per_resource[key] = answer.outcome
    tally: dict[str, Counter[Outcome]] = {}
    for (rule_id, _), outcome in per_resource.items():
        tally.setdefault(rule_id, Counter())[outcome] += 1
    return tally


def _count_waived(tally: dict[str, Counter[Outcome]], findings: Iterable[Finding]) -> None:
    waived = {(f.rule, f.resource) for f in findings if f.outcome is Outcome.WAIVED}
    still = {(f.rule, f.resource) for f in findings if f.outcome in (Outcome.FAIL, Outcome.ERROR)}
    for rule_id, _ in waived - still:
        tally[rule_id][Outcome.FAIL] -= 1
        tally[rule_id][Outcome.WAIVED] += 1
