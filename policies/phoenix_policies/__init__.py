"""HIPAA and SOC 2 rules over AWS and Kubernetes, judged from the resources that a stack declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from phoenix_policies.controls import FRAMEWORKS, Enforcement, Framework
from phoenix_policies.inputs import (
    resources_from,
    resources_from_graph,
    resources_from_list,
    resources_from_state,
)
from phoenix_policies.pack import Pack
from phoenix_policies.resource import Resource
from phoenix_policies.rule import Rule
from phoenix_policies.verdict import Finding, Outcome, Verdict
from phoenix_policies.waivers import Waivers, load_waivers

__all__ = [
    "Finding",
    "Outcome",
    "Pack",
    "Resource",
    "Rule",
    "Verdict",
    "Waivers",
    "load_pack",
    "load_waivers",
    "resources_from",
    "resources_from_graph",
    "resources_from_list",
    "resources_from_state",
]

VERSION = "0.1.0"


def load_pack(
    *,
    frameworks: Sequence[Framework] = FRAMEWORKS,
    enforcement: Mapping[str, Enforcement] | None = None,
) -> Pack:
    """Every rule of these frameworks, with the given enforcement levels."""
    from phoenix_policies.rules import all_rules

    return Pack(all_rules(), frameworks=frameworks).select(enforcement=enforcement)
