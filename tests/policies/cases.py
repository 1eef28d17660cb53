"""How a rule's cases are stated, and how each goes through the Analyzer protocol in wire form."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any, Final, cast

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire

from phoenix_policies import Pack, load_pack, resources_from_list
from phoenix_policies.analyzer import Analyzer
from phoenix_policies.controls import FRAMEWORKS, Framework
from phoenix_policies.verdict import Outcome, Verdict
from phoenix_policies.wire import SECRET, SIGNATURE_KEY, UNKNOWN, UNKNOWN_SENTINELS, Unknown
from tests.policies.trees import Path, drop, keys_of, put

__all__ = ["UNKNOWN"]

AS_OF: Final = date(2026, 11, 21)


@dataclass(frozen=True, kw_only=True)
class Given:
    """One resource of a case; `depends` maps a property to the names of the resources that it refers to."""

    name: str
    type: str
    props: Mapping[str, Any]
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    depends: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    parent: str = ""
    region: str = ""


def given(
    name: str,
    type_: str,
    props: Mapping[str, Any],
    *,
    outputs: Mapping[str, Any] | None = None,
    depends: Mapping[str, Sequence[str]] | None = None,
    options: Mapping[str, Any] | None = None,
    parent: str = "",
    region: str = "",
) -> Given:
    """A resource of a case."""
    return Given(
        name=name, type=type_, props=props, outputs=outputs or {}, depends=depends or {},
        options=options or {}, parent=parent, region=region,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Situation:
    """The resources that are judged; the first one is what bends speak about unless they name another."""

    resources: tuple[Given, ...]
    peers: tuple[Given, ...] = ()
    frameworks: tuple[Framework, ...] = FRAMEWORKS

    def changed(self, on: str, change: Callable[[Given], Given]) -> Situation:
        name = on or self.resources[0].name
        known = [r.name for r in (*self.resources, *self.peers)]
        if name not in known:
            message = f"no resource {name!r} in the case; there are {known}"
            raise LookupError(message)
        return replace(
            self,
            resources=tuple(change(r) if r.name == name else r for r in self.resources),
            peers=tuple(change(r) if r.name == name else r for r in self.peers),
        )


Bend = Callable[[Situation], Situation]


def as_it_is(situation: Situation) -> Situation:
    """The compliant fixture itself."""
    return situation


def having(path: Path, value: Any, *, on: str = "") -> Bend:
    """With this value at the path (dots, numbers for list places; a sequence where a key holds dots)."""
    return lambda s: s.changed(on, lambda r: replace(r, props=put(r.props, keys_of(path), value)))


def lacking(path: Path, *, on: str = "") -> Bend:
    """Without the property at the path."""
    return lambda s: s.changed(on, lambda r: replace(r, props=drop(r.props, keys_of(path))))


def having_output(key: str, value: Any, *, on: str = "") -> Bend:
    """With this output."""
    return lambda s: s.changed(on, lambda r: replace(r, outputs={**r.outputs, key: value}))


def having_option(key: str, value: Any, *, on: str = "") -> Bend:
    """With this resource option (protect, retainOnDelete, ...)."""
    return lambda s: s.changed(on, lambda r: replace(r, options={**r.options, key: value}))


def in_region(region: str, *, on: str = "") -> Bend:
    """Under a provider of another region."""
    return lambda s: s.changed(on, lambda r: replace(r, region=region))


def of_type(type_: str, *, on: str = "") -> Bend:
    """The same properties in a resource of another type (twins)."""
    return lambda s: s.changed(on, lambda r: replace(r, type=type_))


def depending(key: str, *names: str, on: str = "") -> Bend:
    """With the property depending on these resources; on none of them with no name."""
    return lambda s: s.changed(on, lambda r: replace(r, depends={**r.depends, key: names}))


def adding(*more: Given) -> Bend:
    """With further resources in the stack."""
    return lambda s: replace(s, resources=(*s.resources, *more))


def without(*names: str) -> Bend:
    """Without these resources, here and in the peer stack."""

    def bend(s: Situation) -> Situation:
        known = {r.name for r in (*s.resources, *s.peers)}
        if not known.issuperset(names):
            message = f"no {sorted(set(names) - known)} in the case; there are {sorted(known)}"
            raise LookupError(message)
        return replace(
            s,
            resources=tuple(r for r in s.resources if r.name not in names),
            peers=tuple(r for r in s.peers if r.name not in names),
        )

    return bend


def alone(*resources: Given) -> Bend:
    """Other resources in place of the fixture."""
    return lambda s: replace(s, resources=resources)


def no_peer(s: Situation) -> Situation:
    """Judged without the other region's stack."""
    return replace(s, peers=())


def judged_by(*frameworks: Framework) -> Bend:
    """With these frameworks switched on alone."""
    return lambda s: replace(s, frameworks=frameworks)


def together(*bends: Bend) -> Bend:
    """Several bends, one after the other."""

    def bend(s: Situation) -> Situation:
        for one in bends:
            s = one(s)
        return s

    return bend


@dataclass(frozen=True, kw_only=True)
class Cases:
    """A rule's cases: a compliant fixture, and named bends of it by the answer that they must get."""

    rule: str
    compliant: Sequence[Given]
    fails: Mapping[str, Bend]
    unknown: Mapping[str, Bend]
    passes: Mapping[str, Bend] = field(default_factory=dict[str, Bend])
    peers: Sequence[Given] = ()
    # why the rule never meets an unknown, where `unknown` is empty
    always_known: str = ""
    # what is marked secret is no literal: all sentences of `fails`, or these, then comply
    secret_is_compliant: bool | Collection[str] = False

    def complies_when_secret(self, sentence: str) -> bool:
        """Whether the violation of this sentence of `fails` is none once its values are marked secret."""
        if isinstance(self.secret_is_compliant, bool):
            return self.secret_is_compliant
        return sentence in self.secret_is_compliant

    @property
    def situation(self) -> Situation:
        return Situation(resources=tuple(self.compliant), peers=tuple(self.peers))


# --- wire form ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answered:
    """One diagnostic of the analyzer, read back."""

    outcome: Outcome
    name: str
    message: str


def answers(
    rule_id: str, situation: Situation, *, sentinel: str, secret: bool = False
) -> list[Answered]:
    """What the rule says about the situation when it arrives through the protocol."""
    pack = only(rule_id).select(frameworks=situation.frameworks)
    rule = pack.by_id[rule_id]
    if rule.in_process_only or rule.needs_peer:
        verdict = judged(rule_id, situation, sentinel=sentinel, secret=secret)
        return [Answered(f.outcome, f.resource, f.message) for f in verdict.findings]
    analyzer = Analyzer(pack, version="0", as_of=AS_OF)
    found: list[wire.AnalyzeDiagnostic] = []
    for one in situation.resources:
        request = wire.AnalyzeRequest(
            type=one.type, urn=one.name, name=one.name,
            properties=struct(encoded(one.props, sentinel=sentinel, secret=secret)),
            options=_options(one.options), provider=_provider(one),
        )  # fmt: skip
        found += analyzer.Analyze(request, None).diagnostics
    request = wire.AnalyzeStackRequest(
        resources=[
            wire.AnalyzerResource(
                type=one.type, urn=one.name, name=one.name, parent=one.parent,
                properties=struct(encoded(one.outputs, sentinel=sentinel, secret=False)),
                options=_options(one.options), provider=_provider(one),
                propertyDependencies={
                    key: wire.AnalyzerPropertyDependencies(urns=names)
                    for key, names in one.depends.items()
                },
            )
            for one in situation.resources
        ]
    )  # fmt: skip
    found += analyzer.AnalyzeStack(request, None).diagnostics
    return [_read(d, rule.remedy) for d in found if d.policyName == rule_id]


def judged(rule_id: str, situation: Situation, *, sentinel: str, secret: bool = False) -> Verdict:
    """The verdict of one rule in process, on the same wire-form values."""

    def listed(resources: Iterable[Given]) -> list[dict[str, Any]]:
        return [
            {
                "name": one.name, "type": one.type, "parent": one.parent, "region": one.region,
                # a name that is a URN tells the stack, as on the wire
                "urn": one.name if one.name.startswith("urn:") else "",
                "options": dict(one.options),
                "props": encoded(one.props, sentinel=sentinel, secret=secret),
                "outputs": encoded(one.outputs, sentinel=sentinel, secret=False),
                "property_dependencies": {k: list(v) for k, v in one.depends.items()},
            }
            for one in resources
        ]  # fmt: skip

    return (
        only(rule_id)
        .select(frameworks=situation.frameworks)
        .judge(
            resources_from_list(listed(situation.resources)),
            peer_resources=resources_from_list(listed(situation.peers)),
            as_of=AS_OF,
        )
    )


@cache
def whole_pack() -> Pack:
    return load_pack()


@cache
def only(rule_id: str) -> Pack:
    """A pack of this one rule."""
    return whole_pack().select(only=[rule_id])


@cache
def flow_log_pack() -> Pack:
    """The two flow log rules alone, for tests of the machinery that must not change with the pack."""
    return whole_pack().select(only=["vpc-flow-log-traffic-all", "vpc-flow-logs-enabled"])


def encoded(props: Mapping[str, Any], *, sentinel: str, secret: bool) -> dict[str, Any]:
    """The properties with `UNKNOWN` as one of the wire's sentinels, and every value marked secret if asked."""
    plain = {key: _encode(value, sentinel) for key, value in props.items()}
    if not secret:
        return plain
    return {key: {SIGNATURE_KEY: SECRET, "value": value} for key, value in plain.items()}


def struct(value: Mapping[str, Any]) -> struct_pb2.Struct:
    """A protocol object."""
    made = struct_pb2.Struct()
    made.update(cast("dict[str, Any]", value))
    return made


def every_sentinel() -> Sequence[str]:
    """The seven unknown sentinels of the wire."""
    return tuple(UNKNOWN_SENTINELS.values())


def _read(diagnostic: wire.AnalyzeDiagnostic, remedy: str) -> Answered:
    labels = {
        "not evaluated: ": Outcome.UNKNOWN, "rule error: ": Outcome.ERROR, "waived: ": Outcome.WAIVED,
    }  # fmt: skip
    message = diagnostic.message.rsplit(" [", 1)[0].removesuffix(f". {remedy}")
    for label, outcome in labels.items():
        if message.startswith(label):
            return Answered(outcome, diagnostic.urn, message.removeprefix(label))
    return Answered(Outcome.FAIL, diagnostic.urn, message)


def _provider(one: Given) -> wire.AnalyzerProviderResource:
    return wire.AnalyzerProviderResource(
        type=f"pulumi:providers:{one.type.split(':', 1)[0]}",
        properties=struct({"region": one.region} if one.region else {}),
    )


def _options(options: Mapping[str, Any]) -> wire.AnalyzerResourceOptions:
    return wire.AnalyzerResourceOptions(
        protect=bool(options.get("protect")),
        ignoreChanges=cast("list[str]", options.get("ignoreChanges", [])),
    )


def _encode(value: Any, sentinel: str) -> Any:
    if isinstance(value, Unknown):
        return sentinel
    if isinstance(value, Mapping):
        return {k: _encode(v, sentinel) for k, v in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_encode(v, sentinel) for v in cast("list[Any]", value)]
    return value
