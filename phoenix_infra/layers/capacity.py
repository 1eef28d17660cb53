"""Whether everything that a stack declares fits on the nodes and connections its settings allow."""

from datetime import date
from pathlib import Path

from phoenix_infra.layers.platform_profile import profile_of
from phoenix_infra.naming import Naming
from phoenix_infra.settings.capacity import check_capacity
from phoenix_infra.settings.check import check_stack, check_with_primary, stack_name_of
from phoenix_infra.settings.loader import parse
from phoenix_infra.settings.models import GuardianSettings, RecoverySettings, RegionalSettings
from phoenix_infra.settings.problem import Problem
from phoenix_infra.settings.stack_file import read_stack_file
from phoenix_infra.workloads.addon_selection import addon_catalogue
from phoenix_infra.workloads.placement import pods_of


def capacity_problems(settings: GuardianSettings) -> list[Problem]:
    """What does not fit, in words (X-26, X-27, X-58)."""
    region = settings.identity.region if isinstance(settings, RegionalSettings) else ""
    naming = Naming(environment=settings.stack.environment, role=settings.stack.kind, region=region)
    catalogue = addon_catalogue(profile_of(settings, naming))
    return check_capacity(settings, pods_of(settings, catalogue))


def check_stack_and_capacity(path: Path, as_of: date) -> list[Problem]:
    """Every mistake of a stack file; when it has none, also what does not fit or differs from the primary."""
    problems = check_stack(path, as_of)
    if any(problem.level == "error" for problem in problems):
        return problems
    settings = parse(read_stack_file(path), stack_name_of(path))
    if isinstance(settings, GuardianSettings):
        problems += capacity_problems(settings)
    if isinstance(settings, RecoverySettings):
        problems += check_with_primary(path, settings)
    return problems
