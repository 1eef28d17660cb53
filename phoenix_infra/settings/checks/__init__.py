"""What must be true across settings; each check says which sections it reads."""

from collections.abc import Iterable
from datetime import date

from phoenix_infra.settings.problem import Problem
from phoenix_infra.settings.sections import AnySettings


def run_checks(
    settings: AnySettings, *, missing: frozenset[str], stack_name: str, as_of: date | None
) -> Iterable[Problem]:
    """Every mistake that the sections show together."""
    del settings, missing, stack_name, as_of
    return ()
