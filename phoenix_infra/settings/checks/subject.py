"""What a check across sections is given, and how it says what is wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from phoenix_infra.settings.problem import Level, Problem, setting_path
from phoenix_infra.settings.sections import AnySettings


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Settings under judgement; only the sections that a check declares are certain to be there."""

    settings: AnySettings
    present: frozenset[str]
    stack_name: str
    as_of: date | None
    """Day by which dates are judged; None leaves them out."""

    @property
    def production(self) -> bool:
        """Whether the strict rules hold; they also hold when nobody can tell."""
        if "stack" not in self.present:
            return True
        return self.settings.stack.environment == "production"


Run = Callable[[Subject], Iterator[Problem]]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check and the sections without which it cannot be judged."""

    sections: tuple[str, ...]
    run: Run


def check(*sections: str) -> Callable[[Run], Check]:
    """Declares a check over these sections; it is left out for stacks that have not all of them."""

    def declare(run: Run) -> Check:
        return Check(sections=sections, run=run)

    return declare


def wrong(
    *path: str | int, value: object, allowed: str, remedy: str, level: Level = "error"
) -> Problem:
    """A problem at the path of a setting."""
    return Problem(
        setting=setting_path(path), value=str(value), allowed=allowed, remedy=remedy, level=level
    )
