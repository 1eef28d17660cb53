"""Judges a stack file as a whole: how it is written, what it says, and how its parts agree."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from phoenix_infra.settings.loader import judge
from phoenix_infra.settings.models import PrimarySettings, RecoverySettings
from phoenix_infra.settings.problem import Problem, setting_path
from phoenix_infra.settings.stack_file import open_stack_file

_MAY_DIFFER = (("database",), ("cache",), ("edge",))
"""A smaller standby is a decision; everything else that differs is a mistake."""


def stack_name_of(path: Path) -> str:
    """`Pulumi.production.yaml` describes the stack `production`."""
    return path.name.removeprefix("Pulumi.").removesuffix(".yaml")


def check_stack(path: Path, as_of: date) -> list[Problem]:
    """Every mistake and warning of the file in the order of its lines; dates are judged by `as_of`."""
    stack_file = open_stack_file(path)
    problems = list(stack_file.problems)
    refused = {problem.setting for problem in problems}
    if stack_file.config:
        _, found = judge(stack_file.config, stack_name_of(path), as_of=as_of)
        problems.extend(
            replace(problem, file=path.name, line=_line(problem.setting, stack_file.lines))
            for problem in found
            if problem.setting not in refused
        )
    return sorted(problems, key=lambda problem: (problem.line, problem.setting))


def check_pair(primary: PrimarySettings, recovery: RecoverySettings) -> list[Problem]:
    """What two regions must say alike, or a failover would meet a different platform (X-70, X-83, X-87)."""
    problems: list[Problem] = []
    same = {
        ("stack", "account_id"): (primary.stack.account_id, recovery.stack.account_id),
        ("stack", "domain"): (primary.stack.domain, recovery.stack.domain),
        ("stack", "environment"): (primary.stack.environment, recovery.stack.environment),
        ("stack", "active_region"): (primary.stack.active_region, recovery.stack.active_region),
        ("stack", "primary_region"): (primary.stack.region, recovery.stack.primary_region),
        ("stack", "region"): (primary.stack.recovery_region, recovery.stack.region),
        ("hospitals",): (primary.hospitals, recovery.hospitals),
        ("database",): (primary.database, recovery.database),
        ("cache",): (primary.cache, recovery.cache),
        ("workloads", "release"): (primary.workloads.release, recovery.workloads.release),
        ("workloads", "images"): (dict(primary.workloads.images), dict(recovery.workloads.images)),
        ("edge",): (primary.edge, recovery.edge),
    }
    for path, (ours, theirs) in same.items():
        if ours != theirs:
            problems.append(
                Problem(
                    setting=setting_path(path),
                    value=str(theirs),
                    allowed=f"the primary stack says {ours}",
                    remedy="write the same in both stack files",
                    level="warning" if path in _MAY_DIFFER else "error",
                )
            )
    for name, cidr, peers in (
        ("primary", recovery.network.cidr, primary.network.peer_cidrs),
        ("recovery", primary.network.cidr, recovery.network.peer_cidrs),
    ):
        if cidr not in peers:
            problems.append(
                Problem(
                    setting=setting_path(("network", "peer_cidrs")),
                    value=", ".join(peers) or "empty",
                    allowed=f"the {name} stack must name the other region's range {cidr}",
                    remedy=f"add {cidr} to the {name} stack's file",
                )
            )
    return problems


def check_with_primary(path: Path, recovery: RecoverySettings) -> list[Problem]:
    """The recovery stack's file against the primary's beside it; nothing when that file is elsewhere."""
    primary_name = recovery.stack.primary_stack.rpartition("/")[2]
    beside = path.with_name(f"Pulumi.{primary_name}.yaml")
    if not beside.exists():
        return []
    stack_file = open_stack_file(beside)
    primary, _ = judge(stack_file.config, primary_name)
    if stack_file.problems or not isinstance(primary, PrimarySettings):
        return [
            Problem(
                setting=setting_path(("stack", "primary_stack")),
                value=recovery.stack.primary_stack,
                allowed=f"{beside.name} has mistakes of its own, or is no primary stack",
                remedy=f"run phoenix config check {primary_name}",
            )
        ]
    return [replace(problem, file=path.name) for problem in check_pair(primary, recovery)]


def _line(setting: str, lines: Mapping[str, int]) -> int:
    """Line of the setting, or of the nearest thing around it that is written."""
    path = setting
    while path:
        if path in lines:
            return lines[path]
        cut = max(path.rfind("."), path.rfind("["))
        path = path[:cut] if cut > 0 else ""
    return 0
