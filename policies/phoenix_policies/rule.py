"""What a rule is: one frozen declaration with its controls, severity, remedy and check."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from phoenix_policies.controls import Enforcement, Hipaa, Severity, Soc2, Tier
from phoenix_policies.resource import Resource
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause

Check = Callable[[Resource], Iterable[Clause]]
StackCheck = Callable[[Stack], Iterable[tuple[Resource, Clause]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A declaration; `check` judges one resource, `stack_check` the whole stack, exactly one is set."""

    id: str
    title: str
    types: tuple[str, ...]
    hipaa: tuple[Hipaa, ...]
    soc2: tuple[Soc2, ...]
    severity: Severity
    enforcement: Enforcement
    remedy: str
    sources: tuple[str, ...] = ()
    tier: Tier = Tier.FIRST
    # why the Analyzer protocol cannot carry what this rule needs; empty when it can
    in_process_only: str = ""
    # judges two stacks together; without the other one the answer is "not evaluated: peer stack"
    needs_peer: bool = False
    waivable: bool = True
    check: Check | None = None
    stack_check: StackCheck | None = None

    @property
    def over_stack(self) -> bool:
        return self.stack_check is not None

    @property
    def controls(self) -> tuple[str, ...]:
        return (*self.hipaa, *self.soc2)


def rule(
    id: str,  # noqa: A002 the field's word, as in every catalogue
    *types: str,
    hipaa: tuple[Hipaa, ...],
    soc2: tuple[Soc2, ...],
    severity: Severity,
    remedy: str,
    enforcement: Enforcement = Enforcement.MANDATORY,
    sources: tuple[str, ...] = (),
    tier: Tier = Tier.FIRST,
    in_process_only: str = "",
    waivable: bool = True,
) -> Callable[[Check], Rule]:
    """Declare a rule over one resource; the check's docstring is the rule's title."""

    def declare(check: Check) -> Rule:
        return Rule(
            id=id, title=_title(check), types=types, hipaa=hipaa, soc2=soc2, severity=severity,
            enforcement=enforcement, remedy=remedy, sources=sources, tier=tier,
            in_process_only=in_process_only, waivable=waivable, check=check,
        )  # fmt: skip

    return declare


def stack_rule(
    id: str,  # noqa: A002
    *types: str,
    hipaa: tuple[Hipaa, ...],
    soc2: tuple[Soc2, ...],
    severity: Severity,
    remedy: str,
    enforcement: Enforcement = Enforcement.MANDATORY,
    sources: tuple[str, ...] = (),
    tier: Tier = Tier.FIRST,
    in_process_only: str = "",
    needs_peer: bool = False,
    waivable: bool = True,
) -> Callable[[StackCheck], Rule]:
    """Declare a rule over the whole stack; the first type is the one it speaks about."""

    def declare(check: StackCheck) -> Rule:
        return Rule(
            id=id, title=_title(check), types=types, hipaa=hipaa, soc2=soc2, severity=severity,
            enforcement=enforcement, remedy=remedy, sources=sources, tier=tier,
            in_process_only=in_process_only, needs_peer=needs_peer, waivable=waivable,
            stack_check=check,
        )  # fmt: skip

    return declare


def _title(check: Callable[..., object]) -> str:
    lines = (inspect.getdoc(check) or "").splitlines()
    return lines[0].rstrip(".") if lines else ""
