"""What must be true across settings; each check says which sections it reads."""

from collections.abc import Iterator
from datetime import date

from phoenix_infra.settings.checks import (
    addresses,
    cache,
    cluster,
    database,
    edge,
    identity,
    placeholders,
    platform,
    retention,
    workloads,
)
from phoenix_infra.settings.checks.subject import Check, Subject
from phoenix_infra.settings.problem import Problem
from phoenix_infra.settings.sections import AnySettings

CHECKS: tuple[Check, ...] = (
    *identity.CHECKS,
    *addresses.CHECKS,
    *cluster.CHECKS,
    *database.CHECKS,
    *cache.CHECKS,
    *edge.CHECKS,
    *retention.CHECKS,
    *platform.CHECKS,
    *workloads.CHECKS,
    *placeholders.CHECKS,
)


def run_checks(
    settings: AnySettings, *, missing: frozenset[str], stack_name: str, as_of: date | None
) -> Iterator[Problem]:
    """Every mistake that the sections show together; a check is left out where a section of its own is missing."""
    present = frozenset(type(settings).model_fields) - missing
    subject = Subject(settings=settings, present=present, stack_name=stack_name, as_of=as_of)
    for check in CHECKS:
        if present.issuperset(check.sections):
            yield from check.run(subject)
