"""A version against the support calendar, for every engine the same words."""

from collections.abc import Iterator, Mapping
from datetime import date

from phoenix_infra.settings.checks.subject import wrong
from phoenix_infra.settings.problem import Problem
from phoenix_infra.settings.support_calendar import WARNING_DAYS, Support


def supported(
    *path: str, written: str, product: str, version: str, calendar: Mapping[str, Support], as_of: date | None
) -> Iterator[Problem]:  # fmt: skip
    """The version is known, and on the given day neither past its standard support nor close to the end."""
    support = calendar.get(version)
    newest = list(calendar)[-1]
    if support is None:
        yield wrong(
            *path,
            value=written,
            allowed=f"the support calendar of {product} knows {', '.join(calendar)}",
            remedy=f"choose one of these, for instance {newest}, or add the version with its source",
        )
        return
    if as_of is None or support.standard_until is None:
        return
    until = support.standard_until
    days = (until - as_of).days
    if support.extended_until is not None and support.extended_until < as_of:
        yield wrong(
            *path,
            value=written,
            allowed=f"{product} {version} left extended support on {support.extended_until} and cannot be created",
            remedy=f"choose {newest}; upgrade one version at a time",
        )
    elif days < 0:
        yield wrong(
            *path,
            value=written,
            allowed=f"{product} {version} left standard support on {until}",
            remedy=f"choose a later version up to {newest}; upgrade one version at a time",
        )
    elif days < WARNING_DAYS:
        yield wrong(
            *path,
            value=written,
            allowed=f"standard support of {product} {version} ends on {until}, in {days} days",
            remedy=f"plan the upgrade towards {newest} now",
            level="warning",
        )
